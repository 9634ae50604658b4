// `Step    1234 | Φ=0.452 | Agency=0.723 | Time: 2m 34s`: other programs read it, and further fields follow behind.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

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

// The same for a terminal's live line, with what only a person asks for.
inline std::string live_status(const progress& now) {
    std::string line = status_line(now) + " | " + console::with_thousands(now.neurons) + " neurons";
    if (now.seconds_since_save) line += " | saved " + console::duration(*now.seconds_since_save) + " ago";
    if (now.seconds_left) line += " | ETA " + console::duration(*now.seconds_left);
    return line;
}

}  // namespace train_continuous
