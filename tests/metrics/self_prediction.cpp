#include <limits>

#include <doctest/doctest.h>

#include <synapse/metrics/self_prediction.hpp>

#include "cases.hpp"

using cases::near;

TEST_CASE("the error is measured against the harder of the two free predictions") {
    synapse::self_prediction_meter meter;
    CHECK_FALSE(meter.latest().defined);
    for (int t = 0; t < 50; ++t) REQUIRE(meter.push(0.1f, 1.0f, 0.4f, 100.0f) == synapse::status::ok);
    CHECK(meter.latest().defined);
    CHECK(near(meter.latest().error, 0.25));
    synapse::self_prediction_meter restless;
    REQUIRE(restless.push(0.1f, 0.5f, 2.0f, 100.0f) == synapse::status::ok);
    CHECK(near(restless.latest().error, 0.2));
}

TEST_CASE("a state that stands still has no error to speak of, and what is no error is refused") {
    synapse::self_prediction_meter meter;
    REQUIRE(meter.push(0.0f, 0.0f, 0.0f, 100.0f) == synapse::status::ok);
    CHECK_FALSE(meter.latest().defined);
    CHECK(meter.latest().error == 0.0f);
    for (const float wrong : {std::numeric_limits<float>::quiet_NaN(), -1.0f, std::numeric_limits<float>::infinity()}) {
        CHECK(meter.push(wrong, 1.0f, 1.0f, 100.0f) == synapse::status::not_finite);
        CHECK(meter.push(1.0f, wrong, 1.0f, 100.0f) == synapse::status::not_finite);
        CHECK(meter.push(1.0f, 1.0f, wrong, 100.0f) == synapse::status::not_finite);
    }
    CHECK(meter.count() == 1);
}
