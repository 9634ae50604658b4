// load(model, from): bytes that nobody vouches for, checked to the last one before the learner changes at all.
//
// Two passes over the source. The first checks the header, both CRCs, the structure, every number and every element, and reads
// the learner's own numbers into a body without memory, so that extents follow from the file and not from the learner's past.
// The second reads the arrays into the learner, which has taken those numbers over; then the CRC is looked at once more. Only a
// source that fails or changes in between, having served the first pass, can leave a learner half loaded, and load_result::torn says
// so. Files and memory-mapped flash do not. A torn learner is a mixture, but a sound one: every number of it has been checked, what
// could not be read is as before or zero. It can go on, be loaded again, or be begun anew.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

#include <synapse/checkpoint/field_visitor.hpp>
#include <synapse/checkpoint/format.hpp>
#include <synapse/checkpoint/save.hpp>
#include <synapse/checkpoint/stream.hpp>
#include <synapse/checkpoint/unpack.hpp>
#include <synapse/config.hpp>
#include <synapse/core/bytes.hpp>
#include <synapse/core/span.hpp>
#include <synapse/core/status.hpp>

namespace synapse {

struct load_options {
    bool keep_tuning = false;     // the learner's tuning stays as it is
    bool any_arithmetic = false;  // take in what other arithmetic learned; it will not go on bit for bit
};

// How a load went. Compares and converts like its status.
struct [[nodiscard]] load_result {
    status outcome = status::ok;
    bool torn = false;              // the source failed or changed half way: the learner is a mixture; see the top of the file
    bool same_numbers = true;       // this machine's kernels compute the same bits as the writer's
    field_name key;                 // the field that was missing or wrong, if it was one
    const char* inside = "";        // the group it is in; "" at the top
    format::header header;          // of the checkpoint, once sound

    constexpr operator status() const noexcept { return outcome; }
};
constexpr bool ok(const load_result& r) noexcept { return r.outcome == status::ok; }

// What a checkpoint says of itself, readable without a learner.
struct checkpoint_about {
    std::uint64_t steps = 0;
    std::uint64_t samples = 0;
    std::uint64_t timestamp = 0;
    std::uint64_t fingerprint = 0;
    char reason[format::max_key_bytes + 1] = {};
    char software[format::max_key_bytes + 1] = {};
    char arithmetic[16] = {};
};

namespace detail {

// A map being read. Keys are looked for from where the last one was found, so a file in the order of the list is read once.
struct open_map {
    std::uint32_t first = 0;  // position of the first entry
    std::uint32_t at = 0;     // position of entry `next`
    std::uint32_t end = 0;
    std::uint32_t entries = 0;
    std::uint32_t next = 0;
    const char* name = "";
};

class field_reader final : public field_visitor {
public:
    explicit field_reader(const unpacker& in) noexcept : in_{in} {}

private:
    unpacker in_;

public:
    field_name key;         // the field being read, until something is wrong
    const char* inside = "";
    bool commit = false;    // false: arrays are checked, not touched
    bool numbers_known = false;  // they are the learner's already
    bool keep_tuning = false;

    // Header and payload are whole. The reader is at the payload then, and ends with it. size: the source's.
    SYNAPSE_OUTLINE void check_envelope(std::uint64_t size, format::header& h) noexcept {
        if (size == 0) in_.refuse(status::not_found);
        in_.bytes(buffer_, format::header_bytes);
        if (!good()) return;
        if (const status s = format::decode(buffer_, h); !ok(s)) return refuse(s);
        const std::uint32_t end = format::header_bytes + h.payload_bytes;
        if (end > in_.end()) return spoil();
        in_.shorten(end);
        check_again(h);
    }
    // The payload is what the header says, still.
    SYNAPSE_OUTLINE void check_again(const format::header& h) noexcept {
        to_payload();
        crc32c sum;
        for (std::uint32_t left = h.payload_bytes; left != 0 && good();) {
            const std::uint32_t n = left < sizeof buffer_ ? left : static_cast<std::uint32_t>(sizeof buffer_);
            in_.bytes(buffer_, n);
            sum.add({buffer_, n});
            left -= n;
        }
        if (sum.value() != h.payload_crc) spoil();
    }
    // A learner takes in no rounded weights.
    void refuse_rounded(const format::header& h) noexcept {
        if ((h.flags & format::flag_rounded) != 0) refuse(status::wrong_shape);
    }

