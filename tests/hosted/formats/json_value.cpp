#include <doctest/doctest.h>

#include <string>

#include <synapse/hosted/formats/json_value.hpp>

using namespace synapse::formats;

TEST_CASE("JSON: every kind of value") {
    const json_value v = json_value::parse(R"( {"a": [1, -2.5e3, 0, true, false, null], "b": {"c": "x\n\"\u00e4\ud83d\ude00"}, "": []} )");
    REQUIRE(v.object() != nullptr);
    const auto* list = v.find("a")->array();
    REQUIRE(list != nullptr);
    REQUIRE(list->size() == 6);
    CHECK(*(*list)[0].number() == 1);
    CHECK(*(*list)[1].number() == -2500);
    CHECK(*(*list)[2].number() == 0);
    CHECK(*(*list)[3].boolean());
    CHECK_FALSE(*(*list)[4].boolean());
    CHECK((*list)[5].null());
    CHECK(*v.find("b")->find("c")->text() == "x\n\"\xc3\xa4\xf0\x9f\x98\x80");
    CHECK(v.find("")->array()->empty());
    CHECK(v.find("z") == nullptr);
    CHECK_FALSE(v.number_at("a").has_value());
    CHECK(v.number() == nullptr);
    CHECK(json_value::parse("7").number_at("x") == std::nullopt);
    CHECK(json_value::parse(R"({"x": 1e-3})").number_at("x") == 1e-3);
}

TEST_CASE("JSON: what is none is refused") {
    for (const char* text : {"",
                             " ",
                             "{",
                             "[",
                             "[1,]",
                             "[,1]",
                             "{\"a\"}",
                             "{\"a\":}",
                             "{\"a\":1,}",
                             "{a:1}",
                             "01",
                             "+1",
                             "-",
                             "1.",
                             ".5",
                             "1.e5",
                             "1e",
                             "1e+",
                             "0x1",
                             "NaN",
                             "Infinity",
                             "1e999",
                             "tru",
                             "nul",
                             "\"",
                             "\"\\x\"",
                             "\"\\u12\"",
                             "\"\\ud800\"",
                             "\"\\ud800\\u0041\"",
                             "\"\\udc00\"",
                             "\"\n\"",
                             "1 2",
                             "[1]]",
                             "'a'",
                             "//x\n1"}) {
        CAPTURE(text);
        CHECK_THROWS_AS(json_value::parse(text), format_error);
    }
}

TEST_CASE("JSON: depth is bounded") {
    const auto nested = [](int depth) {
        return std::string(static_cast<std::size_t>(depth), '[') + std::string(static_cast<std::size_t>(depth), ']');
    };
    CHECK_NOTHROW(json_value::parse(nested(json_value::deepest)));
    CHECK_THROWS_AS(json_value::parse(nested(json_value::deepest + 2)), format_error);
    CHECK_THROWS_AS(json_value::parse(std::string(1000000, '[')), format_error);
}
