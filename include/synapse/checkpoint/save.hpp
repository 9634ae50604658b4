// save(model, to): everything that a learner is, as bytes; the format is format.hpp's.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <synapse/checkpoint/field_codec.hpp>
#include <synapse/checkpoint/field_visitor.hpp>
#include <synapse/checkpoint/fingerprint.hpp>
#include <synapse/checkpoint/format.hpp>
#include <synapse/checkpoint/pack.hpp>
#include <synapse/checkpoint/stream.hpp>
#include <synapse/config.hpp>
#include <synapse/core/span.hpp>
#include <synapse/core/status.hpp>
#include <synapse/learner/body.hpp>

namespace synapse {

// What a checkpoint says of its own making.
struct save_info {
    const char* reason = "manual";  // "auto", "shutdown", "manual", or the user's word: at most 63 bytes are kept
    std::uint64_t timestamp = 0;    // Unix time in seconds; 0 if there is no clock
    std::uint64_t sequence = 1;     // for a plain sink; a store counts by itself
};

// A sink that keeps whole checkpoints: flash_slots, file_store. It is told what is coming, and asked to make it last.
template <class Store>
concept checkpoint_store = byte_sink<Store> && requires(Store& store, const format::header& h) {
    { store.begin(h) } -> std::same_as<status>;
    { store.commit() } -> std::same_as<status>;
};

namespace detail {

// The numbers at the top of every checkpoint.
struct heading {
    std::uint32_t schema = format::schema;
    std::uint64_t fingerprint = 0;
    std::uint64_t step_count = 0;
    std::uint64_t total_samples_seen = 0;
    std::uint64_t timestamp = 0;

    static constexpr bool saved_if_not_default = false;
    template <class Self, class Visitor>
    static constexpr void fields(Self& self, Visitor& visit) {
        visit.value("schema", self.schema);
        visit.value("fingerprint", self.fingerprint);
        visit.value("step_count", self.step_count);
        visit.value("total_samples_seen", self.total_samples_seen);
        visit.value("timestamp", self.timestamp);
    }
};

// All that stands in a checkpoint, types erased: a learner and what is said of it.
struct document {
    void* part;
    const part_operations* operations;
    void* form = nullptr;  // null: there is no shape
    const part_operations* form_operations = nullptr;
    bool (*accepts)(const void* own_form, const void* form) noexcept = nullptr;  // reading: of own_form
    const void* own_form = nullptr;
    const char* software = nullptr;  // null where nobody asks: reading
    const char* arithmetic = nullptr;
    const char* reason = nullptr;
    status other_arithmetic = status::wrong_shape;  // what it is to read another
    heading numbers{};

