#include <cstdint>
#include <vector>

#include <doctest/doctest.h>

#include <synapse/core/random.hpp>
#include <synapse/kernels/scalar.hpp>
#include <synapse/plasticity/units.hpp>

#include "slowly_changing.hpp"

using plasticity_test::owned;
using synapse::slots;
using synapse::unit_records;
using kernels = synapse::scalar_kernels<>;

TEST_CASE("a unit's mean and variance are plain averages at first, then fading ones") {
    owned<unit_records> held{slots{3, 5}};
    unit_records& units = held.part;
    units.begin();
    for (const float h : {1.0f, 3.0f, 5.0f}) {
        const float answers[3] = {h, 2.0f, 0.0f};
        units.observe(answers);
    }
    CHECK(units.age(0) == 3);
    CHECK(units.mean(0) == doctest::Approx(3.0));
    CHECK(units.variance(0) == doctest::Approx(8.0 / 3.0));
    CHECK(units.mean(1) == doctest::Approx(2.0));
    CHECK(units.variance(1) == 0.0f);
    CHECK(units.plasticity(2) == 1.0f);
    synapse::random_generator source{3};
    for (int i = 0; i < 20000; ++i) {
        const float answers[3] = {source.symmetric() + 7.0f, 0.0f, 0.0f};
        units.observe(answers);
    }
    CHECK(units.mean(0) == doctest::Approx(7.0).epsilon(0.03));
    CHECK(units.variance(0) == doctest::Approx(1.0 / 3.0).epsilon(0.3));
    CHECK(units.mean(1) == doctest::Approx(0.0));
    CHECK(units.variance(1) == 0.0f);  // not a denormal
}

TEST_CASE("records grow within their reservation, and a renewed unit is new-born") {
    owned<unit_records> held{slots{2, 4}};
    unit_records& units = held.part;
    units.begin();
    const float answers[4] = {1.0f, 2.0f, 3.0f, 4.0f};
    units.observe(answers);
    CHECK(units.grow(1) == 1);
    units.observe(answers);
    CHECK(units.age(0) == 2);
    CHECK(units.age(2) == 1);
    CHECK(units.grow(10) == 1);
    CHECK(units.grow(1) == 0);
    CHECK(units.units().used == 4);
    units.set_plasticity(0, 0.0f);
    units.renew(0);
    CHECK(units.age(0) == 0);
    CHECK(units.plasticity(0) == 1.0f);
    CHECK(ok(units.settle()));
    CHECK(unit_records{slots{5, 4}}.settle() == synapse::status::wrong_shape);
}

TEST_CASE("utility is the variance that the layer above would miss") {
    owned<unit_records> held{slots{2, 2}};
    owned<synapse::dense> above{slots{2, 2}, slots{3, 3}, synapse::activation::linear, false, 1u};
    unit_records& units = held.part;
    units.begin();
    for (int i = 0; i < 50; ++i) {
        const float answers[2] = {i % 2 == 0 ? 1.0f : 3.0f, 5.0f};
        units.observe(answers);
    }
    above.part.weights()(0, 0) = 2.0f;
    above.part.weights()(0, 2) = -1.0f;
    above.part.weights()(1, 1) = 100.0f;
    CHECK(units.utility<kernels>(above.part, 0) == doctest::Approx(5.0));  // variance 1, weights 4 + 1
    CHECK(units.utility<kernels>(above.part, 1) == 0.0f);                  // never changes: its mean replaces it
}
