#include <doctest/doctest.h>

#include <synapse/hosted/streams/number.hpp>

using namespace synapse::streams;

TEST_CASE("number: the whole text is one finite number") {
    CHECK(parse_double("1.5") == 1.5);
    CHECK(parse_double("+2") == 2.0);
    CHECK(parse_double("-3e-2") == -0.03);
    CHECK(parse_double(".5") == 0.5);
    for (const char* text :
         {"", " ", "1 ", " 1", "1x", "0x10", "--1", "+-1", "++1", "1,5", "inf", "-inf", "nan", "infinity", "1e400", "e5", "+"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_double(text));
    }
}

TEST_CASE("number: a float must be able to hold it") {
    CHECK(parse_float("3.4e38") == 3.4e38f);
    CHECK(parse_float("0.1") == 0.1f);
    CHECK_FALSE(parse_float("3.5e38"));
    CHECK_FALSE(parse_float("-1e39"));
}

TEST_CASE("number: whole numbers, however written") {
    CHECK(parse_whole("7") == 7);
    CHECK(parse_whole("-7.0") == -7);
    CHECK(parse_whole("3e2") == 300);
    CHECK_FALSE(parse_whole("7.5"));
    CHECK_FALSE(parse_whole("1e15"));
    CHECK_FALSE(parse_whole("seven"));
}

TEST_CASE("number: the ways to write no value") {
    for (const char* text : {"", "?", "NA", "n/a", "NaN", "null", "None"}) {
        CAPTURE(text);
        CHECK(is_missing(text));
    }
    for (const char* text : {"0", "??", "nano", "-"}) {
        CAPTURE(text);
        CHECK_FALSE(is_missing(text));
    }
}

TEST_CASE("number: blanks at both ends are cut") {
    CHECK(trimmed(" \ta b\t ") == "a b");
    CHECK(trimmed(" \t").empty());
    CHECK(trimmed("").empty());
}
