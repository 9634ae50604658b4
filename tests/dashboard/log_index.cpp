#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "dashboard/log_index.hpp"
#include "dashboard/series.hpp"

namespace {

using dashboard::cell;
using dashboard::log_index;

// A record with one extreme that no mean would show.
dashboard::column_names names() {
    dashboard::column_names n;
    for (const char* name : {"time", "steps", "error", "accuracy"}) n.add(name);
    return n;
}
double error_at(std::size_t i) { return i == 7777 ? 1000.0 : i == 5001 ? -500.0 : std::sin(static_cast<double>(i) * 0.01); }
log_index filled(std::size_t rows, std::size_t from = 0) {
    log_index index;
    for (std::size_t i = from; i < rows; ++i) {
        index.add(names(), {1e9 + static_cast<double>(i) * 0.5, static_cast<double>(i) * 10, error_at(i), dashboard::unknown}, i * 100);
    }
    return index;
}

}  // namespace

TEST_CASE("log index: extremes survive on every level and in every grouping") {
    const log_index index = filled(20000);
    CHECK(index.rows() == 20000);
    CHECK(index.buckets().size() == 313);
    CHECK(index.levels() == 3);
    for (std::size_t level = 0; level < index.levels(); ++level) {
        cell all;
        for (const cell& c : index.cells(level, 0)) all.add(c);
        CHECK(all.high == 1000.0f);
        CHECK(all.low == -500.0f);
        CHECK(all.count == 20000);
    }
    for (const std::size_t groups : {1u, 2u, 3u, 10u, 50u, 100u, 312u, 313u, 4000u}) {
        const dashboard::series s = dashboard::grouped(index, {0, index.buckets().size()}, false, groups);
        CAPTURE(groups);
        CHECK(s.first.size() <= groups);
        CHECK(s.rows == 20000);
        float low = 0, high = 0;
        for (const cell& c : s.columns[0]) {
            low = std::min(low, c.low);
            high = std::max(high, c.high);
        }
        CHECK(low == -500.0f);
        CHECK(high == 1000.0f);
        CHECK(s.first.front() == 0);
        CHECK(s.last.back() == 199990);
    }
}

TEST_CASE("log index: a sum is that of its buckets, wherever it begins and ends") {
    const log_index index = filled(70000);
    for (const auto& [begin, end] :
         {std::pair<std::size_t, std::size_t>{0, 1094}, {1, 1093}, {15, 17}, {16, 272}, {255, 513}, {78, 79}, {5, 5}}) {
        cell expected;
        for (std::size_t i = begin; i < end; ++i) expected.add(index.cells(0, 0)[i]);
        const cell found = index.sum(0, begin, end);
        CHECK(found.low == expected.low);
        CHECK(found.high == expected.high);
        CHECK(found.count == expected.count);
        CHECK(found.sum == doctest::Approx(expected.sum));
    }
}

TEST_CASE("log index: means, and columns that say nothing") {
    const log_index index = filled(1000);
    double sum = 0;
    for (std::size_t i = 0; i < 1000; ++i) sum += error_at(i);
    CHECK(index.sum(0, 0, index.buckets().size()).mean() == doctest::Approx(sum / 1000));
    CHECK(index.sum(1, 0, index.buckets().size()).count == 0);
    CHECK(std::isnan(index.sum(1, 0, index.buckets().size()).mean()));
}

TEST_CASE("log index: rows that go back, say no step, or are below 0 are left out and counted") {
    log_index index;
    const auto add = [&](double step, double time) { index.add(names(), {time, step, 1.0, 0.0}, 0); };
    add(10, 100);
    add(9, 101);
    add(dashboard::unknown, 102);
    add(-5, 103);
    add(10, 104);
    CHECK(index.rows() == 2);
    CHECK(index.skipped() == 3);
    SUBCASE("a clock that is set back stands still") {
        add(11, 50);
        CHECK(index.buckets().back().last_time == 104);
    }
}

TEST_CASE("log index: a column that comes later is unknown before") {
    log_index index = filled(2000);
    dashboard::column_names more = names();
    more.add("phi");
    for (std::size_t i = 2000; i < 3000; ++i) index.add(more, {2e9, static_cast<double>(i) * 10, 0.0, 0.0, 0.5}, 0);
    REQUIRE(index.columns().size() == 3);
    CHECK(index.cells(0, 2).size() == index.buckets().size());
    CHECK(index.sum(2, 0, 31).count == 0);
    CHECK(index.sum(2, 0, index.buckets().size()).count == 1000);
}

TEST_CASE("log index: parts put together are the whole") {
    const log_index whole = filled(20000);
    log_index parts = filled(6400);
    parts.append(filled(12800, 6400));
    parts.append(filled(20000, 12800));
    CHECK(parts.rows() == whole.rows());
    CHECK(parts.buckets().size() == whole.buckets().size());
    for (std::size_t level = 0; level < whole.levels(); ++level) {
        REQUIRE(parts.cells(level, 0).size() == whole.cells(level, 0).size());
        for (std::size_t i = 0; i < whole.cells(level, 0).size(); ++i) {
            CHECK(parts.cells(level, 0)[i].low == whole.cells(level, 0)[i].low);
            CHECK(parts.cells(level, 0)[i].high == whole.cells(level, 0)[i].high);
            CHECK(parts.cells(level, 0)[i].count == whole.cells(level, 0)[i].count);
        }
    }
    SUBCASE("a part from the past is left out") {
        parts.append(filled(100));
        CHECK(parts.rows() == whole.rows());
        CHECK(parts.skipped() == 100);
    }
}

TEST_CASE("log index: finding by step and by time") {
    const log_index index = filled(20000);
    const auto r = index.find(false, 6400, 12799);
    CHECK(index.buckets()[r.begin].first_step <= 6400);
    CHECK(index.buckets()[r.begin].last_step >= 6400);
    CHECK(index.buckets()[r.end - 1].first_step <= 12799);
    const auto none = index.find(false, 1e12, 2e12);
    CHECK(none.begin == none.end);
    const auto t = index.find(true, 1e9, 1e9 + 31.5);
    CHECK(t.begin == 0);
    CHECK(t.end == 1);
    CHECK(log_index{}.find(false, 0, 1).end == 0);
}
