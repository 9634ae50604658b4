#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include <doctest/doctest.h>

#include <synapse/metrics/agency.hpp>

#include "cases.hpp"
#include "vectors.hpp"

using cases::near;

TEST_CASE("agency of linear worlds is what its definition says, to 1e-5") {
    for (const auto& c : vectors::agency_cases) {
        CAPTURE(c.name);
        const std::uint32_t known = c.before + c.action;
        std::vector<float> scratch(synapse::triangle::size(known + c.after) + 2 * known);
        const auto measured = synapse::agency_from_covariance(c.pairs, c.before, c.action, c.after, scratch.data());
        CHECK(near(measured.share, c.share));
        CHECK(near(measured.counterfactual, c.counterfactual));
    }
}

TEST_CASE("a deterministic policy leaves the action nothing to add, whatever its effect") {
    // s, a = 2 s, y = a + e
    const float pairs[] = {1.0f, 2.0f, 4.0f, 2.0f, 4.0f, 4.5f};
    float scratch[10];
    const auto measured = synapse::agency_from_covariance(pairs, 1, 1, 1, scratch);
    CHECK(near(measured.share, 0.0));
    CHECK(near(measured.without, 0.5));
    // All variables still: nothing to explain.
    const float still[6] = {};
    const auto nothing = synapse::agency_from_covariance(still, 1, 1, 1, scratch);
    CHECK_FALSE(nothing.defined);
    CHECK(nothing.share == 0.0f);
}

TEST_CASE("the stream's agency is the ratio of the averaged errors") {
    synapse::agency_meter meter;
    CHECK_FALSE(meter.latest().defined);
    for (int t = 0; t < 100; ++t) REQUIRE(meter.push(t % 2 == 0 ? 1.0f : 3.0f, 0.5f, 1.5f, 1000.0f) == synapse::status::ok);
    CHECK(near(meter.latest().share, 0.75));
    CHECK(near(meter.latest().counterfactual, 0.75));
    CHECK(near(meter.latest().without, 2.0));
    // An own model that is worse than none is no agency.
    synapse::agency_meter worse;
    REQUIRE(worse.push(1.0f, 2.0f, 0.0f, 10.0f) == synapse::status::ok);
    CHECK(worse.latest().defined);
    CHECK(worse.latest().share == 0.0f);
    // Nothing left to explain.
    synapse::agency_meter idle;
    REQUIRE(idle.push(0.0f, 0.0f, 0.0f, 10.0f) == synapse::status::ok);
    CHECK_FALSE(idle.latest().defined);
    CHECK(idle.latest().share == 0.0f);
}

TEST_CASE("old errors fade after the horizon") {
    synapse::agency_meter meter;
    for (int t = 0; t < 100; ++t) REQUIRE(meter.push(1.0f, 1.0f, 0.0f, 20.0f) == synapse::status::ok);
    CHECK(near(meter.latest().share, 0.0));
    for (int t = 0; t < 20; ++t) REQUIRE(meter.push(1.0f, 0.0f, 1.0f, 20.0f) == synapse::status::ok);
    CHECK(near(meter.latest().share, 1.0 - std::pow(0.95, 20)));
}

TEST_CASE("errors that are none are refused and change nothing") {
    synapse::agency_meter meter;
    REQUIRE(meter.push(1.0f, 0.25f, 0.75f, 10.0f) == synapse::status::ok);
    for (const float wrong : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity(), -1.0f, 2e30f}) {
        CHECK(meter.push(wrong, 0.0f, 0.0f, 10.0f) == synapse::status::not_finite);
        CHECK(meter.push(0.0f, wrong, 0.0f, 10.0f) == synapse::status::not_finite);
        CHECK(meter.push(0.0f, 0.0f, wrong, 10.0f) == synapse::status::not_finite);
    }
    CHECK(meter.count() == 1);
    CHECK(near(meter.latest().share, 0.75));
}
