// Views of rows of numbers at a stride: the shape of every array in a learner. They own nothing.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

namespace synapse {

// How an array lies in memory: `rows` of `cols` are in use, out of `rows_reserved` rows `stride` elements apart.
struct extent {
    std::uint32_t rows = 1;
    std::uint32_t cols = 0;
    std::uint32_t rows_reserved = 1;
    std::uint32_t stride = 0;
    // What a checkpoint may bring: integers up to `largest`; floats up to the magnitude with these bits, negative ones if signed_too.
    std::uint32_t largest = 0xffffffffu;
    bool signed_too = true;

    // The same place, for integers below n; for floats within +-magnitude; for floats from 0 to magnitude.
    [[nodiscard]] constexpr extent below(std::uint32_t n) const noexcept { return {rows, cols, rows_reserved, stride, n - 1, true}; }
    [[nodiscard]] constexpr extent within(float magnitude) const noexcept {
        return {rows, cols, rows_reserved, stride, std::bit_cast<std::uint32_t>(magnitude), true};
    }
    [[nodiscard]] constexpr extent from_zero_to(float magnitude) const noexcept {
        return {rows, cols, rows_reserved, stride, std::bit_cast<std::uint32_t>(magnitude), false};
    }

    // Elements that the reservation occupies.
    [[nodiscard]] constexpr std::size_t reserved() const noexcept { return std::size_t{rows_reserved} * stride; }
    // Elements in use: what a checkpoint stores.
    [[nodiscard]] constexpr std::size_t used() const noexcept { return std::size_t{rows} * cols; }
};

// A plain vector of `used` elements, `reserved` of them laid out.
constexpr extent vector_extent(std::uint32_t used, std::uint32_t reserved) noexcept { return {1, used, 1, reserved}; }

// n rounded up to a multiple of `unit` (a power of two).
constexpr std::uint32_t round_up(std::uint32_t n, std::uint32_t unit) noexcept { return (n + unit - 1) & ~(unit - 1); }

// A rows x cols view, element (r, c) at data[r * stride + c].
template <class T>
struct matrix_view {
    T* data = nullptr;
    std::uint32_t rows = 0;
    std::uint32_t cols = 0;
    std::uint32_t stride = 0;

    [[nodiscard]] constexpr T* row(std::uint32_t r) const noexcept { return data + std::size_t{r} * stride; }
    [[nodiscard]] constexpr T& operator()(std::uint32_t r, std::uint32_t c) const noexcept { return row(r)[c]; }
};

}  // namespace synapse
