#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>

#include "console/files.hpp"

namespace {

struct scratch {
    scratch() {
        std::string pattern = (std::filesystem::temp_directory_path() / "synapse-console-XXXXXX").string();
        REQUIRE(::mkdtemp(pattern.data()) != nullptr);
        directory = pattern;
    }
    ~scratch() {
        std::error_code ignored;
        std::filesystem::remove_all(directory, ignored);
    }
    [[nodiscard]] std::string path(const char* name) const { return (directory / name).string(); }
    [[nodiscard]] std::string read(const char* name) const {
        std::ifstream in{path(name), std::ios::binary};
        return {std::istreambuf_iterator<char>{in}, {}};
    }
    [[nodiscard]] std::size_t files() const {
        return static_cast<std::size_t>(
            std::distance(std::filesystem::directory_iterator{directory}, std::filesystem::directory_iterator{}));
    }
    std::filesystem::path directory;
};

}  // namespace

TEST_CASE("files: a log starts anew or goes on, and moves") {
    const scratch dir;
    {
        console::line_log log{dir.path("log"), console::line_log::start::append};
        CHECK(log.write("one"));
        console::line_log moved{std::move(log)};
        CHECK(moved.write("two"));
        CHECK_FALSE(moved.failed());
        log = std::move(moved);
        CHECK(log.write("three"));
    }
    CHECK(dir.read("log") == "one\ntwo\nthree\n");
    console::line_log{dir.path("log"), console::line_log::start::append}.write("four");
    CHECK(dir.read("log") == "one\ntwo\nthree\nfour\n");
    console::line_log{dir.path("log"), console::line_log::start::anew}.write("five");
    CHECK(dir.read("log") == "five\n");
    CHECK(console::line_log{}.write("nowhere"));
    CHECK_THROWS_AS((console::line_log{dir.path("none/log"), console::line_log::start::anew}), console::write_error);
}

TEST_CASE("files: a log that grows beyond its limit is emptied, and what was in it moves on") {
    const scratch dir;
    const auto write = [&dir](const char* line, std::uint64_t limit, unsigned keep) {
        console::line_log log{dir.path("log"), console::line_log::start::append, limit, keep};
        CHECK(log.write(line));
        CHECK_FALSE(log.failed());
    };
    std::ifstream follower;
    write("one", 8, 2);
    follower.open(dir.path("log"));
    write("two", 8, 2);
    CHECK(dir.read("log") == "one\ntwo\n");  // exactly the limit
    CHECK(dir.files() == 1);
    write("three", 8, 2);
    CHECK(dir.read("log") == "three\n");
    CHECK(dir.read("log.1") == "one\ntwo\n");
    follower.seekg(0);
    std::string line;
    std::getline(follower, line);
    CHECK(line == "three");  // who had it open sees it go on
    write("four is long", 8, 2);
    write("five", 8, 2);
    CHECK(dir.read("log") == "five\n");
    CHECK(dir.read("log.1") == "four is long\n");
    CHECK(dir.read("log.2") == "three\n");
    CHECK(dir.files() == 3);
    write("six", 8, 0);
    CHECK(dir.read("log") == "six\n");
    CHECK(dir.files() == 3);
    write("seven", 0, 2);
    CHECK(dir.read("log") == "six\nseven\n");
    std::filesystem::create_directory(dir.path("other"));
    std::filesystem::create_directory(dir.path("other/log.1"));
    console::line_log stuck{dir.path("other/log"), console::line_log::start::anew, 8, 1};
    CHECK(stuck.write("eight is"));
    CHECK(stuck.write("nine is"));
    CHECK(dir.read("other/log") == "eight is\nnine is\n");  // nowhere to go: nothing is lost
}

TEST_CASE("files: a failing log says so once and goes on trying") {
    if (!std::filesystem::exists("/dev/full")) return;
    console::line_log log{"/dev/full", console::line_log::start::append};
    CHECK_FALSE(log.write("one"));
    CHECK(log.write("two"));
    CHECK(log.failed());
    CHECK(log.why().find("/dev/full") != std::string::npos);
}

TEST_CASE("files: a file is replaced whole or stays, and nothing is left beside it") {
    const scratch dir;
    console::replace_file(dir.path("file"), "old");
    console::replace_file(dir.path("file"), std::string("ne\0w", 4));
    CHECK(dir.read("file") == std::string("ne\0w", 4));
    CHECK(dir.files() == 1);
    CHECK_THROWS_AS(console::replace_file(dir.path("none/file"), "x"), console::write_error);
    std::filesystem::create_directory(dir.path("folder"));
    CHECK_THROWS_AS(console::replace_file(dir.path("folder"), "x"), console::write_error);
    CHECK(dir.files() == 2);
    CHECK_NOTHROW(console::replace_file("/dev/null", "x"));
    if (std::filesystem::exists("/dev/full")) CHECK_THROWS_AS(console::replace_file("/dev/full", "x"), console::write_error);
}
