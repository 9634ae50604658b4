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
    std::uint32_t body = 0;    // text, binary, extension: where the body starts; array, map: where the first entry does
};

// A place in a source. One type for every source, as with packer.
class unpacker {
public:
    // Reads [start, end) of the source, which outlives the unpacker; start <= end <= source.size(), below 4 GiB.
    template <byte_source Source>
    unpacker(Source& source, std::uint64_t start, std::uint64_t end) noexcept
        : source_{&source},
          read_{[](void* from, std::uint32_t offset, std::span<std::byte> out) noexcept { return static_cast<Source*>(from)->read(offset, out); }},
          position_{static_cast<std::uint32_t>(start)},
          end_{static_cast<std::uint32_t>(end)} {}

    [[nodiscard]] std::uint32_t position() const noexcept { return position_; }
    [[nodiscard]] std::uint32_t end() const noexcept { return end_; }
    // Goes to a position got from here or from a pack_item.
    void seek(std::uint32_t position) noexcept { position_ = position; }

    // Takes the head of the next object. Afterwards the position is behind a number, at the body of text, binary and extension,
    // or at the first entry of a container.
    // ok        item is filled
    // corrupt   no object here, or one that says it is longer than what is left
    // io_error  from the source
    status next(pack_item& item) noexcept {
        std::uint64_t first = 0;
        if (const status s = number(1, first); !ok(s)) return s;
        const auto code = static_cast<std::uint32_t>(first);
        item = {};
        item.value = code;
        item.type = pack_type::unsigned_integer;
        std::uint32_t length = code & 15u;
        if (code < 0x80) return status::ok;
        if (code >= 0xe0) {
            item.value |= 0xffffffffffffff00u;
            item.type = pack_type::negative_integer;
            return status::ok;
        }
        if (code < 0xc0) {
            item.type = code < 0x90 ? pack_type::map : code < 0xa0 ? pack_type::array : pack_type::text;
            if (code >= 0xa0) length = code & 31u;
            return extend(item, length);
        }
        const layout how = layouts[code - 0xc0];
        item.type = how.type;
        item.value = code & 1u;
        length = how.more;
        if (how.size != 0) {
            if (const status s = number(how.size, item.value); !ok(s)) return s;
            length += static_cast<std::uint32_t>(item.value);
        }
        switch (how.rule) {
            case following::never: return status::corrupt;
            case following::leaf: return status::ok;
            case following::sign: {
                const std::uint64_t sign = 1ull << (8u * how.size - 1u);
                if ((item.value & sign) != 0) {
                    item.type = pack_type::negative_integer;
                    item.value |= ~(sign - 1u);
                }
                return status::ok;
            }
            case following::body: break;
        }
        return length < how.more ? status::corrupt : extend(item, length);
    }

