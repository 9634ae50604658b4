// Writes a part's fields into a checkpoint, or reads them out of one: one walk over one list, so that a firmware which does both pays
// for it once, and what is written cannot differ from what is asked for. Scratch never gets there.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include <synapse/checkpoint/crc32c.hpp>
#include <synapse/checkpoint/format.hpp>
#include <synapse/checkpoint/number_listing.hpp>
#include <synapse/checkpoint/pack.hpp>
#include <synapse/checkpoint/stream.hpp>
#include <synapse/checkpoint/unpack.hpp>
#include <synapse/config.hpp>
#include <synapse/core/bytes.hpp>
#include <synapse/core/fields.hpp>
#include <synapse/core/matrix.hpp>
#include <synapse/core/span.hpp>
#include <synapse/core/status.hpp>

namespace synapse {

class field_codec;

// What can be done to a part without knowing its type.
struct part_operations {
    union list {
        void (*fields)(void* part, field_codec& codec) noexcept;
        const void* defaults;  // of a part with a listing; null if they are all zero
    };
    const std::uint8_t* listing;  // number_listing's; null of a part that has more than numbers
    list of;
    status (*settled)(void* part, bool all_read) noexcept;  // settle(), then restored() if all has been read; null for neither
};

// A name in a list of fields, with the index of one among several: "layer_3".
struct field_name {
    static constexpr std::uint32_t no_index = 0xffffffffu;
    const char* text = "";
    std::uint32_t index = no_index;
};

// How an array's elements lie in memory and in a file, where bytes may be packed numbers.
struct array_code {
    constexpr array_code(number_kind k, role r) noexcept
        : bits{static_cast<std::uint8_t>((static_cast<unsigned>(k) & 3u) |
                                         (r == role::packed_f32 ? 0x18u
                                          : r == role::packed_f16
                                              ? 0x14u
                                              : (static_cast<unsigned>(k) & 3u) << 2 | (k == number_kind::f32 ? 0x10u : 0u)) |
                                         (r == role::weights ? 0x20u : 0u))} {}
    [[nodiscard]] constexpr std::uint32_t memory_bytes() const noexcept { return 1u << (bits & 3u); }
    [[nodiscard]] constexpr std::uint32_t bytes() const noexcept { return 1u << (bits >> 2 & 3u); }
    [[nodiscard]] constexpr bool is_float() const noexcept { return (bits & 0x10u) != 0; }
    [[nodiscard]] constexpr bool is_weights() const noexcept { return bits >= 0x20; }
    // numpy's name of an element in the file: "<f4".
    [[nodiscard]] constexpr const char* dtype() const noexcept { return &"|u1<u2<u4<u8   <f2<f4"[3 * (bits >> 2 & 7u)]; }
    static constexpr std::uint32_t dtype_length = 3;

    std::uint8_t bits;
};

namespace detail {

// Characters of a field's key, "name" or "name_12", at most `room`; returns how many there are.
inline std::uint32_t spell(const field_name& name, char* out, std::uint32_t room) noexcept {
    std::uint32_t n = 0;
    for (; name.text[n] != '\0' && n < room; ++n) out[n] = name.text[n];
    if (name.index == field_name::no_index) return n;
    std::uint32_t unit = 1;
    while (name.index / unit >= 10) unit *= 10;
    for (char c = '_'; n < room; unit /= 10) {
        out[n++] = c;
        if (unit == 0) break;
        c = static_cast<char>('0' + name.index / unit % 10);
    }
    return n;
}

// Where this machine keeps byte i of a number, the least significant one being 0.
constexpr std::uint32_t byte_of(std::uint32_t i, std::uint32_t size) noexcept {
    return std::endian::native == std::endian::little ? i : size - 1 - i;
}

// Reverses the bytes of each element; the way between this machine's order and the file's where they differ.
inline void swap_elements(std::byte* bytes, std::size_t size, std::uint32_t element) noexcept {
    for (std::size_t at = 0; at + element <= size; at += element) {
        for (std::uint32_t i = 0; i < element / 2; ++i) {
            const std::byte b = bytes[at + i];
            bytes[at + i] = bytes[at + element - 1 - i];
            bytes[at + element - 1 - i] = b;
        }
    }
}

}  // namespace detail

// The first thing that goes wrong while writing is the packer's outcome(), while reading outcome(); nothing is done after it, but for
// what makes a learner sound that was torn.
class field_codec : unpacker {
public:
    // How tensors of weights are written: null: as they are. True: that was done.
    using tensor_writer = bool (*)(const void* way, field_codec& codec, const char* name, const void* data, array_code code,
                                   const extent& e) noexcept;

private:
    // A map being read.
    struct open_map {
        const char* name;
        std::uint32_t first;  // position of the first entry
        std::uint32_t entries;
    };

