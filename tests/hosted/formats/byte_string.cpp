#include <doctest/doctest.h>

#include <string>

#include <synapse/hosted/formats/byte_string.hpp>

using namespace synapse::formats;

TEST_CASE("byte string: numbers lie the least byte first") {
    std::string out;
    put_little(out, 0x0102030405060708u, 8);
    put_little(out, 0xabcdu, 2);
    put(out, 1.0f);
    put(out, -2.0);
    CHECK(out == std::string{"\x08\x07\x06\x05\x04\x03\x02\x01\xcd\xab\x00\x00\x80\x3f\x00\x00\x00\x00\x00\x00\x00\xc0", 22});
    CHECK(get_little(out, 0, 8) == 0x0102030405060708u);
    CHECK(get_little(out, 8, 2) == 0xabcdu);
    CHECK(part(out, 8, 2) == "\xcd\xab");
}

TEST_CASE("byte string: nothing is read beyond the end") {
    const std::string four = "abcd";
    CHECK(part(four, 4, 0).empty());
    CHECK_THROWS_AS(part(four, 5, 0), format_error);
    CHECK_THROWS_AS(part(four, 1, 4), format_error);
    CHECK_THROWS_AS(part(four, 0, 0xffffffffffffffffu), format_error);
    CHECK_THROWS_AS(get_little(four, 1, 4), format_error);
    CHECK_THROWS_AS(get_little(four, static_cast<std::size_t>(-1), 4), format_error);
}
