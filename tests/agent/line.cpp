#include <string>

#include <doctest/doctest.h>

#include <synapse/agent/line.hpp>

TEST_CASE("numbers are rounded to two decimals or as many as one asks for, and what does not fit is left out") {
    const auto of = [](float x) { return std::string{synapse::text_line<32>{}.add(x).text()}; };
    CHECK(of(0.0f) == "0.00");
    CHECK(of(0.125f) == "0.13");
    CHECK(of(-3.999f) == "-4.00");
    CHECK(of(12345.67f) == "12345.67");
    CHECK(of(1e30f) == "1000000.00");
    CHECK(of(0.999f) == "1.00");
    CHECK(std::string{synapse::text_line<32>{}.add(-0.00125f, 4).text()} == "-0.0013");
    CHECK(std::string{synapse::text_line<32>{}.add(2.5f, 1).text()} == "2.5");
    CHECK(std::string{synapse::text_line<32>{}.add(999999.5f, 6).text()} == "999999.500000");
    CHECK(std::string{synapse::text_line<8>{}.add("abcdefghij").text()} == "abcdefg");
    CHECK(std::string{synapse::text_line<16>{}.whole(4294967295u).text()} == "4294967295");
}

TEST_CASE("two numbers are told apart with as few decimals as that takes") {
    CHECK(synapse::telling_decimals(0.27f, 0.30f) == 2);
    CHECK(synapse::telling_decimals(0.0461f, 0.0468f) == 3);
    CHECK(synapse::telling_decimals(0.0003f, 0.0002f) == 4);
    CHECK(synapse::telling_decimals(0.5f, 0.5f) == synapse::most_decimals);
}
