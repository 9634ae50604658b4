// What a long run's file holds, small enough for memory and quick to draw: buckets of rows with the least, the largest and the mean of
// every column, and above them levels of 16 buckets each. Extremes survive on every level.
//
// 10^7 rows of 16 columns are 156,250 buckets, 24 bytes a column each: 60 MB. A row that is looked at closely is read from the file again,
// for which each bucket knows its place there.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "dashboard/record_parser.hpp"

namespace dashboard {

// Some numbers of one column.
struct cell {
    float low = std::numeric_limits<float>::infinity();
    float high = -std::numeric_limits<float>::infinity();
    double sum = 0;
    std::uint32_t count = 0;  // those that were known
    std::uint32_t spare = 0;

    void add(double x) noexcept {
        if (std::isnan(x)) return;
        const auto rounded = static_cast<float>(x);
        low = std::min(low, rounded);
        high = std::max(high, rounded);
        sum += x;
        ++count;
    }
    void add(const cell& other) noexcept {
        low = std::min(low, other.low);
        high = std::max(high, other.high);
        sum += other.sum;
        count += other.count;
    }
    [[nodiscard]] double mean() const noexcept { return count == 0 ? unknown : sum / count; }
};

// Which rows, and where they are.
struct bucket {
    std::uint64_t offset = 0;  // of its first line in the file
    std::uint64_t rows = 0;
    double first_step = 0, last_step = 0;
    double first_time = 0, last_time = 0;  // seconds since 1970, or of the run where the file has no clock

    [[nodiscard]] double first(bool by_time) const noexcept { return by_time ? first_time : first_step; }
    [[nodiscard]] double last(bool by_time) const noexcept { return by_time ? last_time : last_step; }
};

class log_index {
public:
    static constexpr std::uint64_t rows_of_bucket = 64;
    static constexpr std::size_t fan = 16;

    [[nodiscard]] const std::vector<bucket>& buckets() const noexcept { return buckets_; }
    [[nodiscard]] std::uint64_t rows() const noexcept { return rows_; }
    // Rows that went back in steps, or said none, and were left out.
    [[nodiscard]] std::uint64_t skipped() const noexcept { return skipped_; }
    [[nodiscard]] const std::vector<std::string>& columns() const noexcept { return names_; }
    [[nodiscard]] std::size_t levels() const noexcept { return levels_.size(); }
    // The cells of a column on a level; level 0 has one for each bucket, level k one for fan^k of them.
    [[nodiscard]] const std::vector<cell>& cells(std::size_t level, std::size_t column) const noexcept { return levels_[level][column]; }

    // Takes a row. @param names  of its values; all names must stay at their places from row to row
    // @cost O(columns * levels)
    void add(const column_names& names, const std::vector<double>& row, std::uint64_t offset) {
        learn(names);
        const std::size_t steps = names.find("steps");
        const double step = steps < row.size() ? row[steps] : unknown;
        if (std::isnan(step) || step < 0 || (!buckets_.empty() && step < buckets_.back().last_step)) {
            ++skipped_;
            return;
        }
        double time = value_of(names, row, "time");
        if (std::isnan(time)) time = value_of(names, row, "seconds");
        if (std::isnan(time) || time < 0) time = buckets_.empty() ? 0 : buckets_.back().last_time;
        if (!buckets_.empty()) time = std::max(time, buckets_.back().last_time);  // a clock that was set back
        if (buckets_.empty() || buckets_.back().rows >= rows_of_bucket) open({offset, 0, step, step, time, time});
        bucket& b = buckets_.back();
        ++b.rows;
        ++rows_;
        b.last_step = step;
        b.last_time = time;
        for (std::size_t c = 0; c < row.size() && c < map_.size(); ++c) {
            if (map_[c] == column_names::none) continue;
            for (auto& level : levels_) level[map_[c]].back().add(row[c]);
        }
    }

