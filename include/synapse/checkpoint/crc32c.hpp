// CRC32C: the check that stands between a checkpoint and a damaged byte.
//
// One polynomial (0x1EDC6F41, bits reflected, start and end inverted: CRC-32C/ISCSI), four ways to compute it, one result:
// the machine's instruction, three streams at once; eight tables of 256 (8 KiB, for desktops without it); one table of
// 16 (64 bytes, for microcontrollers). All errors of up to 5 bits in a block below 655 bytes, all bursts up to 32 bits
// and all odd numbers of bits are found; anything else escapes with a chance of 2^-32.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include <synapse/config.hpp>
#include <synapse/core/bytes.hpp>
#include <synapse/core/span.hpp>
#include <synapse/core/table.hpp>

namespace synapse {

namespace detail {

inline constexpr std::uint32_t crc32c_polynomial = 0x82f63b78u;  // reflected

// The register after `bits` more zero bits.
constexpr std::uint32_t crc32c_shift(std::uint32_t crc, unsigned bits) noexcept {
    for (unsigned i = 0; i < bits; ++i) crc = (crc >> 1) ^ ((crc & 1u) != 0 ? crc32c_polynomial : 0u);
    return crc;
}

inline constexpr auto crc32c_by_nibble = [] {
    table<std::uint32_t, 16> t{};
    for (std::uint32_t i = 0; i < 16; ++i) t[i] = crc32c_shift(i, 4);
    return t;
}();

SYNAPSE_OUTLINE constexpr std::uint32_t crc32c_nibble(std::uint32_t crc, const std::byte* bytes, std::size_t size) noexcept {
    for (; size != 0; --size) {
        crc ^= static_cast<std::uint32_t>(*bytes++);
        crc = (crc >> 4) ^ crc32c_by_nibble[crc & 15u];
        crc = (crc >> 4) ^ crc32c_by_nibble[crc & 15u];
    }
    return crc;
}

// Templates, so that a target which never asks for a table carries none.
template <std::size_t Slices>
inline constexpr auto crc32c_by_byte = [] {
    table<table<std::uint32_t, 256>, Slices> t{};
    for (std::uint32_t i = 0; i < 256; ++i) t[0][i] = crc32c_shift(i, 8);
    for (std::size_t s = 1; s < Slices; ++s) {
        for (std::size_t i = 0; i < 256; ++i) {
            const std::uint32_t before = t[s - 1][i];
            t[s][i] = (before >> 8) ^ t[0][before & 255u];
        }
    }
    return t;
}();

inline std::uint64_t crc32c_word(const std::byte* in) noexcept {
    if constexpr (std::endian::native == std::endian::little) {
        std::uint64_t word;
        std::memcpy(&word, in, sizeof word);
        return word;
    } else {
        return load_little<std::uint64_t>(in);
    }
}

inline std::uint32_t crc32c_sliced(std::uint32_t crc, span<const std::byte> bytes) noexcept {
    constexpr auto& t = crc32c_by_byte<8>;
    const std::byte* in = bytes.data();
    std::size_t left = bytes.size();
    for (; left >= 8; left -= 8, in += 8) {
        const std::uint64_t word = crc32c_word(in) ^ crc;
        const auto low = static_cast<std::uint32_t>(word);
        const auto high = static_cast<std::uint32_t>(word >> 32);
        crc = t[7][low & 255u] ^ t[6][(low >> 8) & 255u] ^ t[5][(low >> 16) & 255u] ^ t[4][low >> 24] ^
              t[3][high & 255u] ^ t[2][(high >> 8) & 255u] ^ t[1][(high >> 16) & 255u] ^ t[0][high >> 24];
    }
    for (; left > 0; --left, ++in) crc = (crc >> 8) ^ t[0][(crc ^ static_cast<std::uint32_t>(*in)) & 255u];
    return crc;
}

// Bytes of each of the three streams that the instruction works on at once.
inline constexpr std::size_t crc32c_stream_bytes = 1024;

// "Append crc32c_stream_bytes zero bytes" is linear in the register: one table lookup for each of its eight nibbles.
template <std::size_t Bytes>
inline constexpr auto crc32c_append_zeros = [] {
    table<table<std::uint32_t, 16>, 8> t{};
    for (unsigned nibble = 0; nibble < 8; ++nibble) {
        for (unsigned bit = 0; bit < 4; ++bit) {
            const std::uint32_t image = crc32c_shift(1u << (4 * nibble + bit), 8 * Bytes);
            for (unsigned i = 0; i < 16; ++i) {
                if (((i >> bit) & 1u) != 0) t[nibble][i] ^= image;
            }
        }
    }
    return t;
}();

inline std::uint32_t crc32c_past_stream(std::uint32_t crc) noexcept {
    constexpr auto& t = crc32c_append_zeros<crc32c_stream_bytes>;
    std::uint32_t out = 0;
    for (unsigned nibble = 0; nibble < 8; ++nibble) out ^= t[nibble][(crc >> (4 * nibble)) & 15u];
    return out;
}

// Needs config::crc32c_ready(). The instruction has a latency of 3 and a rate of 1: three independent streams fill it.
SYNAPSE_CRC32C_TARGET inline std::uint32_t crc32c_hardware(std::uint32_t crc, span<const std::byte> bytes) noexcept {
    const std::byte* in = bytes.data();
    std::size_t left = bytes.size();
    constexpr std::size_t n = crc32c_stream_bytes;
    for (; left >= 3 * n; left -= 3 * n, in += 3 * n) {
        std::uint32_t a = crc;
        std::uint32_t b = 0;
        std::uint32_t c = 0;
        for (std::size_t i = 0; i < n; i += 8) {
            a = SYNAPSE_CRC32C_64(a, crc32c_word(in + i));
            b = SYNAPSE_CRC32C_64(b, crc32c_word(in + n + i));
            c = SYNAPSE_CRC32C_64(c, crc32c_word(in + 2 * n + i));
        }
        crc = crc32c_past_stream(crc32c_past_stream(a) ^ b) ^ c;
    }
    for (; left >= 8; left -= 8, in += 8) crc = SYNAPSE_CRC32C_64(crc, crc32c_word(in));
    for (; left > 0; --left, ++in) crc = SYNAPSE_CRC32C_8(crc, static_cast<std::uint8_t>(*in));
    return crc;
}

}  // namespace detail

// A running CRC32C: any split of the bytes into calls gives the same value.
class crc32c {
public:
    // @cost 0.05 to 0.1 ns a byte with the instruction, 0.5 with eight tables; about 10 instructions a byte on a microcontroller.
    void add(span<const std::byte> bytes) noexcept {
        if constexpr (config::microcontroller) {
            add(bytes.data(), bytes.size());
        } else if (config::crc32c_ready()) {
            register_ = detail::crc32c_hardware(register_, bytes);
        } else {
            register_ = detail::crc32c_sliced(register_, bytes);
        }
    }
    void add(const std::byte* bytes, std::size_t size) noexcept {
        if constexpr (config::microcontroller) {
            register_ = detail::crc32c_nibble(register_, bytes, size);
        } else {
            add(span<const std::byte>{bytes, size});
        }
    }
    // Of all bytes so far; adding may go on. 0 for no bytes.
    [[nodiscard]] std::uint32_t value() const noexcept { return ~register_; }

    // Of these bytes alone.
    [[nodiscard]] static std::uint32_t of(span<const std::byte> bytes) noexcept { return of(bytes.data(), bytes.size()); }
    [[nodiscard]] static std::uint32_t of(const std::byte* bytes, std::size_t size) noexcept {
        crc32c sum;
        sum.add(bytes, size);
        return sum.value();
    }

private:
    std::uint32_t register_ = ~std::uint32_t{0};
};

}  // namespace synapse
