#include <doctest/doctest.h>

#include <bit>
#include <cstdint>
#include <string>

#include <synapse/hosted/formats/protobuf.hpp>

using namespace synapse::formats;

TEST_CASE("protocol buffers: the bytes of their description's examples") {
    protobuf_writer m, inner;
    CHECK(m.whole(1, 150).bytes() == "\x08\x96\x01");
    CHECK(inner.text(2, "testing").bytes() == "\x12\x07testing");
    protobuf_writer outer;
    CHECK(outer.message(3, m).bytes() == "\x1a\x03\x08\x96\x01");
}

TEST_CASE("protocol buffers: read back as written") {
    protobuf_writer m;
    m.whole(1, 0).whole(2, ~std::uint64_t{0}).real(3, -1.5).single(4, 2.5f).text(5, "").text(100000, "abc");
    protobuf_reader in{m.bytes()};
    REQUIRE(in.next());
    CHECK(in.number() == 0);
    CHECK_FALSE(in.has_text());
    REQUIRE(in.next());
    CHECK(in.number() == ~std::uint64_t{0});
    REQUIRE(in.next());
    CHECK(std::bit_cast<double>(in.number()) == -1.5);
    REQUIRE(in.next());
    CHECK(std::bit_cast<float>(static_cast<std::uint32_t>(in.number())) == 2.5f);
    REQUIRE(in.next());
    CHECK(in.has_text());
    CHECK(in.text().empty());
    REQUIRE(in.next());
    CHECK(in.field() == 100000);
    CHECK(in.text() == "abc");
    CHECK_FALSE(in.next());
    CHECK(in.at_end());
}

TEST_CASE("protocol buffers: broken ones are refused") {
    for (const std::string& bytes : {std::string{"\x08"}, std::string{"\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"},
                                     std::string{"\x12\x05"
                                                 "abc"},
                                     std::string{"\x0b"}, std::string{"\x00", 1}, std::string{"\x09\x01\x02"}, std::string{"\x0d\x01"},
                                     std::string{"\x12\xff\xff\xff\xff\xff\xff\xff\xff\x7f"}}) {
        protobuf_reader in{bytes};
        CHECK_THROWS_AS(in.next(), format_error);
    }
}
