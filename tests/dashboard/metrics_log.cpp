#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

#include "dashboard/metrics_log.hpp"
#include "scratch.hpp"

namespace {

using dashboard::metrics_log;
using dashboard::record_parser;
using dashboard::series;

std::string line(std::size_t i, double error) {
    char text[160];
    std::snprintf(text, sizeof text, "{\"time\": %.3f, \"steps\": %zu, \"error\": %.6g, \"accuracy\": null}\n",
                  1e9 + static_cast<double>(i) * 0.1, i * 5, error);
    return text;
}
std::string lines(std::size_t from, std::size_t to) {
    std::string text;
    for (std::size_t i = from; i < to; ++i) text += line(i, i == 12345 ? 77.0 : 0.5);
    return text;
}
double highest(const series& s) {
    double most = -1;
    for (const dashboard::cell& c : s.columns.at(0)) most = std::max(most, static_cast<double>(c.high));
    return most;
}

}  // namespace

TEST_CASE("metrics log: follows, and answers at every scale") {
    const scratch s;
    s.write("m.jsonl", lines(0, 100));
    metrics_log log{s.path("m.jsonl"), record_parser::format::json};
    CHECK(log.poll());
    CHECK(log.rows() == 100);
    s.append("m.jsonl", lines(100, 30000) + "no record\n" + line(7, 1) + "{\"steps\": 99");
    CHECK(log.poll());
    CHECK(log.rows() == 30000);
    CHECK(log.skipped() == 2);
    CHECK_FALSE(log.poll());
    const series all = log.ask(false, 0, 1e300, 200);
    CHECK(all.first.size() <= 200);
    CHECK(all.rows == 30000);
    CHECK(highest(all) == 77);
    // Close enough to see each row: read from the file.
    const series near = log.ask(false, 12340 * 5, 12350 * 5, 200);
    REQUIRE(near.first.size() == 13);  // one more on either side
    CHECK(near.columns[0][6].high == 77.0f);
    CHECK(near.first[6] == 12345 * 5);
    const series time = log.ask(true, 1234.0, 1235.0, 200);
    CHECK(highest(time) == 77);
    CHECK(log.ask(false, 5, 4, 100).first.empty());
    CHECK(log.ask(false, 1e12, 1e13, 100).rows <= 64 + 1);
    const auto latest = log.latest();
    REQUIRE(latest.size() == 4);
    CHECK(latest[1].second == 29999 * 5);
    CHECK(log.extent().last_step == 29999 * 5);
    CHECK(log.extent().seconds == doctest::Approx(2999.9));
}

TEST_CASE("metrics log: a new life in the same file") {
    const scratch s;
    s.write("m.jsonl", lines(0, 500));
    metrics_log log{s.path("m.jsonl"), record_parser::format::json};
    CHECK(log.poll());
    s.write("m.jsonl", lines(3, 10));
    CHECK(log.poll());
    CHECK(log.rows() == 7);
    CHECK(log.lives() == 1);
    CHECK(log.ask(false, 0, 1e300, 10).first.front() == 15);
}

TEST_CASE("metrics log: CSV, and the status lines of a log") {
    const scratch s;
    s.write("m.csv", "time,steps,error\n1,10,0.5\n2,20,\n3,30,0.25\n");
    metrics_log csv{s.path("m.csv"), record_parser::format::csv};
    CHECK(csv.poll());
    const series all = csv.ask(false, 0, 1e300, 10);
    CHECK(all.first == std::vector<double>{10, 20, 30});
    CHECK(std::isnan(all.columns.at(0).at(1).mean()));
    s.write("training.log", "[Checkpoint] Saved\nStep  10 | \u03a6=0.1 | Agency=0.7 | Time: 5s | Error=0.2 | 1,000 steps/s\n");
    metrics_log text{s.path("training.log"), record_parser::format::log};
    CHECK(text.poll());
    CHECK(text.rows() == 1);
    CHECK(text.skipped() == 0);
}

TEST_CASE("metrics log: a long file is sampled at once, indexed in pieces, and known again") {
    const scratch s;
    // A little beyond the length from which that is done.
    const std::size_t rows = metrics_log::long_file / line(100000, 0.5).size() + 60000;
    s.write("m.jsonl", lines(0, rows));
    REQUIRE(std::filesystem::file_size(s.path("m.jsonl")) > metrics_log::long_file);
    metrics_log log{s.path("m.jsonl"), record_parser::format::json, s.path("cache/m.index")};
    bool sampled = false;
    log.poll([&] {
        if (!log.complete()) {
            const series some = log.ask(false, 0, 1e300, 100);
            sampled = sampled || (!some.whole && some.first.size() > 10 && some.last.back() == static_cast<double>(rows - 1) * 5);
        }
        return true;
    });
    CHECK(sampled);
    CHECK(log.complete());
    CHECK(log.rows() == rows);
    CHECK(log.skipped() == 0);
    CHECK(highest(log.ask(false, 0, 1e300, 100)) == 77);
    REQUIRE(std::filesystem::exists(s.path("cache/m.index")));

    const auto again = [&](std::size_t expected, double most) {
        metrics_log known{s.path("m.jsonl"), record_parser::format::json, s.path("cache/m.index")};
        CHECK(known.poll());
        CHECK(known.rows() == expected);
        CHECK(highest(known.ask(false, 0, 1e300, 100)) == most);
        CHECK(known.latest().at(1).second == static_cast<double>(expected - 1) * 5);
        const series near = known.ask(false, 12345 * 5, 12345 * 5, 100);
        CHECK(highest(near) == 77);
    };
    s.append("m.jsonl", lines(rows, rows + 10));
    again(rows + 10, 77);
    SUBCASE("an index that is damaged is not believed") {
        std::string bytes;
        {
            dashboard::open_file f{s.path("cache/m.index")};
            bytes = f.read(0, static_cast<std::size_t>(f.size()));
        }
        for (const std::size_t at : {std::size_t{0}, std::size_t{9}, bytes.size() / 2, bytes.size() - 1}) {
            std::string bad = bytes;
            bad[at] = static_cast<char>(bad[at] ^ 1);
            s.write("cache/m.index", bad);
            dashboard::log_index out;
            CHECK(dashboard::index_file::read(s.path("cache/m.index"), dashboard::open_file{s.path("m.jsonl")}, out) == 0);
            CHECK(out.rows() == 0);
        }
        s.write("cache/m.index", bytes.substr(0, bytes.size() / 3));
        again(rows + 10, 77);
    }
    SUBCASE("nor is that of another file") {
        s.write("m.jsonl", "{\"steps\": 0}\n" + lines(0, rows));
        dashboard::log_index out;
        CHECK(dashboard::index_file::read(s.path("cache/m.index"), dashboard::open_file{s.path("m.jsonl")}, out) == 0);
    }
}
