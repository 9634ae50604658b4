#include <doctest/doctest.h>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <vector>

#include <synapse/core/random.hpp>
#include <synapse/hosted/any_learner.hpp>

#include "fleet/merge.hpp"

using model_type = synapse::any_learner<>;

namespace {

synapse::shape small() {
    synapse::shape s;
    s.inputs = 2;
    s.outputs = 1;
    s.hidden[0] = 5;
    s.replay = 20;
    return s;
}

// Has learned some samples of y = x0 x1, x around a centre.
std::unique_ptr<model_type> learned(std::uint64_t seed, float centre, int samples) {
    synapse::tuning t;
    t.seed = 1;
    auto model = std::make_unique<model_type>(small(), t);
    synapse::random_generator world{seed};
    for (int i = 0; i < samples; ++i) {
        const float x[2] = {centre + world.symmetric(), world.symmetric()};
        const float y[1] = {x[0] * x[1]};
        REQUIRE(ok(model->step(x, y)));
    }
    return model;
}

float answer(model_type& model, float a, float b) {
    const float x[2] = {a, b};
    float y[1];
    REQUIRE(ok(model.predict(x, y)));
    return y[0];
}

}  // namespace

TEST_CASE("merge: all weights and all moments are shared, nothing else") {
    auto model = learned(1, 0, 100);
    std::vector<fleet::segment> segments;
    const auto all = fleet::shared_by(*model, &segments);
    CHECK(all.size() == (2 * 5 + 5) + (5 * 1 + 1) + 2 * 2 + 2 * 1);
    CHECK(segments.size() == 4 + 4);
    CHECK(segments.back().begin + segments.back().size == all.size());
}

TEST_CASE("merge: a learner that takes over what it has is unchanged, and one that takes over another's answers like it") {
    auto a = learned(1, 0, 200), b = learned(2, 0, 50);
    const float before = answer(*a, 0.3f, -0.4f);
    REQUIRE(ok(fleet::take_over(*a, fleet::shared_by(*a))));
    CHECK(answer(*a, 0.3f, -0.4f) == before);
    CHECK(answer(*b, 0.3f, -0.4f) != before);
    REQUIRE(ok(fleet::take_over(*b, fleet::shared_by(*a))));
    CHECK(answer(*b, 0.3f, -0.4f) == before);
    CHECK(synapse::weights_hash(*a) == synapse::weights_hash(*b));
    CHECK(b->latest().samples == 50);
    const float x[2] = {0.5f, 0.5f};
    const float y[1] = {0.25f};
    CHECK(ok(b->step(x, y)));  // and it goes on learning
}

TEST_CASE("merge: the average of equals is the same; moments are those of the mixture; the order of summing is fixed") {
    auto a = learned(1, 0, 300), b = learned(2, 4, 300);
    std::vector<fleet::segment> segments;
    const auto of_a = fleet::shared_by(*a, &segments), of_b = fleet::shared_by(*b);
    CHECK(fleet::average({of_a, of_a, of_a, of_a}, segments) == of_a);
    const auto both = fleet::average({of_a, of_b}, segments);
    for (const fleet::segment& s : segments) {
        if (s.is != fleet::part::weights) continue;
        for (std::size_t i = s.begin; i < s.begin + s.size; ++i) {
            CHECK(both[i] == static_cast<float>((static_cast<double>(of_a[i]) + static_cast<double>(of_b[i])) / 2));
        }
    }
    std::size_t mean = 0;
    while (segments[mean].is != fleet::part::mean) ++mean;
    REQUIRE(segments[mean + 1].is == fleet::part::variance);
    CHECK(both[segments[mean].begin] == doctest::Approx(2).epsilon(0.1));
    CHECK(both[segments[mean + 1].begin] == doctest::Approx(1.0 / 3 + 4).epsilon(0.1));  // uniform in [-1, 1], and means 2 apart from their mean
}

TEST_CASE("merge: what does not fit is refused") {
    auto a = learned(1, 0, 100);
    const auto all = fleet::shared_by(*a);
    const float before = answer(*a, 0.1f, 0.2f);
    std::vector<float> other = all;
    other.push_back(0);
    CHECK(fleet::take_over(*a, other) == synapse::status::wrong_size);
    CHECK(fleet::take_over(*a, {}) == synapse::status::wrong_size);
    CHECK(answer(*a, 0.1f, 0.2f) == before);
    other = all;
    other[3] = std::numeric_limits<float>::quiet_NaN();
    CHECK_FALSE(ok(fleet::take_over(*a, other)));
}
