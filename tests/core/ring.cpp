#include <cstdint>
#include <deque>

#include <doctest/doctest.h>

#include <synapse/core/ring.hpp>

TEST_CASE("ring: agrees with a queue at every capacity and length") {
    for (std::uint32_t capacity = 1; capacity <= 9; ++capacity) {
        synapse::ring r{.capacity = capacity};
        std::deque<std::uint32_t> positions;  // newest first
        for (std::uint32_t pushes = 0; pushes < 3 * capacity + 2; ++pushes) {
            const bool was_full = r.full();
            const std::uint32_t position = r.push();
            REQUIRE(position < capacity);
            if (was_full) {
                CHECK(position == positions.back());  // the oldest makes way
                positions.pop_back();
            }
            positions.push_front(position);
            REQUIRE(r.used == positions.size());
            for (std::uint32_t age = 0; age < r.used; ++age) CHECK(r.back(age) == positions[age]);
        }
    }
}

TEST_CASE("ring: fills fresh positions first, in order") {
    synapse::ring r{.capacity = 4};
    CHECK_FALSE(r.full());
    for (std::uint32_t i = 0; i < 4; ++i) CHECK(r.push() == i);
    CHECK(r.full());
    CHECK(r.push() == 0);
    CHECK(r.used == 4);
}

TEST_CASE("ring: clear forgets the entries and keeps the capacity") {
    synapse::ring r{.capacity = 3};
    r.push();
    r.push();
    r.clear();
    CHECK(r.used == 0);
    CHECK(r.capacity == 3);
    CHECK(r.push() == 0);
    CHECK(r.back(0) == 0);
}

TEST_CASE("ring: no capacity holds nothing and is full") {
    const synapse::ring r;
    CHECK(r.full());
    CHECK(r.used == 0);
}
