// load(model, from): bytes that nobody vouches for, checked to the last one before the learner changes at all.
//
// Two passes over the source. The first checks the header, both CRCs, the structure, every number and every element, and reads
// the learner's own numbers into a body without memory, so that extents follow from the file and not from the learner's past.
// The second reads the same bytes into the learner. Only a source that fails in the second pass, having served the first, can
// leave a learner half loaded; load_result::torn says so. Files and memory-mapped flash cannot.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <type_traits>

#include <synapse/checkpoint/field_visitor.hpp>
#include <synapse/checkpoint/format.hpp>
#include <synapse/checkpoint/save.hpp>
#include <synapse/checkpoint/stream.hpp>
#include <synapse/checkpoint/unpack.hpp>
#include <synapse/config.hpp>
#include <synapse/core/bytes.hpp>
#include <synapse/core/status.hpp>

namespace synapse {

struct load_options {
    bool keep_tuning = false;     // the learner's tuning stays as it is
    bool any_arithmetic = false;  // take in what other arithmetic learned; it will not go on bit for bit
};

// How a load went. Compares and converts like its status.
struct [[nodiscard]] load_result {
    status outcome = status::ok;
    bool torn = false;              // the source failed half way: the learner must be loaded again, or begun anew
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
    explicit field_reader(unpacker& in) noexcept : in_{in} {}

    status outcome = status::ok;
    field_name key;
    const char* inside = "";
    bool commit = false;           // false: arrays are checked, not touched
    const char* skipped = nullptr;  // a group at the top that is left alone

    // Opens the map at the reader's position, which must be its head; checks its keys. depth: containers around it.
    open_map open(const char* name) noexcept {
        open_map m;
        m.name = name;
        pack_item item;
        if (!took(in_.next(item))) return m;
        if (item.type != pack_type::map || item.length > format::max_map_entries || ++depth_ > format::max_depth) return refuse(status::corrupt), m;
        m.first = m.at = item.body;
        m.entries = item.length;
        std::uint32_t hashes[format::max_map_entries];
        for (std::uint32_t i = 0; i < m.entries; ++i) {
            char text[format::max_key_bytes];
            std::uint32_t length = 0;
            if (!read_key(text, length)) return m;
            hashes[i] = hash(text, length);
            for (std::uint32_t j = 0; j < i; ++j) {
                if (hashes[j] == hashes[i]) return refuse(status::corrupt), m;  // a name that comes twice
            }
            if (!took(in_.skip(depth_))) return m;
        }
        m.end = in_.position();
        return m;
    }
    void close(const open_map& m) noexcept {
        --depth_;
        in_.seek(m.end);
    }

    // Goes to a key's value in the map. False, without a complaint, if it is not there.
    bool find(open_map& m, const field_name& name) noexcept {
        char wanted[format::max_key_bytes];
        const std::uint32_t wanted_length = spell(name, wanted, format::max_key_bytes);
        for (std::uint32_t looked = 0; looked < m.entries; ++looked) {
            if (m.next == m.entries) {
                m.next = 0;
                m.at = m.first;
            }
            in_.seek(m.at);
            char text[format::max_key_bytes];
            std::uint32_t length = 0;
            if (!read_key(text, length)) return false;
            const std::uint32_t value = in_.position();
            if (!took(in_.skip(depth_))) return false;
            m.at = in_.position();
            ++m.next;
            if (length == wanted_length && same_bytes(text, wanted, length)) {
                in_.seek(value);
                return true;
            }
        }
        return false;
    }

    // Reads a part's fields out of an open map.
    void read_part(open_map& m, void* part, const part_operations& operations) noexcept {
        open_map* const outer = map_;
        const std::byte* const outer_part = part_;
        const std::byte* const outer_defaults = defaults_;
        map_ = &m;
        part_ = static_cast<const std::byte*>(part);
        defaults_ = static_cast<const std::byte*>(operations.defaults);
        operations.fields(part, *this);
        map_ = outer;
        part_ = outer_part;
        defaults_ = outer_defaults;
        if (!ok(outcome)) return;
        if (operations.settle != nullptr) {
            if (const status s = operations.settle(part); !ok(s)) return refuse(s);
        }
        if (commit && operations.restored != nullptr) operations.restored(part);
    }

    void refuse(status why) noexcept {
        if (ok(outcome)) outcome = why;
    }
    bool took(status s) noexcept {
        refuse(s);
        return ok(s);
    }

