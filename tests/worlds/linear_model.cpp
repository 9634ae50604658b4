#include <doctest/doctest.h>

#include <cmath>
#include <initializer_list>
#include <type_traits>

#include "worlds/linear_model.hpp"

static_assert(std::is_trivially_copyable_v<worlds::linear_model>);

namespace {

void draw(synapse::random_generator& g, double (&x)[6]) {
    constexpr double size[6] = {1, 1, 3, 3, 20, 20};
    for (int i = 0; i < 6; ++i) x[i] = size[i] * static_cast<double>(g.symmetric());
}

void affine(const double (&x)[6], double bias, double (&y)[2]) {
    y[0] = bias + 0.5 * x[0] - 2 * x[3] + 0.3 * x[4];
    y[1] = 1 - 0.7 * x[1] + 0.1 * x[5];
}

}  // namespace

TEST_CASE("linear_model: finds an affine map, and finds it again after a change") {
    synapse::random_generator g{1};
    worlds::linear_model m;
    double x[6], y[2], got[2];
    for (const double bias : {3.0, -5.0}) {
        for (int i = 0; i < 60000; ++i) {
            draw(g, x);
            affine(x, bias, y);
            m.learn(x, y);
        }
        for (int i = 0; i < 100; ++i) {
            draw(g, x);
            affine(x, bias, y);
            m.predict(x, got);
            CHECK(got[0] == doctest::Approx(y[0]).epsilon(1e-3).scale(1));
            CHECK(got[1] == doctest::Approx(y[1]).epsilon(1e-3).scale(1));
        }
    }
}

TEST_CASE("linear_model: stays finite when nothing excites it") {
    worlds::linear_model m;
    const double x[6] = {0.5, -0.5, 0, 0, 0, 0};
    const double y[2] = {4, -2};
    for (int i = 0; i < 500000; ++i) m.learn(x, y);
    double got[2];
    m.predict(x, got);
    CHECK(got[0] == doctest::Approx(4).epsilon(1e-6));
    CHECK(got[1] == doctest::Approx(-2).epsilon(1e-6));
    synapse::random_generator g{2};
    double moved[6], target[2];
    for (int i = 0; i < 60000; ++i) {
        draw(g, moved);
        affine(moved, 1.0, target);
        m.learn(moved, target);
    }
    m.predict(moved, got);
    CHECK(got[0] == doctest::Approx(target[0]).epsilon(1e-3).scale(1));
}

TEST_CASE("linear_model: knows nothing at first") {
    const worlds::linear_model m;
    double x[6] = {1, 2, 3, 4, 5, 6}, got[2] = {9, 9};
    m.predict(x, got);
    CHECK(got[0] == 0);
    CHECK(got[1] == 0);
}
