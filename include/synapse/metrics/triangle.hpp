// Symmetric matrices as packed lower triangles, and their Cholesky factors one row at a time: a row is the unit of work that the
// metrics slice their searches into, so that no control loop ever waits for a whole factorisation.
#pragma once

#include <cstddef>
#include <cstdint>

#include <synapse/config.hpp>
#include <synapse/metrics/information.hpp>

namespace synapse::triangle {

// Elements of a triangle of n rows; element (i, j), j <= i, lies at size(i) + j.
constexpr std::uint32_t size(std::uint32_t n) noexcept { return n * (n + 1) / 2; }
constexpr std::uint32_t at(std::uint32_t i, std::uint32_t j) noexcept { return i >= j ? size(i) + j : size(j) + i; }

// Sum of a[k] b[k], in four partial sums (k mod 4), folded (0 + 1) + (2 + 3).
constexpr float dot(std::uint32_t n, const float* a, const float* b) noexcept {
    float sum[4] = {};
    std::uint32_t k = 0;
    for (; k + 4 <= n; k += 4) {
        sum[0] += a[k] * b[k];
        sum[1] += a[k + 1] * b[k + 1];
        sum[2] += a[k + 2] * b[k + 2];
        sum[3] += a[k + 3] * b[k + 3];
    }
    for (; k < n; ++k) sum[k % 4] += a[k] * b[k];
    return (sum[0] + sum[1]) + (sum[2] + sum[3]);
}

// start - sum of a[k] b[k]. The first partial sum begins with `start`: among strongly correlated units the first product cancels
// most of it, and what is left is not rounded against 1 again.
constexpr float remainder(float start, std::uint32_t n, const float* a, const float* b) noexcept {
    float left[4] = {start, 0.0f, 0.0f, 0.0f};
    std::uint32_t k = 0;
    for (; k + 4 <= n; k += 4) {
        left[0] -= a[k] * b[k];
        left[1] -= a[k + 1] * b[k + 1];
        left[2] -= a[k + 2] * b[k + 2];
        left[3] -= a[k + 3] * b[k + 3];
    }
    for (; k < n; ++k) left[k % 4] -= a[k] * b[k];
    return left[0] + ((left[1] + left[2]) + left[3]);
}

// Pivots of a correlation matrix below this are rounding errors.
inline constexpr float smallest_pivot = 1e-7f;

// Row i of the factor. `factor` holds rows 0 .. i - 1 of L as a packed triangle and, in row i, that of the matrix [i + 1]; row i
// of L takes its place. inverse [i + 1]: reciprocals of L's diagonal, the last one written here. Returns the pivot L(i, i)^2; the
// row is useless if that is not above smallest_pivot. @cost i^2 / 2 products, one square root
constexpr float factor_row(std::uint32_t i, float* factor, float* inverse) noexcept {
    float* row = factor + size(i);
    for (std::uint32_t c = 0; c < i; ++c) row[c] = remainder(row[c], c, row, factor + size(c)) * inverse[c];
    const float pivot = remainder(row[i], i, row, row);
    if (!(pivot > smallest_pivot)) return pivot;
    const float root = config::square_root(pivot);
    row[i] = root;
    inverse[i] = 1.0f / root;
    return pivot;
}

// The first n entries of one more row under a factor of n rows: row := row L^-T. @cost n^2 / 2
constexpr void solve_row(std::uint32_t n, const float* factor, const float* inverse, float* row) noexcept {
    for (std::uint32_t c = 0; c < n; ++c) row[c] = remainder(row[c], c, row, factor + size(c)) * inverse[c];
}

// row := row L^-1, for the same factor. With solve_row before it: row A^-1. @cost n^2 / 2
constexpr void solve_row_back(std::uint32_t n, const float* factor, const float* inverse, float* row) noexcept {
    for (std::uint32_t c = n; c-- > 0;) {
        const float x = row[c] * inverse[c];
        row[c] = x;
        const float* above = factor + size(c);
        for (std::uint32_t k = 0; k < c; ++k) row[k] -= x * above[k];
    }
}

// log det of a symmetric positive definite matrix, which its factor replaces; inverse [n] is scratch. False if it is not positive
// definite. @cost n^3 / 6
constexpr bool log_determinant(std::uint32_t n, float* matrix, float* inverse, float& value) noexcept {
    value = 0.0f;
    for (std::uint32_t i = 0; i < n; ++i) {
        const float pivot = factor_row(i, matrix, inverse);
        if (!(pivot > smallest_pivot)) return false;
        value += information::log(pivot);
    }
    return true;
}

}  // namespace synapse::triangle
