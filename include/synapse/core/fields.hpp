// Each part of a learner names its arrays and numbers once, in `fields(self, visitor)`. Measuring, carving, resetting, saving,
// loading, hashing and the memory report are visitors of that one list; no second list of arrays exists anywhere.
//
// A part:
//     template <class Self, class Visitor>
//     static constexpr void fields(Self& self, Visitor& visit) {
//         visit.value("step_count", self.step_count_);                                     // a number, saved
//         visit.array("weight", role::weights, self.weight_, extent{rows, cols, reserved, stride});
//         visit.group("layer", self.layer_);                                                // a part inside this one
//         visit.group("layer", i, self.layers_[i]);                                         // one of several
//         visit.scratch("work", self.work_);                                                // a part that is all scratch: never saved
//         visit.list("random", self.random_.word);                                          // a short array of numbers, at most 15
//         visit.absent("growth_history");                                                   // a key of every checkpoint, not of this part
//     }
// Self is const when hashing. Names are string literals, unique within their group; together they are the tensor's name in a checkpoint.
// A visitor provides all of these; see `flat` for those that a visitor of arrays does not care about.
//
// Numbers come before the arrays whose extents depend on them. A part may also have, for what comes from a checkpoint:
//     status settle()    its numbers have been read, its arrays perhaps not: ok if they can be (it may fit them to its own
//                        reservation), wrong_shape if they are another learner's, corrupt if no learner has them
//     static constexpr bool saved_if_not_default = true;   // all its members are numbers, listed in the order of their declaration;
//                        those that Part{} has are not written, so the defaults are part of the checkpoint's format
//     void restored()    all of it has been read: make what follows from the rest follow from it
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

#include <synapse/config.hpp>
#include <synapse/core/arena.hpp>
#include <synapse/core/bytes.hpp>
#include <synapse/core/matrix.hpp>
#include <synapse/core/span.hpp>
#include <synapse/core/status.hpp>
#include <synapse/core/table.hpp>

namespace synapse {

enum class role : std::uint8_t {
    weights,     // learned parameters: saved, hashed
    state,       // everything else that influences the future: saved
    packed_f32,  // state; bytes that hold little-endian floats
    packed_f16,  // the same, IEEE halves
    derived,     // follows from the rest by restored(): not saved
    scratch,     // valid only inside one call: never saved
};

// What a learner may have or not. A visitor that knows its learner's shape when it is compiled says so in `Visitor::features`, a set
// of these, and a list asks sees<Visitor>(...) before it names a part of one: the rest is then not even compiled.
enum class feature : std::uint16_t {
    replay = 1,
    priority = 2,
    classes = 4,
    targets = 8,
    slow = 16,
    momentum = 32,
    pending = 64,
    plastic = 128,
    experts = 256,
    turnover = 512
};
using feature_set = std::uint16_t;
inline constexpr feature_set all_features = 1023;

template <class Visitor>
constexpr bool sees(feature f) noexcept {
    if constexpr (requires { Visitor::features; }) {
        return (Visitor::features & static_cast<feature_set>(f)) != 0;
    } else {
        return true;
    }
}

// A part as it begins, in read-only memory once, whoever asks for it.
template <class Part>
inline constexpr Part default_of{};
// All its bits zero: the place of one that is to come.
template <class Part>
inline constexpr Part nothing_of = std::bit_cast<Part>(detail::table<std::byte, sizeof(Part)>{});

namespace fields {

// Shared by visitors that treat a group as just more fields.
template <class Derived>
struct flat {
    template <class Part>
    constexpr void group(const char*, Part& part) {
        std::remove_const_t<Part>::fields(part, static_cast<Derived&>(*this));
    }
    template <class Part>
    constexpr void group(const char*, std::uint32_t, Part& part) {
        std::remove_const_t<Part>::fields(part, static_cast<Derived&>(*this));
    }
    template <class T, std::size_t Count>
    constexpr void list(const char*, T (&)[Count]) noexcept {}
    constexpr void absent(const char*) noexcept {}
    template <class Part>
    constexpr void scratch(const char*, Part& part) {
        std::remove_const_t<Part>::fields(part, static_cast<Derived&>(*this));
    }
};

// Cuts every array out of an arena, in the order of the list; over a default arena it only measures (constexpr).
struct carve : flat<carve> {
    arena memory;

    template <class T>
    constexpr void value(const char*, T&) noexcept {}
    template <class T>
    SYNAPSE_INLINE constexpr void array(const char*, role, T*& data, const extent& e) noexcept {
        std::byte* const start = cut(e.reserved(), sizeof(T));
        data = start == nullptr ? nullptr : reinterpret_cast<T*>(start);
    }
    SYNAPSE_OUTLINE constexpr std::byte* cut(std::size_t count, std::size_t size) noexcept {
        return memory.take(count, size, config::block_alignment);
    }
};

// FNV-1a 64 over all weights in use, in the order of the list, as little-endian f32.
struct hash_weights : flat<hash_weights> {
    fnv1a64 hash;

    template <class T>
    constexpr void value(const char*, T&) noexcept {}
    template <class T>
    constexpr void array(const char*, role r, T* data, const extent& e) noexcept {
        if constexpr (std::is_same_v<std::remove_const_t<T>, float>) {
            if (r != role::weights) return;
            for (std::uint32_t i = 0; i < e.rows; ++i) {
                for (std::uint32_t j = 0; j < e.cols; ++j) hash.add(data[std::size_t{i} * e.stride + j]);
            }
        }
    }
};

}  // namespace fields

// Bytes that a part occupies in a block, from its sizes alone. Usable in a static_assert.
template <class Part>
constexpr std::size_t measure(Part part) noexcept {
    fields::carve visit;
    Part::fields(part, visit);
    return visit.memory.used();
}

// Gives every array of a part its place in the block and sets it to zero, reservation and padding included. Numbers stay as they are.
// block      in/out; at least measure(part) bytes, aligned to config::block_alignment
// ok         the part is ready
// no_memory  the block is too small or not aligned; the part must not be used
template <class Part>
status place(Part& part, span<std::byte> block) noexcept {
    if (!is_block_aligned(block.data())) return status::no_memory;
    fields::carve visit;
    visit.memory = arena{block};
    Part::fields(part, visit);
    if (!visit.memory.fits()) return status::no_memory;
    if (visit.memory.used() != 0) std::memset(block.data(), 0, visit.memory.used());
    return status::ok;
}

// FNV-1a 64 over a part's weights: equal for two learners that learned the same bits.
template <class Part>
std::uint64_t weights_hash(const Part& part) noexcept {
    fields::hash_weights visit;
    Part::fields(part, visit);
    return visit.hash.value();
}

}  // namespace synapse