    // The number at the reader's position.
    void number(void* to, number_kind kind) noexcept {
        pack_item item;
        if (!took(in_.next(item))) return;
        const std::uint64_t n = item.value;
        const pack_type expected =
            kind == number_kind::boolean ? pack_type::boolean : kind == number_kind::f32 ? pack_type::float32 : pack_type::unsigned_integer;
        if (item.type != expected) return refuse(status::corrupt);
        switch (kind) {
            case number_kind::boolean: *static_cast<bool*>(to) = n != 0; return;
            case number_kind::u8: return store<std::uint8_t>(to, n);
            case number_kind::u16: return store<std::uint16_t>(to, n);
            case number_kind::u32: return store<std::uint32_t>(to, n);
            case number_kind::u64: return store<std::uint64_t>(to, n);
            case number_kind::f32:
                if ((n & 0x7f800000u) == 0x7f800000u) return refuse(status::corrupt);
                *static_cast<float*>(to) = std::bit_cast<float>(static_cast<std::uint32_t>(n));
                return;
        }
    }

    // The text at the reader's position, zero-terminated; longer than fits is corrupt.
    void text(char* to, std::uint32_t room) noexcept {
        pack_item item;
        if (!took(in_.next(item))) return;
        if (item.type != pack_type::text || item.length >= room) return refuse(status::corrupt);
        if (took(in_.bytes(std::as_writable_bytes(std::span{to, item.length})))) to[item.length] = '\0';
    }

    [[nodiscard]] unpacker& in() noexcept { return in_; }

private:
    template <class Unsigned>
    void store(void* to, std::uint64_t n) noexcept {
        if (n > static_cast<Unsigned>(~Unsigned{0})) return refuse(status::corrupt);
        *static_cast<Unsigned*>(to) = static_cast<Unsigned>(n);
    }

    static std::uint32_t hash(const char* text, std::uint32_t length) noexcept {
        fnv1a64 h;
        h.add(std::as_bytes(std::span{text, length}));
        return static_cast<std::uint32_t>(h.value() ^ h.value() >> 32);
    }

    bool read_key(char* text, std::uint32_t& length) noexcept {
        pack_item item;
        if (!took(in_.next(item))) return false;
        if (item.type != pack_type::text || item.length == 0 || item.length > format::max_key_bytes) {
            refuse(status::corrupt);
            return false;
        }
        length = item.length;
        return took(in_.bytes(std::as_writable_bytes(std::span{text, length})));
    }

    // Goes to a field of the map being read; false, and a complaint with its name, if it is not there.
    bool begin(const field_name& name) noexcept {
        if (probing_) has_fields_ = true;
        if (!ok(outcome) || probing_) return false;
        const bool found = find(*map_, name);
        if (!found) refuse(status::corrupt);
        if (!found) blame(name);
        return found;
    }
    void blame(const field_name& name) noexcept {
        key = name;
        inside = map_->name;
    }

    void numbers(field_name name, void* x, number_kind kind, std::uint32_t n, bool list) noexcept override {
        if (defaults_ != nullptr && ok(outcome) && !probing_) {
            if (!find(*map_, name)) {
                if (ok(outcome)) std::memcpy(x, defaults_ + (static_cast<const std::byte*>(x) - part_), std::size_t{n} * size_of(kind));
                return;
            }
        } else if (!begin(name)) {
            return;
        }
        if (list) {
            pack_item item;
            if (took(in_.next(item)) && (item.type != pack_type::array || item.length != n)) refuse(status::corrupt);
        }
        for (std::uint32_t i = 0; i < n && ok(outcome); ++i) number(static_cast<std::byte*>(x) + i * size_of(kind), kind);
        if (!ok(outcome)) blame(name);
    }

    void enter(field_name name, void* part, const part_operations& operations) noexcept override {
        if (skipped != nullptr && depth_ == 1 && same_text(name.text, skipped)) return;
        if (operations.defaults == nullptr && !saves(part, operations)) return;
        if (!begin(name)) return;
        const char* const before = inside;
        open_map m = open(name.text);
        if (!ok(outcome)) return blame(name);
        read_part(m, part, operations);
        if (!ok(outcome) && inside == before && key.text[0] == '\0') blame(name);
        close(m);
    }

