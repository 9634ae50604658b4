#include <array>
#include <cstddef>
#include <cstdint>

#include <doctest/doctest.h>

#include <synapse/core/matrix.hpp>

TEST_CASE("extent: what is in use and what is reserved") {
    const synapse::extent e{3, 5, 4, 16};
    CHECK(e.used() == 15);
    CHECK(e.reserved() == 64);
    CHECK(synapse::extent{}.used() == 0);
    CHECK(synapse::extent{}.reserved() == 0);
}

TEST_CASE("extent: products beyond 32 bits are not cut off") {
    const synapse::extent e{100000, 100000, 100000, 100000};
    const auto product = static_cast<std::size_t>(std::uint64_t{10000000000u});  // where addresses have 32 bits, what remains of it
    CHECK(e.used() == product);
    CHECK(e.reserved() == product);
}

TEST_CASE("vector_extent: one row") {
    constexpr synapse::extent e = synapse::vector_extent(3, 8);
    static_assert(e.rows == 1 && e.rows_reserved == 1);
    CHECK(e.used() == 3);
    CHECK(e.reserved() == 8);
    CHECK(synapse::vector_extent(0, 0).reserved() == 0);
}

TEST_CASE("round_up: to the next multiple, never down") {
    CHECK(synapse::round_up(0, 16) == 0);
    CHECK(synapse::round_up(1, 16) == 16);
    CHECK(synapse::round_up(16, 16) == 16);
    CHECK(synapse::round_up(17, 16) == 32);
    for (std::uint32_t n = 0; n < 200; ++n) {
        CHECK(synapse::round_up(n, 1) == n);
        const std::uint32_t rounded = synapse::round_up(n, 8);
        CHECK(rounded % 8 == 0);
        CHECK(rounded >= n);
        CHECK(rounded < n + 8);
    }
}

TEST_CASE("matrix_view: rows at a stride") {
    std::array<float, 12> data{};
    const synapse::matrix_view<float> m{data.data(), 3, 2, 4};
    for (std::uint32_t r = 0; r < m.rows; ++r) {
        for (std::uint32_t c = 0; c < m.cols; ++c) m(r, c) = static_cast<float>(10 * r + c);
    }
    CHECK(data == std::array<float, 12>{0, 1, 0, 0, 10, 11, 0, 0, 20, 21, 0, 0});
    CHECK(m.row(2) == data.data() + 8);
    const synapse::matrix_view<const float> read{data.data(), 3, 2, 4};
    CHECK(read(1, 1) == 11.0f);
}

TEST_CASE("matrix_view: a row far out is reached without 32-bit overflow") {
    static std::byte nothing;
    const synapse::matrix_view<std::byte> m{&nothing, 1, 1, 0};
    CHECK(m.row(0xffffffffu) == &nothing);
    const synapse::matrix_view<std::byte> empty;
    CHECK(empty.data == nullptr);
    CHECK(empty.rows == 0);
}
