#include <doctest/doctest.h>

#include <charconv>
#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <synapse/core/random.hpp>

#include "dashboard/record_parser.hpp"

namespace {

using dashboard::record_parser;

struct reading {
    record_parser parser;
    std::vector<double> row;
    bool take(std::string_view line) { return parser.parse(line, row); }
    double operator[](std::string_view name) const {
        const std::size_t i = parser.names().find(name);
        return i < row.size() ? row[i] : dashboard::unknown;
    }
};

}  // namespace

TEST_CASE("record parser: a line of train_continuous") {
    reading r{record_parser{}, {}};
    REQUIRE(
        r.take(R"({"time": 1795433519.6621673, "steps": 247809, "error": 0.011580004, "accuracy": null, "phi": -1.5e-3, "neurons": 202})"));
    CHECK(r["time"] == doctest::Approx(1795433519.6621673).epsilon(1e-15));
    CHECK(r["steps"] == 247809);
    CHECK(r["error"] == 0.011580004);
    CHECK(std::isnan(r["accuracy"]));
    CHECK(r["phi"] == -1.5e-3);
    CHECK(r["neurons"] == 202);
    SUBCASE("the next one, in another order and with other names") {
        REQUIRE(r.take(R"({"steps":5,"time":1.5,"new":7,"accuracy":0.5})"));
        CHECK(r["steps"] == 5);
        CHECK(r["time"] == 1.5);
        CHECK(r["new"] == 7);
        CHECK(r["accuracy"] == 0.5);
        CHECK(std::isnan(r["error"]));
    }
    SUBCASE("values that are no numbers are passed over") {
        REQUIRE(r.take(R"({"steps": 6, "note": "a \"quoted\", {text}", "list": [1, {"a": "]"}], "error": 2, "yes": true})"));
        CHECK(r["steps"] == 6);
        CHECK(r["error"] == 2);
        CHECK(r.parser.names().find("note") == dashboard::column_names::none);
    }
    SUBCASE("a number that no double holds is unknown") {
        REQUIRE(r.take(R"({"steps": 7, "error": 1e999})"));
        CHECK(std::isnan(r["error"]));
    }
}

TEST_CASE("record parser: what is no record leaves the row as it was") {
    reading r{record_parser{}, {}};
    REQUIRE(r.take(R"({"steps": 1, "error": 2})"));
    const char* const bad[] = {"",
                               "{",
                               "{}",
                               "[1]",
                               "null",
                               R"({"steps": 3)",
                               R"({"steps": 3,})",
                               R"({"steps": 3} more)",
                               R"({"steps": })",
                               R"({"steps": -})",
                               R"({"steps" 3})",
                               R"({steps: 3})",
                               R"({"steps": 3, "error": "open})",
                               R"({"steps": [1, 2})",
                               R"({"steps": 3 "error": 4})",
                               "\xff\xfe\x00garbage"};
    for (const char* line : bad) {
        CAPTURE(line);
        CHECK_FALSE(r.take(line));
        CHECK(r["steps"] == 1);
        CHECK(r["error"] == 2);
    }
}

TEST_CASE("record parser: more names than it keeps") {
    std::string line = "{\"steps\": 1";
    for (int i = 0; i < 200; ++i) line += ", \"n" + std::to_string(i) + "\": " + std::to_string(i);
    reading r{record_parser{}, {}};
    REQUIRE(r.take(line + "}"));
    CHECK(r.parser.names().size() == dashboard::column_names::most);
    CHECK(r["n62"] == 62);
}

TEST_CASE("record parser: CSV") {
    reading r{record_parser{record_parser::format::csv}, {}};
    CHECK_FALSE(r.take("time,steps,error,accuracy"));
    REQUIRE(r.take("1.5,10,0.25,\r"));
    CHECK(r["steps"] == 10);
    CHECK(r["error"] == 0.25);
    CHECK(std::isnan(r["accuracy"]));
    for (const char* line : {"", "1,2", "1,2,3,4,5", "1,x,3,4", ",,,"}) {
        CAPTURE(line);
        CHECK_FALSE(r.take(line));
        CHECK(r["steps"] == 10);
    }
}

TEST_CASE("record parser: status lines of a log") {
    reading r{record_parser{record_parser::format::log}, {}};
    REQUIRE(r.take("Step   15169 | \u03a6=0.241 | Agency=n/a | Time: 2h 34m 12s | Error=0.008716 | Accuracy=0.9312 | 75,705 steps/s"));
    CHECK(r["steps"] == 15169);
    CHECK(r["phi"] == 0.241);
    CHECK(std::isnan(r["agency"]));
    CHECK(r["seconds"] == 2 * 3600 + 34 * 60 + 12);
    CHECK(r["error"] == 0.008716);
    CHECK(r["accuracy"] == 0.9312);
    CHECK(r["steps_per_second"] == 75705);
    for (const char* line :
         {"[Neurogenesis] Growing layer_0: Rising error (4.56 > 1.10)", "Step ", "Step x", "Step 5", "Step 5 | Time: soon"}) {
        CAPTURE(line);
        CHECK_FALSE(r.take(line));
    }
}

TEST_CASE("read_number agrees with from_chars to the last place but one") {
    synapse::random_generator random{3};
    for (int i = 0; i < 20000; ++i) {
        char text[40];
        const double x = static_cast<double>(random.symmetric()) * std::pow(10.0, static_cast<double>(i % 30) - 12);
        const auto wrote =
            i % 2 == 0 ? std::to_chars(text, text + sizeof text, x) : std::to_chars(text, text + sizeof text, x, std::chars_format::fixed);
        double back = 0;
        REQUIRE(dashboard::read_number(text, wrote.ptr, back) == wrote.ptr);
        CHECK(std::fabs(back - x) <= 2.3e-16 * std::fabs(x));
    }
}
