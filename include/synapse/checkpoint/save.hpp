// save(model, to): everything that a learner is, as bytes; the format is format.hpp's.
#pragma once

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

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
    [[nodiscard]] status settle() const noexcept { return schema <= format::schema ? status::ok : status::too_new; }
};

// A learner to be saved, its type erased.
struct document {
    void* part;
    const part_operations* operations;
    void* form = nullptr;  // null: no shape is written
    const part_operations* form_operations = nullptr;
    const char* arithmetic = nullptr;  // null: it does not matter
    heading numbers{};
};

// How tensors are written: as they are. Another way has write(writer, name, data, code, extent), true if that was done.
struct exactly {};

template <class Way = exactly>
class field_writer final : public field_visitor {
public:
    explicit field_writer(const packer& out, Way way = {}) noexcept : out_{out}, way_{way} {}

    status write(document& d, const char* reason) noexcept {
        std::uint32_t fields = count(&d.numbers, operations_on<heading>::table) + 3;
        fields += count(d.part, *d.operations);
        if (d.form != nullptr) ++fields;
        out_.map(fields);
        walk(&d.numbers, operations_on<heading>::table);
        out_.text("software");
        out_.text(version);
        out_.text("arithmetic");
        out_.text(d.arithmetic == nullptr ? "none" : d.arithmetic);
        out_.text("reason");
        out_.text(reason, length_of(reason, format::max_key_bytes));
        if (d.form != nullptr) enter("shape", d.form, *d.form_operations, field_name::no_index);
        walk(d.part, *d.operations);
        return out_.outcome();
    }

    // For a way of writing tensors, too.
    // Writes a field's key; false if fields are only being counted.
    bool begin(const char* name, std::uint32_t index = field_name::no_index) noexcept {
        ++count_;
        if (counting_) return false;
        char key[format::max_key_bytes];
        out_.text(key, spell({name, index}, key, format::max_key_bytes));
        return true;
    }

    // Everything of a tensor before its elements.
    void head(std::uint32_t rows, std::uint32_t cols, array_code code) noexcept {
        out_.packed("\203\241d", 3);  // a map of three; the key "d"
        out_.text(code.dtype(), code.dtype_length);
        out_.packed("\241s\222", 3);  // the key "s"; an array of two
        out_.unsigned_integer(rows);
        out_.unsigned_integer(cols);
        out_.packed("\241b", 2);  // the key "b"
        out_.binary(rows * cols * code.bytes());
    }

    [[nodiscard]] packer& out() noexcept { return out_; }

private:
    // Fields of a part that will be written, groups within it as one each.
    std::uint32_t count(void* part, const part_operations& operations) noexcept {
        counting_ = true;
        count_ = 0;
        walk(part, operations);
        counting_ = false;
        return count_;
    }

    void numbers(const char* name, void* x, number_code code, const std::byte* initial) noexcept override {
        const auto* from = static_cast<const std::byte*>(x);
        const number_kind kind = code.kind();
        const std::uint32_t size = size_of(kind);
        if (code.sparse() && is_default(from, initial, code.count() * size)) return;
        if (!begin(name)) return;
        if (code.listed() != 0) out_.array(code.listed());
        for (std::uint32_t left = code.count(); left != 0; --left, from += size) {
            if (kind == number_kind::absent) return out_.nil();
            std::uint64_t n = 0;
            for (std::uint32_t i = size; i-- > 0;) n = n << 8 | static_cast<std::uint64_t>(from[byte_of(i, size)]);
            if (kind == number_kind::f32) {
                out_.real_bits(static_cast<std::uint32_t>(n));
            } else if (kind == number_kind::boolean) {
                out_.boolean(n != 0);
            } else {
                out_.unsigned_integer(n);
            }
        }
    }
    static bool is_default(const std::byte* x, const std::byte* initial, std::uint32_t size) noexcept {
        for (; size != 0; --size) {
            if (*x++ != (initial == nullptr ? std::byte{0} : *initial++)) return false;
        }
        return true;
    }

    void enter(const char* name, void* part, const part_operations& operations, std::uint32_t index) noexcept override {
        if (!begin(name, index)) return;
        out_.map(count(part, operations));
        walk(part, operations);
    }

