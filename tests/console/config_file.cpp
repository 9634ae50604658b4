#include <doctest/doctest.h>

#include <array>
#include <cstdint>
#include <fstream>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <unistd.h>

#include "console/command_line.hpp"
#include "console/config_file.hpp"

namespace {

struct settings {
    std::uint64_t count = 0;
    double share = 0;
    std::string name;
    bool quiet = false;
    std::vector<std::string> files;
};

constexpr std::array<console::option<settings>, 5> table{{
    {"Numbers", "count", 'c', "N", "how many", [](settings& s, std::string_view v) { s.count = console::whole_number(v, 1, 10); }},
    {"Numbers", "the-share", 0, "R", "which part", [](settings& s, std::string_view v) { s.share = console::real_number(v, -0.5, 1); }},
    {"Words", "name", 0, "NAME", "a name", [](settings& s, std::string_view v) { s.name = console::some_text(v); }},
    {"Words", "quiet", 'q', "", "say nothing", [](settings& s, std::string_view) { s.quiet = true; }},
    {"Words", "config", 0, "FILE", "a file", [](settings& s, std::string_view v) { s.files.push_back(console::some_text(v)); }},
}};

class file {
public:
    explicit file(std::string_view content) : path_{"/tmp/synapse-config-" + std::to_string(::getpid()) + ".toml"} {
        std::ofstream{path_} << content;
    }
    file(const file&) = delete;
    file& operator=(const file&) = delete;
    ~file() { ::unlink(path_.c_str()); }
    [[nodiscard]] const std::string& path() const { return path_; }

private:
    std::string path_;
};

settings read(std::string_view content, std::initializer_list<const char*> words = {}) {
    const file f{content};
    std::vector<const char*> arguments{words};
    arguments.push_back("--config");
    arguments.push_back(f.path().c_str());
    settings s;
    console::parse_with_files(arguments, s, &settings::files, std::span<const console::option<settings>>{table});
    return s;
}

// What was wrong, without the name of the file.
[[maybe_unused]] std::string error(std::string_view content) {
    try {
        static_cast<void>(read(content));
    } catch (const console::usage_error& why) {
        const std::string what = why.what();
        return what.substr(what.find(".toml:") + 6);
    }
    return "";
}

}  // namespace

TEST_CASE("config_file: a word with a slash or .toml is a file") {
    CHECK(console::names_config_file("a.toml"));
    CHECK(console::names_config_file("dir/a"));
    CHECK_FALSE(console::names_config_file("fast"));
    CHECK_FALSE(console::names_config_file(""));
}

#if SYNAPSE_TOML

TEST_CASE("config_file: texts, numbers, flags, lists, sections, comments") {
    const settings s = read("# mine\ncount = 3  # of them\n[numbers]\nthe_share = 0.25\n[words]\nname = [\"a=b\", 7]\nquiet = true\n");
    CHECK(s.count == 3);
    CHECK(s.share == 0.25);
    CHECK(s.name == "a=b,7");
    CHECK(s.quiet);
    CHECK(read("count = \"4\"\nthe-share = 1").count == 4);
    CHECK_FALSE(read("quiet = false").quiet);
    CHECK(read("").count == 0);
}

TEST_CASE("config_file: the command line counts more, on either side of the file") {
    CHECK(read("count = 3", {"--count", "5"}).count == 5);
    CHECK(read("count = 3\nname = \"x\"", {"-c", "5"}).name == "x");
}

TEST_CASE("config_file: errors say where and what") {
    CHECK(error("count = 1\ncounts = 3") == "2: unknown option counts");
    CHECK(error("c = 1") == "1: unknown option c");
    CHECK(error("count = 11") == "1: count '11': must be a whole number from 1 to 10");
    CHECK(error("count = 1.5") == "1: count '1.5': must be a whole number from 1 to 10");
    CHECK(error("count = true") == "1: count needs a value: N");
    CHECK(error("quiet = 1") == "1: quiet must be true or false");
    CHECK(error("the-share = inf") == "1: the-share 'inf': must be a number from -0.5 to 1");
    CHECK(error("name = [[1]]") == "1: name: must not hold a list within a list");
    CHECK(error("name = 1979-05-27") == "1: name: must be a text, a number, or a list of them");
    CHECK(error("\n[a.b]\ncount = 1").ends_with("[b]: a section within a section"));
    CHECK(error("count 3").starts_with("1: "));
    CHECK(error("count = 3\ncount = 4").starts_with("2: "));
    CHECK_THROWS_AS(read("config = \"other.toml\""), console::usage_error);
}

TEST_CASE("config_file: a file that is not there") {
    settings s;
    CHECK_THROWS_AS(console::read_config_file("/nowhere/a.toml", s, std::span<const console::option<settings>>{table}), console::usage_error);
    CHECK(s.count == 0);
}

#else

TEST_CASE("config_file: without toml++ a file is refused") { CHECK_THROWS_AS(read("count = 3"), console::usage_error); }

#endif
