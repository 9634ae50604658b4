// The numbers of one run: a file that may be of any length and may still grow, indexed as it comes and asked for any part at any scale.
//
// A long file is indexed by all processors at once; until that is done a sample of it answers, taken from evenly spaced places.
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "dashboard/index_file.hpp"
#include "dashboard/line_follower.hpp"
#include "dashboard/log_index.hpp"
#include "dashboard/record_parser.hpp"
#include "dashboard/series.hpp"

namespace dashboard {

class metrics_log {
public:
    static constexpr std::uint64_t long_file = std::uint64_t{32} << 20;  // bytes from which a file is indexed in pieces
    static constexpr std::uint64_t piece = std::uint64_t{8} << 20;
    static constexpr std::size_t sampled_places = 1024;
    static constexpr std::size_t sampled_bytes = std::size_t{16} << 10;

    // @param index_path  where to keep the index of a long file for the next time; empty: nowhere
    metrics_log(std::string path, record_parser::format format, std::string index_path = {})
        : format_{format}, follower_{std::move(path)}, parser_{format}, index_path_{std::move(index_path)} {}

    [[nodiscard]] const std::string& path() const noexcept { return follower_.path(); }

    // Reads what is new. One thread may poll while others ask.
    // @param step     called now and then while a long file is indexed; false gives up, and the next poll goes on
    // @return true if there was something new
    template <class Step>
    bool poll(Step step) {
        const open_file file{path()};
        if (!file.good()) return false;
        bool news = false;
        if (file.size() > follower_.offset() + long_file) {
            if (follower_.offset() == 0) news = recall(file);
            if (file.size() > follower_.offset() + long_file) {
                if (follower_.offset() == 0) sample(file);
                news = index_all(file, step) || news;
            }
        }
        std::vector<double> row;
        return follower_.poll(
                   [&](std::string_view line, std::uint64_t offset) {
                       const std::unique_lock hold{guard_};
                       take(line, offset, row);
                   },
                   [&] {
                       const std::unique_lock hold{guard_};
                       restart();
                   }) ||
               news;
    }
    bool poll() {
        return poll([] { return true; });
    }

    // True once all that was there at the last poll has been indexed.
    [[nodiscard]] bool complete() const {
        const std::shared_lock hold{guard_};
        return preview_.rows() == 0;
    }
    // Share of a long file that has been indexed, 0 .. 1.
    [[nodiscard]] double indexed() const noexcept { return indexed_; }
    [[nodiscard]] std::uint64_t rows() const {
        const std::shared_lock hold{guard_};
        return index_.rows();
    }
    // Lines that are no records, or go back in time.
    [[nodiscard]] std::uint64_t skipped() const {
        const std::shared_lock hold{guard_};
        return index_.skipped() + garbage_ + follower_.too_long();
    }
    // Changes whenever the file was another one than before.
    [[nodiscard]] std::uint64_t lives() const {
        const std::shared_lock hold{guard_};
        return lives_;
    }

    struct span {
        double first_step = 0, last_step = 0;
        double start = 0, seconds = 0;  // in the file's own clock; and from the first row to the last
        bool empty = true;
    };
    [[nodiscard]] span extent() const {
        const std::shared_lock hold{guard_};
        const log_index& index = present();
        if (index.buckets().empty()) return {};
        const bucket& a = index.buckets().front();
        const bucket& b = index.buckets().back();
        return {a.first_step, b.last_step, a.first_time, b.last_time - a.first_time, false};
    }
    // The last row, under its names.
    [[nodiscard]] std::vector<std::pair<std::string, double>> latest() const {
        const std::shared_lock hold{guard_};
        std::vector<std::pair<std::string, double>> out;
        for (std::size_t i = 0; i < latest_.size() && i < parser_.names().size(); ++i) out.emplace_back(parser_.names()[i], latest_[i]);
        return out;
    }

