// The arrays and numbers of a live learner by the names that they have in a checkpoint: the same list of fields, seen from the desk.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include <synapse/core/fields.hpp>
#include <synapse/core/matrix.hpp>

namespace synapse {

// One array where it lies. Valid as long as the learner; rows and columns change when it grows.
struct named_array {
    std::string name;  // "model_state_dict/fast/layer_0/weight"
    role kind = role::state;
    std::variant<matrix_view<float>, matrix_view<std::byte>, matrix_view<std::uint16_t>, matrix_view<std::uint32_t>, matrix_view<std::uint64_t>,
                 matrix_view<std::uint8_t>>
        view;

    // The view if its elements are of that type, else null.
    template <class T>
    [[nodiscard]] const matrix_view<T>* as() const noexcept {
        return std::get_if<matrix_view<T>>(&view);
    }
};

// One number where it lies.
struct named_number {
    std::string name;
    std::variant<bool*, std::uint8_t*, std::uint16_t*, std::uint32_t*, std::uint64_t*, float*> at;
};

namespace detail {

class name_fields {
public:
    std::vector<named_array> arrays;
    std::vector<named_number> numbers;

    template <class T>
    void value(const char* name, T& number) {
        if constexpr (std::is_enum_v<T>) {
            numbers.push_back({inside_ + name, reinterpret_cast<std::uint8_t*>(&number)});
            static_assert(sizeof(T) == 1, "an enumeration in a list of fields takes one byte");
        } else {
            numbers.push_back({inside_ + name, &number});
        }
    }
    template <class T, std::size_t Count>
    void list(const char* name, T (&list)[Count]) {
        for (std::size_t i = 0; i < Count; ++i) numbers.push_back({inside_ + name + "/" + std::to_string(i), &list[i]});
    }
    template <class T>
    void array(const char* name, role kind, T*& data, const extent& e) {
        if (kind == role::scratch || kind == role::derived) return;
        arrays.push_back({inside_ + name, kind, matrix_view<T>{data, e.rows, e.cols, e.stride}});
    }
    template <class Part>
    void group(const char* name, Part& part) {
        enter(name, part);
    }
    template <class Part>
    void group(const char* name, std::uint32_t index, Part& part) {
        enter(std::string{name} + "_" + std::to_string(index), part);
    }
    template <class Part>
    void scratch(const char*, Part&) noexcept {}
    void absent(const char*) noexcept {}

private:
    template <class Part>
    void enter(const std::string& name, Part& part) {
        const std::size_t outside = inside_.size();
        inside_ += name + "/";
        Part::fields(part, *this);
        inside_.resize(outside);
    }

    std::string inside_;
};

// Makes what follows from a part's arrays and numbers follow again, for every part of it.
struct restore_fields {
    template <class T>
    void value(const char*, T&) noexcept {}
    template <class T, std::size_t Count>
    void list(const char*, T (&)[Count]) noexcept {}
    template <class T>
    void array(const char*, role, T*&, const extent&) noexcept {}
    template <class Part>
    void group(const char*, Part& part) {
        Part::fields(part, *this);
        if constexpr (requires { part.restored(); }) part.restored();
    }
    template <class Part>
    void group(const char* name, std::uint32_t, Part& part) {
        group(name, part);
    }
    template <class Part>
    void scratch(const char*, Part&) noexcept {}
    void absent(const char*) noexcept {}
};

}  // namespace detail

// Every array that a checkpoint would hold, in its order. Writing through a view is allowed between steps; call refresh() after it.
// @cost one walk of the list of fields
template <class Model>
std::vector<named_array> named_arrays(Model& model) {
    detail::name_fields visit;
    Model::fields(model, visit);
    return std::move(visit.arrays);
}

// Every number that a checkpoint would hold.
template <class Model>
std::vector<named_number> named_numbers(Model& model) {
    detail::name_fields visit;
    Model::fields(model, visit);
    return std::move(visit.numbers);
}

// To be called after arrays or numbers were written from outside. The caller answers for their values: weights within
// dense::largest_weight, variances not negative. @cost one read of every weight
template <class Model>
void refresh(Model& model) {
    detail::restore_fields visit;
    Model::fields(model, visit);
}

// The array of that name, or null.
inline const named_array* find(const std::vector<named_array>& among, std::string_view name) noexcept {
    for (const named_array& a : among) {
        if (a.name == name) return &a;
    }
    return nullptr;
}

}  // namespace synapse