    // In the order of the format.
    static void fields(void* whole, field_codec& codec) noexcept {
        auto& d = *static_cast<document*>(whole);
        codec.walk(&d.numbers, operations_on<heading>::table);
        if (d.numbers.schema > format::schema) codec.refuse(status::too_new);
        codec.text("software", d.software, status::ok);
        codec.text("arithmetic", d.arithmetic, d.other_arithmetic);
        codec.text("reason", d.reason, status::ok);
        if (d.form != nullptr) {
            codec.group("shape", d.form, *d.form_operations);
            if (codec.reading() && codec.good() && !d.accepts(d.own_form, d.form)) {
                static_cast<void>(codec.find("shape"));  // it is what is wrong
                codec.refuse(status::wrong_shape);
            }
        }
        codec.walk(d.part, *d.operations);
        if (codec.reading()) codec.settle(d.part, *d.operations);
    }
    static constexpr part_operations list{nullptr, {.fields = fields}, nullptr};
};

// The part of a model that has no size in its type, so that learners of every shape share one copy of this code.
struct no_learner {};
no_learner learner_in(const void*);
template <class Kernels, class Form>
learner_body<Kernels, Form> learner_in(const learner_body<Kernels, Form>*);
template <class Model>
using sizeless_t = std::conditional_t<std::is_same_v<decltype(learner_in(static_cast<Model*>(nullptr))), no_learner>, Model,
                                      decltype(learner_in(static_cast<Model*>(nullptr)))>;

// What a model of this type may have: its list of fields is compiled for that.
template <class Model>
inline constexpr feature_set features_of = [] {
    if constexpr (requires { Model::features; }) {
        return Model::features;
    } else {
        return all_features;
    }
}();

// Its const is cast away because the list of fields is compiled once for saving and loading; saving writes to none of it.
template <class Model, feature_set Features>
SYNAPSE_OUTLINE document describe(const Model& model) noexcept {
    document d{.part = const_cast<Model*>(&model), .operations = &operations_on<Model, Features>::table};
    if constexpr (requires { model.form(); }) {
        using form_type = std::remove_cvref_t<decltype(model.form())>;
        if constexpr (requires(field_list<all_features> & v) { form_type::fields(const_cast<form_type&>(model.form()), v); }) {
            d.form = const_cast<form_type*>(&model.form());
            d.form_operations = &operations_on<form_type>::table;
        }
    }
    if constexpr (requires { typename Model::kernels::arithmetic; }) {
        d.arithmetic = Model::kernels::arithmetic::name;
        d.numbers.fingerprint = numeric_fingerprint<typename Model::kernels>();
    }
    if constexpr (requires {
                      model.latest().steps;
                      model.latest().samples;
                  }) {
        d.numbers.step_count = model.latest().steps;
        d.numbers.total_samples_seen = model.latest().samples;
    }
    return d;
}

// Where a checkpoint goes, its type erased. A store of checkpoints is told what is coming, and asked to make it last.
struct destination {
    packer out;
    status (*begin)(void* store, const format::header& h) noexcept = nullptr;  // null: a plain sink, which gets the header before the rest
    status (*commit)(void* store) noexcept = nullptr;
    void* store = nullptr;
};

SYNAPSE_OUTLINE inline status save_document(document& d, const save_info& info, destination& to, std::uint8_t flags = 0,
                                            field_codec::tensor_writer writer = nullptr, const void* way = nullptr) noexcept {
    d.numbers.timestamp = info.timestamp;
    d.software = version;
    d.reason = info.reason;
    if (d.arithmetic == nullptr) d.arithmetic = "none";
    packer measure;
    field_codec codec;
    codec.write_weights_by(writer, way);
    codec.write_to(measure);
    codec.map_of("", &d, document::list);
    if (measure.size() > format::max_payload_bytes) return status::no_room;
    format::header h;
    h.flags = flags;
    h.sequence = info.sequence;
    h.payload_bytes = static_cast<std::uint32_t>(measure.size());
    h.payload_crc = measure.crc();
    if (to.begin != nullptr) {
        if (const status s = to.begin(to.store, h); !ok(s)) return s;
    } else {
        std::byte encoded[format::header_bytes];
        format::encode(h, encoded);
        to.out.raw(encoded, sizeof encoded);
    }
    codec.write_to(to.out);
    codec.map_of("", &d, document::list);
    const status s = to.out.outcome();
    return ok(s) && to.commit != nullptr ? to.commit(to.store) : s;
}

template <byte_sink To>
destination destination_of(To& to) noexcept {
    destination made{packer{to}};
    if constexpr (checkpoint_store<To>) {
        made.begin = [](void* store, const format::header& h) noexcept { return static_cast<To*>(store)->begin(h); };
        made.commit = [](void* store) noexcept { return static_cast<To*>(store)->commit(); };
        made.store = &to;
    }
    return made;
}

}  // namespace detail

// Saves a learner, or any part with a list of fields.
// model   must not change meanwhile
// to      a byte sink, or a store of checkpoints (flash_slots, file_store)
// ok      saved; a store has it for good
// others  what the sink or store said: no_room, io_error, ... A store still has what it had before.
// @cost two passes over the learner's state, at memory speed; no heap; about 1 KiB of stack
template <class Model, byte_sink To>
status save(const Model& model, To& to, const save_info& info = {}) noexcept {
    detail::document d = detail::describe<detail::sizeless_t<Model>, detail::features_of<Model>>(model);
    detail::destination where = detail::destination_of(to);
    return detail::save_document(d, info, where);
}

}  // namespace synapse
