// A long number divided by a short one, or rounded to a float, without the compiler's library: 64-bit division is 700 bytes of a
// Cortex-M's text, the other 350.
#pragma once

#include <cstdint>

namespace synapse {

struct division {
    std::uint64_t quotient;
    std::uint32_t remainder;
};

// n / by and n % by; by in [1, 2^24], as in long division with digits of 8 bits. @cost 8 divisions of 32 bits; loop-safe
constexpr division divide(std::uint64_t n, std::uint32_t by) noexcept {
    division result{0, 0};
    for (int shift = 56; shift >= 0; shift -= 8) {
        const std::uint32_t part = result.remainder << 8 | static_cast<std::uint32_t>(n >> shift & 0xff);
        result.quotient = result.quotient << 8 | part / by;
        result.remainder = part % by;
    }
    return result;
}

// n, to a part in 2^23; exact below 2^24. Never falls as n grows.
constexpr float rounded(std::uint64_t n) noexcept {
    return static_cast<float>(static_cast<std::uint32_t>(n >> 32)) * 0x1p32f + static_cast<float>(static_cast<std::uint32_t>(n));
}

}  // namespace synapse
