#include <synapse/core/shared_counter.hpp>

#include <doctest/doctest.h>

TEST_CASE("a shared counter begins at 0 and holds what was set") {
    synapse::shared_counter counter;
    CHECK(counter.own() == 0);
    CHECK(counter.get() == 0);
    counter.set(0xffffffffu);
    CHECK(counter.own() == 0xffffffffu);
    CHECK(counter.get() == 0xffffffffu);
}
