#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <type_traits>

#include <doctest/doctest.h>

#include <synapse/core/arena.hpp>

using synapse::arena;
using synapse::fixed_arena;

TEST_CASE("fixed_arena: as many bytes as it says, aligned for any learner") {
    fixed_arena<100> memory;
    CHECK(fixed_arena<100>::size_bytes == 100);
    CHECK(memory.span().size() == 100);
    CHECK(synapse::is_block_aligned(memory.span().data()));
    std::memset(memory.span().data(), 0x5a, memory.span().size());
    CHECK(memory.span()[99] == std::byte{0x5a});
}

TEST_CASE("fixed_arena: stays where it is") {
    CHECK_FALSE(std::is_copy_constructible_v<fixed_arena<8>>);
    CHECK_FALSE(std::is_copy_assignable_v<fixed_arena<8>>);
    CHECK_FALSE(std::is_move_constructible_v<fixed_arena<8>>);
}

TEST_CASE("is_block_aligned: every other address is not") {
    fixed_arena<256> memory;
    const std::byte* start = memory.span().data();
    for (std::size_t offset = 0; offset < 128; ++offset) {
        CHECK(synapse::is_block_aligned(start + offset) == (offset % synapse::config::block_alignment == 0));
    }
    CHECK(synapse::is_block_aligned(nullptr));
}

TEST_CASE("arena: consecutive aligned pieces") {
    fixed_arena<256> memory;
    arena a{memory.span()};
    auto* bytes = a.take<std::uint8_t>(3, 1);
    auto* words = a.take<std::uint32_t>(2, 4);
    auto* doubles = a.take<double>(1, 64);
    REQUIRE(bytes != nullptr);
    REQUIRE(words != nullptr);
    REQUIRE(doubles != nullptr);
    const auto base = reinterpret_cast<std::uintptr_t>(memory.span().data());
    CHECK(reinterpret_cast<std::uintptr_t>(bytes) == base);
    CHECK(reinterpret_cast<std::uintptr_t>(words) == base + 4);
    CHECK(reinterpret_cast<std::uintptr_t>(doubles) == base + 64);
    CHECK(a.used() == 72);
    CHECK(a.fits());
}

TEST_CASE("arena: the last byte can be taken, one more cannot") {
    fixed_arena<16> memory;
    arena a{memory.span()};
    CHECK(a.take<float>(4, 4) != nullptr);
    CHECK(a.used() == 16);
    CHECK(a.fits());
    CHECK(a.take<std::uint8_t>(0, 1) != nullptr);
    CHECK(a.fits());
    CHECK(a.take<std::uint8_t>(1, 1) == nullptr);
    CHECK_FALSE(a.fits());
    CHECK(a.used() == 17);
}

TEST_CASE("arena: a gap for alignment counts against the block") {
    fixed_arena<8> memory;
    arena a{memory.span()};
    CHECK(a.take<std::uint8_t>(1, 1) != nullptr);
    CHECK(a.take<std::uint8_t>(1, 8) == nullptr);
    CHECK(a.used() == 9);
}

TEST_CASE("arena: once it is used up it serves nothing, not even what would fit") {
    fixed_arena<16> memory;
    arena a{memory.span()};
    CHECK(a.take<float>(100, 4) == nullptr);
    CHECK(a.take<std::uint8_t>(1, 1) == nullptr);
    CHECK(a.used() == 401);
    CHECK_FALSE(a.fits());
}

TEST_CASE("arena: an empty one measures") {
    arena a;
    CHECK(a.take<float>(10, 64) == nullptr);
    CHECK(a.take<float>(1, 64) == nullptr);
    CHECK(a.used() == 68);
    CHECK_FALSE(a.fits());
    static_assert([] {
        arena measuring;
        measuring.take<float>(10, 64);
        measuring.take<std::uint8_t>(1, 64);
        return measuring.used();
    }() == 65);
}

TEST_CASE("arena: an empty block fits nothing but nothing") {
    arena a{std::span<std::byte>{}};
    CHECK(a.fits());
    CHECK(a.take<std::uint8_t>(1, 1) == nullptr);
    CHECK_FALSE(a.fits());
}

TEST_CASE("arena: a size beyond the address space is refused, not wrapped around") {
    fixed_arena<64> memory;
    arena a{memory.span()};
    CHECK(a.take<float>(SIZE_MAX / sizeof(float), 4) == nullptr);
    CHECK_FALSE(a.fits());
    arena b{memory.span()};
    CHECK(b.take<float>(SIZE_MAX / sizeof(float) + 2, 4) == nullptr);
    CHECK_FALSE(b.fits());
    CHECK(b.take<std::uint8_t>(1, 1) == nullptr);
    arena c{memory.span()};
    CHECK(c.take<std::uint8_t>(SIZE_MAX, 1) == nullptr);
    CHECK(c.take<std::uint8_t>(8, 64) == nullptr);
    CHECK_FALSE(c.fits());
}
