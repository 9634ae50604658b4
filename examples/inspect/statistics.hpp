// Numbers about numbers: moments and histograms of a tensor, and small pictures of them in text.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <vector>

namespace inspect {

struct statistics {
    static constexpr std::size_t bins = 16;

    std::uint64_t count = 0;
    double norm = 0, mean = 0, deviation = 0, least = 0, largest = 0;
    std::uint64_t zeros = 0;
    std::array<std::uint64_t, bins> histogram{};  // equal parts of [least, largest]
};

inline statistics statistics_of(std::span<const float> x) {
    statistics s;
    s.count = x.size();
    if (x.empty()) return s;
    double sum = 0, squares = 0;
    s.least = s.largest = static_cast<double>(x[0]);
    for (const float f : x) {
        const auto v = static_cast<double>(f);
        sum += v;
        squares += v * v;
        s.least = std::min(s.least, v);
        s.largest = std::max(s.largest, v);
        if (v == 0.0) ++s.zeros;
    }
    const auto n = static_cast<double>(x.size());
    s.norm = std::sqrt(squares);
    s.mean = sum / n;
    s.deviation = std::sqrt(std::max(0.0, squares / n - s.mean * s.mean));
    const double width = s.largest - s.least;
    for (const float f : x) {
        const double place = width > 0 ? (static_cast<double>(f) - s.least) / width * statistics::bins : 0.0;
        ++s.histogram[std::min(statistics::bins - 1, static_cast<std::size_t>(place))];
    }
    return s;
}

// Eight heights from `low` (default: the smallest) to the largest, a blank where there is no number; at most `width` characters, averaged
// where there are more numbers.
inline std::string sparkline(std::span<const double> x, std::size_t width = 40, double low = std::numeric_limits<double>::infinity()) {
    static constexpr const char* heights[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
    std::vector<double> drawn;
    const std::size_t columns = std::min(width, x.size());
    for (std::size_t c = 0; c < columns; ++c) {
        const std::size_t first = c * x.size() / columns, last = std::max(first + 1, (c + 1) * x.size() / columns);
        double sum = 0;
        std::size_t n = 0;
        for (std::size_t i = first; i < last; ++i) {
            if (!std::isfinite(x[i])) continue;
            sum += x[i];
            ++n;
        }
        drawn.push_back(n == 0 ? std::nan("") : sum / static_cast<double>(n));
    }
    double high = -std::numeric_limits<double>::infinity();
    for (const double v : drawn) {
        if (std::isnan(v)) continue;
        low = std::min(low, v);
        high = std::max(high, v);
    }
    std::string text;
    for (const double v : drawn) {
        if (std::isnan(v)) {
            text += ' ';
        } else {
            text += heights[high > low ? std::min<std::size_t>(7, static_cast<std::size_t>((v - low) / (high - low) * 8)) : 0];
        }
    }
    return text;
}

// Counts stand on zero: equal ones are equally tall.
inline std::string sparkline(std::span<const std::uint64_t> x) {
    const std::vector<double> numbers(x.begin(), x.end());
    return sparkline(numbers, numbers.size(), 0);
}

}  // namespace inspect