    // What is asked for most often comes first: it is the cheapest to reach.
    packer* out_ = nullptr;  // null: reads
    tensor_writer writer_ = nullptr;
    const void* way_ = nullptr;
    open_map* map_ = nullptr;             // being read
    const std::byte* initial_ = nullptr;  // what a sparse number has by default; null if that is zero
    std::uint32_t depth_ = 0;
    std::uint32_t text_length_ = 0;
    std::uint32_t count_ = 0;
    bool counting_ = false;

public:
    // Of nothing, until one of these is called.
    field_codec() noexcept {}
    // Writes there from now on. out outlives that.
    void write_to(packer& out) noexcept { out_ = &out; }
    void write_weights_by(tensor_writer writer, const void* way) noexcept {
        writer_ = writer;
        way_ = way;
    }
    // Reads from there.
    void read_from(const opened_source& from) noexcept { open(from); }

    bool commit = false;                         // reading. false: arrays are checked, not touched
    bool numbers_known = false;                  // reading: once arrays are touched, numbers are the learner's already
    bool keep_tuning = false;                    // reading: the group "tuning" at the top is passed over
    std::uint32_t index = field_name::no_index;  // of the next field

    [[nodiscard]] bool reading() const noexcept { return out_ == nullptr; }
    [[nodiscard]] packer& out() noexcept { return *out_; }

    // What became of reading. Always ok while writing.
    using unpacker::outcome;
    using unpacker::refuse;
    using unpacker::spoil;
    [[nodiscard]] bool good() const noexcept { return ok(outcome()); }

    // Reading: header and payload are whole. The reader is at the payload then, and ends with it.
    void check_envelope(format::header& h) noexcept {
        if (end() == 0) refuse(status::not_found);
        bytes(buffer_, format::header_bytes);
        if (!good()) return;
        if (const status s = format::decode(buffer_, h); !ok(s)) return refuse(s);
        const std::uint32_t whole = format::header_bytes + h.payload_bytes;
        if (whole > end()) return spoil();
        shorten(whole);
        check_again(h);
    }
    // Reading: the payload is what the header says, still.
    SYNAPSE_OUTLINE void check_again(const format::header& h) noexcept {
        to_payload();
        crc32c sum;
        for (std::uint32_t left = h.payload_bytes; left != 0 && good();) {
            const std::uint32_t n = left < sizeof buffer_ ? left : static_cast<std::uint32_t>(sizeof buffer_);
            bytes(buffer_, n);
            sum.add(buffer_, n);
            left -= n;
        }
        if (sum.value() != h.payload_crc) spoil();
    }
    void to_payload() noexcept { seek(format::header_bytes); }
    [[nodiscard]] bool at_end() const noexcept { return position() == end(); }

    // A part's fields as one map. name: what it is called in `inside`.
    SYNAPSE_OUTLINE void map_of(const char* name, void* part, const part_operations& operations) noexcept {
        std::uint32_t entries = 0;
        if (!reading()) {
            counting_ = true;
            count_ = 0;
            walk(part, operations);
            counting_ = false;
            entries = count_;
        }
        entries = static_cast<std::uint32_t>(item(pack_type::map, entries));
        ++depth_;
        open_map m{name, position(), entries};
        if (reading()) check_keys(m);
        const std::uint32_t behind = position();
        open_map* const outer = map_;
        map_ = &m;
        walk(part, operations);  // after a failure, too: a torn learner is made sound
        settle(part, operations);
        map_ = outer;
        --depth_;
        seek(behind);
    }

