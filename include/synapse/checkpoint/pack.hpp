// Writes the few MessagePack types that a checkpoint needs, each in its shortest form, to any byte sink.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>

#include <synapse/checkpoint/stream.hpp>
#include <synapse/core/bytes.hpp>
#include <synapse/core/status.hpp>

namespace synapse {

// Remembers the first failure of its sink and writes nothing after it, so that a caller asks once, at the end.
// One type for every sink: the code that writes a learner exists once, however many sinks a firmware uses.
class packer {
public:
    // sink  outlives the packer
    template <byte_sink Sink>
    explicit packer(Sink& sink) noexcept
        : sink_{&sink}, write_{[](void* to, std::span<const std::byte> bytes) noexcept { return static_cast<Sink*>(to)->write(bytes); }} {}

    // The first status of the sink that was not ok, else ok.
    [[nodiscard]] status outcome() const noexcept { return outcome_; }

    void nil() noexcept { byte(0xc0); }
    void boolean(bool b) noexcept { byte(b ? 0xc3 : 0xc2); }

    void unsigned_integer(std::uint64_t n) noexcept {
        if (n < 0x80) return byte(static_cast<std::uint8_t>(n));
        if (n <= 0xff) return head(0xcc, n, 1);
        if (n <= 0xffff) return head(0xcd, n, 2);
        if (n <= 0xffffffff) return head(0xce, n, 4);
        head(0xcf, n, 8);
    }

    // Always a float32 with the bits given: 2.0f stays a float and -0.0f keeps its sign.
    void real(float x) noexcept { head(0xca, std::bit_cast<std::uint32_t>(x), 4); }

    void text(const char* characters, std::size_t size) noexcept {
        if (size < 32) {
            byte(static_cast<std::uint8_t>(0xa0 | size));
        } else {
            sized(0xd9, size);
        }
        raw(std::as_bytes(std::span{characters, size}));
    }
    // At most 255 characters of it.
    void text(const char* zero_terminated) noexcept { text(zero_terminated, detail::length_of(zero_terminated, 255)); }

    // `entries` objects (keys and values in turn, for a map) must follow.
    void array(std::uint32_t entries) noexcept { container(0x90, 0xdc, entries); }
    void map(std::uint32_t entries) noexcept { container(0x80, 0xde, entries); }

    // `size` raw bytes must follow.
    void binary(std::uint32_t size) noexcept { sized(0xc4, size); }
    void raw(std::span<const std::byte> bytes) noexcept {
        if (ok(outcome_)) outcome_ = write_(sink_, bytes);
    }

private:
    void byte(std::uint8_t b) noexcept {
        const auto one = static_cast<std::byte>(b);
        raw({&one, 1});
    }
    // A type byte and the low `size` bytes of n, most significant first.
    void head(std::uint8_t type, std::uint64_t n, std::size_t size) noexcept {
        std::byte bytes[9];
        bytes[0] = static_cast<std::byte>(type);
        for (std::size_t i = 0; i < size; ++i) bytes[1 + i] = static_cast<std::byte>((n >> (8 * (size - 1 - i))) & 0xff);
        raw({bytes, 1 + size});
    }
    // Types whose length takes 1, 2 or 4 bytes have consecutive codes.
    void sized(std::uint8_t type8, std::size_t n) noexcept {
        if (n <= 0xff) return head(type8, n, 1);
        if (n <= 0xffff) return head(static_cast<std::uint8_t>(type8 + 1), n, 2);
        head(static_cast<std::uint8_t>(type8 + 2), n, 4);
    }
    void container(std::uint8_t fix, std::uint8_t type16, std::uint32_t n) noexcept {
        if (n < 16) return byte(static_cast<std::uint8_t>(fix | n));
        if (n <= 0xffff) return head(type16, n, 2);
        head(static_cast<std::uint8_t>(type16 + 1), n, 4);
    }

    void* sink_;
    status (*write_)(void*, std::span<const std::byte>) noexcept;
    status outcome_ = status::ok;
};

}  // namespace synapse