    // The part within [from, to] of an axis, in at most about `groups` groups. Steps, or seconds since the first row.
    [[nodiscard]] series ask(bool by_time, double from, double to, std::size_t groups) const {
        std::shared_lock hold{guard_};
        const log_index& index = present();
        const bool whole = &index == &index_;
        if (index.buckets().empty() || !(from <= to)) return {};
        const double start = by_time ? index.buckets().front().first_time : 0;
        log_index::range r = index.find(by_time, from + start, to + start);
        // One more on either side, so that lines go on to the edge.
        if (r.begin > 0) --r.begin;
        if (r.end < index.buckets().size()) ++r.end;
        if (!whole || r.end - r.begin > std::min<std::size_t>(groups, 512)) {
            series out = grouped(index, r, by_time, groups);
            out.whole = whole;
            return out;
        }
        const std::uint64_t begin = index.buckets()[r.begin].offset;
        const std::uint64_t end = r.end < index.buckets().size() ? index.buckets()[r.end].offset : follower_.offset();
        const record_parser parser = parser_;
        const std::vector<std::string> columns = index.columns();
        hold.unlock();
        const open_file file{path()};
        if (!file.good() || end < begin) return {};
        const std::string text = file.read(begin, static_cast<std::size_t>(end - begin));
        return grouped(text, parser, columns, by_time, start, from, to, groups);
    }

private:
    [[nodiscard]] const log_index& present() const noexcept { return preview_.rows() != 0 ? preview_ : index_; }

    void restart() {
        index_ = {};
        preview_ = {};
        parser_ = record_parser{format_};
        latest_.clear();
        garbage_ = 0;
        indexed_ = 1;
        ++lives_;
    }

    void take(std::string_view line, std::uint64_t offset, std::vector<double>& row) {
        if (!parser_.parse(line, row)) {
            if (!line.empty() && format_ != record_parser::format::log) ++garbage_;
            return;
        }
        const std::uint64_t before = index_.rows();
        index_.add(parser_.names(), row, offset);
        if (index_.rows() != before) latest_ = row;
    }

    // The index that was kept the last time, if it is this file's.
    bool recall(const open_file& file) {
        if (index_path_.empty()) return false;
        log_index kept;
        const std::uint64_t offset = index_file::read(index_path_, file, kept);
        if (offset == 0) return false;
        const std::unique_lock hold{guard_};
        restart();
        prime(file);
        index_ = std::move(kept);
        follower_.begin_at(offset);
        remember_last(file, offset);
        return true;
    }

    // What the first line alone tells a parser: the names of CSV.
    void prime(const open_file& file) {
        const std::string head = file.read(0, line_follower::longest_line);
        std::vector<double> row;
        static_cast<void>(parser_.parse(std::string_view{head}.substr(0, head.find('\n')), row));
    }

    void remember_last(const open_file& file, std::uint64_t offset) {
        const std::uint64_t length = std::min<std::uint64_t>(offset, std::uint64_t{1} << 16);
        const std::string tail = file.read(offset - length, static_cast<std::size_t>(length));
        if (tail.size() < 2) return;
        const std::size_t end = tail.rfind('\n');
        const std::size_t begin = end == std::string::npos || end == 0 ? std::string::npos : tail.rfind('\n', end - 1);
        std::vector<double> row;
        if (begin != std::string::npos && parser_.parse(std::string_view{tail}.substr(begin + 1, end - begin - 1), row)) latest_ = row;
    }

