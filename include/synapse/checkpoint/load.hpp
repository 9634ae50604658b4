// load(model, from): bytes that nobody vouches for, checked to the last one before the learner changes at all.
//
// Two passes over the source. The first checks the header, both CRCs, the structure, every number and every element, and reads
// the learner's own numbers into a body without memory, so that extents follow from the file and not from the learner's past.
// The second reads the arrays into the learner, which has taken those numbers over; then the CRC is looked at once more. Only a
// source that fails or changes in between, having served the first pass, can leave a learner half loaded, and load_result::torn says
// so. Files and memory-mapped flash do not. A torn learner is a mixture, but a sound one: every number of it has been checked, what
// could not be read is as before, zero or its default. It can go on, be loaded again, or be begun anew.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <synapse/checkpoint/field_codec.hpp>
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
    bool torn = false;         // the source failed or changed half way: the learner is a mixture; see the top of the file
    bool same_numbers = true;  // this machine's kernels compute the same bits as the writer's
    struct {
        char text[format::max_key_bytes + 1];
    } key = {};               // the field that was missing or wrong, if it was one
    const char* inside = "";  // the group it is in; "" at the top
    format::header header;    // of the checkpoint, once sound

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

// What load asks of a model beyond its document.
struct load_target {
    document own;
    void* shadow;                                                                     // a body of the same form without memory
    void* saved_form;                                                                 // room for the form that the file says
    void (*take_numbers)(void* part, const void* shadow, std::size_t size) noexcept;  // null: they are read again
    std::size_t size;                                                                 // of the shadow
};

inline void report(const field_codec& reader, load_result& result) noexcept {
    result.outcome = reader.outcome();
    if (reader.good()) {
        result.torn = false;
        return;
    }
    copy_bytes(result.key.text, reader.key, sizeof reader.key);
    result.inside = reader.inside;
}

SYNAPSE_OUTLINE inline load_result load_document(load_target& target, const opened_source& from, const load_options& options) noexcept {
    load_result result;
    field_codec reader;
    reader.read_from(from);
    reader.keep_tuning = options.keep_tuning;
    reader.check_envelope(result.header);
    if ((result.header.flags & format::flag_rounded) != 0) reader.refuse(status::wrong_shape);
    document& d = target.own;
    void* const part = d.part;
    const std::uint64_t fingerprint = d.numbers.fingerprint;
    d.own_form = d.form;
    if (d.form != nullptr) d.form = target.saved_form;
    if (options.any_arithmetic) d.other_arithmetic = status::ok;
    // In the first pass into the shadow; in the second, into the learner.
    d.part = target.shadow;
    while (reader.good()) {
        reader.to_payload();
        reader.map_of("", &d, document::list);
        if (!reader.at_end()) reader.spoil();  // the map is all there is
        if (reader.commit) break;
        result.same_numbers = d.numbers.fingerprint == fingerprint;
        if (!reader.good()) break;
        reader.commit = true;
        d.part = part;
        if (target.take_numbers != nullptr) {
            reader.numbers_known = true;
            target.take_numbers(part, target.shadow, target.size);
        }
    }
    reader.check_again(result.header);
    result.torn = reader.commit;
    report(reader, result);
    return result;
}

// What read_about reads.
template <class Form>
struct about_document {
    heading numbers{};
    checkpoint_about about{};
    Form form{};

    static void fields(void* whole, field_codec& codec) noexcept {
        auto& d = *static_cast<about_document*>(whole);
        codec.walk(&d.numbers, operations_on<heading>::table);
        if (d.numbers.schema > format::schema) codec.refuse(status::too_new);
        codec.text("software", d.about.software, static_cast<std::uint32_t>(sizeof d.about.software));
        codec.text("arithmetic", d.about.arithmetic, static_cast<std::uint32_t>(sizeof d.about.arithmetic));
        codec.text("reason", d.about.reason, static_cast<std::uint32_t>(sizeof d.about.reason));
        codec.group("shape", &d.form, operations_on<Form>::table);
    }
};

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
// @cost four passes over the source, two of them its CRC; no heap; about 1.5 KiB of stack and a body without memory
template <class Model, byte_source Source>
load_result load(Model& model, Source& source, const load_options& options = {}) noexcept {
    using body = detail::sizeless_t<Model>;
    body& whole = model;
    detail::shadow_of<body> shadow{whole};
    using form_type = std::remove_cvref_t<decltype(whole.form())>;
    alignas(form_type) std::byte saved_form[sizeof(form_type)];
    detail::load_target target{detail::describe<body, detail::features_of<Model>>(whole), shadow.part(), saved_form, shadow.take_numbers(),
                               sizeof(body)};
    if constexpr (requires(const form_type& saved) { whole.form().accepts(saved); }) {
        target.own.accepts = [](const void* own, const void* saved) noexcept {
            return static_cast<const form_type*>(own)->accepts(*static_cast<const form_type*>(saved));
        };
    } else {
        target.own.form = nullptr;
    }
    return detail::load_document(target, opened_source{source}, options);
}

// Reads what a checkpoint says of itself and the form of the learner in it, so that a learner can be built to take it in.
// form and about are filled if ok; otherwise as load().
template <class Form, byte_source Source>
load_result read_about(Source& source, Form& form, checkpoint_about& about) noexcept {
    load_result result;
    detail::about_document<Form> found;
    field_codec reader;
    reader.read_from(opened_source{source});
    reader.check_envelope(result.header);
    reader.to_payload();
    static constexpr part_operations list{nullptr, {.fields = detail::about_document<Form>::fields}, nullptr};
    reader.map_of("", &found, list);
    detail::report(reader, result);
    if (!ok(result)) return result;
    form = found.form;
    about = found.about;
    about.steps = found.numbers.step_count;
    about.samples = found.numbers.total_samples_seen;
    about.timestamp = found.numbers.timestamp;
    about.fingerprint = found.numbers.fingerprint;
    return result;
}

}  // namespace synapse