    // Opens the map at the reader's position, which must be its head; checks its keys.
    SYNAPSE_OUTLINE open_map open(const char* name) noexcept {
        open_map m;
        m.name = name;
        m.entries = take(pack_type::map);
        if (m.entries > format::max_map_entries || ++depth_ > format::max_depth) {
            spoil();
            m.entries = 0;
        }
        m.first = m.at = in_.position();
        std::uint32_t sums[format::max_map_entries];
        for (std::uint32_t i = 0; i < m.entries && good(); ++i) {
            pass_entry(m);
            sums[i] = crc32c::of(as_bytes(span{text_, text_length_}));
            for (std::uint32_t j = 0; j < i; ++j) {
                if (sums[j] == sums[i]) spoil();  // a name that comes twice
            }
        }
        m.end = m.at;
        m.at = m.first;
        return m;
    }
    void close(const open_map& m) noexcept {
        --depth_;
        in_.seek(m.end);
    }

    // Goes to a key's value in the map. False, without a complaint, if it is not there.
    SYNAPSE_OUTLINE bool find(open_map& m, const char* name, std::uint32_t index = field_name::no_index) noexcept {
        if (!good()) return false;
        key = {name, index};
        inside = m.name;
        char wanted[format::max_key_bytes];
        const std::uint32_t wanted_length = spell(key, wanted, format::max_key_bytes);
        for (std::uint32_t looked = 0; looked < m.entries; ++looked) {
            if (m.next == m.entries) {
                m.next = 0;
                m.at = m.first;
            }
            const std::uint32_t value = pass_entry(m);
            ++m.next;
            if (is_text(wanted, wanted_length)) {
                in_.seek(value);
                return good();
            }
        }
        return false;
    }
    // The same; its absence is an error.
    bool demand(open_map& m, const char* name, std::uint32_t index = field_name::no_index) noexcept {
        const bool found = find(m, name, index);
        if (!found) spoil();
        return found;
    }

    // Reads a part's fields out of an open map.
    void read_part(open_map& m, void* part, const part_operations& operations) noexcept {
        open_map* const outer = map_;
        map_ = &m;
        walk(part, operations);
        map_ = outer;
        if (operations.settled == nullptr || !(good() || commit)) return;
        if (good()) {
            key = {};
            inside = m.name;
        }
        refuse(operations.settled(part, commit));
    }

    [[nodiscard]] std::uint32_t end() const noexcept { return in_.end(); }
    [[nodiscard]] bool good() const noexcept { return ok(in_.outcome()); }
    void refuse(status why) noexcept { in_.refuse(why); }
    SYNAPSE_OUTLINE void spoil() noexcept { in_.refuse(status::corrupt); }
    // What to tell of how it went.
    void report(load_result& result) const noexcept {
        result.outcome = in_.outcome();
        if (good()) {
            result.torn = false;
            return;
        }
        result.key = key;
        result.inside = inside;
    }
    void to_payload() noexcept { in_.seek(format::header_bytes); }

    // The text at the reader's position, shorter than `room`, zero-terminated.
    void text(char* to, std::uint32_t room) noexcept {
        const std::uint32_t length = take(pack_type::text);
        if (length >= room) return spoil();
        in_.bytes(reinterpret_cast<std::byte*>(to), length);
        to[length] = '\0';
    }
    // The text at the reader's position, of 1 to 63 bytes, is this one.
    bool next_is(const char* expected, std::uint32_t length) noexcept {
        take_text();
        return is_text(expected, length);
    }

private:
    // Takes the head of the next object, which must be of this type; 0 if it is not. Returns its length or number, at most 2^32 - 1.
    SYNAPSE_OUTLINE std::uint32_t take(pack_type expected) noexcept {
        in_.next(item_);
        if (item_.type != expected) spoil();
        if (!good()) return 0;
        if (expected >= pack_type::text) return item_.length;
        return item_.value > 0xffffffff ? 0xffffffff : static_cast<std::uint32_t>(item_.value);
    }

    void expect(pack_type expected, std::uint32_t number, status otherwise) noexcept {
        if (take(expected) != number) refuse(otherwise);
    }
    void expect(const char* text, std::uint32_t length, status otherwise) noexcept {
        if (!next_is(text, length)) refuse(otherwise);
    }