    // Takes the buckets of the part of the file that follows, which was indexed by itself. Buckets that begin before the last step are
    // left out. @cost O(its cells)
    void append(const log_index& next) {
        std::vector<std::size_t> to;
        for (const std::string& name : next.names_) to.push_back(column(name));
        skipped_ += next.skipped_;
        for (std::size_t b = 0; b < next.buckets_.size(); ++b) {
            bucket one = next.buckets_[b];
            if (!buckets_.empty() && one.first_step < buckets_.back().last_step) {
                skipped_ += one.rows;
                continue;
            }
            if (!buckets_.empty()) {
                one.first_time = std::max(one.first_time, buckets_.back().last_time);
                one.last_time = std::max(one.last_time, one.first_time);
            }
            open(one);
            rows_ += one.rows;
            for (std::size_t c = 0; c < to.size(); ++c) {
                for (auto& level : levels_) level[to[c]].back().add(next.levels_[0][c][b]);
            }
        }
    }

    // The buckets that hold rows within [from, to].
    struct range {
        std::size_t begin = 0, end = 0;
    };
    [[nodiscard]] range find(bool by_time, double from, double to) const noexcept {
        const auto begin = std::partition_point(buckets_.begin(), buckets_.end(), [&](const bucket& b) { return b.last(by_time) < from; });
        const auto end = std::partition_point(begin, buckets_.end(), [&](const bucket& b) { return b.first(by_time) <= to; });
        return {static_cast<std::size_t>(begin - buckets_.begin()), static_cast<std::size_t>(end - buckets_.begin())};
    }

    // What the buckets [begin, end) hold of a column. @cost O(fan * levels)
    [[nodiscard]] cell sum(std::size_t column, std::size_t begin, std::size_t end) const noexcept {
        cell total;
        while (begin < end) {
            std::size_t level = 0, width = 1;
            while (level + 1 < levels_.size() && begin % (width * fan) == 0 && begin + width * fan <= end) {
                ++level;
                width *= fan;
            }
            total.add(levels_[level][column][begin / width]);
            begin += width;
        }
        return total;
    }

private:
    friend class index_file;

    static double value_of(const column_names& names, const std::vector<double>& row, const char* name) noexcept {
        const std::size_t i = names.find(name);
        return i < row.size() ? row[i] : unknown;
    }

    std::size_t column(const std::string& name) {
        const auto known = std::find(names_.begin(), names_.end(), name);
        if (known != names_.end()) return static_cast<std::size_t>(known - names_.begin());
        names_.push_back(name);
        std::size_t cells = buckets_.size();
        for (auto& level : levels_) {
            level.emplace_back(cells);
            cells = (cells + fan - 1) / fan;
        }
        return names_.size() - 1;
    }
    void learn(const column_names& names) {
        while (map_.size() < names.size()) {
            const std::string& name = names[map_.size()];
            map_.push_back(name == "time" || name == "steps" ? column_names::none : column(name));
        }
    }
    void open(const bucket& b) {
        const std::size_t i = buckets_.size();
        buckets_.push_back(b);
        if (levels_.empty()) levels_.emplace_back(names_.size());
        std::size_t width = 1;
        for (std::size_t k = 0; k < levels_.size(); ++k, width *= fan) {
            if (i % width == 0) {
                for (auto& cells : levels_[k]) cells.emplace_back();
            }
        }
        // A level above, as soon as there is more than one cell to put there.
        if (i == width) {
            std::vector<std::vector<cell>> level(names_.size());
            for (std::size_t c = 0; c < names_.size(); ++c) {
                const auto& below = levels_.back()[c];
                level[c].resize(2);
                for (std::size_t k = 0; k < below.size(); ++k) level[c][k / fan].add(below[k]);
            }
            levels_.push_back(std::move(level));
        }
    }

    std::vector<std::string> names_;
    std::vector<std::size_t> map_;  // the column here of each name of the rows
    std::vector<bucket> buckets_;
    std::vector<std::vector<std::vector<cell>>> levels_;  // [level][column][cell]
    std::uint64_t rows_ = 0;
    std::uint64_t skipped_ = 0;
};

}  // namespace dashboard
