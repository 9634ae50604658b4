#include <cstdint>

#include <doctest/doctest.h>

#include <synapse/core/random.hpp>
#include <synapse/metrics/drift.hpp>

namespace {

// How many steps after `change` the first alarm comes; 0 for none. Errors are 0 or 1 with the given probabilities.
std::uint32_t first_alarm(float before, float after, std::uint32_t change, std::uint32_t steps, std::uint64_t seed) {
    synapse::drift_detector detector;
    synapse::random_generator chance{seed};
    for (std::uint32_t i = 0; i < steps; ++i) {
        const float error = chance.uniform() < (i < change ? before : after) ? 1.0f : 0.0f;
        if (detector.add(error, 0.1f, 20.0f)) return i + 1 < change ? 1 : i + 1 - change;
    }
    return 0;
}

}  // namespace

TEST_CASE("a rise of the error is noticed soon after it happens") {
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {
        const std::uint32_t delay = first_alarm(0.1f, 0.6f, 2000, 4000, seed);
        CHECK(delay > 5);
        CHECK(delay < 150);
    }
}

TEST_CASE("a steady error, however large, and a falling one raise no alarm") {
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {
        CHECK(first_alarm(0.4f, 0.4f, 0, 10000, seed) == 0);
        CHECK(first_alarm(0.5f, 0.1f, 2000, 10000, seed) == 0);
    }
}

TEST_CASE("after an alarm the detector begins anew") {
    synapse::drift_detector detector;
    for (int i = 0; i < 100; ++i) CHECK_FALSE(detector.add(0.0f, 0.01f, 5.0f));
    int alarms = 0;
    for (int i = 0; i < 200; ++i) alarms += detector.add(1.0f, 0.01f, 5.0f) ? 1 : 0;
    CHECK(alarms == 1);  // the new level is the new mean
    CHECK(detector.evidence() < 5.0f);
}

TEST_CASE("an alarm says how strong the evidence was, and when the change began") {
    synapse::drift_detector detector;
    for (int i = 0; i < 100; ++i) REQUIRE_FALSE(detector.add(0.0f, 0.01f, 5.0f));
    synapse::drift_alarm alarm;
    std::uint32_t errors = 0;
    for (; !alarm; ++errors) alarm = detector.add(1.0f, 0.01f, 5.0f);
    CHECK(errors >= 6);
    CHECK(alarm.evidence > 5.0f);
    CHECK(alarm.evidence < 6.0f);
    CHECK(alarm.since == errors);  // the change, to the sample
    CHECK(detector.evidence() == 0.0f);
}

TEST_CASE("the first errors only set the mean") {
    synapse::drift_detector detector;
    for (int i = 0; i < 30; ++i) CHECK_FALSE(detector.add(i < 15 ? 0.0f : 1e6f, 0.0f, 0.001f));
}