    // Takes the next text, of the length of a key.
    SYNAPSE_OUTLINE void take_text() noexcept {
        text_length_ = take(pack_type::text);
        if (text_length_ == 0 || text_length_ > format::max_key_bytes) {
            text_length_ = 0;
            spoil();
        }
        in_.bytes(reinterpret_cast<std::byte*>(text_), text_length_);
    }
    [[nodiscard]] bool is_text(const char* expected, std::uint32_t length) const noexcept {
        return text_length_ == length && same_bytes(text_, expected, length);
    }

    // Takes the key of the map's next entry and goes past its value; returns where that is.
    std::uint32_t pass_entry(open_map& m) noexcept {
        in_.seek(m.at);
        take_text();
        const std::uint32_t value = in_.position();
        in_.skip(depth_);
        m.at = in_.position();
        return value;
    }

    // The number at the reader's position.
    void number(std::byte* to, number_kind kind) noexcept {
        const bool is_float = kind == number_kind::f32;
        const std::uint32_t low = take(kind == number_kind::boolean ? pack_type::boolean : is_float ? pack_type::float32 : pack_type::unsigned_integer);
        if (is_float && (low & 0x7f800000u) == 0x7f800000u) spoil();
        if (!good()) return;
        const std::uint32_t size = size_of(kind);
        std::uint64_t n = item_.value;
        for (std::uint32_t i = 0; i < size; ++i, n >>= 8) to[byte_of(i, size)] = static_cast<std::byte>(n & 0xff);
        if (n != 0) spoil();  // too large
    }

    void numbers(const char* name, void* x, number_code code, const std::byte* initial) noexcept override {
        auto* to = static_cast<std::byte*>(x);
        const std::uint32_t size = size_of(code.kind());
        if (code.kind() == number_kind::absent || (commit && numbers_known)) return;
        if (!find(*map_, name)) {
            if (!code.sparse()) spoil();
            for (std::uint32_t i = 0; i < code.count() * size && good(); ++i) to[i] = initial == nullptr ? std::byte{0} : initial[i];
            return;
        }
        if (code.listed() != 0 && take(pack_type::array) != code.listed()) spoil();
        for (std::uint32_t i = 0; i < code.count(); ++i) number(to + i * size, code.kind());
    }

    void enter(const char* name, void* part, const part_operations& operations, std::uint32_t index) noexcept override {
        if (keep_tuning && depth_ == 1 && same_text(name, "tuning")) return;
        if (!demand(*map_, name, index) && !commit) return;
        open_map m = open(name);
        read_part(m, part, operations);  // after a failure, too: a torn learner is made sound
        close(m);
    }

    void tensor(const char* name, void* data, array_code code, const extent& e) noexcept override {
        if (!demand(*map_, name)) return;
        const std::uint32_t item = code.memory_bytes();
        const std::size_t row = std::size_t{e.cols} * item;
        read_tensor_head(code, e, row);
        if (!good()) return;
        if (!commit) {
            for (std::size_t left = e.rows * row; left != 0 && good();) {
                const std::size_t n = left < sizeof buffer_ ? left : sizeof buffer_;
                read_elements(buffer_, n, code, e);
                left -= n;
            }
            return;
        }
        // Rows that lie side by side here come as one.
        const bool whole = e.stride == e.cols;
        const std::size_t piece = whole ? e.rows * row : row;
        const std::size_t stride = std::size_t{e.stride} * item;
        auto* to = static_cast<std::byte*>(data);
        for (std::uint32_t i = 0; i < (whole ? 1 : e.rows); ++i) {
            std::byte* const start = to + i * stride;
            read_elements(start, piece, code, e);
            if constexpr (std::endian::native != std::endian::little) swap_elements(start, piece, item);
            if (!whole) std::memset(start + row, 0, stride - row);
        }
        // What the reservation has beyond them becomes zero.
        const std::size_t beyond = (e.rows_reserved - std::size_t{e.rows}) * stride;
        if (beyond != 0) std::memset(to + e.rows * stride, 0, beyond);
    }