    void tensor(field_name name, void* data, number_kind kind, role r, const extent& e) noexcept override {
        if (!begin(name)) return;
        const element of = element_of(kind, r);
        const std::size_t row = std::size_t{e.cols} * size_of(kind);
        std::uint64_t rows_saved = 0;
        std::uint64_t cols_saved = 0;
        read_tensor_head(of, rows_saved, cols_saved);
        if (ok(outcome) && (rows_saved != e.rows || cols_saved != row / of.size || e.rows > e.rows_reserved || e.cols > e.stride)) {
            refuse(status::wrong_shape);
        }
        if (ok(outcome)) {
            if (commit) {
                take(static_cast<std::byte*>(data), kind, e, row);
            } else {
                check(of, e, std::uint64_t{e.rows} * row);
            }
        }
        if (!ok(outcome)) blame(name);
    }

    // False for a part that is all scratch.
    bool saves(void* part, const part_operations& operations) noexcept {
        const bool outer = probing_;
        probing_ = true;
        has_fields_ = false;
        operations.fields(part, *this);
        probing_ = outer;
        return has_fields_;
    }

    bool expect_key(char c) noexcept {
        char text[format::max_key_bytes];
        std::uint32_t length = 0;
        if (!read_key(text, length)) return false;
        if (length != 1 || text[0] != c) refuse(status::corrupt);
        return ok(outcome);
    }

    // Everything of a tensor before its bytes, which are as many as the shape says.
    void read_tensor_head(const element& of, std::uint64_t& rows, std::uint64_t& cols) noexcept {
        pack_item item;
        if (!took(in_.next(item))) return;
        if (item.type != pack_type::map || item.length != 3) return refuse(status::corrupt);
        if (!expect_key('d')) return;
        char dtype[4] = {};
        text(dtype, 4);
        if (!ok(outcome)) return;
        if (!same_bytes(dtype, of.dtype, 3)) return refuse(status::wrong_shape);
        if (!expect_key('s') || !took(in_.next(item))) return;
        if (item.type != pack_type::array || item.length != 2) return refuse(status::corrupt);
        for (std::uint64_t* size : {&rows, &cols}) {
            if (!took(in_.next(item))) return;
            if (item.type != pack_type::unsigned_integer || item.value > 0xffffffffu) return refuse(status::corrupt);
            *size = item.value;
        }
        if (!expect_key('b') || !took(in_.next(item))) return;
        const std::uint64_t elements = rows * cols;  // both below 2^32
        if (item.type != pack_type::binary || elements > 0xffffffffu || elements * of.size != item.length) return refuse(status::corrupt);
    }

    // Looks at every element and goes past them.
    void check(const element& of, const extent& e, std::uint64_t bytes) noexcept {
        std::byte buffer[config::microcontroller ? 128 : 4096];
        const std::uint32_t sign = of.size == 2 ? 0x8000u : 0x80000000u;
        const std::uint32_t largest_finite = of.size == 2 ? 0x7bffu : 0x7f7fffffu;
        const std::uint32_t largest = of.size == 2 || e.largest > largest_finite ? largest_finite : e.largest;
        while (bytes != 0) {
            const std::size_t n = bytes < sizeof buffer ? static_cast<std::size_t>(bytes) : sizeof buffer;
            if (!took(in_.bytes({buffer, n}))) return;
            bytes -= n;
            if (!config::microcontroller && of.is_float && of.size == 4 && e.signed_too) {  // as below, but quick
                std::uint32_t highest = 0;
                for (std::size_t at = 0; at + 8 <= n; at += 8) {  // elements two at a time; reading the last odd one below
                    const std::uint64_t two = crc32c_word(buffer + at);
                    const auto first = static_cast<std::uint32_t>(two) & ~sign;
                    const auto second = static_cast<std::uint32_t>(two >> 32) & ~sign;
                    highest = first > highest ? first : highest;
                    highest = second > highest ? second : highest;
                }
                if (n % 8 != 0) {
                    const std::uint32_t last = load_little<std::uint32_t>(buffer + n - 4) & ~sign;
                    highest = last > highest ? last : highest;
                }
                if (highest > largest) return refuse(status::corrupt);
                continue;
            }
            for (std::size_t at = 0; at < n; at += of.size) {
                std::uint64_t bits = 0;
                for (std::uint32_t i = of.size; i-- > 0;) bits = bits << 8 | static_cast<std::uint64_t>(buffer[at + i]);
                if (of.is_float) {
                    if ((bits & ~std::uint64_t{sign}) > largest || (!e.signed_too && (bits & sign) != 0 && bits != sign)) return refuse(status::corrupt);
                } else if (e.largest != 0xffffffffu && bits > e.largest) {
                    return refuse(status::corrupt);
                }
            }
        }
    }

