// A line of text built up in a fixed buffer: what the agent says to a person, without a formatting library.
#pragma once

#include <cstddef>
#include <cstdint>

namespace synapse {

inline constexpr std::uint32_t most_decimals = 6;

constexpr std::uint64_t power_of_ten(std::uint32_t n) noexcept { return n == 0 ? 1 : 10 * power_of_ten(n - 1); }

// A number >= 0, at most 10^6, in units of its last decimal.
constexpr std::uint64_t rounded(float x, std::uint32_t decimals) noexcept {
    const float held = x < 1e6f ? x : 1e6f;
    const auto whole = static_cast<std::uint32_t>(held);
    const auto unit = static_cast<float>(power_of_ten(decimals));
    return whole * power_of_ten(decimals) + static_cast<std::uint64_t>((held - static_cast<float>(whole)) * unit + 0.5f);
}

// Decimals that tell two numbers >= 0 apart: two, or more where two would not.
constexpr std::uint32_t telling_decimals(float a, float b) noexcept {
    std::uint32_t decimals = 2;
    while (decimals < most_decimals && rounded(a, decimals) == rounded(b, decimals)) ++decimals;
    return decimals;
}

template <std::size_t Room>
class text_line {
public:
    // What does not fit is left out.
    constexpr text_line& add(const char* text) noexcept {
        while (*text != '\0' && used_ + 1 < Room) text_[used_++] = *text++;
        return *this;
    }
    // A number, rounded to so many decimals, 1 to most_decimals; beyond +-10^6 as that.
    constexpr text_line& add(float x, std::uint32_t decimals = 2) noexcept {
        if (x < 0.0f) add("-");
        const std::uint64_t unit = power_of_ten(decimals);
        const std::uint64_t units = rounded(x < 0.0f ? -x : x, decimals);
        whole(static_cast<std::uint32_t>(units / unit));
        char digits[most_decimals + 2] = {'.'};
        std::uint64_t rest = units % unit;
        for (std::uint32_t at = decimals; at != 0; --at, rest /= 10) digits[at] = static_cast<char>('0' + rest % 10);
        return add(digits);
    }
    constexpr text_line& whole(std::uint32_t n) noexcept {
        char digits[11] = {};
        std::size_t at = 10;
        do {
            digits[--at] = static_cast<char>('0' + n % 10);
            n /= 10;
        } while (n != 0);
        return add(digits + at);
    }
    [[nodiscard]] constexpr const char* text() const noexcept { return text_; }

private:
    char text_[Room] = {};
    std::size_t used_ = 0;
};

}  // namespace synapse
