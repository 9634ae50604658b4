// Small parts with lists of fields, and ways to save, damage and mend a checkpoint, for the tests of save and load.
#pragma once

#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <synapse/checkpoint/load.hpp>
#include <synapse/checkpoint/save.hpp>
#include <synapse/core/fields.hpp>
#include <synapse/core/slots.hpp>

namespace checkpoint_test {

using namespace synapse;

enum class colour : std::uint8_t { red, green, blue };

struct leaf_form {
    std::uint32_t rows = 2;
    std::uint32_t reserved_rows = 4;
    std::uint32_t stride = 4;
    bool marked = true;

    template <class Self, class Visitor>
    static constexpr void fields(Self& self, Visitor& visit) {
        visit.value("rows", self.rows);
        visit.value("marked", self.marked);
    }
    [[nodiscard]] constexpr bool accepts(const leaf_form& saved) const { return marked == saved.marked; }
};

// Rows that grow, of 3 columns at a stride of 4; one of every type of number.
struct leaf {
    slots rows;
    std::uint32_t stride = 0;
    bool marked = false;
    float* weight = nullptr;
    std::uint8_t* mark = nullptr;
    std::uint16_t* label = nullptr;
    std::uint32_t* count = nullptr;
    std::uint64_t* wide = nullptr;
    float* scratch = nullptr;
    float* twice = nullptr;  // derived: 2 * weight[0][0]
    std::byte* packed = nullptr;
    bool flag = false;
    colour paint = colour::red;
    std::uint16_t small = 0;
    std::uint64_t large = 0;
    float real = 0.0f;
    std::uint32_t list_[3] = {};

    leaf() = default;
    explicit leaf(const leaf_form& f) : rows{f.rows, f.reserved_rows}, stride{f.stride}, marked{f.marked} {}

    template <class Self, class Visitor>
    static constexpr void fields(Self& self, Visitor& visit) {
        visit.value("rows", self.rows.used);
        visit.array("weight", role::weights, self.weight, extent{self.rows.used, 3, self.rows.reserved, self.stride}.within(1000.0f));
        if (self.marked) visit.array("mark", role::state, self.mark, vector_extent(self.rows.used, self.rows.reserved).below(2));
        visit.array("label", role::state, self.label, vector_extent(5, 5));
        visit.array("count", role::state, self.count, vector_extent(3, 3).below(100));
        visit.array("wide", role::state, self.wide, vector_extent(2, 2));
        visit.array("scratch", role::scratch, self.scratch, vector_extent(3, 3));
        visit.array("twice", role::derived, self.twice, vector_extent(1, 1));
        visit.array("packed", role::packed_f32, self.packed, extent{self.rows.used, 8, self.rows.reserved, 8});
        visit.value("flag", self.flag);
        visit.value("paint", self.paint);
        visit.value("small", self.small);
        visit.value("large", self.large);
        visit.value("real", self.real);
    }
    status settle() const { return rows.used <= rows.reserved ? status::ok : status::wrong_shape; }
    void restored() const { twice[0] = 2 * weight[0]; }
};

struct options {
    static constexpr bool saved_if_not_default = true;
    float rate = 0.5f;
    std::uint32_t every = 10;
    template <class Self, class Visitor>
    static constexpr void fields(Self& self, Visitor& visit) {
        visit.value("rate", self.rate);
        visit.value("every", self.every);
    }
    [[nodiscard]] status settle() const { return rate > 0.0f ? status::ok : status::corrupt; }
};

struct empty_part {
    float* only_scratch = nullptr;
    template <class Self, class Visitor>
    static constexpr void fields(Self& self, Visitor& visit) {
        visit.array("only_scratch", role::scratch, self.only_scratch, vector_extent(2, 2));
    }
};

// A tree of parts over memory of its own.
struct tree {
    leaf_form form_;
    options tuning;
    leaf first;
    leaf layers[2];
    empty_part none;
    std::uint32_t steps = 0;
    std::uint16_t dice[3] = {};
    std::vector<std::byte> memory;

    explicit tree(const leaf_form& f = {}) : form_{f}, first{f}, layers{leaf{f}, leaf{f}} {}
    tree(const tree&) = delete;
    tree& operator=(const tree&) = delete;
    [[nodiscard]] const leaf_form& form() const { return form_; }

    template <class Self, class Visitor>
    static constexpr void fields(Self& self, Visitor& visit) {
        visit.group("tuning", self.tuning);
        visit.group("first", self.first);
        for (std::uint32_t i = 0; i < 2; ++i) visit.group("layer", i, self.layers[i]);
        visit.group("none", self.none);
        visit.value("steps", self.steps);
        visit.list("dice", self.dice);
        visit.absent("growth_history");
    }