    // Visits every field of a part.
    SYNAPSE_OUTLINE void walk(void* part, const part_operations& operations) noexcept {
        if (operations.listing == nullptr) return operations.of.fields(part, *this);
        listing_reader listing{operations.listing};
        const auto* defaults = static_cast<const std::byte*>(operations.of.defaults);
        std::size_t at = 0;
        while (const std::uint32_t next = listing.code()) {
            const number_code code{static_cast<char>(next - 1)};
            const std::size_t size = size_of(code.kind());
            at = (at + size - 1) & ~(size - 1);
            char name[format::max_key_bytes + 1];
            listing.name(name, sizeof name);
            initial_ = defaults == nullptr ? nullptr : defaults + at;
            numbers(name, static_cast<std::byte*>(part) + at, code);
            at += code.count() * size;
        }
        initial_ = nullptr;
    }
    // Reading: all fields of a part are there.
    void settle(void* part, const part_operations& operations) noexcept {
        if (!reading() || operations.settled == nullptr || !(good() || commit)) return;
        if (good()) {
            key[0] = '\0';
            inside = map_->name;
        }
        refuse(operations.settled(part, commit));
    }

    // Fields of a list.
    SYNAPSE_OUTLINE void numbers(const char* name, void* x, number_code code) noexcept {
        if (numbers_known) return;
        auto* at = static_cast<std::byte*>(x);
        const std::uint32_t size = size_of(code.kind());
        if (code.sparse() && has_default(at, code.count() * size) && !reading()) return;
        if (!(code.sparse() ? find(name) : demand(name))) return;
        if (code.listed() != 0) expect(pack_type::array, code.listed(), status::corrupt);
        for (std::uint32_t left = code.count(); left != 0; --left, at += size) number(at, code.kind(), size);
    }

    // A key without a value of its own: nil, which nobody reads.
    SYNAPSE_OUTLINE void absent(const char* name) noexcept {
        if (!reading() && find(name)) out_->nil();
    }

    // An array: data [e.rows][e.stride] elements of what `code` says, of which e.cols of a row are written or, when committing, read into.
    SYNAPSE_OUTLINE void tensor(const char* name, void* data, array_code code, const extent& e) noexcept {
        if (writer_ != nullptr && writer_(way_, *this, name, data, code, e)) return;
        if (!demand(name)) return;
        const std::uint32_t item = code.memory_bytes();
        const std::size_t row = std::size_t{e.cols} * item;
        head(e.rows, static_cast<std::uint32_t>(row / code.bytes()), code);
        if (e.rows > e.rows_reserved || e.cols > e.stride) refuse(status::wrong_shape);
        if (!good()) return;
        // Arrays that are only looked at pass through the buffer. Rows that lie side by side in memory go, or come, as one.
        const bool touch = !reading() || commit;
        auto* at = touch ? static_cast<std::byte*>(data) : buffer_;
        const std::size_t most = touch ? ~std::size_t{0} : sizeof buffer_;
        const std::size_t stride = touch ? std::size_t{e.stride} * item : 0;
        const bool whole = !config::small_microcontroller && stride == row;
        const std::size_t piece = whole ? e.rows * row : row;
        const std::size_t step = whole ? piece : stride;
        for (std::uint32_t left_rows = whole ? 1 : e.rows; left_rows != 0; --left_rows, at += step) {
            for (std::size_t left = piece; left != 0;) {
                const std::size_t n = left < most ? left : most;
                elements(at, n, code, e);
                left -= n;
            }
            if (commit) clear(at + piece, step - piece);
        }
        // What the reservation has beyond them becomes zero.
        if (commit) clear(at, (e.rows_reserved - std::size_t{e.rows}) * stride);
    }

    SYNAPSE_OUTLINE void group(const char* name, void* part, const part_operations& operations) noexcept {
        if (keep_tuning && depth_ == 1 && detail::same_text(name, "tuning")) return;
        if (demand(name) || commit) map_of(name, part, operations);
    }

    // A text of which as many characters count as a key may have, or nothing if it is null. Reading: it must be there, and be this one, or reading ends for the reason given.
    SYNAPSE_OUTLINE void text(const char* name, const char* words, status otherwise) noexcept {
        if (words != nullptr && demand(name)) expect(words, detail::length_of(words, format::max_key_bytes), otherwise);
    }
    // Reading: the text of a key, shorter than `room`, zero-terminated.
    void text(const char* name, char* to, std::uint32_t room) noexcept {
        if (!demand(name)) return;
        const auto length = static_cast<std::uint32_t>(item(pack_type::text, 0));
        if (length >= room) return spoil();
        bytes(reinterpret_cast<std::byte*>(to), length);
        if (good()) to[length] = '\0';
    }

