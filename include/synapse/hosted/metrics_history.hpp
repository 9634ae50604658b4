// The metrics that a checkpoint remembers of its life, at the steps at which they were noted.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include <synapse/hosted/checkpoint_reader.hpp>

namespace synapse {

struct metric_series {
    std::string name;
    std::vector<double> values;  // NaN where it was not known
};

struct metrics_history {
    std::vector<double> steps;  // as many as the longest series has values; 0, 1, 2 .. if the file does not say
    std::vector<metric_series> series;
};

// Empty if the checkpoint keeps none. A tensor "known" says by bit i of its row which of the other series, in their order, has a number
// there; a series without a single number is left out.
inline metrics_history metrics_history_in(const checkpoint_reader& in) {
    constexpr std::string_view group = "metrics_history/";
    const auto *steps = in.find_tensor("metrics_history/step"), *known = in.find_tensor("metrics_history/known");
    metrics_history out;
    std::size_t longest = 0, column = 0;
    for (const auto& t : in.tensors()) {
        if (!t.name.starts_with(group) || t.rows != 1 || &t == steps || &t == known) continue;
        metric_series s{std::string{t.name.substr(group.size())}, {}};
        bool some = false;
        for (std::uint32_t i = 0; i < t.cols; ++i) {
            const bool is = known == nullptr || i >= known->cols || column >= 16 ||
                            (static_cast<std::uint32_t>((*known)[i]) >> column & 1u) != 0;
            s.values.push_back(is ? t[i] : std::numeric_limits<double>::quiet_NaN());
            some = some || is;
        }
        ++column;
        longest = std::max(longest, s.values.size());
        if (some) out.series.push_back(std::move(s));
    }
    for (std::size_t i = 0; i < longest; ++i) {
        const auto at = static_cast<std::uint32_t>(i);
        out.steps.push_back(steps != nullptr && steps->rows == 1 && at < steps->cols ? (*steps)[at] : static_cast<double>(i));
    }
    return out;
}

}  // namespace synapse