    void tensor(const char* name, void* data, array_code code, const extent& e) noexcept override {
        if constexpr (requires { way_.write(*this, name, data, code, e); }) {
            if (way_.write(*this, name, data, code, e)) return;
        }
        if (!begin(name)) return;
        const std::uint32_t item = code.memory_bytes();
        const std::size_t row = std::size_t{e.cols} * item;
        head(e.rows, static_cast<std::uint32_t>(row / code.bytes()), code);
        // Rows that lie side by side go out as one.
        const bool whole = e.stride == e.cols;
        const std::size_t piece = whole ? e.rows * row : row;
        const auto* from = static_cast<const std::byte*>(data);
        for (std::uint32_t i = 0; i < (whole ? 1 : e.rows); ++i, from += std::size_t{e.stride} * item) elements(from, piece, item);
    }
    void elements(const std::byte* bytes, std::size_t size, std::uint32_t item) noexcept {
        if constexpr (std::endian::native == std::endian::little) {
            out_.raw(bytes, size);
        } else {
            std::byte buffer[64];
            while (size != 0) {
                const std::size_t n = size < sizeof buffer ? size : sizeof buffer;
                std::memcpy(buffer, bytes, n);
                swap_elements(buffer, n, item);
                out_.raw(buffer, n);
                bytes += n;
                size -= n;
            }
        }
    }

    packer out_;
    [[no_unique_address]] Way way_;
    std::uint32_t count_ = 0;
    bool counting_ = false;
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
    document d{const_cast<Model*>(&model), &operations_on<Model, Features>::table};
    if constexpr (requires { model.form(); }) {
        using form_type = std::remove_cvref_t<decltype(model.form())>;
        if constexpr (requires(field_visitor& v) { form_type::fields(const_cast<form_type&>(model.form()), v); }) {
            d.form = const_cast<form_type*>(&model.form());
            d.form_operations = &operations_on<form_type>::table;
        }
    }
    if constexpr (requires { typename Model::kernels::arithmetic; }) {
        d.arithmetic = Model::kernels::arithmetic::name;
        d.numbers.fingerprint = numeric_fingerprint<typename Model::kernels>();
    }
    if constexpr (requires { model.latest().steps; model.latest().samples; }) {
        d.numbers.step_count = model.latest().steps;
        d.numbers.total_samples_seen = model.latest().samples;
    }
    return d;
}

// Where a checkpoint goes, its type erased. A plain sink has the header written first; a store is told of it and asked to commit.
struct destination {
    packer payload;
    status (*begin)(void* to, const format::header& h, span<const std::byte> encoded) noexcept;
    status (*commit)(void* to) noexcept;
    void* to;
};

template <class Way>
SYNAPSE_OUTLINE status save_document(document& d, const save_info& info, const destination& to, std::uint8_t flags, Way way) noexcept {
    d.numbers.timestamp = info.timestamp;
    measuring_sink measure;
    if (const status s = field_writer<Way>{packer{measure}, way}.write(d, info.reason); !ok(s)) return s;
    if (measure.size() > format::max_payload_bytes) return status::no_room;
    format::header h;
    h.flags = flags;
    h.sequence = info.sequence;
    h.payload_bytes = static_cast<std::uint32_t>(measure.size());
    h.payload_crc = measure.crc();
    std::byte encoded[format::header_bytes];
    format::encode(h, encoded);
    if (const status s = to.begin(to.to, h, span<const std::byte>{encoded}); !ok(s)) return s;
    if (const status s = field_writer<Way>{to.payload, way}.write(d, info.reason); !ok(s)) return s;
    return to.commit(to.to);
}

template <byte_sink To>
destination destination_of(To& to) noexcept {
    return {packer{to},
            [](void* sink, const format::header& h, [[maybe_unused]] span<const std::byte> encoded) noexcept {
                if constexpr (checkpoint_store<To>) {
                    return static_cast<To*>(sink)->begin(h);
                } else {
                    return static_cast<To*>(sink)->write(encoded);
                }
            },
            [](void* sink) noexcept {
                if constexpr (checkpoint_store<To>) {
                    return static_cast<To*>(sink)->commit();
                } else {
                    return static_cast<void>(sink), status::ok;
                }
            },
            &to};
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
    detail::document d = detail::describe<detail::sizeless_t<Model>, detail::features_of<Model>>(model);
    return detail::save_document(d, info, detail::destination_of(to), 0, detail::exactly{});
}

}  // namespace synapse
