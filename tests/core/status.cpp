#include <cstdint>
#include <set>
#include <string>

#include <doctest/doctest.h>

#include <synapse/core/status.hpp>

using synapse::status;

TEST_CASE("status: ok is zero, and the only one that is ok") {
    CHECK(static_cast<std::uint8_t>(status::ok) == 0);
    CHECK(ok(status::ok));
    for (int value = 1; value < 256; ++value) CHECK_FALSE(ok(static_cast<status>(value)));
}

TEST_CASE("status: every value has a name of its own") {
    std::set<std::string> names;
    for (int value = 0; value <= static_cast<int>(status::busy); ++value) {
        const std::string name = synapse::name(static_cast<status>(value));
        CHECK(name != "unknown");
        CHECK(names.insert(name).second);
    }
    CHECK(names.size() == 13);
    CHECK(std::string(synapse::name(status::not_finite)) == "not_finite");
    CHECK(std::string(synapse::name(status::busy)) == "busy");
}

TEST_CASE("status: a value from nowhere still has a name") {
    CHECK(std::string(synapse::name(static_cast<status>(200))) == "unknown");
    CHECK(std::string(synapse::name(static_cast<status>(static_cast<int>(status::busy) + 1))) == "unknown");
}
