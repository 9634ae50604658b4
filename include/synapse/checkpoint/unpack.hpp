// Reads MessagePack from bytes that nobody vouches for: one object's head at a time, no recursion, no buffer but 64 bytes (none on a microcontroller).
#pragma once

#include <cstddef>
#include <cstdint>

#include <synapse/checkpoint/format.hpp>
#include <synapse/checkpoint/pack.hpp>
#include <synapse/checkpoint/stream.hpp>
#include <synapse/config.hpp>
#include <synapse/core/bytes.hpp>
#include <synapse/core/span.hpp>
#include <synapse/core/status.hpp>

namespace synapse {

// The head of one object.
struct pack_item {
    pack_type type;
    std::uint32_t length;  // text, binary, extension: bytes of the body; array, map: entries
    std::uint64_t value;   // boolean, integers (two's complement), bits of float32 and float64; else the length
};

namespace detail {
// What type bytes mean: a type, and the logarithm plus one of the bytes of a number or length that follows.
constexpr std::uint8_t pack_layout(pack_type t, unsigned size) noexcept {
    return static_cast<std::uint8_t>(static_cast<unsigned>(t) << 3 | size);
}
}  // namespace detail

// A source of bytes, its type erased. It outlives whoever reads it.
struct opened_source {
    template <byte_source Source>
    explicit opened_source(Source& whole) noexcept : opened_source{whole, reach(whole.size())} {}
    // The first `size` bytes, of as many at least.
    template <byte_source Source>
    opened_source(Source& whole, std::uint32_t size) noexcept
        : source{&whole},
          read{[](void* from, std::uint32_t offset, std::byte* out, std::size_t count) noexcept {
              return static_cast<Source*>(from)->read(offset, span<std::byte>{out, count});
          }},
          bytes{size} {}

    // As much as a checkpoint can reach into.
    static constexpr std::uint32_t reach(std::uint64_t size) noexcept {
        return size < 0xffffffffu ? static_cast<std::uint32_t>(size) : 0xffffffffu;
    }

    void* source;
    status (*read)(void*, std::uint32_t, std::byte*, std::size_t) noexcept;
    std::uint32_t bytes;
};

// A place in a source. Remembers the first thing that went wrong and reads nothing after it, so that a caller asks when it matters.
// One type for every source, as with packer.
class unpacker {
public:
    // Of nothing: reads nothing.
    unpacker() = default;
    // Reads a source from its start.
    explicit unpacker(const opened_source& from) noexcept { open(from); }
    void open(const opened_source& from) noexcept {
        source_ = from.source;
        read_ = from.read;
        end_ = from.bytes;
        restart(0);
    }
    // Reads [start, end) of the source; start <= end <= source.size(), below 4 GiB.
    template <byte_source Source>
    unpacker(Source& source, std::uint32_t start, std::uint32_t end) noexcept : unpacker{opened_source{source, end}} {
        position_ = start;
    }

    // The first status that was not ok, else ok.
    [[nodiscard]] status outcome() const noexcept { return outcome_; }
    // What was read makes no sense, for a reason that the caller knows.
    SYNAPSE_OUTLINE void refuse(status why) noexcept {
        if (ok(outcome_)) outcome_ = why;
    }

    SYNAPSE_OUTLINE void spoil() noexcept { refuse(status::corrupt); }

    [[nodiscard]] std::uint32_t position() const noexcept { return position_; }
    [[nodiscard]] std::uint32_t end() const noexcept { return end_; }
    // Goes to a position got from here.
    void seek(std::uint32_t position) noexcept { position_ = position; }
    // Makes the source end earlier: end <= end().
    void shorten(std::uint32_t end) noexcept { end_ = end; }

