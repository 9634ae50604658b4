#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <doctest/doctest.h>

#include <synapse/core/fields.hpp>
#include <synapse/memory/pending.hpp>

namespace {

struct alignas(64) line {
    std::byte bytes[64];
};

}  // namespace

TEST_CASE("a held sample is found by its ticket until newer ones take its place") {
    synapse::pending_samples pending{3, 2};
    std::vector<line> block(synapse::measure(pending) / sizeof(line) + 1);
    REQUIRE(ok(synapse::place(pending, std::as_writable_bytes(std::span{block}))));
    synapse::ticket tickets[4];
    for (int i = 0; i < 4; ++i) {
        const float x[2] = {static_cast<float>(i), 10.0f};
        tickets[i] = pending.hold(x);
        CHECK(tickets[i] != 0);
    }
    CHECK(pending.find(tickets[0]) == nullptr);
    for (int i = 1; i < 4; ++i) {
        REQUIRE(pending.find(tickets[i]) != nullptr);
        CHECK(pending.find(tickets[i])[0] == static_cast<float>(i));
    }
    pending.release(tickets[2]);
    CHECK(pending.find(tickets[2]) == nullptr);
    pending.release(tickets[2]);  // twice is harmless
    CHECK(pending.find(tickets[1]) != nullptr);
    CHECK(pending.find(0) == nullptr);
    CHECK(pending.find(12345) == nullptr);
}

TEST_CASE("no capacity needs no memory") { CHECK(synapse::measure(synapse::pending_samples{0, 100}) == 0); }