    // Reads the rows into place; what the reservation has beyond them becomes zero.
    void take(std::byte* data, number_kind kind, const extent& e, std::size_t row) noexcept {
        const std::uint32_t item = size_of(kind);
        const std::size_t stride = std::size_t{e.stride} * item;
        const bool whole = e.stride == e.cols;  // rows lie side by side, here as in the file
        const std::size_t piece = whole ? e.rows * row : row;
        for (std::uint32_t i = 0; i < (whole ? 1 : e.rows); ++i) {
            std::byte* to = data + i * stride;
            if (piece != 0 && !took(in_.bytes({to, piece}))) return;
            if constexpr (std::endian::native != std::endian::little) swap_elements(to, piece, item);
            if (stride > row && !whole) std::memset(to + row, 0, stride - row);
        }
        const std::size_t rest = (e.rows_reserved - std::size_t{e.rows}) * stride;
        if (rest != 0) std::memset(data + e.rows * stride, 0, rest);
    }

    unpacker& in_;
    open_map* map_ = nullptr;
    const std::byte* part_ = nullptr;      // being read
    const std::byte* defaults_ = nullptr;  // of that part, if it is written without them
    std::uint32_t depth_ = 0;
    bool probing_ = false;
    bool has_fields_ = false;
};

// Header and payload are whole. in is ready at the payload if so.
template <byte_source Source>
status check_envelope(Source& source, format::header& h) noexcept {
    const std::uint64_t size = source.size();
    if (size == 0) return status::not_found;
    if (size < format::header_bytes) return status::corrupt;
    std::byte head[format::header_bytes];
    if (const status s = source.read(0, head); !ok(s)) return s;
    if (const status s = format::decode(head, h); !ok(s)) return s;
    if (h.payload_bytes > size - format::header_bytes) return status::corrupt;
    crc32c sum;
    std::byte buffer[config::microcontroller ? 128 : 4096];
    for (std::uint32_t at = 0; at < h.payload_bytes;) {
        const std::uint32_t rest = h.payload_bytes - at;
        const std::uint32_t n = rest < sizeof buffer ? rest : static_cast<std::uint32_t>(sizeof buffer);
        if (const status s = source.read(format::header_bytes + at, {buffer, n}); !ok(s)) return s;
        sum.add({buffer, n});
        at += n;
    }
    return sum.value() == h.payload_crc ? status::ok : status::corrupt;
}

// What load asks of a model beyond its list of fields.
struct load_target {
    document own;                      // the learner, and what it is
    void* shadow;                      // a body of the same form without memory
    void* saved_form;                  // room for the form that the file says; null if models of this kind have none
    bool (*accepts)(const void* own_form, const void* saved_form) noexcept;
};

// One pass over the payload. In the first, into the shadow; in the second, into the learner.
inline void read_document(field_reader& reader, const load_target& target, const load_options& options, load_result& result) noexcept {
    open_map top = reader.open("");
    const auto wanted = [&](const char* name) noexcept {
        if (!ok(reader.outcome)) return false;
        const bool found = reader.find(top, {name});
        if (!found) {
            reader.refuse(status::corrupt);
            reader.key = {name};
        }
        return found;
    };
    std::uint32_t schema = 0;
    if (wanted("schema")) reader.number(&schema, number_kind::u32);
    if (ok(reader.outcome) && schema > format::schema) reader.refuse(status::too_new);
    if (target.own.arithmetic != nullptr && !reader.commit) {
        char arithmetic[sizeof checkpoint_about::arithmetic] = {};
        if (wanted("arithmetic")) reader.text(arithmetic, sizeof arithmetic);
        std::uint64_t fingerprint = 0;
        if (wanted("fingerprint")) reader.number(&fingerprint, number_kind::u64);
        result.same_numbers = fingerprint == target.own.fingerprint;
        if (ok(reader.outcome) && !options.any_arithmetic && !same_text(arithmetic, target.own.arithmetic)) {
            reader.refuse(status::wrong_shape);
            reader.key = {"arithmetic"};
        }
    }
    if (target.saved_form != nullptr && !reader.commit && wanted("shape")) {
        open_map form = reader.open("shape");
        if (ok(reader.outcome)) reader.read_part(form, target.saved_form, *target.own.form_operations);
        if (ok(reader.outcome) && !target.accepts(target.own.form, target.saved_form)) {
            reader.refuse(status::wrong_shape);
            reader.key = {"shape"};
        }
        if (ok(reader.outcome)) reader.close(form);
    }
    if (ok(reader.outcome)) reader.read_part(top, reader.commit ? target.own.part : target.shadow, *target.own.operations);
    if (ok(reader.outcome) && top.end != reader.in().end()) reader.refuse(status::corrupt);  // the map is all there is
}

// A body to read a file's numbers into while its arrays are only looked at.
template <class Body>
Body shadow_of(const Body& whole) noexcept {
    if constexpr (requires { whole.numbers(); }) {
        return whole.numbers();
    } else {
        return Body{whole.form()};
    }
}

template <byte_source Source>
load_result load_document(const load_target& target, Source& source, const load_options& options) noexcept {
    load_result result;
    result.outcome = check_envelope(source, result.header);
    if (!ok(result)) return result;
    unpacker in{source, format::header_bytes, format::header_bytes + result.header.payload_bytes};
    for (const bool commit : {false, true}) {
        in.seek(format::header_bytes);
        field_reader reader{in};
        reader.commit = commit;
        if (options.keep_tuning) reader.skipped = "tuning";
        read_document(reader, target, options, result);
        if (ok(reader.outcome)) continue;
        result.outcome = reader.outcome;
        result.key = reader.key;
        result.inside = reader.inside;
        result.torn = commit;
        break;
    }
    return result;
}

}  // namespace detail

