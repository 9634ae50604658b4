#include <cstdint>

#include <doctest/doctest.h>

#include <synapse/core/result.hpp>

using synapse::result;
using synapse::status;

namespace {

struct pair {
    int first = 1;
    float second = 2.0f;
};

constexpr result<std::uint32_t> half(std::uint32_t n) {
    if (n % 2 != 0) return status::out_of_range;
    return n / 2;
}

}  // namespace

TEST_CASE("result: a value") {
    const result<std::uint32_t> r = half(10);
    REQUIRE(r);
    CHECK(ok(r));
    CHECK(r.why() == status::ok);
    CHECK(*r == 5);
    CHECK(r.value_or(7) == 5);
}

TEST_CASE("result: zero is a value like any other") {
    const auto r = half(0);
    CHECK(ok(r));
    CHECK(r.value_or(9) == 0);
}

TEST_CASE("result: a reason") {
    const auto r = half(3);
    CHECK_FALSE(r);
    CHECK_FALSE(ok(r));
    CHECK(r.why() == status::out_of_range);
    CHECK(r.value_or(7) == 7);
}

TEST_CASE("result: the value behind a reason is the default one, never left-over bytes") {
    const result<pair> r = status::corrupt;
    CHECK(r.why() == status::corrupt);
    CHECK(r->first == 1);
    CHECK((*r).second == 2.0f);
    CHECK(r.value_or(pair{3, 4.0f}).first == 3);
}

TEST_CASE("result: every status but ok is a reason") {
    for (int value = 1; value <= static_cast<int>(status::busy); ++value) {
        const auto why = static_cast<status>(value);
        const result<int> r = why;
        CHECK_FALSE(ok(r));
        CHECK(r.why() == why);
    }
}

TEST_CASE("result: in a constant expression") {
    static_assert(*half(8) == 4);
    static_assert(half(1).why() == status::out_of_range);
    CHECK(*half(8) == 4);
}
