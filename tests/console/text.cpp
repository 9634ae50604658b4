#include <doctest/doctest.h>

#include <limits>

#include "console/text.hpp"

TEST_CASE("text: thousands") {
    CHECK(console::with_thousands(0) == "0");
    CHECK(console::with_thousands(999) == "999");
    CHECK(console::with_thousands(1000) == "1,000");
    CHECK(console::with_thousands(15234) == "15,234");
    CHECK(console::with_thousands(487488) == "487,488");
    CHECK(console::with_thousands(std::numeric_limits<std::uint64_t>::max()) == "18,446,744,073,709,551,615");
}

TEST_CASE("text: counts and durations for a narrow place") {
    CHECK(console::brief_count(0) == "0");
    CHECK(console::brief_count(999) == "999");
    CHECK(console::brief_count(1000) == "1k");
    CHECK(console::brief_count(185948) == "185k");
    CHECK(console::brief_count(1838764) == "1.8M");
    CHECK(console::brief_count(25000000) == "25M");
    CHECK(console::brief_count(std::numeric_limits<std::uint64_t>::max()) == "18E");
    CHECK(console::brief_duration(-1) == "0s");
    CHECK(console::brief_duration(59.9) == "59s");
    CHECK(console::brief_duration(99) == "99s");
    CHECK(console::brief_duration(154) == "2m");
    CHECK(console::brief_duration(5999) == "99m");
    CHECK(console::brief_duration(9252.5) == "2h");
    CHECK(console::brief_duration(172799) == "47h");
    CHECK(console::brief_duration(1e6) == "11d");
    CHECK(console::brief_duration(std::numeric_limits<double>::quiet_NaN()) == "0s");
}

TEST_CASE("text: durations") {
    CHECK(console::duration(0) == "0s");
    CHECK(console::duration(59.999) == "59s");
    CHECK(console::duration(154) == "2m 34s");
    CHECK(console::duration(60) == "1m 0s");
    CHECK(console::duration(3600) == "1h 0m 0s");
    CHECK(console::duration(9252.5) == "2h 34m 12s");
    CHECK(console::duration(90000) == "25h 0m 0s");
    CHECK(console::duration(-5) == "0s");
    CHECK(console::duration(std::numeric_limits<double>::quiet_NaN()) == "0s");
}

TEST_CASE("text: hex") {
    CHECK(console::hex(0x0123456789abcdef) == "0123456789abcdef");
    CHECK(console::hex(255) == "00000000000000ff");
}

TEST_CASE("text: digits") {
    CHECK(console::fixed(0.4517, 3) == "0.452");
    CHECK(console::fixed(-1e300, 0).size() == 302);
    CHECK(console::significant(0.00123456, 3) == "0.00123");
    CHECK(console::significant(1.5e9, 3) == "1.5e+09");
}

TEST_CASE("text: a word as a shell takes it") {
    CHECK(console::shell_word("checkpoints/continuous_12.syn") == "checkpoints/continuous_12.syn");
    CHECK(console::shell_word("by-class:5") == "by-class:5");
    CHECK(console::shell_word("") == "''");
    CHECK(console::shell_word("my data") == "'my data'");
    CHECK(console::shell_word("$(x)") == "'$(x)'");
    CHECK(console::shell_word("it's") == "'it'\\''s'");
}
