// A part's list of fields with its types erased: the list is compiled once, for saving and loading together.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <synapse/checkpoint/field_codec.hpp>
#include <synapse/checkpoint/number_listing.hpp>
#include <synapse/config.hpp>
#include <synapse/core/fields.hpp>
#include <synapse/core/matrix.hpp>
#include <synapse/core/status.hpp>

namespace synapse {

template <class Part, feature_set Features = all_features>
struct operations_on;

// The visitor that parts see.
template <feature_set Features>
struct field_list {
    static constexpr feature_set features = Features;
    field_codec& codec;

    template <class T>
    void value(const char* name, T& number) noexcept {
        codec.numbers(name, &number, number_code{kind_of<T>(), 0, false});
    }
    // A short fixed list of numbers.
    template <class T, std::size_t Count>
    void list(const char* name, T (&list)[Count]) noexcept {
        static_assert(Count <= number_code::longest_list);
        codec.numbers(name, list, number_code{kind_of<T>(), Count, false});
    }
    template <class T>
    void array(const char* name, role r, T*& data, const extent& e) noexcept {
        if (r != role::scratch && r != role::derived) codec.tensor(name, data, array_code{kind_of<std::remove_const_t<T>>(), r}, e);
    }
    template <class Part>
    void group(const char* name, Part& part) noexcept {
        codec.group(name, &part, operations_on<Part, Features>::table);
    }
    template <class Part>
    void group(const char* name, std::uint32_t index, Part& part) noexcept {
        codec.index = index;
        codec.group(name, &part, operations_on<Part, Features>::table);
    }
    template <class Part>
    void scratch(const char*, Part&) noexcept {}
    void absent(const char* name) noexcept { codec.absent(name); }
};

template <class Part, feature_set Features>
struct operations_on {
    // One function for all that the list has of its own.
    SYNAPSE_FLAT static void visit(void* part, field_codec& codec) noexcept {
        field_list<Features> list{codec};
        Part::fields(*static_cast<Part*>(part), list);
    }
    static constexpr part_operations table = [] {
        part_operations made{nullptr, {.fields = nullptr}, nullptr};
        if constexpr (number_part<Part>) {
            made.listing = number_listing<Part>::text.entry;
            made.of.defaults = nullptr;
            if constexpr (Part::saved_if_not_default && !number_listing<Part>::all_zero) made.of.defaults = &default_of<Part>;
        } else {
            made.of.fields = visit;
        }
        constexpr bool settles = requires(Part & part) { part.settle(); };
        constexpr bool restores = requires(Part & part) { part.restored(); };
        if constexpr (settles || restores) {
            made.settled = [](void* part, [[maybe_unused]] bool all_read) noexcept {
                auto& whole = *static_cast<Part*>(part);
                if constexpr (settles) {
                    if (const status s = whole.settle(); !ok(s)) return s;
                }
                if constexpr (restores) {
                    if (all_read) whole.restored();
                }
                return status::ok;
            };
        }
        return made;
    }();
};

}  // namespace synapse
