// What a learner's memory is spent on, part by part, known when it is compiled.
#pragma once

#include <cstddef>
#include <cstdint>

#include <synapse/core/fields.hpp>
#include <synapse/kernels/default.hpp>
#include <synapse/learner/learner.hpp>
#include <synapse/learner/shape.hpp>

namespace synapse {

// One part of the block, under its key in a checkpoint; "work" and what else is scratch has none there.
struct memory_part {
    const char* name = "";
    std::size_t bytes = 0;  // alignment behind it included
};

// All of a learner's memory: the block that its arena gives, and the object itself.
//     constexpr synapse::memory_map map = synapse::describe<controller>();
//     static_assert(map.bytes_of("replay_buffer") <= 1024);
//     for (const synapse::memory_part& p : map) print(p.name, p.bytes);
struct memory_map {
    static constexpr std::uint32_t most = 24;

    memory_part part[most] = {};
    std::uint32_t parts = 0;   // in use, each of at least one byte
    std::size_t block = 0;     // bytes of them together: learner<shape>::bytes
    std::size_t object = 0;    // sizeof(learner<shape>): its numbers, and where its arrays are

    // Of a part by its name; 0 if the learner has none of that name.
    [[nodiscard]] constexpr std::size_t bytes_of(const char* name) const noexcept {
        for (std::uint32_t i = 0; i < parts; ++i) {
            if (same(part[i].name, name)) return part[i].bytes;
        }
        return 0;
    }
    static constexpr bool same(const char* a, const char* b) noexcept {
        for (; *a != '\0' && *a == *b; ++a) ++b;
        return *a == *b;
    }
    // RAM in all, without the stack.
    [[nodiscard]] constexpr std::size_t total() const noexcept { return block + object; }

    [[nodiscard]] constexpr const memory_part* begin() const noexcept { return part; }
    [[nodiscard]] constexpr const memory_part* end() const noexcept { return part + parts; }
};

namespace detail {

// Carves nothing, and notes after each part how far the block has come. The fast and the slow system are a part each.
template <feature_set Features>
struct mapper : fields::flat<mapper<Features>> {
    static constexpr feature_set features = Features;
    memory_map map;
    fields::carve cut;
    std::uint32_t depth = 0;

    constexpr void note(const char* name, std::size_t before) noexcept {
        const std::size_t bytes = cut.memory.used() - before;
        if (depth == 0 && bytes != 0) map.part[map.parts++] = {name, bytes};
    }
    template <class T>
    constexpr void value(const char*, T&) noexcept {}
    template <class T>
    constexpr void array(const char* name, role r, T*& data, const extent& e) noexcept {
        const std::size_t before = cut.memory.used();
        cut.array(name, r, data, e);
        note(name, before);
    }
    template <class Part>
    constexpr void group(const char* name, Part& part) noexcept {
        const std::size_t before = cut.memory.used();
        const bool opened = memory_map::same(name, "model_state_dict");
        if (!opened) ++depth;
        std::remove_const_t<Part>::fields(part, *this);
        if (!opened) {
            --depth;
            note(name, before);
        }
    }
    template <class Part>
    constexpr void group(const char* name, std::uint32_t, Part& part) noexcept {
        group(name, part);
    }
    template <class Part>
    constexpr void scratch(const char* name, Part& part) noexcept {
        group(name, part);
    }
};

}  // namespace detail

// @cost none at run time: a constant
template <shape Shape, kernel_set Kernels = default_kernels>
consteval memory_map describe() noexcept {
    using model = learner<Shape, Kernels>;
    typename model::body whole{Shape};
    detail::mapper<model::features> visit;
    model::body::fields(whole, visit);
    visit.map.block = visit.cut.memory.used();
    visit.map.object = sizeof(model);
    return visit.map;
}

}  // namespace synapse