    // Goes to a field: writing: writes its key; false if fields are only being counted. Reading: looks for it in the map; false,
    // without a complaint, if it is not there.
    SYNAPSE_OUTLINE bool find(const char* name) noexcept {
        ++count_;
        const field_name wanted{name, index};
        index = field_name::no_index;
        if (counting_ || !good()) return false;
        const std::uint32_t length = detail::spell(wanted, key, format::max_key_bytes);
        key[length] = '\0';
        if (!reading()) {
            out_->text(key, length);
            return true;
        }
        inside = map_->name;
        seek(map_->first);
        for (std::uint32_t left = map_->entries; left != 0; --left) {
            const std::uint32_t value = pass_entry();
            if (is_text(key, length)) {
                seek(value);
                return good();
            }
        }
        return false;
    }

    // Everything of a tensor before its elements. Reading: it must be what this learner would write.
    void head(std::uint32_t rows, std::uint32_t cols, array_code code) noexcept {
        // Type and number; a text's number is its one character, or 0 for the dtype. Numbers from 128 on stand for those below.
        struct step {
            pack_type type;
            std::uint8_t n;
        };
        static constexpr step steps[] = {{pack_type::map, 3},
                                         {pack_type::text, 'd'},
                                         {pack_type::text, 0},
                                         {pack_type::text, 's'},
                                         {pack_type::array, 2},
                                         {pack_type::unsigned_integer, 128},
                                         {pack_type::unsigned_integer, 129},
                                         {pack_type::text, 'b'},
                                         {pack_type::binary, 130}};
        const std::uint32_t sizes[] = {rows, cols, rows * cols * code.bytes()};
        for (const step& next : steps) {
            if (next.type != pack_type::text) {
                expect(next.type, next.n < 128 ? next.n : sizes[next.n - 128],
                       next.type == pack_type::unsigned_integer ? status::wrong_shape : status::corrupt);
            } else if (next.n == 0) {
                expect(code.dtype(), array_code::dtype_length, status::wrong_shape);
            } else {
                expect(reinterpret_cast<const char*>(&next.n), 1, status::corrupt);
            }
        }
    }

private:
    // Goes past the entries of the map just begun; its keys must be names, each its own.
    SYNAPSE_OUTLINE void check_keys(open_map& m) noexcept {
        if (depth_ > format::max_depth || m.entries > format::max_map_entries) {
            spoil();
            m.entries = 0;
        }
        std::uint32_t sums[format::max_map_entries];
        for (std::uint32_t i = 0; i < m.entries && good(); ++i) {
            pass_entry();
            sums[i] = crc32c::of(reinterpret_cast<const std::byte*>(text_), text_length_);
            for (std::uint32_t j = 0; j < i; ++j) {
                if (sums[j] == sums[i]) spoil();  // a name that comes twice
            }
        }
    }
    // Takes the key of the map's next entry and goes past its value; returns where that is.
    SYNAPSE_OUTLINE std::uint32_t pass_entry() noexcept {
        take_text();
        const std::uint32_t value = position();
        skip(depth_);
        return value;
    }
    // Takes the next text, of the length of a key.
    SYNAPSE_OUTLINE void take_text() noexcept {
        text_length_ = static_cast<std::uint32_t>(item(pack_type::text, 0));
        if (text_length_ == 0 || text_length_ > format::max_key_bytes) {
            text_length_ = 0;
            spoil();
        }
        bytes(reinterpret_cast<std::byte*>(text_), text_length_);
    }
    [[nodiscard]] bool is_text(const char* expected, std::uint32_t length) const noexcept {
        return text_length_ == length && same_bytes(text_, expected, length);
    }

    // A field that must be there.
    SYNAPSE_OUTLINE bool demand(const char* name) noexcept {
        const bool found = find(name);
        if (!found && reading()) spoil();
        return found;
    }

    // Writes the head of an object. Reading: takes the head of the next one, which must be of this type; returns its number or length.
    SYNAPSE_OUTLINE std::uint64_t item(pack_type expected, std::uint64_t n) noexcept {
        if (!reading()) {
            out_->put(expected, n);
            return n;
        }
        pack_item found;
        next(found);
        if (found.type != expected) spoil();
        return good() ? found.value : 0;
    }
    SYNAPSE_OUTLINE void expect(pack_type expected, std::uint32_t number, status otherwise) noexcept {
        if (item(expected, number) != number) refuse(otherwise);
    }
    SYNAPSE_OUTLINE void expect(const char* words, std::uint32_t length, status otherwise) noexcept {
        if (!reading()) return out_->text(words, length);
        take_text();
        if (!is_text(words, length)) refuse(otherwise);
    }

