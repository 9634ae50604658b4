#include <doctest/doctest.h>

#include <array>
#include <initializer_list>
#include <span>
#include <string>
#include <vector>

#include "console/command_line.hpp"

namespace {

struct settings {
    std::uint64_t count = 0;
    double share = 0;
    std::string name;
    bool quiet = false;
};

constexpr std::array<console::option<settings>, 4> table{{
    {"Numbers", "count", 'c', "N", "how many", [](settings& s, std::string_view v) { s.count = console::whole_number(v, 1, 10); }},
    {"Numbers", "share", 0, "R", "which part\nof it", [](settings& s, std::string_view v) { s.share = console::real_number(v, -0.5, 1); }},
    {"Words", "name", 0, "A-VERY-LONG-DESCRIPTION", "a name", [](settings& s, std::string_view v) { s.name = console::some_text(v); }},
    {"Words", "quiet", 'q', "", "say nothing", [](settings& s, std::string_view) { s.quiet = true; }},
}};

settings parsed(std::initializer_list<const char*> words) {
    settings s;
    const std::vector<const char*> arguments{words};
    console::parse(arguments, s, std::span<const console::option<settings>>{table});
    return s;
}

std::string error(std::initializer_list<const char*> words) {
    try {
        parsed(words);
    } catch (const console::usage_error& why) {
        return why.what();
    }
    return "";
}

}  // namespace

TEST_CASE("command_line: values after a blank or an equals sign, flags, letters; the last counts") {
    CHECK(parsed({}).count == 0);
    CHECK(parsed({"--count", "3"}).count == 3);
    CHECK(parsed({"--count=3", "-c", "4"}).count == 4);
    CHECK(parsed({"--name=a=b"}).name == "a=b");
    CHECK(parsed({"--name", "--quiet"}).name == "--quiet");
    CHECK(parsed({"-q"}).quiet);
    CHECK(parsed({"--share", "-0.5"}).share == -0.5);
}

TEST_CASE("command_line: errors say which option and what it takes") {
    CHECK(error({"--counts", "3"}) == "unknown option --counts");
    CHECK(error({"--counts=3"}) == "unknown option --counts");
    CHECK(error({"-x"}) == "unknown option -x");
    CHECK(error({"--"}) == "unknown option --");
    CHECK(error({"word"}) == "unexpected argument word");
    CHECK(error({"-"}) == "unexpected argument -");
    CHECK(error({""}) == "unexpected argument ");
    CHECK(error({"--count"}) == "--count needs a value: N");
    CHECK(error({"--quiet=1"}) == "--quiet takes no value");
    CHECK(error({"--count", "11"}) == "--count '11': must be a whole number from 1 to 10");
    CHECK(error({"--share=2"}) == "--share '2': must be a number from -0.5 to 1");
    CHECK(error({"--name="}) == "--name '': must not be empty");
}

TEST_CASE("command_line: a program may add options to another's, or take some of them") {
    struct more : settings {
        int level = 0;
    };
    constexpr std::array<console::option<more>, 2> own{{
        {"Own", "level", 'l', "N", "how loud", [](more& m, std::string_view v) { m.level = static_cast<int>(console::whole_number(v, 0, 9)); }},
        {"Own", "count", 0, "N", "twice as many", [](more& m, std::string_view v) { m.count = 2 * console::whole_number(v, 1, 10); }},
    }};
    const auto shared = console::chosen<settings>(table, {"quiet", "count", "nothing"});
    REQUIRE(shared.size() == 2);
    CHECK(shared[0].name == "quiet");
    const auto parse = [&](std::initializer_list<const char*> words) {
        more m;
        const std::vector<const char*> arguments{words};
        console::parse(arguments, m, std::span<const console::option<more>>{own}, std::span<const console::option<settings>>{shared});
        return m;
    };
    const more m = parse({"-q", "-l", "3", "--count", "4"});
    CHECK(m.quiet);
    CHECK(m.level == 3);
    CHECK(m.count == 8);
    CHECK_THROWS_AS(parse({"--share", "0"}), console::usage_error);
    CHECK_THROWS_WITH_AS(parse({"--level", "x"}), "--level 'x': must be a whole number from 0 to 9", console::usage_error);
}

TEST_CASE("command_line: a number is the whole word") {
    for (const char* text : {"", " 1", "1 ", "1x", "+1", "-1", "1.0", "1e0", "0x1", "0", "11", "18446744073709551616"}) {
        CAPTURE(text);
        CHECK_THROWS_AS(static_cast<void>(console::whole_number(text, 1, 10)), console::usage_error);
    }
    CHECK(console::whole_number("18446744073709551615", 0, ~std::uint64_t{0}) == ~std::uint64_t{0});
    for (const char* text : {"", " 1", "1 ", "1x", "+1", "nan", "inf", "-inf", "1e999", "1.5", "-1"}) {
        CAPTURE(text);
        CHECK_THROWS_AS(static_cast<void>(console::real_number(text, -0.5, 1)), console::usage_error);
    }
    CHECK(console::real_number("1e-3", 0, 1) == 0.001);
}

TEST_CASE("command_line: help groups the options and lines their texts up") {
    CHECK(console::help<settings>(table) ==
          "Numbers:\n"
          "  -c, --count N               how many\n"
          "      --share R               which part\n"
          "                              of it\n"
          "\n"
          "Words:\n"
          "      --name A-VERY-LONG-DESCRIPTION\n"
          "                              a name\n"
          "  -q, --quiet                 say nothing\n");
}

TEST_CASE("command line: words beside options") {
    struct flags {
        bool loud = false;
        std::string name;
    };
    static constexpr console::option<flags> table[] = {
        {"", "loud", 'l', "", "", [](flags& f, std::string_view) { f.loud = true; }},
        {"", "name", 'n', "NAME", "", [](flags& f, std::string_view v) { f.name = v; }},
    };
    const char* const arguments[] = {"a", "--name", "b", "-l", "c", "-n", "d", "--name=e", "-", "--", "--loud", "f"};
    const auto found = console::split<flags>(arguments, table);
    CHECK(found.words == std::vector<std::string>{"a", "c", "-", "--loud", "f"});
    flags f;
    console::parse(found.options, f, std::span<const console::option<flags>>{table});
    CHECK(f.loud);
    CHECK(f.name == "e");
    const char* const cut[] = {"--name"};
    CHECK_THROWS_AS(console::parse(console::split<flags>(cut, table).options, f, std::span<const console::option<flags>>{table}), console::usage_error);
}
