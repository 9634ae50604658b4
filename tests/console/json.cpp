#include <doctest/doctest.h>

#include <cstdint>
#include <limits>
#include <optional>
#include <string>

#include "console/json.hpp"

namespace {

template <class Value>
std::string one(const Value& v) {
    console::json out;
    return out.value(v).text();
}

}  // namespace

TEST_CASE("json: objects, arrays and members") {
    console::json out;
    out.open('{').member("a", 1).key("b").open('[').value(true).value("x").open('{').close('}').open('[').close(']').close(']');
    out.member("c", std::optional<double>{}).close('}');
    CHECK(out.text() == R"({"a": 1, "b": [true, "x", {}, []], "c": null})");
}

TEST_CASE("json: numbers are shortest and finite, or null") {
    CHECK(one(0.1) == "0.1");
    CHECK(one(0.1f) == "0.1");
    CHECK(one(1e300) == "1e+300");
    CHECK(one(-0.0) == "-0");
    CHECK(one(std::numeric_limits<std::uint64_t>::max()) == "18446744073709551615");
    CHECK(one(std::numeric_limits<double>::quiet_NaN()) == "null");
    CHECK(one(std::numeric_limits<double>::infinity()) == "null");
    CHECK(one(std::numeric_limits<float>::quiet_NaN()) == "null");
    CHECK(one(std::optional<int>{3}) == "3");
    CHECK(one(std::optional<double>{std::numeric_limits<double>::infinity()}) == "null");
}

TEST_CASE("json: strings are escaped, and UTF-8 whatever comes in") {
    CHECK(one("a\"b\\c") == R"("a\"b\\c")");
    CHECK(one("\n\x01\x7f") == R"("\u000a\u0001\u007f")");
    CHECK(one("\u03a6 \U0001f9e0") == "\"\u03a6 \U0001f9e0\"");
    for (const char* bad : {"\x80", "\xc3", "\xc0\xaf", "\xe0\x80\x80", "\xed\xa0\x80", "\xf5\x80\x80\x80", "\xf4\x90\x80\x80", "\xff"}) {
        CHECK(one(bad).find("\\ufffd") != std::string::npos);
    }
    CHECK(one("a\xe2\x82z") == R"("a\ufffd\ufffdz")");
}