    // Everything of a tensor before its bytes: what this learner would write itself.
    void read_tensor_head(array_code code, const extent& e, std::size_t row) noexcept {
        expect(pack_type::map, 3, status::corrupt);
        expect("d", 1, status::corrupt);
        expect(code.dtype(), code.dtype_length, status::wrong_shape);
        expect("s", 1, status::corrupt);
        expect(pack_type::array, 2, status::corrupt);
        expect(pack_type::unsigned_integer, e.rows, status::wrong_shape);
        expect(pack_type::unsigned_integer, static_cast<std::uint32_t>(row / code.bytes()), status::wrong_shape);
        expect("b", 1, status::corrupt);
        expect(pack_type::binary, static_cast<std::uint32_t>(e.rows * row), status::corrupt);
        if (e.rows > e.rows_reserved || e.cols > e.stride) refuse(status::wrong_shape);
    }

    // Takes `size` bytes of elements and looks at every one. They are all zero if one of them cannot be.
    SYNAPSE_OUTLINE void read_elements(std::byte* to, std::size_t size, array_code code, const extent& e) noexcept {
        in_.bytes(to, size);
        if (good() && !are_sound(to, size, code, e)) spoil();
        if (!good()) std::memset(to, 0, size);
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
                const std::uint64_t two = crc32c_word(in);
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

    open_map* map_ = nullptr;  // being read
    std::uint32_t depth_ = 0;
    std::uint32_t text_length_ = 0;
    pack_item item_;
    char text_[format::max_key_bytes];
    std::byte buffer_[config::microcontroller ? 128 : 4096];
};

// What load asks of a model beyond its list of fields.
struct load_target {
    document own;      // the learner, and what it is
    void* shadow;      // a body of the same form without memory
    void* saved_form;  // room for the form that the file says; null if models of this kind have none
    bool (*accepts)(const void* own_form, const void* saved_form) noexcept;
    void (*take_numbers)(void* part, const void* shadow, std::size_t size) noexcept;  // null: they are read again
    std::size_t size = 0;                                                             // of the shadow
};

// One pass over the payload. In the first, into the shadow; in the second, into the learner.
inline void read_document(field_reader& reader, const load_target& target, const load_options& options, load_result& result) noexcept {
    open_map top = reader.open("");
    if (!reader.commit) {
        heading saved;
        reader.read_part(top, &saved, operations_on<heading>::table);
        result.same_numbers = saved.fingerprint == target.own.numbers.fingerprint;
        const char* const arithmetic = target.own.arithmetic;
        if (arithmetic != nullptr && reader.demand(top, "arithmetic") &&
            !reader.next_is(arithmetic, length_of(arithmetic, format::max_key_bytes)) && !options.any_arithmetic) {
            reader.refuse(status::wrong_shape);
        }
        if (target.saved_form != nullptr && reader.demand(top, "shape")) {
            open_map form = reader.open("shape");
            reader.read_part(form, target.saved_form, *target.own.form_operations);
            if (reader.good()) reader.key = {"shape"};
            if (reader.good() && !target.accepts(target.own.form, target.saved_form)) reader.refuse(status::wrong_shape);
            reader.close(form);
        }
        if (!reader.good()) return;
    }
    reader.read_part(top, reader.commit ? target.own.part : target.shadow, *target.own.operations);
    if (top.end != reader.end()) reader.spoil();  // the map is all there is
    reader.close(top);
}

// A body to read a file's numbers into while its arrays are only looked at.
template <class Body>
class shadow_of {
public:
    explicit shadow_of(const Body& whole) noexcept : body_{whole.form()} {}
    [[nodiscard]] void* part() noexcept { return &body_; }
    // How the body that it stands for takes its numbers over; null if it cannot.
    static constexpr std::nullptr_t take_numbers() noexcept { return nullptr; }

private:
    Body body_;
};
// A copy of one that has numbers(), over the same arrays. It is nothing but bytes, and taken over as such if there is take_numbers().
template <class Body>
requires requires(const Body& body) { body.numbers(); }
class shadow_of<Body> {
    static_assert(std::is_trivially_copyable_v<Body>);

public:
    explicit shadow_of(const Body& whole) noexcept { copy_bytes(room_, &whole, sizeof room_); }
    [[nodiscard]] void* part() noexcept { return room_; }
    static constexpr auto take_numbers() noexcept {
        if constexpr (requires(Body & body) { body.take_numbers(body); }) {
            return &copy_bytes;
        } else {
            return nullptr;
        }
    }

private:
    alignas(Body) std::byte room_[sizeof(Body)];
};

SYNAPSE_OUTLINE inline void load_document(load_result& result, const load_target& target, field_reader& reader, std::uint64_t size,
                          const load_options& options) noexcept {
    reader.keep_tuning = options.keep_tuning;
    reader.check_envelope(size, result.header);
    reader.refuse_rounded(result.header);
    for (int pass = 0; pass < 2 && reader.good(); ++pass) {
        reader.commit = pass == 1;
        if (reader.commit && target.take_numbers != nullptr) {
            reader.numbers_known = true;
            target.take_numbers(target.own.part, target.shadow, target.size);
        }
        reader.to_payload();
        read_document(reader, target, options, result);
    }
    reader.check_again(result.header);
    result.torn = reader.commit;
    reader.report(result);
}

// All of a source that a checkpoint can reach into.
template <byte_source Source>
unpacker whole_of(Source& source, std::uint64_t size) noexcept {
    return {source, 0, size < 0xffffffffu ? static_cast<std::uint32_t>(size) : 0xffffffffu};
}

}  // namespace detail

// Loads a learner, or any part that has a list of fields and a form(), and that can either be built from its form without memory or
// has numbers(), which copies it without its arrays.
// ok           the learner is the one that was saved, to the last bit, in its own reservation
// not_found    the source is empty
// corrupt      no checkpoint, a damaged one, or one that lacks a key or holds an impossible number (key and inside say which)
// too_new      of a newer major format or schema
// wrong_shape  sound, but of a learner that does not fit into this one, or of other arithmetic, or rounded for shipping home
//              (header.flags says so)
// io_error     from the source
// After any status but ok every byte of the learner is as before, unless torn is set: see the top of the file.
// @cost four passes over the source, two of them its CRC; no heap; about 1 KiB of stack and a body without memory
template <class Model, byte_source Source>
load_result load(Model& model, Source& source, const load_options& options = {}) noexcept {
    using body = detail::sizeless_t<Model>;
    body& whole = model;
    detail::shadow_of<body> shadow{whole};
    detail::load_target target{
        detail::describe<body, detail::features_of<Model>>(whole), shadow.part(), nullptr, nullptr, shadow.take_numbers(), sizeof(body)};
    using form_type = std::remove_cvref_t<decltype(whole.form())>;
    form_type saved = nothing_of<form_type>;  // until it is read, whole
    if (target.own.form != nullptr) {
        if constexpr (requires { whole.form().accepts(saved); }) {
            target.saved_form = &saved;
            target.accepts = [](const void* own, const void* other) noexcept {
                return static_cast<const form_type*>(own)->accepts(*static_cast<const form_type*>(other));
            };
        }
    }
    const std::uint64_t size = source.size();
    detail::field_reader reader{detail::whole_of(source, size)};
    load_result result;
    detail::load_document(result, target, reader, size, options);
    return result;
}

// Reads what a checkpoint says of itself and the form of the learner in it, so that a learner can be built to take it in.
// form and about are filled if ok; otherwise as load().
template <class Form, byte_source Source>
load_result read_about(Source& source, Form& form, checkpoint_about& about) noexcept {
    load_result result;
    const std::uint64_t size = source.size();
    detail::field_reader reader{detail::whole_of(source, size)};
    reader.check_envelope(size, result.header);
    reader.to_payload();
    detail::open_map top = reader.open("");
    detail::heading numbers;
    reader.read_part(top, &numbers, operations_on<detail::heading>::table);
    checkpoint_about found{.steps = numbers.step_count, .samples = numbers.total_samples_seen, .timestamp = numbers.timestamp,
                           .fingerprint = numbers.fingerprint};
    Form saved{};
    if (reader.demand(top, "software")) reader.text(found.software, sizeof found.software);
    if (reader.demand(top, "arithmetic")) reader.text(found.arithmetic, sizeof found.arithmetic);
    if (reader.demand(top, "reason")) reader.text(found.reason, sizeof found.reason);
    if (reader.demand(top, "shape")) {
        detail::open_map m = reader.open("shape");
        reader.read_part(m, &saved, operations_on<Form>::table);
    }
    reader.report(result);
    if (!ok(result)) return result;
    form = saved;
    about = found;
    return result;
}

}  // namespace synapse
