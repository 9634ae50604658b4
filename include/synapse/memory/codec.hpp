// How a replayed sample is stored: bits per feature are a choice, because more samples at fewer bits remember better.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

#include <synapse/config.hpp>
#include <synapse/core/bytes.hpp>

namespace synapse {

enum class sample_format : std::uint8_t {
    f32,  // exact
    f16,  // IEEE half, rounded to nearest even; beyond 65504 saturates
    u8,   // 256 levels over the range
    bit,  // 2 levels: the ends of the range
};

constexpr const char* name(sample_format f) noexcept {
    switch (f) {
        case sample_format::f32: return "f32";
        case sample_format::f16: return "f16";
        case sample_format::u8: return "u8";
        case sample_format::bit: return "bit";
    }
    return "unknown";
}

namespace codec {

// Bytes that one sample of n features takes.
constexpr std::uint32_t bytes(sample_format f, std::uint32_t n) noexcept {
    switch (f) {
        case sample_format::f32: return 4 * n;
        case sample_format::f16: return 2 * n;
        case sample_format::u8: return n;
        case sample_format::bit: return (n + 7) / 8;
    }
    return 0;
}

// A finite float as an IEEE half, nearest even, saturating at 65504. @source ours, by integer arithmetic on the bits
constexpr std::uint16_t to_half(float x) noexcept {
    const std::uint32_t bits = std::bit_cast<std::uint32_t>(x);
    const std::uint32_t sign = (bits >> 16) & 0x8000u;
    const std::uint32_t magnitude = bits & 0x7fffffffu;
    if (magnitude >= 0x477ff000u) return static_cast<std::uint16_t>(sign | 0x7bffu);
    if (magnitude < 0x33000001u) return static_cast<std::uint16_t>(sign);  // rounds to zero
    std::uint32_t exponent = magnitude >> 23;
    std::uint32_t mantissa = (magnitude & 0x7fffffu) | 0x800000u;
    std::uint32_t shift = 13;
    std::uint32_t base = (exponent - 112u) << 10;
    if (exponent < 113u) {  // a subnormal half
        shift += 113u - exponent;
        base = 0;
    } else {
        mantissa &= 0x7fffffu;
    }
    const std::uint32_t kept = mantissa >> shift;
    const std::uint32_t rest = mantissa & ((1u << shift) - 1u);
    const std::uint32_t half = 1u << (shift - 1u);
    const std::uint32_t up = rest > half || (rest == half && (kept & 1u) != 0) ? 1u : 0u;
    return static_cast<std::uint16_t>(sign | (base + kept + up));
}

constexpr float from_half(std::uint16_t h) noexcept {
    const std::uint32_t sign = static_cast<std::uint32_t>(h & 0x8000u) << 16;
    const std::uint32_t exponent = (h >> 10) & 0x1fu;
    const std::uint32_t mantissa = h & 0x3ffu;
    if (exponent == 0) {
        const float small = static_cast<float>(mantissa) * 0x1p-24f;
        return sign != 0 ? -small : small;
    }
    return std::bit_cast<float>(sign | ((exponent + 112u) << 23) | (mantissa << 13));
}

// Stores x [n] (finite) at out [bytes(f, n)]; u8 and bit over the range [low, high], low < high. @cost n; loop-safe
SYNAPSE_INLINE constexpr void encode(sample_format f, std::uint32_t n, const float* x, float low, float high, std::byte* out) noexcept {
    switch (f) {
        case sample_format::f32:
            for (std::uint32_t i = 0; i < n; ++i) store_little(out + 4 * i, std::bit_cast<std::uint32_t>(x[i]));
            break;
        case sample_format::f16:
            for (std::uint32_t i = 0; i < n; ++i) store_little(out + 2 * i, to_half(x[i]));
            break;
        case sample_format::u8: {
            const float scale = 255.0f / (high - low);
            for (std::uint32_t i = 0; i < n; ++i) {
                const float level = (x[i] - low) * scale + 0.5f;
                // Not `level <= 0`: over a range of denormal width it may be NaN, which has no integer.
                out[i] = static_cast<std::byte>(!(level > 0.0f) ? 0 : level >= 255.0f ? 255 : static_cast<int>(level));
            }
            break;
        }
        case sample_format::bit: {
            const float middle = low + 0.5f * (high - low);
            for (std::uint32_t i = 0; i < (n + 7) / 8; ++i) out[i] = std::byte{0};
            for (std::uint32_t i = 0; i < n; ++i) {
                if (x[i] > middle) out[i / 8] |= static_cast<std::byte>(1u << (i % 8));
            }
            break;
        }
    }
}

// The inverse of encode, to within the format's resolution. @cost n; loop-safe
SYNAPSE_INLINE constexpr void decode(sample_format f, std::uint32_t n, const std::byte* in, float low, float high, float* x) noexcept {
    switch (f) {
        case sample_format::f32:
            for (std::uint32_t i = 0; i < n; ++i) x[i] = std::bit_cast<float>(load_little<std::uint32_t>(in + 4 * i));
            break;
        case sample_format::f16:
            for (std::uint32_t i = 0; i < n; ++i) x[i] = from_half(load_little<std::uint16_t>(in + 2 * i));
            break;
        case sample_format::u8: {
            const float scale = (high - low) / 255.0f;
            for (std::uint32_t i = 0; i < n; ++i) x[i] = low + static_cast<float>(static_cast<std::uint8_t>(in[i])) * scale;
            break;
        }
        case sample_format::bit:
            for (std::uint32_t i = 0; i < n; ++i) {
                x[i] = (static_cast<unsigned>(in[i / 8]) >> (i % 8) & 1u) != 0 ? high : low;
            }
            break;
    }
}

}  // namespace codec
}  // namespace synapse
