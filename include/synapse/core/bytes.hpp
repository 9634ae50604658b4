// Numbers as bytes: bit patterns, little-endian fields, the FNV-1a hash. Alignment-safe on every target.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

#include <synapse/config.hpp>
#include <synapse/core/span.hpp>

namespace synapse {

// True unless x is NaN or an infinity. By bit pattern, so no compiler flag can optimise it away.
constexpr bool is_finite(float x) noexcept { return (std::bit_cast<std::uint32_t>(x) & 0x7f800000u) != 0x7f800000u; }

// As memcpy. The C library's is tuned for long blocks, which costs a microcontroller 300 bytes; this is a loop of five instructions.
SYNAPSE_OUTLINE inline void copy_bytes(void* to, const void* from, std::size_t size) noexcept {
    if constexpr (config::microcontroller) {
        auto* out = static_cast<volatile unsigned char*>(to);  // volatile, or the compiler would call memcpy after all
        const auto* in = static_cast<const unsigned char*>(from);
        for (; size != 0; --size) *out++ = *in++;
    } else {
        std::memcpy(to, from, size);
    }
}

// As memcmp, of which that is true likewise.
inline bool same_bytes(const void* a, const void* b, std::size_t size) noexcept {
    const auto* left = static_cast<const unsigned char*>(a);
    const auto* right = static_cast<const unsigned char*>(b);
    for (; size != 0; --size) {
        if (*left++ != *right++) return false;
    }
    return true;
}

// Writes value to out[0 .. sizeof(value)) in little-endian order.
template <class Unsigned>
constexpr void store_little(std::byte* out, Unsigned value) noexcept {
    if (std::endian::native == std::endian::little && !std::is_constant_evaluated()) {
        std::memcpy(out, &value, sizeof value);
        return;
    }
    for (std::size_t i = 0; i < sizeof(Unsigned); ++i) out[i] = static_cast<std::byte>((value >> (8 * i)) & 0xff);
}

// Reads an unsigned integer from in[0 .. sizeof(Unsigned)), little-endian.
template <class Unsigned>
constexpr Unsigned load_little(const std::byte* in) noexcept {
    Unsigned value = 0;
    if (std::endian::native == std::endian::little && !std::is_constant_evaluated()) {
        std::memcpy(&value, in, sizeof value);
        return value;
    }
    for (std::size_t i = 0; i < sizeof(Unsigned); ++i) {
        value = static_cast<Unsigned>(value | static_cast<Unsigned>(static_cast<Unsigned>(in[i]) << (8 * i)));
    }
    return value;
}

// The same, most significant byte first: the order of MessagePack.
template <class Unsigned>
constexpr void store_big(std::byte* out, Unsigned value) noexcept {
    for (std::size_t i = 0; i < sizeof(Unsigned); ++i) {
        out[i] = static_cast<std::byte>((value >> (8 * (sizeof(Unsigned) - 1 - i))) & 0xff);
    }
}

// Reads an unsigned integer from in[0 .. sizeof(Unsigned)), most significant byte first.
template <class Unsigned>
constexpr Unsigned load_big(const std::byte* in) noexcept {
    Unsigned value = 0;
    for (std::size_t i = 0; i < sizeof(Unsigned); ++i) {
        value = static_cast<Unsigned>(static_cast<Unsigned>(value << 8) | static_cast<Unsigned>(in[i]));
    }
    return value;
}

// FNV-1a, 64 bit: a fingerprint for comparing runs, no protection against damage (that is CRC32C).
// @source Fowler, Noll, Vo; offset basis and prime of the 64-bit variant.
class fnv1a64 {
public:
    // Takes more bytes in; any split into calls gives the same value.
    constexpr void add(std::byte b) noexcept { value_ = (value_ ^ static_cast<std::uint64_t>(b)) * 0x100000001b3ull; }
    constexpr void add(span<const std::byte> bytes) noexcept {
        for (const std::byte b : bytes) add(b);
    }
    // The four bytes of x as little-endian IEEE 754, whatever the machine's own order.
    constexpr void add(float x) noexcept {
        const auto bits = std::bit_cast<std::uint32_t>(x);
        for (unsigned i = 0; i < 4; ++i) add(static_cast<std::byte>((bits >> (8 * i)) & 0xff));
    }
    [[nodiscard]] constexpr std::uint64_t value() const noexcept { return value_; }

private:
    std::uint64_t value_ = 0xcbf29ce484222325ull;
};

}  // namespace synapse