    // The lines that begin within [begin, end).
    struct indexed_piece {
        log_index index;
        std::uint64_t garbage = 0;
        std::uint64_t end = 0;  // behind the last whole line
    };
    static indexed_piece index_piece(const open_file& file, record_parser parser, std::uint64_t begin, std::uint64_t end) {
        indexed_piece out;
        // From the byte before, to see whether a line begins here; and a little more, for the end of the last line.
        const std::uint64_t from = begin == 0 ? 0 : begin - 1;
        std::string block = file.read(from, static_cast<std::size_t>(end - from));
        while (!block.empty() && block.back() != '\n' && block.size() < end - from + line_follower::longest_line) {
            const std::string more = file.read(from + block.size(), std::size_t{1} << 12);
            if (more.empty()) break;
            const std::size_t stop = more.find('\n');
            block += more.substr(0, stop == std::string::npos ? more.size() : stop + 1);
        }
        std::size_t at = 0;
        if (begin != 0) {
            const std::size_t first = block.find('\n');
            at = first == std::string::npos ? block.size() : first + 1;
        }
        out.end = from + at;
        std::vector<double> row;
        while (at < block.size() && from + at < end) {
            const std::size_t stop = block.find('\n', at);
            if (stop == std::string::npos) break;
            const std::string_view line = std::string_view{block}.substr(at, stop - at);
            if (parser.parse(line, row)) {
                out.index.add(parser.names(), row, from + at);
            } else if (!line.empty() && parser.kind() != record_parser::format::log) {
                ++out.garbage;
            }
            at = stop + 1;
            out.end = from + at;
        }
        return out;
    }

    void sample(const open_file& file) {
        log_index seen;
        const std::uint64_t size = file.size();
        record_parser parser{format_};
        {
            const std::unique_lock hold{guard_};
            prime(file);
            parser = parser_;
        }
        for (std::size_t i = 0; i < sampled_places; ++i) {
            const std::uint64_t begin = size / sampled_places * i;
            seen.append(index_piece(file, parser, begin, begin + sampled_bytes).index);
        }
        seen.append(index_piece(file, parser, size - sampled_bytes, size).index);
        const std::unique_lock hold{guard_};
        preview_ = std::move(seen);
        remember_last(file, size);
    }

    // A long file in pieces, several at once, put together in their order.
    template <class Step>
    bool index_all(const open_file& file, Step& step) {
        const std::uint64_t from = follower_.offset(), size = file.size();
        const std::size_t pieces = static_cast<std::size_t>((size - from + piece - 1) / piece);
        std::atomic<std::size_t> next{0};
        std::atomic<bool> stop{false};
        std::mutex lock;
        std::map<std::size_t, indexed_piece> done;
        const record_parser parser = parser_;
        const auto work = [&] {
            for (std::size_t i = next++; i < pieces && !stop; i = next++) {
                indexed_piece one = index_piece(file, parser, from + i * piece, std::min(size, from + (i + 1) * piece));
                const std::lock_guard hold{lock};
                done.emplace(i, std::move(one));
            }
        };
        std::vector<std::thread> others;
        for (unsigned i = 0; i < std::max(1u, std::thread::hardware_concurrency()); ++i) others.emplace_back(work);
        std::size_t put = 0;
        std::uint64_t end = from;
        while (put < pieces && !stop) {
            indexed_piece one;
            {
                const std::lock_guard hold{lock};
                if (const auto found = done.find(put); found != done.end()) {
                    one = std::move(found->second);
                    done.erase(found);
                }
            }
            if (one.end == 0) {
                std::this_thread::sleep_for(std::chrono::milliseconds{2});
                if (!step()) stop = true;
                continue;
            }
            const std::unique_lock hold{guard_};
            index_.append(one.index);
            garbage_ += one.garbage;
            end = std::max(end, one.end);
            ++put;
            indexed_ = static_cast<double>(put) / static_cast<double>(pieces);
        }
        for (std::thread& t : others) t.join();
        const std::unique_lock hold{guard_};
        follower_.begin_at(end);
        if (put != pieces) return false;
        preview_ = {};
        remember_last(file, end);
        if (!index_path_.empty()) index_file::write(index_path_, file, end, index_);
        return true;
    }

    record_parser::format format_;
    line_follower follower_;
    mutable std::shared_mutex guard_;
    record_parser parser_;
    std::string index_path_;
    log_index index_;
    log_index preview_;
    std::vector<double> latest_;
    std::uint64_t garbage_ = 0;
    std::uint64_t lives_ = 0;
    std::atomic<double> indexed_ = 1;
};

}  // namespace dashboard
