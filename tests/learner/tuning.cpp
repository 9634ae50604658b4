#include <cstdint>
#include <cstring>
#include <limits>
#include <string>
#include <type_traits>

#include <doctest/doctest.h>

#include <synapse/learner/tuning.hpp>

namespace {

using synapse::status;
using synapse::tuning;

static_assert(tuning{}.flaw() == nullptr);

struct range {
    const char* name;
    float tuning::*number;
    float low;    // the smallest value that is allowed ...
    float below;  // ... and a larger one than all below it that are not
    float high;   // the largest value that is allowed
    float above;
};

constexpr float tiny = std::numeric_limits<float>::denorm_min();

constexpr range ranges[] = {
    {"learning_rate", &tuning::learning_rate, tiny, 0.0f, 1000.0f, 1000.1f},
    {"replay_ratio", &tuning::replay_ratio, 0.0f, -tiny, 0.99f, 0.9901f},
    {"replay_weight", &tuning::replay_weight, 0.0f, -tiny, 1e6f, 1.1e6f},
    {"momentum", &tuning::momentum, 0.0f, -tiny, 0.999f, 0.9991f},
    {"error_clip", &tuning::error_clip, tiny, 0.0f, 1e6f, 1.1e6f},
    {"input_clamp", &tuning::input_clamp, tiny, 0.0f, 1e6f, 1.1e6f},
    {"normalizer_horizon", &tuning::normalizer_horizon, 1.0f, 0.9999f, 1e9f, 1.1e9f},
    {"report_horizon", &tuning::report_horizon, 1.0f, 0.9999f, 1e9f, 1.1e9f},
    {"initial_gain", &tuning::initial_gain, 0.0f, -tiny, 100.0f, 100.1f},
    {"consistency", &tuning::consistency, 0.0f, -tiny, 1e6f, 1.1e6f},
    {"slow_decay", &tuning::slow_decay, 0.0f, -tiny, 0.9999999f, 1.0f},
    {"evidence_keep", &tuning::evidence_keep, 0.0f, -tiny, 1.0f, 1.0001f},
    {"evidence_sharpness", &tuning::evidence_sharpness, 0.0f, -tiny, 100.0f, 100.1f},
    {"readout_keep", &tuning::readout_keep, 0.5f, 0.4999f, 1.0f, 1.0001f},
    {"gate_margin", &tuning::gate_margin, 0.0f, -tiny, 1e6f, 1.1e6f},
    {"gate_horizon", &tuning::gate_horizon, 1.0f, 0.9999f, 1e6f, 1.1e6f},
    {"drift_threshold", &tuning::drift_threshold, 0.0f, -tiny, 1e9f, 1.1e9f},
    {"drift_tolerance", &tuning::drift_tolerance, 0.0f, -tiny, 1e9f, 1.1e9f},
    {"drift_rate_gain", &tuning::drift_rate_gain, tiny, 0.0f, 100.0f, 100.1f},
    {"grow_active_share", &tuning::grow_active_share, 0.0f, -tiny, 1.0f, 1.0001f},
    {"grow_error_rise", &tuning::grow_error_rise, 0.0f, -tiny, 1e6f, 1.1e6f},
    {"grow_rank_share", &tuning::grow_rank_share, 0.0f, -tiny, 1.0f, 1.0001f},
    {"grow_error_above", &tuning::grow_error_above, 0.0f, -tiny, 1e12f, 1.1e12f},
    {"growth", &tuning::growth, tiny, 0.0f, 10.0f, 10.1f},
    {"turnover_rate", &tuning::turnover_rate, 0.0f, -tiny, 1.0f, 1.0001f},
};

bool blames(const tuning& numbers, const char* part) { return numbers.flaw() != nullptr && std::strstr(numbers.flaw(), part) != nullptr; }

struct recorder {
    std::uint32_t values = 0;
    std::uint32_t floats = 0;
    std::string names;
    template <class T>
    void value(const char* name, T&) {
        ++values;
        floats += std::is_same_v<T, float> ? 1 : 0;
        names += std::string{" "} + name + " ";
    }
};

}  // namespace

TEST_CASE("each number may lie at either end of its range, and no further; NaN and infinities are refused everywhere") {
    constexpr float infinity = std::numeric_limits<float>::infinity();
    for (const range& r : ranges) {
        CAPTURE(std::string{r.name});
        tuning numbers;
        for (const float good : {r.low, r.high}) {
            numbers.*r.number = good;
            CHECK(numbers.flaw() == nullptr);
            CHECK(numbers.settle() == status::ok);
        }
        for (const float bad : {r.below, r.above, -1.0f, infinity, -infinity, std::numeric_limits<float>::quiet_NaN()}) {
            CAPTURE(bad);
            numbers.*r.number = bad;
            CHECK(blames(numbers, r.name));
            CHECK(numbers.settle() == status::corrupt);
        }
    }
}

TEST_CASE("the table of ranges above misses no number") {
    tuning numbers;
    recorder seen;
    tuning::fields(numbers, seen);
    CHECK(seen.floats == sizeof(ranges) / sizeof(ranges[0]));
    for (const range& r : ranges) CHECK(seen.names.find(" " + std::string{r.name} + " ") != std::string::npos);
}

TEST_CASE("a window of growth holds at least two samples") {
    CHECK(blames({.growth_window = 0}, "growth_window"));
    CHECK(blames({.growth_window = 1}, "growth_window"));
    CHECK(blames({.growth_window = 1000000001}, "growth_window"));
    CHECK(tuning{.growth_window = 2}.flaw() == nullptr);
}

TEST_CASE("a margin between 0 and 1 would undo learning that helps") {
    CHECK(blames({.gate_margin = 0.5f}, "gate_margin"));
    CHECK(blames({.gate_margin = 1.0f}, "gate_margin"));
    CHECK(tuning{.gate_margin = 1.0001f}.flaw() == nullptr);
}

TEST_CASE("counts and choices have their ranges too") {
    CHECK(blames({.slow_every = 0}, "slow_every"));
    CHECK(blames({.slow_every = 1000001}, "slow_every"));
    CHECK(blames({.sleep_rounds = 0}, "sleep_rounds"));
    CHECK(blames({.recent_labels = 65}, "recent_labels"));
    CHECK(tuning{.recent_labels = 64}.flaw() == nullptr);
    CHECK(tuning{.recent_labels = 0}.flaw() == nullptr);
    CHECK(blames({.answers = static_cast<synapse::answer>(4)}, "answers"));
    CHECK(blames({.on_drift = static_cast<synapse::drift_response>(5)}, "on_drift"));
    CHECK(tuning{.seed = 0, .drift_samples = 0}.flaw() == nullptr);
    CHECK(tuning{.seed = 0xffffffffffffffffull, .slow_every = 1000000, .sleep_rounds = 0xffffffffu}.flaw() == nullptr);
}