    // Takes the head of the next object. Afterwards the position is behind a number, at the body of text, binary and extension,
    // or at the first entry of a container.
    // outcome() then:
    // ok        item is filled
    // corrupt   no object here, or one that says it is longer than what is left; item is some object without a length
    // io_error  from the source; likewise
    SYNAPSE_OUTLINE void next(pack_item& item) noexcept {
        const auto code = static_cast<std::uint32_t>(number(1, false));
        item.type = pack_type::unsigned_integer;
        item.value = code;
        item.length = 0;
        if (code < 0x80) return;
        // Below 0xc0 sixteen type bytes are one type, and so are those from 0xe0 on.
        const std::uint32_t layout = layouts[code < 0xc0 ? code >> 4 & 3u : code < 0xe0 ? code - 0xbc : 36u];
        item.type = static_cast<pack_type>(layout >> 3);
        const std::uint32_t size = 1u << (layout & 7u) >> 1;
        if (size != 0) {
            item.value = number(size, item.type == pack_type::negative_integer);
        } else if (item.type == pack_type::extension) {
            item.value = 1u << (code - 0xd4);
        } else if (item.type == pack_type::negative_integer) {
            item.value |= ~std::uint64_t{0xff};
        } else {
            item.value = code & (item.type == pack_type::boolean ? 1u : item.type == pack_type::text ? 31u : 15u);
        }
        // An integer that may be negative, and is not.
        if (item.type == pack_type::negative_integer && item.value < 1ull << 63) item.type = pack_type::unsigned_integer;
        if (item.type < pack_type::text) {
            if (item.type == pack_type::never) spoil();
            return;
        }
        auto length = static_cast<std::uint32_t>(item.value);
        if (item.type == pack_type::extension && ++length == 0) return spoil();
        // What is left must hold it: an entry takes a byte at least.
        const std::uint32_t room = end_ - position_;
        if (length > (item.type == pack_type::map ? room / 2 : room)) return spoil();
        item.value = item.length = length;
    }

    // Goes past the rest of an object whose head was just taken: its body, or all its entries at any depth.
    // depth     containers around and including this one; with those inside, at most format::max_depth
    // corrupt   not valid, nested too deep, or more than format::max_skipped_objects
    // @cost its objects, not its bytes
    void skip(const pack_item& item, std::uint32_t depth) noexcept {
        std::uint32_t left[format::max_depth + 1];  // objects to come at each level of nesting; no more than there are bytes
        std::uint32_t level = 0;
        left[0] = 0;
        std::uint32_t objects = 0;
        pack_item current = item;
        for (;;) {
            if (current.type >= pack_type::array) {
                if (depth + level > format::max_depth) return spoil();
                left[++level] = current.type == pack_type::map ? 2 * current.length : current.length;
            } else {
                position_ += current.length;
            }
            while (level > 0 && left[level] == 0) --level;
            if (level == 0) return;
            --left[level];
            if (++objects > format::max_skipped_objects) return spoil();
            next(current);
            if (!ok(outcome_)) return;
        }
    }

    // Goes past one whole object. depth: containers around it.
    void skip(std::uint32_t depth) noexcept {
        pack_item item;
        next(item);
        return skip(item, depth + 1);
    }

    // Reads raw bytes and goes past them.
    SYNAPSE_OUTLINE void bytes(std::byte* out, std::size_t size) noexcept {
        if (!ok(outcome_)) return;
        if (size > end_ - position_) return spoil();
        outcome_ = read_(source_, position_, out, size);
        position_ += static_cast<std::uint32_t>(size);
    }

    // Begins anew at a position: what went wrong and the bytes read ahead are forgotten.
    void restart(std::uint32_t position) noexcept {
        position_ = position;
        window_.size = 0;
        outcome_ = status::ok;
    }

private:
    // Read ahead: a file's every read is a call of the system, a microcontroller's flash is as near as its RAM.
    static constexpr std::uint32_t window_bytes = config::microcontroller ? 0 : 64;
    struct window {
        std::uint32_t start;
        std::uint32_t size = 0;
        std::byte bytes[window_bytes == 0 ? 1 : window_bytes];
    };