    void number(std::byte* at, number_kind kind, std::uint32_t size) noexcept {
        std::uint64_t n = 0;
        for (std::uint32_t i = size; i != 0; --i) n = n << 8 | static_cast<std::uint64_t>(at[detail::byte_of(i - 1, size)]);
        n = item(pack_type_of(kind), n);
        if (!reading()) return;
        if (kind == number_kind::f32 && (n & 0x7f800000u) == 0x7f800000u) spoil();
        if (!good()) return;
        for (std::uint32_t i = 0; i < size; ++i, n >>= 8) at[detail::byte_of(i, size)] = static_cast<std::byte>(n & 0xff);
        if (n != 0) spoil();  // too large
    }
    // True if a sparse number has its default. Reading: it has now.
    bool has_default(std::byte* at, std::uint32_t size) const noexcept {
        const bool set = reading() && good();
        bool same = true;
        for (std::uint32_t i = 0; i < size; ++i) {
            const std::byte b = initial_ == nullptr ? std::byte{0} : initial_[i];
            if (set) at[i] = b;
            same = same && at[i] == b;
        }
        return same;
    }

    static void clear(std::byte* at, std::size_t size) noexcept {
        if (size != 0) std::memset(at, 0, size);
    }

    // Writes `size` bytes of elements, or takes them and looks at every one: they are all zero if one of them cannot be.
    SYNAPSE_OUTLINE void elements(std::byte* at, std::size_t size, array_code code, const extent& e) noexcept {
        if (!reading()) {
            if constexpr (std::endian::native == std::endian::little) return out_->raw(at, size);
            for (std::size_t n = 0; size != 0; at += n, size -= n) {
                n = size < sizeof buffer_ ? size : sizeof buffer_;
                std::memcpy(buffer_, at, n);
                detail::swap_elements(buffer_, n, code.memory_bytes());
                out_->raw(buffer_, n);
            }
            return;
        }
        bytes(at, size);
        if (good() && !are_sound(at, size, code, e)) spoil();
        if (!good()) clear(at, size);
        if constexpr (std::endian::native != std::endian::little) detail::swap_elements(at, size, code.memory_bytes());
    }
    static bool are_sound(const std::byte* in, std::size_t size, array_code code, const extent& e) noexcept {
        const std::uint32_t bytes = code.bytes();
        std::uint32_t sign = 0;
        std::uint32_t largest = e.largest;
        if (code.is_float()) {
            sign = bytes == 2 ? 0x8000u : 0x80000000u;
            const std::uint32_t finite = bytes == 2 ? 0x7bffu : 0x7f7fffffu;
            if (largest > finite || bytes == 2) largest = finite;
        }
        const std::byte* const end = in + size;
        if (!config::microcontroller && sign == 0x80000000u && e.signed_too) {  // as below, but quick: two at a time
            std::uint32_t highest = 0;
            for (; end - in >= 8; in += 8) {
                const std::uint64_t two = detail::crc32c_word(in);
                const auto first = static_cast<std::uint32_t>(two) & ~sign;
                const auto second = static_cast<std::uint32_t>(two >> 32) & ~sign;
                highest = first > highest ? first : highest;
                highest = second > highest ? second : highest;
            }
            if (highest > largest) return false;
        }
        for (; in != end; in += bytes) {
            auto bits = static_cast<std::uint32_t>(*in);
            if (bytes == 2) bits = load_little<std::uint16_t>(in);
            if (bytes >= 4) bits = load_little<std::uint32_t>(in);  // only elements of up to four bytes have a limit
            if ((bits & ~sign) > largest || (!e.signed_too && (bits & sign) != 0 && bits != sign)) return false;
        }
        return true;
    }

public:
    const char* inside = "";              // reading: the group of the field looked at, until something is wrong
    char key[format::max_key_bytes + 1];  // ... and the field itself

private:
    char text_[format::max_key_bytes];
    alignas(8) std::byte buffer_[config::microcontroller ? 128 : 4096];
};

}  // namespace synapse
