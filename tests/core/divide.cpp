#include <cstdint>
#include <initializer_list>

#include <doctest/doctest.h>

#include <synapse/core/divide.hpp>
#include <synapse/core/random.hpp>

TEST_CASE("divide: what / and % say, for numbers of every length") {
    synapse::random_generator dice{1};
    for (int i = 0; i < 100000; ++i) {
        const std::uint64_t bits = std::uint64_t{dice.next()} << 32 | dice.next();
        const std::uint64_t n = bits >> dice.below(64);
        const std::uint32_t by = 1 + dice.below(1u << dice.below(25));
        const synapse::division d = synapse::divide(n, by);
        REQUIRE(d.quotient == n / by);
        REQUIRE(d.remainder == n % by);
    }
}

TEST_CASE("divide: the ends of its range") {
    constexpr std::uint64_t largest = ~std::uint64_t{0};
    for (const std::uint32_t by : {1u, 2u, 255u, 256u, 257u, 1000000u, 1u << 24}) {
        CAPTURE(by);
        CHECK(synapse::divide(largest, by).quotient == largest / by);
        CHECK(synapse::divide(largest, by).remainder == largest % by);
        CHECK(synapse::divide(0, by).quotient == 0);
        CHECK(synapse::divide(by - 1u, by).remainder == by - 1u);
    }
    static_assert(synapse::divide(1000000007ull * 12345, 12345).quotient == 1000000007ull);
}

TEST_CASE("rounded: a long number as a float, to a part in 2^23, never falling") {
    synapse::random_generator dice{2};
    for (int i = 0; i < 100000; ++i) {
        const std::uint64_t bits = std::uint64_t{dice.next()} << 32 | dice.next();
        const std::uint64_t n = bits >> dice.below(64);
        const auto exact = static_cast<double>(n);
        const auto off = static_cast<double>(synapse::rounded(n)) - exact;
        REQUIRE((off < 0 ? -off : off) <= exact * 0x1p-23);
        REQUIRE(synapse::rounded(n) <= synapse::rounded(n == ~std::uint64_t{0} ? n : n + 1));
        if (n < 1u << 24) REQUIRE(off == 0.0);
    }
    CHECK(synapse::rounded(0) == 0.0f);
    CHECK(synapse::rounded(~std::uint64_t{0}) == 0x1p64f);
    CHECK(synapse::rounded(0xffffffffu) <= synapse::rounded(0x100000000u));
}
