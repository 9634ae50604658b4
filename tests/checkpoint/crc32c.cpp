#include <doctest/doctest.h>

#include <algorithm>
#include <span>
#include <string_view>
#include <vector>

#include <synapse/checkpoint/crc32c.hpp>
#include <synapse/core/random.hpp>

using namespace synapse;

namespace {

std::span<const std::byte> bytes_of(std::string_view text) { return std::as_bytes(std::span{text.data(), text.size()}); }

// The definition: one bit at a time.
std::uint32_t bitwise(std::span<const std::byte> bytes) {
    std::uint32_t crc = ~0u;
    for (const std::byte b : bytes) {
        crc ^= static_cast<std::uint32_t>(b);
        for (int i = 0; i < 8; ++i) crc = (crc >> 1) ^ ((crc & 1u) != 0 ? 0x82f63b78u : 0u);
    }
    return ~crc;
}

std::vector<std::byte> noise(std::size_t n, std::uint64_t seed) {
    synapse::random_generator dice{seed};
    std::vector<std::byte> out(n);
    for (auto& b : out) b = static_cast<std::byte>(dice.next() & 255u);
    return out;
}

}  // namespace

TEST_CASE("crc32c: published values") {
    CHECK(crc32c::of({}) == 0u);
    CHECK(crc32c::of(bytes_of("123456789")) == 0xe3069283u);
    // RFC 3720 B.4
    std::vector<std::byte> block(32, std::byte{0});
    CHECK(crc32c::of(block) == 0x8a9136aau);
    block.assign(32, std::byte{0xff});
    CHECK(crc32c::of(block) == 0x62a8ab43u);
    for (unsigned i = 0; i < 32; ++i) block[i] = static_cast<std::byte>(i);
    CHECK(crc32c::of(block) == 0x46dd794eu);
}

TEST_CASE("crc32c: every way of computing gives the same value, at every length and alignment") {
    const auto data = noise(16384 + 64, 1);
    std::vector<std::size_t> lengths;
    for (std::size_t n = 0; n < 130; ++n) lengths.push_back(n);
    for (std::size_t n : {1023u, 1024u, 3071u, 3072u, 3073u, 3080u, 6143u, 6144u, 6145u, 9216u, 16384u}) lengths.push_back(n);
    for (const std::size_t n : lengths) {
        for (std::size_t start = 0; start < 9; ++start) {
            const auto part = std::span{data}.subspan(start, n);
            const std::uint32_t expected = bitwise(part);
            REQUIRE(~detail::crc32c_nibble(~0u, part.data(), part.size()) == expected);
            REQUIRE(~detail::crc32c_sliced(~0u, part) == expected);
            if (config::crc32c_ready()) REQUIRE(~detail::crc32c_hardware(~0u, part) == expected);
            REQUIRE(crc32c::of(part) == expected);
        }
    }
}

TEST_CASE("crc32c: any split into calls gives the same value") {
    const auto data = noise(20000, 2);
    const std::uint32_t whole = crc32c::of(data);
    synapse::random_generator dice{3};
    for (int round = 0; round < 200; ++round) {
        crc32c sum;
        std::span<const std::byte> rest{data};
        while (!rest.empty()) {
            const std::size_t most = round % 2 == 0 ? 64 : 9000;
            const std::size_t n = std::min<std::size_t>(rest.size(), dice.below(static_cast<std::uint32_t>(most)));
            sum.add(rest.first(n));
            rest = rest.subspan(n);
        }
        REQUIRE(sum.value() == whole);
    }
}

TEST_CASE("crc32c: every one- and two-bit error in a header-sized block is seen") {
    auto data = noise(28, 4);
    const std::uint32_t good = crc32c::of(data);
    const auto flip = [&](std::size_t bit) { data[bit / 8] ^= static_cast<std::byte>(1u << (bit % 8)); };
    for (std::size_t i = 0; i < 28 * 8; ++i) {
        flip(i);
        REQUIRE(crc32c::of(data) != good);
        for (std::size_t j = i + 1; j < 28 * 8; ++j) {
            flip(j);
            REQUIRE(crc32c::of(data) != good);
            flip(j);
        }
        flip(i);
    }
}
