#include <doctest/doctest.h>

#include <array>
#include <cstring>
#include <span>

#include <synapse/checkpoint/format.hpp>

using namespace synapse;

namespace {

using block = std::array<std::byte, format::header_bytes>;

constexpr format::header sample{.major = 1, .minor = 0, .flags = 1, .sequence = 0x0102030405060708u, .payload_bytes = 0x11223344u, .payload_crc = 0xaabbccddu};

block encoded(const format::header& h) {
    std::byte out[format::header_bytes];
    format::encode(h, out);
    block copy;
    std::memcpy(copy.data(), out, sizeof out);
    return copy;
}

void repair(block& b) { store_little(b.data() + 28, crc32c::of(std::span{b}.first(28))); }

}  // namespace

TEST_CASE("format: the header's bytes are the specification's") {
    const block b = encoded(sample);
    const unsigned char expected[28] = {0xc7, 0x1d, 'S',  'Y',  'N',  'A',  'P',  1,    0,    1,    0,    0,    8,    7,
                                        6,    5,    4,    3,    2,    1,    0x44, 0x33, 0x22, 0x11, 0xdd, 0xcc, 0xbb, 0xaa};
    CHECK(std::memcmp(b.data(), expected, 28) == 0);
    CHECK(load_little<std::uint32_t>(b.data() + 28) == crc32c::of(std::span{b}.first(28)));
}

TEST_CASE("format: a header survives the way there and back") {
    format::header h;
    REQUIRE(format::decode(encoded(sample), h) == status::ok);
    CHECK(h.major == sample.major);
    CHECK(h.minor == sample.minor);
    CHECK(h.flags == sample.flags);
    CHECK(h.sequence == sample.sequence);
    CHECK(h.payload_bytes == sample.payload_bytes);
    CHECK(h.payload_crc == sample.payload_crc);
}

TEST_CASE("format: every single- and double-bit error of a header is refused and changes nothing") {
    const block good = encoded(sample);
    for (std::size_t i = 0; i < 256; ++i) {
        block b = good;
        b[i / 8] ^= static_cast<std::byte>(1u << (i % 8));
        format::header h{.sequence = 77};
        REQUIRE(format::decode(b, h) == status::corrupt);
        REQUIRE(h.sequence == 77);
        for (std::size_t j = i + 1; j < 256; ++j) {
            block c = b;
            c[j / 8] ^= static_cast<std::byte>(1u << (j % 8));
            REQUIRE(format::decode(c, h) == status::corrupt);
        }
    }
}

TEST_CASE("format: what is shorter than a header is none") {
    const block good = encoded(sample);
    format::header h{.sequence = 77};
    for (std::size_t size = 0; size < good.size(); ++size) CHECK(format::decode(std::span{good}.first(size), h) == status::corrupt);
    CHECK(h.sequence == 77);
}

TEST_CASE("format: versions and impossible headers") {
    format::header h;
    block b = encoded(sample);
    b[8] = std::byte{200};  // a newer minor is read
    repair(b);
    CHECK(format::decode(b, h) == status::ok);
    CHECK(h.minor == 200);
    b[7] = std::byte{2};  // a newer major is refused
    repair(b);
    CHECK(format::decode(b, h) == status::too_new);
    b[7] = std::byte{0};
    repair(b);
    CHECK(format::decode(b, h) == status::corrupt);
    b = encoded(sample);
    b[11] = std::byte{1};
    repair(b);
    CHECK(format::decode(b, h) == status::corrupt);
    b = encoded({.payload_bytes = 0});
    CHECK(format::decode(b, h) == status::corrupt);
}
