// save(model, to): everything that a learner is, as bytes; the format is format.hpp's.
#pragma once

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <type_traits>

#include <synapse/checkpoint/field_visitor.hpp>
#include <synapse/checkpoint/fingerprint.hpp>
#include <synapse/checkpoint/format.hpp>
#include <synapse/checkpoint/pack.hpp>
#include <synapse/checkpoint/stream.hpp>
#include <synapse/config.hpp>
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

inline constexpr const char* promised_keys[] = {"internal_state", "history_buffer", "metrics_history", "replay_buffer", "growth_history"};

// A learner to be saved, its type erased.
struct document {
    void* part;
    const part_operations* operations;
    void* form = nullptr;  // null: no shape is written
    const part_operations* form_operations = nullptr;
    const char* arithmetic = nullptr;  // null: no numbers to compare
    std::uint64_t fingerprint = 0;
    std::uint64_t steps = 0;
    std::uint64_t samples = 0;
};

class field_writer final : public field_visitor {
public:
    explicit field_writer(packer& out) noexcept : out_{out} {}

    void write(const document& d, const save_info& info) noexcept {
        root_ = true;
        missing_ = (1u << std::size(promised_keys)) - 1;
        const std::uint32_t fields = count(d.part, *d.operations);
        root_ = false;
        const std::uint32_t absent = missing_;
        out_.map(fields + 6 + (d.arithmetic != nullptr ? 2u : 0u) + (d.form != nullptr ? 1u : 0u) + static_cast<std::uint32_t>(std::popcount(absent)));
        out_.text("schema");
        out_.unsigned_integer(format::schema);
        out_.text("software");
        out_.text(version);
        if (d.arithmetic != nullptr) {
            out_.text("arithmetic");
            out_.text(d.arithmetic);
            out_.text("fingerprint");
            out_.unsigned_integer(d.fingerprint);
        }
        if (d.form != nullptr) enter({"shape"}, d.form, *d.form_operations);
        out_.text("step_count");
        out_.unsigned_integer(d.steps);
        out_.text("total_samples_seen");
        out_.unsigned_integer(d.samples);
        out_.text("timestamp");
        out_.unsigned_integer(info.timestamp);
        out_.text("reason");
        out_.text(info.reason, length_of(info.reason, format::max_key_bytes));
        d.operations->fields(d.part, *this);
        for (std::size_t i = 0; i < std::size(promised_keys); ++i) {
            if ((absent >> i & 1u) == 0) continue;
            out_.text(promised_keys[i]);
            out_.nil();
        }
    }

private:
    // Fields of a part that will be written, groups within it as one each.
    std::uint32_t count(void* part, const part_operations& operations) noexcept {
        const std::uint32_t before = count_;
        const bool was_counting = counting_;
        counting_ = true;
        count_ = 0;
        visit(part, operations);
        const std::uint32_t fields = count_;
        counting_ = was_counting;
        count_ = before;
        return fields;
    }

    void visit(void* part, const part_operations& operations) noexcept {
        const sparse before = sparse_;
        sparse_ = {static_cast<const std::byte*>(part), static_cast<const std::byte*>(operations.defaults)};
        operations.fields(part, *this);
        sparse_ = before;
    }

    // Writes a field's key; false if fields are only being counted.
    bool begin(const field_name& name) noexcept {
        if (counting_) {
            ++count_;
            if (root_) {
                for (std::size_t i = 0; i < std::size(promised_keys); ++i) {
                    if (same_text(name.text, promised_keys[i])) missing_ &= ~(1u << i);
                }
            }
            return false;
        }
        char key[format::max_key_bytes];
        out_.text(key, spell(name, key, format::max_key_bytes));
        return true;
    }

    void number(const void* from, number_kind kind) noexcept {
        switch (kind) {
            case number_kind::boolean: return out_.boolean(*static_cast<const bool*>(from));
            case number_kind::u8: return out_.unsigned_integer(*static_cast<const std::uint8_t*>(from));
            case number_kind::u16: return out_.unsigned_integer(*static_cast<const std::uint16_t*>(from));
            case number_kind::u32: return out_.unsigned_integer(*static_cast<const std::uint32_t*>(from));
            case number_kind::u64: return out_.unsigned_integer(*static_cast<const std::uint64_t*>(from));
            case number_kind::f32: return out_.real(*static_cast<const float*>(from));
        }
    }

    void numbers(field_name name, void* x, number_kind kind, std::uint32_t n, bool list) noexcept override {
        const auto* from = static_cast<const std::byte*>(x);
        if (sparse_.defaults != nullptr && same_bytes(from, sparse_.defaults + (from - sparse_.part), std::size_t{n} * size_of(kind))) return;
        if (!begin(name)) return;
        if (list) out_.array(n);
        for (std::uint32_t i = 0; i < n; ++i) number(from + i * size_of(kind), kind);
    }

    // A part that has nothing to save, all scratch, is not there.
    void enter(field_name name, void* part, const part_operations& operations) noexcept override {
        const bool at_root = root_;
        root_ = false;
        const std::uint32_t fields = count(part, operations);
        root_ = at_root;
        if ((fields == 0 && operations.defaults == nullptr) || !begin(name)) return;
        out_.map(fields);
        visit(part, operations);
    }

