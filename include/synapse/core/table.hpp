// An array that a function may return, for tables that are made at compile time. Ours, as core/span.hpp is: <array> brings as much.
#pragma once

#include <cstddef>

namespace synapse::detail {

template <class Element, std::size_t Size>
struct table {
    Element entry[Size];

    constexpr Element& operator[](std::size_t i) noexcept { return entry[i]; }
    constexpr const Element& operator[](std::size_t i) const noexcept { return entry[i]; }
};

}  // namespace synapse::detail
