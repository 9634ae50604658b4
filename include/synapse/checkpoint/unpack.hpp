// Reads MessagePack from bytes that nobody vouches for: one object's head at a time, no recursion, no buffer but 64 bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include <synapse/checkpoint/format.hpp>
#include <synapse/checkpoint/stream.hpp>
#include <synapse/core/bytes.hpp>
#include <synapse/core/status.hpp>

namespace synapse {

enum class pack_type : std::uint8_t { nil, boolean, unsigned_integer, negative_integer, float32, float64, text, binary, extension, array, map };

// The head of one object.
struct pack_item {
    pack_type type = pack_type::nil;
    std::uint64_t value = 0;   // boolean, integers (two's complement), bits of float32 and float64
    std::uint32_t length = 0;  // text, binary, extension: bytes of the body; array, map: entries
    std::uint64_t body = 0;    // text, binary, extension: where the body starts; array, map: where the first entry does
};

// A place in a source. One type for every source, as with packer.
class unpacker {
public:
    // Reads [start, end) of the source, which outlives the unpacker; start <= end <= source.size().
    template <byte_source Source>
    unpacker(Source& source, std::uint64_t start, std::uint64_t end) noexcept
        : source_{&source},
          read_{[](void* from, std::uint64_t offset, std::span<std::byte> out) noexcept { return static_cast<Source*>(from)->read(offset, out); }},
          position_{start},
          end_{end} {}

    [[nodiscard]] std::uint64_t position() const noexcept { return position_; }
    [[nodiscard]] std::uint64_t end() const noexcept { return end_; }
    // Goes to a position got from here or from a pack_item.
    void seek(std::uint64_t position) noexcept { position_ = position; }

    // Takes the head of the next object. Afterwards the position is behind a number, at the body of text, binary and extension,
    // or at the first entry of a container.
    // ok        item is filled
    // corrupt   no object here, or one that says it is longer than what is left
    // io_error  from the source
    status next(pack_item& item) noexcept {
        std::uint64_t type = 0;
        if (const status s = number(1, type); !ok(s)) return s;
        item = {};
        const auto code = static_cast<std::uint32_t>(type);
        if (code < 0x80) return leaf(item, pack_type::unsigned_integer, code);
        if (code < 0x90) return container(item, pack_type::map, code & 15u);
        if (code < 0xa0) return container(item, pack_type::array, code & 15u);
        if (code < 0xc0) return body(item, pack_type::text, code & 31u);
        if (code >= 0xe0) return leaf(item, pack_type::negative_integer, 0xffffffffffffff00u | code);
        if (code == 0xc0) return leaf(item, pack_type::nil, 0);
        if (code == 0xc1) return status::corrupt;
        if (code <= 0xc3) return leaf(item, pack_type::boolean, code & 1u);
        if (code <= 0xc6) return sized(item, pack_type::binary, 1u << (code - 0xc4u), 0);
        if (code <= 0xc9) return sized(item, pack_type::extension, 1u << (code - 0xc7u), 1);
        if (code <= 0xcb) return wide(item, code == 0xca ? pack_type::float32 : pack_type::float64, code == 0xca ? 4 : 8);
        if (code <= 0xcf) return wide(item, pack_type::unsigned_integer, 1u << (code - 0xccu));
        if (code <= 0xd3) return signed_integer(item, 1u << (code - 0xd0u));
        if (code <= 0xd8) return body(item, pack_type::extension, 1u + (1u << (code - 0xd4u)));
        if (code <= 0xdb) return sized(item, pack_type::text, 1u << (code - 0xd9u), 0);
        return sized(item, code <= 0xdd ? pack_type::array : pack_type::map, (code & 1u) == 0 ? 2 : 4, 0);
    }

    // Goes past the rest of an object whose head was taken: its body, or all its entries at any depth.
    // depth     containers around and including this one; with those inside, at most format::max_depth
    // corrupt   not valid, nested too deep, or more than format::max_skipped_objects
    // @cost its objects, not its bytes
    status skip(const pack_item& item, std::uint32_t depth) noexcept {
        std::uint64_t left[format::max_depth + 1];  // objects to come at each level of nesting
        std::uint32_t level = 0;
        left[0] = 0;
        std::uint32_t objects = 0;
        pack_item current = item;
        for (;;) {
            if (current.type == pack_type::array || current.type == pack_type::map) {
                if (depth + level > format::max_depth) return status::corrupt;
                left[++level] = current.type == pack_type::map ? 2ull * current.length : current.length;
            } else if (is_body(current.type)) {
                seek(current.body + current.length);
            }
            while (level > 0 && left[level] == 0) --level;
            if (level == 0) return status::ok;
            --left[level];
            if (++objects > format::max_skipped_objects) return status::corrupt;
            if (const status s = next(current); !ok(s)) return s;
        }
    }

