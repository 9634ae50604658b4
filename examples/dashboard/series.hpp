// A part of a run as a picture needs it: at most so many groups of rows, each with the least, the largest and the mean of every column.
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "dashboard/log_index.hpp"
#include "dashboard/record_parser.hpp"

namespace dashboard {

struct series {
    std::vector<double> first, last;  // steps of the first and the last row of each group, or seconds since the run began
    std::vector<std::string> names;
    std::vector<std::vector<cell>> columns;  // [names][groups]
    std::uint64_t rows = 0;                  // in all groups
    bool whole = true;                       // false: a sample of the rows, since the file is still being read
};

// Groups of a power of two of buckets, which begin at multiples of it: a group stays what it is while a run grows behind it.
inline series grouped(const log_index& index, log_index::range r, bool by_time, std::size_t groups) {
    series out;
    out.names = index.columns();
    out.columns.resize(out.names.size());
    const std::size_t count = r.end - r.begin;
    std::size_t width = 1;
    while ((count + width - 1) / width > std::max<std::size_t>(groups, 1)) width *= 2;
    const auto& buckets = index.buckets();
    const double start = by_time && !buckets.empty() ? buckets.front().first_time : 0;
    for (std::size_t at = r.begin; at < r.end;) {
        const std::size_t next = std::min(r.end, (at / width + 1) * width);
        out.first.push_back(buckets[at].first(by_time) - start);
        out.last.push_back(buckets[next - 1].last(by_time) - start);
        for (std::size_t i = at; i < next; ++i) out.rows += buckets[i].rows;
        for (std::size_t c = 0; c < out.names.size(); ++c) out.columns[c].push_back(index.sum(c, at, next));
        at = next;
    }
    return out;
}

// The rows in a piece of the file whose place on the axis is within [from, to], and one more on either side, so that lines go on to
// the edge of a picture.
// @param text   whole lines
// @param start  of the axis in the file's own seconds; 0 for steps
inline series grouped(std::string_view text, record_parser parser, const std::vector<std::string>& columns, bool by_time, double start,
                      double from, double to, std::size_t groups) {
    std::vector<double> places, row;
    std::vector<std::vector<double>> values(columns.size());
    double last_step = -1, last_time = 0;
    const auto value_of = [&](std::string_view name) {
        const std::size_t i = parser.names().find(name);
        return i < row.size() ? row[i] : unknown;
    };
    bool behind = false;
    for (std::size_t at = 0; at < text.size() && !behind;) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        const bool good = parser.parse(text.substr(at, end - at), row);
        at = end + 1;
        const double step = good ? value_of("steps") : unknown;
        if (std::isnan(step) || step < last_step) continue;
        double time = value_of("time");
        if (std::isnan(time)) time = value_of("seconds");
        if (std::isnan(time)) time = last_time;
        last_time = std::max(last_time, time);
        last_step = step;
        const double place = by_time ? last_time - start : step;
        if (place < from && !places.empty() && places.back() < from) {
            places.clear();  // not the last one before the edge after all
            for (auto& v : values) v.clear();
        }
        places.push_back(place);
        for (std::size_t c = 0; c < columns.size(); ++c) values[c].push_back(value_of(columns[c]));
        behind = place > to;
    }
    series out;
    out.names = columns;
    out.columns.resize(columns.size());
    out.rows = places.size();
    std::size_t width = 1;
    while ((places.size() + width - 1) / width > std::max<std::size_t>(groups, 1)) width *= 2;
    for (std::size_t at = 0; at < places.size(); at += width) {
        const std::size_t next = std::min(places.size(), at + width);
        out.first.push_back(places[at]);
        out.last.push_back(places[next - 1]);
        for (std::size_t c = 0; c < columns.size(); ++c) {
            cell one;
            for (std::size_t i = at; i < next; ++i) one.add(values[c][i]);
            out.columns[c].push_back(one);
        }
    }
    return out;
}

}  // namespace dashboard
