#include <doctest/doctest.h>

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <utility>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "console/csv_row.hpp"
#include "console/telemetry.hpp"

TEST_CASE("telemetry: a map of numbers, byte by byte") {
    console::msgpack_map map;
    map.member("a", std::uint64_t{0x0102030405060708}).member("bc", 1.5).member("no", std::optional<double>{});
    map.member("nan", std::numeric_limits<double>::quiet_NaN()).member("inf", std::numeric_limits<float>::infinity());
    map.member("d", std::optional<float>{-2.0f}).member("e", std::uint32_t{7});
    const std::string expected = std::string{"\xde\0\4", 3} + std::string{"\xd9\1a\xcf\1\2\3\4\5\6\7\x08", 12} +
                                 std::string{"\xd9\2bc\xcb\x3f\xf8\0\0\0\0\0\0", 13} + std::string{"\xd9\1d\xcb\xc0\0\0\0\0\0\0\0", 12} +
                                 std::string{"\xd9\1e\xcf\0\0\0\0\0\0\0\7", 12};
    CHECK(map.bytes() == expected);
    CHECK(console::msgpack_map{}.bytes() == std::string{"\xde\0\0", 3});
}

TEST_CASE("telemetry: reaches whoever listens on this machine, and does not mind if nobody does") {
    const int listener = ::socket(AF_INET, SOCK_DGRAM, 0);
    REQUIRE(listener >= 0);
    sockaddr_in here{};
    here.sin_family = AF_INET;
    here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(::bind(listener, reinterpret_cast<const sockaddr*>(&here), sizeof here) == 0);
    socklen_t size = sizeof here;
    REQUIRE(::getsockname(listener, reinterpret_cast<sockaddr*>(&here), &size) == 0);
    console::telemetry out{ntohs(here.sin_port)};
    CHECK(out.open());
    console::telemetry moved{std::move(out)};
    CHECK_FALSE(out.open());
    moved.send("hello");
    char text[16];
    CHECK(::recv(listener, text, sizeof text, 0) == 5);
    ::close(listener);
    for (int i = 0; i < 3; ++i) moved.send("into the void");
    console::telemetry{}.send("nowhere");
}

TEST_CASE("csv_row: names and values side by side, nothing where nothing is known") {
    console::csv_row row;
    row.member("steps", std::uint64_t{12}).member("phi", std::optional<double>{}).member("x", 0.25).member("y", std::optional<float>{});
    CHECK(row.names() == "steps,phi,x,y");
    CHECK(row.values() == "12,,0.25,");
    console::csv_row unknown;
    unknown.member("a", std::optional<double>{}).member("b", 1);
    CHECK(unknown.values() == ",1");
}
