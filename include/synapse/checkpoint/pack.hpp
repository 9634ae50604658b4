// Writes the few MessagePack types that a checkpoint needs, each in its shortest form, to any byte sink.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

#include <synapse/checkpoint/stream.hpp>
#include <synapse/config.hpp>
#include <synapse/core/bytes.hpp>
#include <synapse/core/span.hpp>
#include <synapse/core/status.hpp>

namespace synapse {

// Remembers the first failure of its sink and writes nothing after it, so that a caller asks once, at the end.
// One type for every sink: the code that writes a learner exists once, however many sinks a firmware uses.
class packer {
public:
    // sink  outlives the packer
    template <byte_sink Sink>
    explicit packer(Sink& sink) noexcept
        : sink_{&sink}, write_{[](void* to, const std::byte* bytes, std::size_t size) noexcept { return static_cast<Sink*>(to)->write({bytes, size}); }} {}

    // The first status of the sink that was not ok, else ok.
    [[nodiscard]] status outcome() const noexcept { return outcome_; }

    // One object each, in the shortest encoding that holds it.
    void nil() noexcept { head(0xc0, 0, 0); }
    void boolean(bool b) noexcept { head(b ? 0xc3 : 0xc2, 0, 0); }

    void unsigned_integer(std::uint64_t n) noexcept {
        if (n > 0xffffffff) return head(0xcf, n, 8);
        sized({0, 0x80, 0xcd}, static_cast<std::uint32_t>(n));
    }

    // Always a float32 with the bits given: 2.0f stays a float and -0.0f keeps its sign.
    void real(float x) noexcept { real_bits(std::bit_cast<std::uint32_t>(x)); }
    void real_bits(std::uint32_t bits) noexcept { head(0xca, bits, 4); }

    // characters [size], not ended by a zero
    void text(const char* characters, std::uint32_t size) noexcept {
        sized({0xa0, 32, 0xda}, size);
        raw(reinterpret_cast<const std::byte*>(characters), size);
    }
    // At most 255 characters of it.
    void text(const char* zero_terminated) noexcept { text(zero_terminated, detail::length_of(zero_terminated, 255)); }

    // `entries` objects (keys and values in turn, for a map) must follow.
    void array(std::uint32_t entries) noexcept { sized({0x90, 16, 0xdc}, entries); }
    void map(std::uint32_t entries) noexcept { sized({0x80, 16, 0xde}, entries); }

    // What is packed already.
    void packed(const char* bytes, std::uint32_t size) noexcept { raw(reinterpret_cast<const std::byte*>(bytes), size); }

    // `size` raw bytes must follow.
    void binary(std::uint32_t size) noexcept { sized({0, 0, 0xc5}, size); }
    SYNAPSE_OUTLINE void raw(const std::byte* bytes, std::size_t size) noexcept {
        if (ok(outcome_)) outcome_ = write_(sink_, bytes, size);
    }

private:
    // Types that hold a number or are as long as one says: one byte `fix | n` below a limit, else a type byte and 1, 2 or 4 bytes.
    // The type bytes are consecutive; arrays and maps have none for 1.
    struct type {
        std::uint8_t fix;
        std::uint8_t limit;
        std::uint8_t type16;
    };
    SYNAPSE_OUTLINE void sized(type t, std::uint32_t n) noexcept {
        if (n < t.limit) return head(t.fix | n, 0, 0);
        if (n <= 0xff && t.type16 < 0xdc) return head(t.type16 - 1u, n, 1);
        if (n <= 0xffff) return head(t.type16, n, 2);
        head(t.type16 + 1u, n, 4);
    }
    // A type byte and the low `size` bytes of n, most significant first.
    SYNAPSE_OUTLINE void head(std::uint32_t type_byte, std::uint64_t n, std::size_t size) noexcept {
        std::byte bytes[9];
        bytes[0] = static_cast<std::byte>(type_byte);
        for (std::size_t i = size; i != 0; --i, n >>= 8) bytes[i] = static_cast<std::byte>(n & 0xff);
        raw(bytes, 1 + size);
    }

    status outcome_ = status::ok;
    void* sink_;
    status (*write_)(void*, const std::byte*, std::size_t) noexcept;
};

}  // namespace synapse
