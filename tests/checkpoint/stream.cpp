#include <doctest/doctest.h>

#include <array>
#include <span>

#include <synapse/checkpoint/stream.hpp>

using namespace synapse;

static_assert(byte_sink<span_sink> && byte_sink<measuring_sink> && byte_source<span_source>);
static_assert(!byte_sink<span_source> && !byte_source<span_sink>);

TEST_CASE("stream: a span sink takes what fits and nothing of what does not") {
    std::array<std::byte, 5> memory{};
    span_sink sink{memory};
    const std::array<std::byte, 3> three{std::byte{1}, std::byte{2}, std::byte{3}};
    CHECK(sink.write(three) == status::ok);
    CHECK(sink.write(three) == status::no_room);
    CHECK(sink.written().size() == 3);
    CHECK(memory[3] == std::byte{0});
    CHECK(sink.write({}) == status::ok);
    CHECK(sink.write(std::span{three}.first(2)) == status::ok);
    CHECK(sink.write(std::span{three}.first(1)) == status::no_room);
    CHECK(memory[4] == std::byte{2});
}

TEST_CASE("stream: a span source gives any part and refuses what does not exist") {
    const std::array<std::byte, 4> memory{std::byte{1}, std::byte{2}, std::byte{3}, std::byte{4}};
    const span_source source{memory};
    std::array<std::byte, 2> out{};
    CHECK(source.read(2, out) == status::ok);
    CHECK(out[1] == std::byte{4});
    CHECK(source.read(3, out) == status::io_error);
    CHECK(source.read(0xffffffffffffffffu, out) == status::io_error);
    CHECK(out[0] == std::byte{3});
    CHECK(source.read(4, {}) == status::ok);
    CHECK(source.read(5, {}) == status::io_error);
}

TEST_CASE("stream: a measuring sink counts and sums") {
    const std::array<std::byte, 9> digits{std::byte{'1'}, std::byte{'2'}, std::byte{'3'}, std::byte{'4'}, std::byte{'5'},
                                          std::byte{'6'}, std::byte{'7'}, std::byte{'8'}, std::byte{'9'}};
    measuring_sink sink;
    CHECK(sink.write(std::span{digits}.first(4)) == status::ok);
    CHECK(sink.write(std::span{digits}.subspan(4)) == status::ok);
    CHECK(sink.size() == 9);
    CHECK(sink.crc() == 0xe3069283u);
}