    // The next `size` bytes (1, 2, 4, 8), most significant first; with_sign: the first bit is one. 0 if they cannot be had.
    SYNAPSE_OUTLINE std::uint64_t number(std::uint32_t size, bool with_sign) noexcept {
        if constexpr (window_bytes == 0) {
            std::byte in[8];
            bytes(in, size);
            return ok(outcome_) ? assembled(in, size, with_sign) : 0;
        } else {
            const std::uint32_t rest = end_ - position_;
            if (size > rest) spoil();
            if (!ok(outcome_)) return 0;
            if (position_ < window_.start || position_ + size > window_.start + window_.size) {
                const std::uint32_t n = rest < window_bytes ? rest : window_bytes;
                window_.start = position_;
                window_.size = 0;
                outcome_ = read_(source_, position_, window_.bytes, n);
                if (!ok(outcome_)) return 0;
                window_.size = n;
            }
            const std::byte* in = window_.bytes + (position_ - window_.start);
            position_ += size;
            return assembled(in, size, with_sign);
        }
    }

    static std::uint64_t assembled(const std::byte* in, std::uint32_t size, bool with_sign) noexcept {
        std::uint32_t low = with_sign && *in >= std::byte{0x80} ? 0xffffffffu : 0;
        std::uint32_t high = low;
        for (; size != 0; --size) {
            high = high << 8 | low >> 24;
            low = low << 8 | static_cast<std::uint32_t>(*in++);
        }
        return std::uint64_t{high} << 32 | low;
    }

    static constexpr std::uint8_t layouts[37] = {
        detail::pack_layout(pack_type::map, 0),
        detail::pack_layout(pack_type::array, 0),
        detail::pack_layout(pack_type::text, 0),
        detail::pack_layout(pack_type::text, 0),
        detail::pack_layout(pack_type::nil, 0),
        detail::pack_layout(pack_type::never, 0),
        detail::pack_layout(pack_type::boolean, 0),
        detail::pack_layout(pack_type::boolean, 0),
        detail::pack_layout(pack_type::binary, 1),
        detail::pack_layout(pack_type::binary, 2),
        detail::pack_layout(pack_type::binary, 3),
        detail::pack_layout(pack_type::extension, 1),
        detail::pack_layout(pack_type::extension, 2),
        detail::pack_layout(pack_type::extension, 3),
        detail::pack_layout(pack_type::float32, 3),
        detail::pack_layout(pack_type::float64, 4),
        detail::pack_layout(pack_type::unsigned_integer, 1),
        detail::pack_layout(pack_type::unsigned_integer, 2),
        detail::pack_layout(pack_type::unsigned_integer, 3),
        detail::pack_layout(pack_type::unsigned_integer, 4),
        detail::pack_layout(pack_type::negative_integer, 1),
        detail::pack_layout(pack_type::negative_integer, 2),
        detail::pack_layout(pack_type::negative_integer, 3),
        detail::pack_layout(pack_type::negative_integer, 4),
        detail::pack_layout(pack_type::extension, 0),
        detail::pack_layout(pack_type::extension, 0),
        detail::pack_layout(pack_type::extension, 0),
        detail::pack_layout(pack_type::extension, 0),
        detail::pack_layout(pack_type::extension, 0),
        detail::pack_layout(pack_type::text, 1),
        detail::pack_layout(pack_type::text, 2),
        detail::pack_layout(pack_type::text, 3),
        detail::pack_layout(pack_type::array, 2),
        detail::pack_layout(pack_type::array, 3),
        detail::pack_layout(pack_type::map, 2),
        detail::pack_layout(pack_type::map, 3),
        detail::pack_layout(pack_type::negative_integer, 0),
    };

    status outcome_ = status::ok;
    void* source_ = nullptr;
    status (*read_)(void*, std::uint32_t, std::byte*, std::size_t) noexcept = nullptr;
    std::uint32_t position_ = 0;
    std::uint32_t end_ = 0;
    window window_;
};

}  // namespace synapse
