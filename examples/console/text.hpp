// Numbers and times as a person reads them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>

namespace console {

// 1234567 as "1,234,567".
inline std::string with_thousands(std::uint64_t n) {
    std::string text = std::to_string(n);
    for (std::size_t at = text.size(); at > 3;) text.insert(at -= 3, 1, ',');
    return text;
}

// 64 bits as 16 hex digits.
inline std::string hex(std::uint64_t n) {
    constexpr char digits[] = "0123456789abcdef";
    std::string text(16, '0');
    for (std::size_t i = 16; i-- > 0; n >>= 4) text[i] = digits[n & 15];
    return text;
}

// Whole seconds as "34s", "2m 34s", "2h 34m 12s"; a day is 24h and counts on. Negative times are 0.
inline std::string duration(double seconds) {
    const auto whole = seconds > 0 ? static_cast<std::uint64_t>(seconds < 1e15 ? seconds : 1e15) : 0;
    std::string text;
    if (whole >= 3600) text += std::to_string(whole / 3600) + "h ";
    if (whole >= 60) text += std::to_string(whole / 60 % 60) + "m ";
    return text + std::to_string(whole % 60) + "s";
}

// In at most five characters: 999, 12k, 1.8M, 123M, 18E.
inline std::string brief_count(std::uint64_t n) {
    constexpr const char* units[] = {"", "k", "M", "G", "T", "P", "E"};
    std::uint64_t tenths = 0;
    std::size_t unit = 0;
    for (; n >= 1000; n /= 1000, ++unit) tenths = n / 100 % 10;
    std::string text = std::to_string(n);
    if (unit > 1 && n < 10) (text += '.') += static_cast<char>('0' + tenths);
    return text + units[unit];
}

// In at most three characters up to 99 days: 99s, 99m, 47h, 12d. Negative times are 0.
inline std::string brief_duration(double seconds) {
    const auto whole = seconds > 0 ? static_cast<std::uint64_t>(seconds < 1e15 ? seconds : 1e15) : 0;
    if (whole < 100) return std::to_string(whole) + "s";
    if (whole < 6000) return std::to_string(whole / 60) + "m";
    return whole < 172800 ? std::to_string(whole / 3600) + "h" : std::to_string(whole / 86400) + "d";
}

// A word as a shell takes it: as it is if it is plain, else in single quotes.
inline std::string shell_word(const std::string& word) {
    constexpr const char* plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:,=+@%";
    if (!word.empty() && word.find_first_not_of(plain) == std::string::npos) return word;
    std::string text = "'";
    for (const char c : word) {
        if (c == '\'') {
            text += "'\\''";
        } else {
            text += c;
        }
    }
    return text + "'";
}

// With so many digits after the point (0 .. 17).
inline std::string fixed(double x, int digits) {
    char text[400];
    const int length = std::snprintf(text, sizeof text, "%.*f", digits, x);
    return {text, length > 0 ? static_cast<std::size_t>(length) : 0};
}

// With so many significant digits (1 .. 17), in whichever of the two notations is shorter.
inline std::string significant(double x, int digits) {
    char text[40];
    const int length = std::snprintf(text, sizeof text, "%.*g", digits, x);
    return {text, length > 0 ? static_cast<std::size_t>(length) : 0};
}

}  // namespace console
