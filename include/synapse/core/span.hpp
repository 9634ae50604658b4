// A view of numbers that lie one behind another and belong to someone else. Ours, since <span> alone brings 12,000 lines of ranges into
// every file that includes synapse.
//
// An array, std::array, std::vector, std::span, anything with data() and size(), becomes one unasked; and one becomes a std::span where
// a function of yours, a flash driver's for instance, asks for that.
#pragma once

#include <cstddef>
#include <type_traits>

#include <synapse/config.hpp>

namespace synapse {

namespace detail {

// Nothing but const may be added on the way: float is not double, and an array of a derived class is none of its base.
template <class From, class To>
inline constexpr bool same_numbers = std::is_convertible_v<From (*)[], To (*)[]>;

// Of a temporary only what it lends when it is const: numbers to be changed come from a view that returns, not from a vector that dies.
template <class Range>
using lender = std::conditional_t<std::is_lvalue_reference_v<Range>, Range, const Range&>;

template <class Range, class Element>
concept lends = requires(lender<Range> range) {
    static_cast<std::size_t>(range.size());
    requires same_numbers<std::remove_pointer_t<decltype(range.data())>, Element>;
};

}  // namespace detail

// Valid as long as what it looks at. Copied by value; of const elements if what is seen must not be changed.
template <class Element>
class span {
public:
    using element_type = Element;
    using value_type = std::remove_cv_t<Element>;
    using iterator = Element*;

    // Of nothing; of [size] elements from `first` on; of an array; of whatever lends its elements.
    constexpr span() noexcept = default;
    constexpr span(Element* first, std::size_t size) noexcept : first_{first}, size_{size} {}
    template <std::size_t Size>
    constexpr span(Element (&array)[Size]) noexcept : first_{array}, size_{Size} {}
    template <class Range>
        requires(!std::is_same_v<std::remove_cvref_t<Range>, span> && detail::lends<Range, Element>)
    constexpr span(Range&& range) noexcept : first_{range.data()}, size_{static_cast<std::size_t>(range.size())} {}

    // What a function returned, to a std::span of elements that may be changed: that takes a named one of ours by itself, and any of
    // const elements, but no temporary.
    template <class View>
        requires(!std::is_const_v<typename View::element_type> && detail::same_numbers<Element, typename View::element_type> &&
                 requires(void (&take)(View), Element* first, std::size_t size) { take({first, size}); })
    constexpr operator View() const&& noexcept {
        return View(first_, size_);
    }

    // As std::span's.
    [[nodiscard]] constexpr Element* data() const noexcept { return first_; }
    [[nodiscard]] constexpr std::size_t size() const noexcept { return size_; }
    [[nodiscard]] constexpr std::size_t size_bytes() const noexcept { return size_ * sizeof(Element); }
    [[nodiscard]] constexpr bool empty() const noexcept { return size_ == 0; }
    [[nodiscard]] constexpr Element* begin() const noexcept { return first_; }
    [[nodiscard]] constexpr Element* end() const noexcept { return first_ + size_; }

    // Below, an index or a count beyond size() is a wrong program, as with std::span.
    [[nodiscard]] constexpr Element& operator[](std::size_t i) const noexcept {
        SYNAPSE_ASSERT(i < size_);
        return first_[i];
    }
    [[nodiscard]] constexpr span first(std::size_t count) const noexcept {
        SYNAPSE_ASSERT(count <= size_);
        return {first_, count};
    }
    [[nodiscard]] constexpr span last(std::size_t count) const noexcept {
        SYNAPSE_ASSERT(count <= size_);
        return {first_ + (size_ - count), count};
    }
    [[nodiscard]] constexpr span subspan(std::size_t at) const noexcept {
        SYNAPSE_ASSERT(at <= size_);
        return {first_ + at, size_ - at};
    }
    [[nodiscard]] constexpr span subspan(std::size_t at, std::size_t count) const noexcept {
        SYNAPSE_ASSERT(at <= size_ && count <= size_ - at);
        return {first_ + at, count};
    }

private:
    Element* first_ = nullptr;
    std::size_t size_ = 0;
};

template <class Range>
span(Range&& range) -> span<std::remove_pointer_t<decltype(range.data())>>;

// The same memory as bytes, to be read.
template <class Element>
[[nodiscard]] span<const std::byte> as_bytes(span<Element> numbers) noexcept {
    return {reinterpret_cast<const std::byte*>(numbers.data()), numbers.size_bytes()};
}

}  // namespace synapse
