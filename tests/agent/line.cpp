#include <string>

#include <doctest/doctest.h>

#include <synapse/agent/line.hpp>

TEST_CASE("numbers are rounded to two decimals, and what does not fit is left out") {
    const auto of = [](float x) { return std::string{synapse::text_line<32>{}.add(x).text()}; };
    CHECK(of(0.0f) == "0.00");
    CHECK(of(0.125f) == "0.13");
    CHECK(of(-3.999f) == "-4.00");
    CHECK(of(12345.67f) == "12345.67");
    CHECK(of(1e30f) == "1000000.00");
    CHECK(std::string{synapse::text_line<8>{}.add("abcdefghij").text()} == "abcdefg");
    CHECK(std::string{synapse::text_line<16>{}.whole(4294967295u).text()} == "4294967295");
}
