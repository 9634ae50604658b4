// What is read is whole, from another thread too. tests/run builds this file with the thread sanitizer as well.
#include <atomic>
#include <cstdint>
#include <thread>

#include <doctest/doctest.h>

#include <synapse/core/published.hpp>

namespace {

using synapse::status;

// Five words that belong together, and bytes that fill no word.
struct state {
    std::uint32_t step;
    float answer[3];
    std::uint16_t check;
    unsigned char last;
    static state of(std::uint32_t i) {
        const auto x = static_cast<float>(i % 4096);
        return {i, {x, 2 * x, -x}, static_cast<std::uint16_t>(i * 40503u), static_cast<unsigned char>(i)};
    }
    friend bool operator==(const state&, const state&) = default;
};

}  // namespace

TEST_CASE("published: nothing, then the last value") {
    synapse::published<state> shown;
    state seen = state::of(7);
    CHECK(shown.read(seen) == status::not_found);
    CHECK(seen == state::of(7));
    CHECK(shown.edition() == 0);
    for (std::uint32_t i = 1; i <= 5; ++i) {
        shown.set(state::of(i));
        CHECK(shown.edition() == i);
        for (int again = 0; again < 2; ++again) {
            REQUIRE(shown.read(seen) == status::ok);
            CHECK(seen == state::of(i));
        }
    }
}

TEST_CASE("published: a single byte, and an array") {
    synapse::published<unsigned char> byte;
    byte.set(200);
    unsigned char b = 0;
    REQUIRE(byte.read(b) == status::ok);
    CHECK(b == 200);
    struct answers {
        float y[3];
    };
    synapse::published<answers> array;
    array.set({{1.0f, -2.0f, 0.5f}});
    answers a{};
    REQUIRE(array.read(a) == status::ok);
    CHECK(a.y[0] == 1.0f);
    CHECK(a.y[1] == -2.0f);
    CHECK(a.y[2] == 0.5f);
}

TEST_CASE("published: a reader in another thread sees whole values, in order") {
    synapse::published<state> shown;
    std::atomic<bool> done{false};
    std::thread writer{[&] {
        for (std::uint32_t i = 1; i <= 300000; ++i) shown.set(state::of(i));
        done = true;
    }};
    std::uint32_t whole = 0, torn = 0, backwards = 0, last = 0;
    for (bool finished = false; !finished;) {
        finished = done;
        state seen{};
        if (shown.read(seen) != status::ok) continue;
        ++whole;
        torn += !(seen == state::of(seen.step));
        backwards += seen.step < last;
        last = seen.step;
    }
    writer.join();
    CHECK(whole > 0);
    CHECK(torn == 0);
    CHECK(backwards == 0);
    CHECK(last == 300000);
}