// Loads a learner, or any part that has a list of fields and a form(), and that can either be built from its form without memory or
// has numbers(), which copies it without its arrays.
// ok           the learner is the one that was saved, to the last bit, in its own reservation
// not_found    the source is empty
// corrupt      no checkpoint, a damaged one, or one that lacks a key or holds an impossible number (key and inside say which)
// too_new      of a newer major format or schema
// wrong_shape  sound, but of a learner that does not fit into this one, or of other arithmetic
// io_error     from the source
// After any status but ok every byte of the learner is as before, unless torn is set: see the top of the file.
// @cost three passes over the source, one of them its CRC; no heap; about 1 KiB of stack and a body without memory
template <class Model, byte_source Source>
load_result load(Model& model, Source& source, const load_options& options = {}) noexcept {
    using body = detail::sizeless_t<Model>;
    body& whole = model;
    auto shadow = detail::shadow_of(whole);
    detail::load_target target{detail::describe<body>(whole), &shadow, nullptr, nullptr};
    using form_type = std::remove_cvref_t<decltype(whole.form())>;
    form_type saved{};
    if (target.own.form != nullptr) {
        if constexpr (requires { whole.form().accepts(saved); }) {
            target.saved_form = &saved;
            target.accepts = [](const void* own, const void* other) noexcept {
                return static_cast<const form_type*>(own)->accepts(*static_cast<const form_type*>(other));
            };
        }
    }
    return detail::load_document(target, source, options);
}

// Reads what a checkpoint says of itself and the form of the learner in it, so that a learner can be built to take it in.
// form and about are filled if ok; otherwise as load().
template <class Form, byte_source Source>
load_result read_about(Source& source, Form& form, checkpoint_about& about) noexcept {
    load_result result;
    result.outcome = detail::check_envelope(source, result.header);
    if (!ok(result)) return result;
    unpacker in{source, format::header_bytes, format::header_bytes + result.header.payload_bytes};
    detail::field_reader reader{in};
    detail::open_map top = reader.open("");
    checkpoint_about found;
    Form saved{};
    const auto at = [&](const char* name) noexcept { return ok(reader.outcome) && reader.find(top, {name}); };
    if (at("software")) reader.text(found.software, sizeof found.software);
    if (at("arithmetic")) reader.text(found.arithmetic, sizeof found.arithmetic);
    if (at("fingerprint")) reader.number(&found.fingerprint, number_kind::u64);
    if (at("step_count")) reader.number(&found.steps, number_kind::u64);
    if (at("total_samples_seen")) reader.number(&found.samples, number_kind::u64);
    if (at("timestamp")) reader.number(&found.timestamp, number_kind::u64);
    if (at("reason")) reader.text(found.reason, sizeof found.reason);
    if (at("shape")) {
        detail::open_map m = reader.open("shape");
        if (ok(reader.outcome)) reader.read_part(m, &saved, field_visitor::operations_of<Form>);
    } else {
        reader.refuse(status::corrupt);
        reader.key = {"shape"};
    }
    result.outcome = reader.outcome;
    result.key = reader.key;
    result.inside = reader.inside;
    if (!ok(result)) return result;
    form = saved;
    about = found;
    return result;
}

}  // namespace synapse