    // Goes past the rest of an object whose head was taken: its body, or all its entries at any depth.
    // depth     containers around and including this one; with those inside, at most format::max_depth
    // corrupt   not valid, nested too deep, or more than format::max_skipped_objects
    // @cost its objects, not its bytes
    status skip(const pack_item& item, std::uint32_t depth) noexcept {
        std::uint32_t left[format::max_depth + 1];  // objects to come at each level of nesting; no more than there are bytes
        std::uint32_t level = 0;
        left[0] = 0;
        std::uint32_t objects = 0;
        pack_item current = item;
        for (;;) {
            if (current.type == pack_type::array || current.type == pack_type::map) {
                if (depth + level > format::max_depth) return status::corrupt;
                left[++level] = current.type == pack_type::map ? 2 * current.length : current.length;
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
        position_ += static_cast<std::uint32_t>(out.size());
        return s;
    }

    // The bytes read ahead are dropped: for a source that has changed.
    void forget() noexcept { window_size_ = 0; }

private:
    static constexpr bool is_body(pack_type t) noexcept { return t == pack_type::text || t == pack_type::binary || t == pack_type::extension; }

    // The next `size` bytes (1, 2, 4, 8), most significant first.
    status number(std::uint32_t size, std::uint64_t& out) noexcept {
        if (size > end_ - position_) return status::corrupt;
        if (position_ - window_start_ > window_size_ || position_ - window_start_ + size > window_size_) {
            const std::uint32_t rest = end_ - position_;
            const std::uint32_t n = rest < sizeof window_ ? rest : static_cast<std::uint32_t>(sizeof window_);
            window_size_ = 0;
            if (const status s = read_(source_, position_, {window_, n}); !ok(s)) return s;
            window_start_ = position_;
            window_size_ = n;
        }
        const std::byte* in = window_ + (position_ - window_start_);
        position_ += size;
        std::uint32_t high = 0;
        std::uint32_t low = 0;
        for (; size != 0; --size) {
            high = high << 8 | low >> 24;
            low = low << 8 | static_cast<std::uint32_t>(*in++);
        }
        out = std::uint64_t{high} << 32 | low;
        return status::ok;
    }

    // Notes where a body or the entries of a container are, if what is left can hold them: an object takes a byte at least.
    status extend(pack_item& item, std::uint32_t length) const noexcept {
        const std::uint32_t room = end_ - position_;
        if (length > (item.type == pack_type::map ? room / 2 : room)) return status::corrupt;
        item.length = length;
        item.body = position_;
        return status::ok;
    }

    // What follows the type bytes 0xc0 to 0xdf: a number or length of `size` bytes; `more` bytes of body beyond the length.
    enum class following : std::uint8_t { never, leaf, sign, body };
    struct layout {
        pack_type type;
        following rule;
        std::uint8_t size;
        std::uint8_t more;
    };
    static constexpr layout layouts[32] = {
        {pack_type::nil, following::leaf, 0, 0},
        {pack_type::nil, following::never, 0, 0},
        {pack_type::boolean, following::leaf, 0, 0},
        {pack_type::boolean, following::leaf, 0, 0},
        {pack_type::binary, following::body, 1, 0},
        {pack_type::binary, following::body, 2, 0},
        {pack_type::binary, following::body, 4, 0},
        {pack_type::extension, following::body, 1, 1},
        {pack_type::extension, following::body, 2, 1},
        {pack_type::extension, following::body, 4, 1},
        {pack_type::float32, following::leaf, 4, 0},
        {pack_type::float64, following::leaf, 8, 0},
        {pack_type::unsigned_integer, following::leaf, 1, 0},
        {pack_type::unsigned_integer, following::leaf, 2, 0},
        {pack_type::unsigned_integer, following::leaf, 4, 0},
        {pack_type::unsigned_integer, following::leaf, 8, 0},
        {pack_type::unsigned_integer, following::sign, 1, 0},
        {pack_type::unsigned_integer, following::sign, 2, 0},
        {pack_type::unsigned_integer, following::sign, 4, 0},
        {pack_type::unsigned_integer, following::sign, 8, 0},
        {pack_type::extension, following::body, 0, 2},
        {pack_type::extension, following::body, 0, 3},
        {pack_type::extension, following::body, 0, 5},
        {pack_type::extension, following::body, 0, 9},
        {pack_type::extension, following::body, 0, 17},
        {pack_type::text, following::body, 1, 0},
        {pack_type::text, following::body, 2, 0},
        {pack_type::text, following::body, 4, 0},
        {pack_type::array, following::body, 2, 0},
        {pack_type::array, following::body, 4, 0},
        {pack_type::map, following::body, 2, 0},
        {pack_type::map, following::body, 4, 0},
    };

    void* source_;
    status (*read_)(void*, std::uint32_t, std::span<std::byte>) noexcept;
    std::uint32_t position_;
    std::uint32_t end_;
    std::uint32_t window_start_ = 0;
    std::uint32_t window_size_ = 0;
    std::byte window_[64];
};

}  // namespace synapse
