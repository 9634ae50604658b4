// Numbers in text, read strictly: the whole text is one finite number, whatever the locale.
#pragma once

#include <charconv>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>
#include <system_error>

namespace synapse::streams {

// Blanks and tabs cut from both ends.
constexpr std::string_view trimmed(std::string_view text) noexcept {
    constexpr std::string_view blank = " \t";
    const std::size_t first = text.find_first_not_of(blank);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(blank) - first + 1);
}

// Decimal, with an optional sign and exponent. Nothing for any other text, and for infinities, NaN and what a double cannot hold.
inline std::optional<double> parse_double(std::string_view text) noexcept {
    if (!text.empty() && text.front() == '+') {
        text.remove_prefix(1);
        if (!text.empty() && text.front() == '-') return std::nullopt;
    }
    double value = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    if (error != std::errc{} || stop != end || value - value != 0) return std::nullopt;
    return value;
}

// The same, rounded to float; nothing if it is larger than a float can be.
inline std::optional<float> parse_float(std::string_view text) noexcept {
    const std::optional<double> wide = parse_double(text);
    constexpr double largest = static_cast<double>(std::numeric_limits<float>::max());
    if (!wide || *wide > largest || *wide < -largest) return std::nullopt;
    return static_cast<float>(*wide);
}

// A whole number of at most 15 digits, also when written as 3.0 or 3e2. Nothing for any other text.
inline std::optional<std::int64_t> parse_whole(std::string_view text) noexcept {
    const std::optional<double> wide = parse_double(text);
    constexpr double largest = 1e15;
    if (!wide || *wide >= largest || *wide <= -largest) return std::nullopt;
    const auto whole = static_cast<std::int64_t>(*wide);
    if (static_cast<double>(whole) < *wide || static_cast<double>(whole) > *wide) return std::nullopt;
    return whole;
}

// True for the ways in which data files write "no value": nothing, ?, NA, N/A, NaN, null, none (any case of letters).
constexpr bool is_missing(std::string_view text) noexcept {
    constexpr std::string_view words[] = {"", "?", "na", "n/a", "nan", "null", "none"};
    for (const std::string_view word : words) {
        if (word.size() != text.size()) continue;
        bool same = true;
        for (std::size_t i = 0; i < text.size(); ++i) {
            const char c = text[i];
            same = same && (c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c) == word[i];
        }
        if (same) return true;
    }
    return false;
}

}  // namespace synapse::streams