    void tensor(field_name name, void* data, number_kind kind, role r, const extent& e) noexcept override {
        if (!begin(name)) return;
        const element of = element_of(kind, r);
        const std::uint32_t item = size_of(kind);
        const std::size_t row = std::size_t{e.cols} * item;
        out_.map(3);
        out_.text("d");
        out_.text(of.dtype, 3);
        out_.text("s");
        out_.array(2);
        out_.unsigned_integer(e.rows);
        out_.unsigned_integer(row / of.size);
        out_.text("b");
        out_.binary(static_cast<std::uint32_t>(e.rows * row));
        // Rows that lie side by side go out as one.
        const bool whole = e.stride == e.cols;
        const std::size_t stride = std::size_t{e.stride} * item;
        for (std::uint32_t i = 0; i < (whole ? 1 : e.rows); ++i) {
            elements({static_cast<const std::byte*>(data) + i * stride, whole ? e.rows * row : row}, item);
        }
    }

    void elements(std::span<const std::byte> bytes, std::uint32_t item) noexcept {
        if constexpr (std::endian::native == std::endian::little) {
            out_.raw(bytes);
        } else {
            std::byte buffer[64];
            while (!bytes.empty()) {
                const std::size_t n = bytes.size() < sizeof buffer ? bytes.size() : sizeof buffer;
                std::memcpy(buffer, bytes.data(), n);
                swap_elements(buffer, n, item);
                out_.raw({buffer, n});
                bytes = bytes.subspan(n);
            }
        }
    }

    struct sparse {
        const std::byte* part = nullptr;
        const std::byte* defaults = nullptr;
    };

    packer& out_;
    sparse sparse_;
    std::uint32_t count_ = 0;
    std::uint32_t missing_ = 0;
    bool counting_ = false;
    bool root_ = false;
};

// The part of a model that has no size in its type, so that learners of every shape share one copy of this code.
struct no_learner {};
no_learner learner_in(const void*);
template <class Kernels>
learner_body<Kernels> learner_in(const learner_body<Kernels>*);
template <class Model>
using sizeless_t = std::conditional_t<std::is_same_v<decltype(learner_in(static_cast<Model*>(nullptr))), no_learner>, Model,
                                      decltype(learner_in(static_cast<Model*>(nullptr)))>;

// Its const is cast away because the list of fields is compiled once for saving and loading; saving writes to none of it.
template <class Model>
document describe(const Model& model) noexcept {
    document d{const_cast<Model*>(&model), &field_visitor::operations_of<Model>};
    if constexpr (requires { model.form(); }) {
        using form_type = std::remove_cvref_t<decltype(model.form())>;
        if constexpr (requires(field_visitor& v) { form_type::fields(const_cast<form_type&>(model.form()), v); }) {
            d.form = const_cast<form_type*>(&model.form());
            d.form_operations = &field_visitor::operations_of<form_type>;
        }
    }
    if constexpr (requires { typename Model::kernels::arithmetic; }) {
        d.arithmetic = Model::kernels::arithmetic::name;
        d.fingerprint = numeric_fingerprint<typename Model::kernels>();
    }
    if constexpr (requires { model.latest().steps; model.latest().samples; }) {
        d.steps = model.latest().steps;
        d.samples = model.latest().samples;
    }
    return d;
}

template <byte_sink Sink>
status write_payload(const document& d, const save_info& info, Sink& sink) noexcept {
    packer out{sink};
    field_writer writer{out};
    writer.write(d, info);
    return out.outcome();
}

template <byte_sink To>
status save_document(const document& d, const save_info& info, To& to) noexcept {
    measuring_sink measure;
    if (const status s = write_payload(d, info, measure); !ok(s)) return s;
    if (measure.size() > format::max_payload_bytes) return status::no_room;
    const format::header h{.sequence = info.sequence, .payload_bytes = static_cast<std::uint32_t>(measure.size()), .payload_crc = measure.crc()};
    if constexpr (checkpoint_store<To>) {
        if (const status s = to.begin(h); !ok(s)) return s;
        if (const status s = write_payload(d, info, to); !ok(s)) return s;
        return to.commit();
    } else {
        std::byte head[format::header_bytes];
        format::encode(h, head);
        if (const status s = to.write(head); !ok(s)) return s;
        return write_payload(d, info, to);
    }
}

}  // namespace detail

// Saves a learner, or any part with a list of fields.
// model   must not change meanwhile
// to      a byte sink, or a store of checkpoints (flash_slots, file_store)
// ok      saved; a store has it for good
// others  what the sink or store said: no_room, io_error, ... A store still has what it had before.
// @cost two passes over the learner's state, at memory speed; no heap; about 300 bytes of stack
template <class Model, byte_sink To>
status save(const Model& model, To& to, const save_info& info = {}) noexcept {
    return detail::save_document(detail::describe<detail::sizeless_t<Model>>(model), info, to);
}

}  // namespace synapse
