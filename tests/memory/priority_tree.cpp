#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <doctest/doctest.h>

#include <synapse/core/fields.hpp>
#include <synapse/memory/priority_tree.hpp>

namespace {

struct alignas(64) line {
    std::byte bytes[64];
};

}  // namespace

TEST_CASE("positions are drawn in proportion to their priority, also where the capacity is no power of two") {
    for (const std::uint32_t capacity : {1u, 2u, 3u, 5u, 16u, 21u}) {
        synapse::priority_tree tree{capacity};
        std::vector<line> block(synapse::measure(tree) / sizeof(line) + 1);
        REQUIRE(ok(synapse::place(tree, std::as_writable_bytes(std::span{block}))));
        double total = 0.0;
        for (std::uint32_t i = 0; i < capacity; ++i) {
            tree.set(i, static_cast<float>(i % 4 == 3 ? 0 : i + 1));
            total += i % 4 == 3 ? 0.0 : i + 1.0;
        }
        CHECK(static_cast<double>(tree.total()) == doctest::Approx(total));
        std::vector<int> drawn(capacity);
        synapse::random_generator source{capacity};
        const int draws = 20000;
        for (int i = 0; i < draws; ++i) {
            const std::uint32_t position = tree.draw(source);
            REQUIRE(position < capacity);
            ++drawn[position];
        }
        for (std::uint32_t i = 0; i < capacity; ++i) {
            const double expected = draws * (i % 4 == 3 ? 0.0 : i + 1.0) / total;
            CHECK(drawn[i] == doctest::Approx(expected).epsilon(0.2).scale(30));
            if (i % 4 == 3) CHECK(drawn[i] == 0);
        }
    }
}

TEST_CASE("sums carry no error however often priorities change") {
    synapse::priority_tree tree{9};
    std::vector<line> block(synapse::measure(tree) / sizeof(line) + 1);
    REQUIRE(ok(synapse::place(tree, std::as_writable_bytes(std::span{block}))));
    synapse::random_generator source{8};
    for (int i = 0; i < 100000; ++i) tree.set(source.below(9), source.uniform() * 1000.0f);
    for (std::uint32_t i = 0; i < 9; ++i) tree.set(i, 0.5f);
    CHECK(tree.total() == 4.5f);
    CHECK(tree.priority(4) == 0.5f);
}

TEST_CASE("no capacity needs no memory") {
    CHECK(synapse::priority_tree{0}.empty());
    CHECK(synapse::measure(synapse::priority_tree{0}) == 0);
}

TEST_CASE("rebuild: positions beyond those in use are never drawn, whatever stood there") {
    synapse::priority_tree tree{9};
    std::vector<line> block(synapse::measure(tree) / sizeof(line) + 1);
    REQUIRE(ok(synapse::place(tree, std::as_writable_bytes(std::span{block}))));
    for (std::uint32_t i = 0; i < 16; ++i) tree.set(i, 1.0f);
    tree.rebuild(5);
    CHECK(tree.total() == 5.0f);
    synapse::random_generator source{3};
    for (int i = 0; i < 1000; ++i) REQUIRE(tree.draw(source) < 5);
    tree.rebuild(5);
    CHECK(tree.total() == 5.0f);
}
