// A line of text built up in a fixed buffer: what the agent says to a person, without a formatting library.
#pragma once

#include <cstddef>
#include <cstdint>

namespace synapse {

template <std::size_t Room>
class text_line {
public:
    // What does not fit is left out.
    constexpr text_line& add(const char* text) noexcept {
        while (*text != '\0' && used_ + 1 < Room) text_[used_++] = *text++;
        return *this;
    }
    // A number with two decimals, rounded; beyond +-10^6 as that.
    constexpr text_line& add(float x) noexcept {
        if (x < 0.0f) add("-");
        const float magnitude = x < 0.0f ? -x : x;
        const float held = magnitude < 1e6f ? magnitude : 1e6f;
        const auto hundredths = static_cast<std::uint32_t>(held * 100.0f + 0.5f);
        whole(hundredths / 100);
        const char decimals[4] = {'.', static_cast<char>('0' + hundredths / 10 % 10), static_cast<char>('0' + hundredths % 10), '\0'};
        return add(decimals);
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
