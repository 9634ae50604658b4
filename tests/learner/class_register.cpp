#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <doctest/doctest.h>

#include <synapse/core/fields.hpp>
#include <synapse/learner/class_register.hpp>

namespace {

struct alignas(64) line {
    std::byte bytes[64];
};

struct housed {
    synapse::class_register classes;
    std::vector<line> block;

    explicit housed(std::uint32_t count) : classes{count}, block(synapse::measure(classes) / sizeof(line) + 1) {
        REQUIRE(ok(synapse::place(classes, std::as_writable_bytes(std::span{block}))));
    }
    std::vector<int> current(std::uint32_t count) const { return {classes.current(), classes.current() + count}; }
    void meet(std::vector<std::uint32_t> labels, std::uint32_t window) {
        classes.choose_current(static_cast<std::uint32_t>(labels.size()), labels.data(), window);
        for (const std::uint32_t label : labels) classes.learn(label);
    }
};

}  // namespace

TEST_CASE("a class is known from its first sample until it is forgotten") {
    housed h{4};
    CHECK_FALSE(h.classes.knows_any());
    h.classes.learn(2);
    CHECK(h.classes.knows(2));
    CHECK(h.classes.knows_any());
    CHECK_FALSE(h.classes.knows(1));
    CHECK_FALSE(h.classes.knows(4));  // no such class
    CHECK_FALSE(h.classes.knows(0xffffffffu));
    h.classes.forget(2);
    CHECK_FALSE(h.classes.knows_any());
}

TEST_CASE("the best class is the known one with the largest score, the first of equals, 0 if none is known") {
    housed h{4};
    const float score[] = {9.0f, -3.0f, -1.0f, -1.0f};
    CHECK(h.classes.best(score) == 0);
    h.classes.learn(1);
    CHECK(h.classes.best(score) == 1);
    h.classes.learn(2);
    h.classes.learn(3);
    CHECK(h.classes.best(score) == 2);
    h.classes.learn(0);
    CHECK(h.classes.best(score) == 0);
}

TEST_CASE("the current classes are those of the window, which new samples enter at once and old ones leave") {
    housed h{5};
    h.meet({0}, 3);
    CHECK(h.current(5) == std::vector{1, 0, 0, 0, 0});
    h.meet({1}, 3);
    h.meet({2}, 3);
    CHECK(h.current(5) == std::vector{1, 1, 1, 0, 0});
    h.meet({3}, 3);
    CHECK(h.current(5) == std::vector{0, 1, 1, 1, 0});
    h.meet({3, 3, 3}, 3);
    CHECK(h.current(5) == std::vector{0, 0, 0, 1, 0});
    h.meet({4, 0}, 1);  // a batch larger than the window is all current
    CHECK(h.current(5) == std::vector{1, 0, 0, 0, 1});
}

TEST_CASE("with window 0 all known classes and the new one compete") {
    housed h{4};
    h.meet({3}, 0);
    CHECK(h.current(4) == std::vector{0, 0, 0, 1});
    for (int i = 0; i < 200; ++i) h.meet({1}, 0);
    CHECK(h.current(4) == std::vector{0, 1, 0, 1});
}

TEST_CASE("the largest window remembers as many samples as it says, however long the life and the batches") {
    constexpr std::uint32_t window = synapse::class_register::max_recent;
    housed h{3};
    h.meet({2}, window);
    for (std::uint32_t i = 1; i < window; ++i) {
        h.meet({0}, window);
        REQUIRE(h.current(3) == std::vector{1, 0, 1});
    }
    h.meet({0}, window);
    CHECK(h.current(3) == std::vector{1, 0, 0});
    h.meet(std::vector<std::uint32_t>(1000, 1u), window);
    CHECK(h.current(3) == std::vector{0, 1, 0});
}

TEST_CASE("regression has no classes and takes no memory") {
    const synapse::class_register none{0};
    CHECK(synapse::measure(none) == 0);
    CHECK_FALSE(none.knows(0));
    CHECK_FALSE(none.knows_any());
}