    // Goes past one whole object. depth: containers around it.
    status skip(std::uint32_t depth) noexcept {
        pack_item item;
        if (const status s = next(item); !ok(s)) return s;
        return skip(item, depth + 1);
    }

    // Reads raw bytes and goes past them.
    status bytes(std::span<std::byte> out) noexcept {
        if (out.size() > end_ - position_) return status::corrupt;
        const status s = read_(source_, position_, out);
        position_ += out.size();
        return s;
    }

    // The bytes read ahead are dropped: for a source that has changed.
    void forget() noexcept { window_size_ = 0; }

private:
    static constexpr bool is_body(pack_type t) noexcept { return t == pack_type::text || t == pack_type::binary || t == pack_type::extension; }

    // The next `size` bytes (1, 2, 4, 8), most significant first.
    status number(std::uint32_t size, std::uint64_t& out) noexcept {
        if (size > end_ - position_) return status::corrupt;
        if (position_ < window_start_ || position_ + size > window_start_ + window_size_) {
            const std::uint64_t rest = end_ - position_;
            const auto n = static_cast<std::uint32_t>(rest < sizeof window_ ? rest : sizeof window_);
            window_size_ = 0;
            if (const status s = read_(source_, position_, {window_, n}); !ok(s)) return s;
            window_start_ = position_;
            window_size_ = n;
        }
        const std::byte* in = window_ + static_cast<std::size_t>(position_ - window_start_);
        out = 0;
        for (std::uint32_t i = 0; i < size; ++i) out = out << 8 | static_cast<std::uint64_t>(in[i]);
        position_ += size;
        return status::ok;
    }

    static status leaf(pack_item& item, pack_type type, std::uint64_t value) noexcept {
        item.type = type;
        item.value = value;
        return status::ok;
    }
    status wide(pack_item& item, pack_type type, std::uint32_t size) noexcept {
        item.type = type;
        return number(size, item.value);
    }
    status signed_integer(pack_item& item, std::uint32_t size) noexcept {
        if (const status s = number(size, item.value); !ok(s)) return s;
        const std::uint64_t sign = 1ull << (8 * size - 1);
        const bool negative = (item.value & sign) != 0;
        item.value = (item.value ^ sign) - sign;
        item.type = negative ? pack_type::negative_integer : pack_type::unsigned_integer;
        return status::ok;
    }
    status body(pack_item& item, pack_type type, std::uint64_t length) noexcept {
        if (length > end_ - position_) return status::corrupt;
        item.type = type;
        item.length = static_cast<std::uint32_t>(length);
        item.body = position_;
        return status::ok;
    }
    status container(pack_item& item, pack_type type, std::uint64_t entries) noexcept {
        const std::uint64_t objects = type == pack_type::map ? 2 * entries : entries;
        if (objects > end_ - position_) return status::corrupt;  // an object takes a byte at least
        item.type = type;
        item.length = static_cast<std::uint32_t>(entries);
        item.body = position_;
        return status::ok;
    }
    // A length of `size` bytes, and `more` bytes of body beyond what it says (the type of an ext).
    status sized(pack_item& item, pack_type type, std::uint32_t size, std::uint32_t more) noexcept {
        std::uint64_t length = 0;
        if (const status s = number(size, length); !ok(s)) return s;
        if (is_body(type)) {
            if (length + more > 0xffffffffu) return status::corrupt;
            return body(item, type, length + more);
        }
        return container(item, type, length);
    }

    void* source_;
    status (*read_)(void*, std::uint64_t, std::span<std::byte>) noexcept;
    std::uint64_t position_;
    std::uint64_t end_;
    std::uint64_t window_start_ = 0;
    std::uint32_t window_size_ = 0;
    std::byte window_[64];
};

}  // namespace synapse
