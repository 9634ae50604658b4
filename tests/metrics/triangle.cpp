#include <cmath>
#include <cstdint>
#include <vector>

#include <doctest/doctest.h>

#include <synapse/core/random.hpp>
#include <synapse/metrics/triangle.hpp>

#include "cases.hpp"

namespace triangle = synapse::triangle;

namespace {

// b b' / columns + identity, packed.
std::vector<float> positive(std::uint32_t n, std::uint64_t seed) {
    synapse::random_generator chance{seed};
    std::vector<float> b(std::size_t{n} * n);
    for (float& x : b) x = chance.symmetric();
    std::vector<float> out(triangle::size(n));
    for (std::uint32_t i = 0; i < n; ++i) {
        for (std::uint32_t j = 0; j <= i; ++j) {
            float sum = i == j ? 1.0f : 0.0f;
            for (std::uint32_t k = 0; k < n; ++k) sum += b[i * n + k] * b[j * n + k] / static_cast<float>(n);
            out[triangle::at(i, j)] = sum;
        }
    }
    return out;
}

}  // namespace

TEST_CASE("a packed triangle names every pair once") {
    CHECK(triangle::size(0) == 0);
    CHECK(triangle::size(4) == 10);
    CHECK(triangle::at(0, 0) == 0);
    CHECK(triangle::at(3, 1) == triangle::at(1, 3));
    CHECK(triangle::at(3, 3) == 9);
}

TEST_CASE("dot and remainder agree with the plain sum") {
    synapse::random_generator chance{5};
    float a[13];
    float b[13];
    for (std::uint32_t i = 0; i < 13; ++i) {
        a[i] = chance.symmetric();
        b[i] = chance.symmetric();
    }
    for (std::uint32_t n = 0; n <= 13; ++n) {
        double sum = 0.0;
        for (std::uint32_t i = 0; i < n; ++i) sum += static_cast<double>(a[i]) * static_cast<double>(b[i]);
        CHECK(cases::near(triangle::dot(n, a, b), sum, 1e-6));
        CHECK(cases::near(triangle::remainder(0.5f, n, a, b), 0.5 - sum, 1e-6));
    }
}

TEST_CASE("the factor's rows multiply to the matrix, and its solves undo it") {
    for (std::uint32_t n : {1u, 2u, 5u, 16u, 33u}) {
        CAPTURE(n);
        const auto matrix = positive(n, n);
        auto factor = matrix;
        std::vector<float> inverse(n);
        for (std::uint32_t i = 0; i < n; ++i) CHECK(triangle::factor_row(i, factor.data(), inverse.data()) > 0.9f);
        for (std::uint32_t i = 0; i < n; ++i) {
            for (std::uint32_t j = 0; j <= i; ++j) {
                const float product = triangle::dot(j + 1, factor.data() + triangle::size(i), factor.data() + triangle::size(j));
                CHECK(cases::near(product, static_cast<double>(matrix[triangle::at(i, j)]), 2e-6));
            }
        }
        std::vector<float> row(n);
        for (std::uint32_t i = 0; i < n; ++i) row[i] = matrix[triangle::at(n - 1, i)];  // A^-1 times a row of A is a unit vector
        triangle::solve_row(n, factor.data(), inverse.data(), row.data());
        triangle::solve_row_back(n, factor.data(), inverse.data(), row.data());
        for (std::uint32_t i = 0; i < n; ++i) CHECK(cases::near(row[i], i == n - 1 ? 1.0 : 0.0, 5e-6));
    }
}

TEST_CASE("log determinants, and matrices that have none") {
    float two[3] = {2.0f, 0.5f, 1.0f};
    float inverse[2];
    float value = 0.0f;
    CHECK(triangle::log_determinant(2, two, inverse, value));
    CHECK(cases::near(value, std::log(1.75), 1e-6));
    float indefinite[3] = {1.0f, 2.0f, 1.0f};
    CHECK_FALSE(triangle::log_determinant(2, indefinite, inverse, value));
    float nothing[1] = {0.0f};
    CHECK_FALSE(triangle::log_determinant(1, nothing, inverse, value));
    CHECK(triangle::log_determinant(0, nothing, inverse, value));
    CHECK(cases::near(value, 0.0));
}
