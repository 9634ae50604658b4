#include <doctest/doctest.h>

#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

#include "console/terminal.hpp"

namespace {

// Sets variables of the environment, and puts them back.
class environment {
public:
    explicit environment(std::initializer_list<std::pair<const char*, const char*>> settings) {
        for (const char* name : names) {
            const char* before = std::getenv(name);
            before_.emplace_back(before != nullptr, before != nullptr ? before : "");
            ::unsetenv(name);
        }
        for (const auto& [name, value] : settings) ::setenv(name, value, 1);
    }
    environment(const environment&) = delete;
    environment& operator=(const environment&) = delete;
    ~environment() {
        for (std::size_t i = 0; i < before_.size(); ++i) {
            before_[i].first ? ::setenv(names[i], before_[i].second.c_str(), 1) : ::unsetenv(names[i]);
        }
    }

private:
    static constexpr const char* names[] = {"LC_ALL", "LC_CTYPE", "LANG", "TERM", "NO_COLOR"};
    std::vector<std::pair<bool, std::string>> before_;
};

}  // namespace

TEST_CASE("terminal: the first of LC_ALL, LC_CTYPE and LANG that is set names the characters") {
    const auto utf8 = [](std::initializer_list<std::pair<const char*, const char*>> settings) {
        const environment e{settings};
        return console::utf8_locale();
    };
    CHECK_FALSE(utf8({}));
    CHECK(utf8({{"LANG", "de_DE.UTF-8"}}));
    CHECK(utf8({{"LANG", "ru_RU.utf8"}}));
    CHECK_FALSE(utf8({{"LANG", "de_DE.ISO-8859-1"}}));
    CHECK_FALSE(utf8({{"LANG", "C.UTF-8"}, {"LC_ALL", "C"}}));
    CHECK(utf8({{"LANG", "C"}, {"LC_CTYPE", "C.UTF-8"}}));
    CHECK(utf8({{"LANG", "C.UTF-8"}, {"LC_ALL", ""}}));
}

TEST_CASE("terminal: text in ASCII") {
    CHECK(console::as_ascii("Step 1 | \u03a6=0.5") == "Step 1 | Phi=0.5");
    CHECK(console::as_ascii(console::bar(0.5, 4)) == "##..");
    CHECK(console::as_ascii("\u00e9t\u00e9 \U0001f600") == "?t? ?");
    CHECK(console::as_ascii("") == "");
}

TEST_CASE("terminal: a bar is as wide as asked and never overflows") {
    for (const double share : {-1.0, 0.0, 0.3, 1.0, 7.0}) CHECK(console::as_ascii(console::bar(share, 10)).size() == 10);
    CHECK(console::as_ascii(console::bar(0, 3)) == "...");
    CHECK(console::as_ascii(console::bar(1, 3)) == "###");
    CHECK(console::as_ascii(console::bar(0.0 / 0.0, 3)) == "...");
}

TEST_CASE("terminal: a line is cut between characters") {
    CHECK(console::first_characters("\u03a6=1", 1) == "\u03a6");
    CHECK(console::first_characters("\u03a6=1", 2) == "\u03a6=");
    CHECK(console::first_characters("abc", 9) == "abc");
    CHECK(console::first_characters("abc", 0) == "");
    CHECK(console::characters("\u03a6=1\u2588") == 4);
    CHECK(console::characters("") == 0);
}

TEST_CASE("terminal: what is no terminal is never written to") {
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    console::live_line line{ends[1], true};
    CHECK_FALSE(line.shows());
    const auto now = console::live_line::clock::now();
    CHECK_FALSE(line.due(now));
    line.show("text", now);
    line.clear();
    ::close(ends[1]);
    char byte;
    CHECK(::read(ends[0], &byte, 1) == 0);
    ::close(ends[0]);
    CHECK_FALSE(console::live_line{}.shows());
    CHECK_FALSE(console::is_terminal(-1));
}

TEST_CASE("terminal: ten states a second, whatever is written between them") {
    const environment e{{"TERM", "xterm"}, {"LC_ALL", "C"}};
    const int master = ::posix_openpt(O_RDWR | O_NOCTTY);
    REQUIRE(master >= 0);
    REQUIRE(::grantpt(master) == 0);
    REQUIRE(::unlockpt(master) == 0);
    const int slave = ::open(::ptsname(master), O_RDWR | O_NOCTTY);
    REQUIRE(slave >= 0);
    {
        console::live_line line{slave, true};
        console::live_line unwanted{slave, false};
        CHECK(line.shows());
        CHECK_FALSE(unwanted.shows());
        const console::live_line::clock::time_point start{};
        CHECK(line.due(start));
        line.show("one", start);
        CHECK_FALSE(line.due(start + std::chrono::milliseconds{99}));
        line.show("two", start + std::chrono::milliseconds{99});
        CHECK(line.due(start + std::chrono::milliseconds{100}));
        line.show(std::string(200, 'x'), start + std::chrono::milliseconds{100});
        line.clear();
        line.clear();
        CHECK_FALSE(line.due(start + std::chrono::milliseconds{199}));
        CHECK(line.due(start + std::chrono::milliseconds{200}));
    }
    const std::string expected = "\r\x1b[36mone\x1b[0m\x1b[K\r\x1b[36m" + std::string(79, 'x') + "\x1b[0m\x1b[K\r\x1b[K";
    std::string seen;
    while (seen.size() < expected.size()) {  // a terminal hands on in pieces
        char some[1000];
        const ssize_t count = ::read(master, some, sizeof some);
        REQUIRE(count > 0);
        seen.append(some, static_cast<std::size_t>(count));
    }
    CHECK(seen == expected);
    ::close(slave);
    ::close(master);
}
