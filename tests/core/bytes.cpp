#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string_view>

#include <doctest/doctest.h>

#include <synapse/core/bytes.hpp>

namespace {

std::uint64_t hash_of(std::string_view text) {
    synapse::fnv1a64 hash;
    hash.add(std::as_bytes(std::span(text.data(), text.size())));
    return hash.value();
}

template <class Unsigned>
void round_trip(Unsigned value) {
    std::array<std::byte, sizeof(Unsigned) + 2> out;
    out.fill(std::byte{0xee});
    synapse::store_little(out.data() + 1, value);  // an odd address on purpose
    CHECK(synapse::load_little<Unsigned>(out.data() + 1) == value);
    CHECK(out.front() == std::byte{0xee});
    CHECK(out.back() == std::byte{0xee});
    synapse::store_big(out.data() + 1, value);
    CHECK(synapse::load_big<Unsigned>(out.data() + 1) == value);
    CHECK(out.front() == std::byte{0xee});
    CHECK(out.back() == std::byte{0xee});
}

template <class Unsigned>
void round_trips() {
    using limits = std::numeric_limits<Unsigned>;
    for (const Unsigned value : {Unsigned{0}, Unsigned{1}, limits::max(), static_cast<Unsigned>(limits::max() / 2 + 1),
                                 static_cast<Unsigned>(0x0123456789abcdefull), static_cast<Unsigned>(0xfedcba9876543210ull)}) {
        round_trip(value);
    }
}

}  // namespace

TEST_CASE("is_finite: finite numbers, the awkward ones included") {
    using limits = std::numeric_limits<float>;
    for (const float x : {0.0f, -0.0f, 1.0f, -1.0f, limits::max(), limits::lowest(), limits::min(), limits::denorm_min()}) {
        CHECK(synapse::is_finite(x));
    }
}

TEST_CASE("is_finite: infinities and every kind of NaN are not") {
    using limits = std::numeric_limits<float>;
    CHECK_FALSE(synapse::is_finite(limits::infinity()));
    CHECK_FALSE(synapse::is_finite(-limits::infinity()));
    for (const std::uint32_t bits : {0x7fc00000u, 0xffc00000u, 0x7f800001u, 0xff800001u, 0x7fffffffu, 0xffffffffu}) {
        CHECK_FALSE(synapse::is_finite(std::bit_cast<float>(bits)));
    }
    CHECK(synapse::is_finite(std::bit_cast<float>(0x7f7fffffu)));
}

TEST_CASE("bytes: little-endian order") {
    std::array<std::byte, 4> out{};
    synapse::store_little(out.data(), std::uint32_t{0x01020304});
    CHECK(out == std::array{std::byte{4}, std::byte{3}, std::byte{2}, std::byte{1}});
    CHECK(synapse::load_little<std::uint32_t>(out.data()) == 0x01020304u);
    CHECK(synapse::load_little<std::uint16_t>(out.data()) == 0x0304u);
}

TEST_CASE("bytes: big-endian order") {
    std::array<std::byte, 4> out{};
    synapse::store_big(out.data(), std::uint32_t{0x01020304});
    CHECK(out == std::array{std::byte{1}, std::byte{2}, std::byte{3}, std::byte{4}});
    CHECK(synapse::load_big<std::uint32_t>(out.data()) == 0x01020304u);
    CHECK(synapse::load_big<std::uint16_t>(out.data()) == 0x0102u);
}

TEST_CASE("bytes: every width comes back from both orders, at any address") {
    round_trips<std::uint8_t>();
    round_trips<std::uint16_t>();
    round_trips<std::uint32_t>();
    round_trips<std::uint64_t>();
}

TEST_CASE("fnv1a64: published values") {
    CHECK(hash_of("") == 0xcbf29ce484222325ull);
    CHECK(hash_of("a") == 0xaf63dc4c8601ec8cull);
    CHECK(hash_of("foobar") == 0x85944171f73967e8ull);
}

TEST_CASE("fnv1a64: a float counts as its four bytes, least significant first") {
    synapse::fnv1a64 by_float;
    by_float.add(1.5f);
    synapse::fnv1a64 by_byte;
    for (const unsigned byte : {0x00u, 0x00u, 0xc0u, 0x3fu}) by_byte.add(static_cast<std::byte>(byte));
    CHECK(by_float.value() == by_byte.value());
}

TEST_CASE("fnv1a64: tells apart what compares equal") {
    synapse::fnv1a64 plus;
    synapse::fnv1a64 minus;
    plus.add(0.0f);
    minus.add(-0.0f);
    CHECK(plus.value() != minus.value());
}

TEST_CASE("bytes are copied and compared") {
    const char from[] = "abcdef";
    char to[] = "......";
    synapse::copy_bytes(to, from, 3);
    CHECK(std::string_view{to} == "abc...");
    synapse::copy_bytes(to, from + 3, 0);
    CHECK(std::string_view{to} == "abc...");
    CHECK(synapse::same_bytes(to, from, 3));
    CHECK_FALSE(synapse::same_bytes(to, from, 4));
    CHECK(synapse::same_bytes(to + 4, from, 0));
}
