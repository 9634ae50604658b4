#include <doctest/doctest.h>

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "dashboard/line_follower.hpp"
#include "scratch.hpp"

namespace {

struct reader {
    dashboard::line_follower follower;
    std::vector<std::string> lines;
    int anew = 0;

    explicit reader(const std::string& path) : follower{path} {}
    bool poll() {
        return follower.poll([this](std::string_view line, std::uint64_t) { lines.emplace_back(line); },
                             [this] {
                                 ++anew;
                                 lines.clear();
                             });
    }
};
using list = std::vector<std::string>;

}  // namespace

TEST_CASE("line follower: a line that has no end yet waits for it") {
    const scratch s;
    reader r{s.path("log")};
    CHECK_FALSE(r.poll());  // no file
    s.write("log", "one\ntwo\nthr");
    CHECK(r.poll());
    CHECK(r.lines == list{"one", "two"});
    CHECK_FALSE(r.poll());
    s.append("log", "ee");
    CHECK_FALSE(r.poll());
    s.append("log", "\n\nfive\n");
    CHECK(r.poll());
    CHECK(r.lines == list{"one", "two", "three", "", "five"});
    CHECK(r.anew == 0);
}

TEST_CASE("line follower: a file that is emptied, shorter, or replaced is read from its beginning") {
    const scratch s;
    reader r{s.path("log")};
    s.write("log", "one\ntwo\n");
    CHECK(r.poll());
    SUBCASE("emptied and written again, shorter") {
        s.write("log", "1\n");
        CHECK(r.poll());
        CHECK(r.lines == list{"1"});
    }
    SUBCASE("emptied and written again, longer than it was") {
        s.write("log", "another life\nthat is longer\n");
        CHECK(r.poll());
        CHECK(r.lines == list{"another life", "that is longer"});
    }
    SUBCASE("replaced by a file that begins alike") {
        s.write("other", "one\nTWO\nthree\n");
        std::filesystem::rename(s.path("other"), s.path("log"));
        CHECK(r.poll());
        CHECK(r.lines == list{"one", "TWO", "three"});
    }
    SUBCASE("emptied, and nothing yet") {
        s.write("log", "");
        CHECK(r.poll());
        CHECK(r.lines.empty());
    }
    CHECK(r.anew == 1);
}

TEST_CASE("line follower: a log that moved on to NAME.1 loses no line") {
    const scratch s;
    reader r{s.path("log")};
    s.write("log", "one\ntwo\n");
    CHECK(r.poll());
    s.append("log", "three\n");
    std::filesystem::copy_file(s.path("log"), s.path("log.1"));
    s.write("log", "four\n");
    CHECK(r.poll());
    CHECK(r.lines == list{"one", "two", "three", "four"});
    CHECK(r.anew == 0);
}

TEST_CASE("line follower: a line that is too long is left out, even if it comes in parts") {
    const scratch s;
    reader r{s.path("log")};
    const std::string much(dashboard::line_follower::longest_line * 2, 'x');
    s.write("log", "one\n" + much);
    CHECK(r.poll());
    CHECK(r.lines == list{"one"});
    r.poll();
    s.append("log", much + "\ntwo\n");
    for (int i = 0; i < 5; ++i) r.poll();
    CHECK(r.lines == list{"one", "two"});
    CHECK(r.follower.too_long() == 1);
}

TEST_CASE("line follower: what is no regular file is not read") {
    const scratch s;
    std::filesystem::create_directory(s.path("log"));
    reader r{s.path("log")};
    CHECK_FALSE(r.poll());
    reader nowhere{"/dev/zero"};
    CHECK_FALSE(nowhere.poll());
}
