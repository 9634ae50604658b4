// `Step    1234 | Φ=0.452 | Agency=0.723 | Time: 2m 34s`: other programs read it, and further fields follow behind.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "console/terminal.hpp"
#include "console/text.hpp"
#include "train_continuous/progress.hpp"

namespace train_continuous {

inline std::string status_line(const progress& now) {
    const auto metric = [](const std::optional<double>& x) { return x ? console::fixed(*x, 3) : std::string{"n/a"}; };
    const std::string steps = std::to_string(now.steps);
    std::string line = "Step " + std::string(steps.size() < 7 ? 7 - steps.size() : 0, ' ') + steps;
    line += " | \u03a6=" + metric(now.phi) + " | Agency=" + metric(now.agency) + " | Time: " + console::duration(now.seconds);
    if (now.error()) line += " | Error=" + console::significant(static_cast<double>(*now.error()), 4);
    if (now.accuracy()) line += " | Accuracy=" + console::fixed(*now.accuracy(), 4);
    return line + " | " + console::with_thousands(static_cast<std::uint64_t>(now.steps_per_second)) + " steps/s";
}

// All of it in 79 characters: `Step 1234567 | Φ=0.452 | Agency=0.723 | Err=0.0123 185k/s 64n saved 2m ETA 5h`.
inline std::string brief_status(const progress& now) {
    const auto metric = [](const std::optional<double>& x) { return x ? console::fixed(*x, 3) : std::string{"n/a"}; };
    std::string line = "Step " + std::to_string(now.steps) + " | \u03a6=" + metric(now.phi) + " | Agency=" + metric(now.agency) + " |";
    if (now.error()) line += " Err=" + console::significant(static_cast<double>(*now.error()), 3);
    line += " " + console::brief_count(static_cast<std::uint64_t>(now.steps_per_second)) + "/s " + console::brief_count(now.neurons) + "n";
    if (now.seconds_since_save) line += " saved " + console::brief_duration(*now.seconds_since_save);
    if (now.seconds_left) line += " ETA " + console::brief_duration(*now.seconds_left);
    return line;
}

// The status line for a terminal of so many characters, with what only a person asks for.
inline std::string live_status(const progress& now, std::size_t width) {
    std::string line = status_line(now) + " | " + console::with_thousands(now.neurons) + " neurons";
    if (now.seconds_since_save) line += " | saved " + console::duration(*now.seconds_since_save) + " ago";
    if (now.seconds_left) line += " | ETA " + console::duration(*now.seconds_left);
    return console::characters(line) <= width ? line : brief_status(now);
}

}  // namespace train_continuous
