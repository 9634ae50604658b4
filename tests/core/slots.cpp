#include <cstdint>

#include <doctest/doctest.h>

#include <synapse/core/slots.hpp>

TEST_CASE("slots: grows to the reservation and no further") {
    synapse::slots s{2, 5};
    CHECK(s.free() == 3);
    CHECK_FALSE(s.full());
    CHECK(s.grow(2) == 2);
    CHECK(s.used == 4);
    CHECK(s.grow(2) == 1);
    CHECK(s.full());
    CHECK(s.free() == 0);
    CHECK(s.grow(1) == 0);
    CHECK(s.used == 5);
    CHECK(s.reserved == 5);
}

TEST_CASE("slots: growing by nothing changes nothing") {
    synapse::slots s{1, 2};
    CHECK(s.grow(0) == 0);
    CHECK(s.used == 1);
}

TEST_CASE("slots: a request beyond 32 bits of room is cut, not wrapped around") {
    synapse::slots s{0xfffffff0u, 0xffffffffu};
    CHECK(s.grow(0xffffffffu) == 15);
    CHECK(s.full());
}

TEST_CASE("slots: none reserved is full") {
    synapse::slots s;
    CHECK(s.full());
    CHECK(s.grow(1) == 0);
}