    // Gives it memory and fills that with noise, used or not.
    void begin(std::uint64_t seed) {
        synapse::fields::carve measure;
        fields(*this, measure);
        memory.assign(measure.memory.used() + config::block_alignment, std::byte{0});
        void* start = memory.data();
        std::size_t room = memory.size();
        std::align(config::block_alignment, measure.memory.used(), start, room);
        synapse::fields::carve cut;
        cut.memory = arena{{static_cast<std::byte*>(start), room}};
        fields(*this, cut);
        random_generator noise{seed};
        for (leaf* l : {&first, &layers[0], &layers[1]}) {
            for (std::uint32_t i = 0; i < l->rows.reserved; ++i) {
                for (std::uint32_t j = 0; j < l->stride; ++j) l->weight[i * l->stride + j] = j < 3 ? noise.symmetric() : 0.0f;
                if (l->marked) l->mark[i] = static_cast<std::uint8_t>(noise.below(2));
                for (std::uint32_t j = 0; j < 2; ++j) store_little(l->packed + 8 * i + 4 * j, std::bit_cast<std::uint32_t>(noise.symmetric()));
            }
            for (int i = 0; i < 5; ++i) l->label[i] = static_cast<std::uint16_t>(noise.next());
            for (int i = 0; i < 3; ++i) l->count[i] = noise.below(100);
            for (int i = 0; i < 2; ++i) l->wide[i] = std::uint64_t{noise.next()} << 32 | noise.next();
            l->flag = noise.below(2) == 1;
            l->paint = static_cast<colour>(noise.below(3));
            l->small = static_cast<std::uint16_t>(noise.next());
            l->large = std::uint64_t{noise.next()} << 32 | noise.next();
            l->real = -0.0f;
            l->restored();
        }
        steps = noise.next();
        for (std::uint16_t& d : this->dice) d = static_cast<std::uint16_t>(noise.next());
        tuning.every = 1 + noise.below(50);
    }

    // Every byte that a load could touch.
    [[nodiscard]] std::string bytes() const {
        std::string out(reinterpret_cast<const char*>(memory.data()), memory.size());
        const auto add = [&](const auto& x) { out.append(reinterpret_cast<const char*>(&x), sizeof x); };
        add(form_);
        add(tuning);
        add(steps);
        add(dice);
        for (const leaf* l : {&first, &layers[0], &layers[1]}) {
            add(l->rows);
            add(l->weight);
            add(l->flag);
            add(l->paint);
            add(l->small);
            add(l->large);
            add(l->real);
        }
        return out;
    }
};

template <class Model>
std::vector<std::byte> saved(const Model& model, const save_info& info = {}) {
    struct vector_sink {
        std::vector<std::byte> bytes;
        status write(std::span<const std::byte> more) {
            bytes.insert(bytes.end(), more.begin(), more.end());
            return status::ok;
        }
    } sink;
    return ok(save(model, sink, info)) ? sink.bytes : std::vector<std::byte>{};
}

template <class Model>
load_result loaded(Model& model, const std::vector<std::byte>& bytes, const load_options& options = {}) {
    span_source source{bytes};
    return load(model, source, options);
}

// A header for whatever stands behind the first 32 bytes.
inline void mend(std::vector<std::byte>& file) {
    const auto payload = std::span{file}.subspan(format::header_bytes);
    format::header h{.payload_bytes = static_cast<std::uint32_t>(payload.size()), .payload_crc = crc32c::of(payload)};
    std::byte head[format::header_bytes];
    format::encode(h, head);
    std::memcpy(file.data(), head, sizeof head);
}

// A file with this payload.
inline std::vector<std::byte> file_of(const std::string& payload) {
    std::vector<std::byte> file(format::header_bytes + payload.size());
    if (!payload.empty()) std::memcpy(file.data() + format::header_bytes, payload.data(), payload.size());
    mend(file);
    return file;
}
inline std::string payload_of(const std::vector<std::byte>& file) {
    return {reinterpret_cast<const char*>(file.data()) + format::header_bytes, file.size() - format::header_bytes};
}

// The payload with one occurrence of some bytes replaced by others.
inline std::vector<std::byte> replaced(const std::vector<std::byte>& file, const std::string& what, const std::string& with, std::size_t nth = 0) {
    std::string p = payload_of(file);
    std::size_t at = p.find(what);
    while (nth-- > 0 && at != std::string::npos) at = p.find(what, at + 1);
    if (at == std::string::npos) return {};
    return file_of(p.replace(at, what.size(), with));
}

}  // namespace checkpoint_test
