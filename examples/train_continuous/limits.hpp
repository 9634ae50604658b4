// When a run ends by itself.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>

#include <synapse/agent/maturity.hpp>

#include "console/text.hpp"
#include "train_continuous/defaults.hpp"
#include "train_continuous/options.hpp"

namespace train_continuous {

using steady = std::chrono::steady_clock;

inline double seconds_between(steady::time_point from, steady::time_point to) { return std::chrono::duration<double>(to - from).count(); }

// Counted from where a run begins: the counters of an old life may pass the end of their numbers.
struct limits {
    std::uint64_t steps = std::numeric_limits<std::uint64_t>::max();
    std::uint64_t samples = std::numeric_limits<std::uint64_t>::max();
    double seconds = std::numeric_limits<double>::infinity();
};

// Seconds until the first limit is reached, at so many steps a second and as many samples; nothing if there is no limit in sight.
// @param steps, samples, lived  of this run; lived in seconds
inline std::optional<double> seconds_left(const limits& l, std::uint64_t steps, std::uint64_t samples, double lived, double steps_per_second) {
    constexpr std::uint64_t never = std::numeric_limits<std::uint64_t>::max();
    double left = std::max(0.0, l.seconds - lived);
    const auto count = [&left, steps_per_second](std::uint64_t limit, std::uint64_t at) {
        if (limit == never || !(steps_per_second > 0)) return;
        left = std::min(left, static_cast<double>(limit - std::min(at, limit)) / steps_per_second);
    };
    count(l.steps, steps);
    count(l.samples, samples);
    return left < std::numeric_limits<double>::infinity() ? std::optional<double>{left} : std::nullopt;
}

inline limits limits_of(const options& x) {
    limits l;
    if (x.steps) l.steps = *x.steps;
    if (const std::optional<std::uint64_t> samples = sample_limit(x)) l.samples = *samples;
    if (x.hours) l.seconds = *x.hours * 3600.0;
    return l;
}

// Why a run ended.
enum class ending : std::uint8_t { none, steps, samples, hours, mature, end_of_data, signal, bad_data, diverged };

constexpr const char* name(ending e) noexcept {
    switch (e) {
        case ending::none: return "none";
        case ending::steps: return "steps";
        case ending::samples: return "samples";
        case ending::hours: return "hours";
        case ending::mature: return "mature";
        case ending::end_of_data: return "end_of_data";
        case ending::signal: return "signal";
        case ending::bad_data: return "bad_data";
        case ending::diverged: return "diverged";
    }
    return "none";
}

// Why an agent counts as mature, in figures.
inline std::string reasons(const synapse::maturity_verdict& v) {
    const auto number = [](float x) { return console::fixed(static_cast<double>(x), 3); };
    return "\u03a6 flat between " + number(v.phi_low) + " and " + number(v.phi_high) + "; agency steady between " + number(v.agency_low) +
           " and " + number(v.agency_high) + "; self-prediction error " + number(v.self_error) + ", at its minimum of " +
           number(v.least_self_error) + "; " + std::to_string(v.grown) + " units grown";
}

}  // namespace train_continuous
