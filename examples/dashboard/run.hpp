// One run: its numbers, its log, its checkpoints and its report, kept up to date, and told as JSON.
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <sys/stat.h>

#include "console/json.hpp"
#include "dashboard/judgement.hpp"
#include "dashboard/metrics_log.hpp"
#include "dashboard/run_log.hpp"
#include "dashboard/saved_states.hpp"
#include "inspect/contents.hpp"

namespace dashboard {

// Where the parts of a run are; empty: there is none.
struct run_files {
    std::string name;  // for a person
    std::string metrics;
    record_parser::format format = record_parser::format::json;
    std::string log;
    std::string checkpoints;  // a directory
    std::string report;
};

// Seconds since 1970 at which a file last changed; 0 if there is none.
inline double changed_at(const std::string& path) {
    struct stat about {};
    if (path.empty() || ::stat(path.c_str(), &about) != 0) return 0;
    return static_cast<double>(about.st_mtim.tv_sec) + 1e-9 * static_cast<double>(about.st_mtim.tv_nsec);
}

inline double unix_time() { return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count(); }

class run {
public:
    // @param index_path  see metrics_log
    run(std::string id, run_files files, std::string index_path = {})
        : id_{std::move(id)},
          files_{std::move(files)},
          metrics_{files_.metrics.empty() ? files_.log : files_.metrics,
                   files_.metrics.empty() ? record_parser::format::log : files_.format, std::move(index_path)},
          log_{files_.log},
          saved_{files_.checkpoints} {}

    [[nodiscard]] const std::string& id() const noexcept { return id_; }
    [[nodiscard]] const run_files& files() const noexcept { return files_; }
    [[nodiscard]] const metrics_log& metrics() const noexcept { return metrics_; }
    // Counts the times that anything changed.
    [[nodiscard]] std::uint64_t version() const noexcept { return version_; }

    // Looks for news; by one thread. @param step  see metrics_log: also called when a part of a long file has been taken in
    template <class Step>
    void poll(Step step) {
        const bool numbers = metrics_.poll([&] {
            const auto now = std::chrono::steady_clock::now();
            if (now - told_ > std::chrono::milliseconds{250}) {
                told_ = now;
                ++version_;
            }
            return step();
        });
        bool other = false;
        {
            const std::lock_guard hold{guard_};
            if (!files_.log.empty()) other = log_.poll();
            if (!files_.checkpoints.empty()) other = saved_.poll() || other;
            const double report = changed_at(files_.report);
            if (report != report_time_) {
                report_time_ = report;
                stopped_by_ = stop_word(files_.report);
                other = true;
            }
        }
        const std::string now = state_word();
        if (numbers || other || now != state_) ++version_;
        state_ = now;
        if (numbers || !judged_) {
            judgement j = judge(metrics_.ask(false, 0, 1e300, 512));
            const std::lock_guard hold{guard_};
            judgement_ = std::move(j);
            judged_ = true;
        }
    }

    // A line of the table of runs.
    void add_line(console::json& out) const {
        const metrics_log::span span = metrics_.extent();
        out.open('{').member("id", id_).member("name", files_.name);
        add_state(out);
        out.member("rows", metrics_.rows()).member("first_step", span.first_step).member("last_step", span.last_step);
        out.member("start", span.start).member("seconds", span.seconds);
        const auto latest = metrics_.latest();
        for (const char* what : {"error", "accuracy"}) {
            double value = unknown;
            for (const auto& [name, x] : latest) value = name == what ? x : value;
            out.member(what, value);
        }
        out.close('}');
    }

    // Everything but the curves.
    void add_whole(console::json& out) const {
        const metrics_log::span span = metrics_.extent();
        out.open('{').member("id", id_).member("name", files_.name).member("version", version());
        add_state(out);
        out.member("rows", metrics_.rows()).member("skipped", metrics_.skipped()).member("lives", metrics_.lives());
        out.member("complete", metrics_.complete()).member("indexed", metrics_.indexed());
        out.key("span").open('{').member("first_step", span.first_step).member("last_step", span.last_step);
        out.member("start", span.start).member("seconds", span.seconds).member("empty", span.empty);
        out.member("clock", span.start > 1e8).close('}');
        out.key("latest").open('{');
        for (const auto& [name, value] : metrics_.latest()) out.member(name, value);
        out.close('}');
        const std::lock_guard hold{guard_};
        add_events(out);
        add_judgement(out);
        add_contents(out);
        out.key("summary").open('[');
        for (const std::string& line : log_.summary()) out.value(line);
        out.close(']').close('}');
    }

private:
    // "stopped_by" of the report, which train_continuous writes at the end.
    static std::string stop_word(const std::string& path) {
        const open_file file{path};
        if (!file.good()) return {};
        const std::string text = file.read(0, std::size_t{1} << 16);
        constexpr std::string_view key = "\"stopped_by\": \"";
        const std::size_t at = text.find(key);
        if (at == std::string::npos) return {};
        const std::size_t end = text.find('"', at + key.size());
        return end == std::string::npos || end - at > 64 ? std::string{} : text.substr(at + key.size(), end - at - key.size());
    }

    // learning: news came lately; quiet: none for a while; else it has ended.
    [[nodiscard]] std::string state_word() const {
        const double news = std::max({changed_at(files_.metrics), changed_at(files_.log)});
        const std::lock_guard hold{guard_};
        const bool reported = report_time_ != 0 && report_time_ + 1 >= news && !stopped_by_.empty();
        if (reported && stopped_by_ == "diverged") return "diverged";
        if (log_.is_mature() && (reported || !log_.summary().empty())) return "mature";
        if (reported || !log_.summary().empty()) return "finished";
        if (metrics_.extent().empty) return "waiting";
        const metrics_log::span span = metrics_.extent();
        const double interval = span.seconds / std::max<double>(1, static_cast<double>(metrics_.rows()));
        return unix_time() - news < std::max(15.0, 4 * interval) ? "learning" : "quiet";
    }
    void add_state(console::json& out) const {
        const std::string word = state_word();
        const std::lock_guard hold{guard_};
        const bool over = word == "finished" || word == "mature" || word == "diverged";
        out.member("state", word)
            .member("stopped_by", !over || stopped_by_.empty() ? std::nullopt : std::optional<std::string>{stopped_by_});
        out.member("changed", std::max({changed_at(files_.metrics), changed_at(files_.log)}));
    }

    // In the order of their steps. Growth that the newest checkpoint knows comes from there, exactly; the log has the rest.
    void add_events(console::json& out) const {
        out.key("growth").open('[');
        for (const synapse::growth_event& e : saved_.growth()) {
            out.open('{').member("step", e.step).member("exact", true).member("layer", e.layer).member("reason", synapse::name(e.reason));
            out.member("value", e.value).member("threshold", e.threshold).member("before", e.before).member("after", e.after).close('}');
        }
        const std::uint64_t known_from = saved_.growth().empty() ? ~std::uint64_t{0} : saved_.growth().front().step;
        const std::uint64_t known_to = saved_.newest() ? saved_.newest()->steps : 0;
        for (const log_event& e : log_.events()) {
            if (e.what != log_event::kind::growth || (e.step >= known_from && e.step < known_to)) continue;
            out.open('{').member("step", e.step).member("exact", false).member("text", e.text).close('}');
        }
        out.close(']').key("notes").open('[');
        for (const log_event& e : log_.events()) {
            if (e.what == log_event::kind::growth) continue;
            out.open('{').member("step", e.step).member("kind", name(e.what)).member("text", e.text).close('}');
        }
        out.close(']').key("checkpoints").open('[');
        for (const saved_state& s : saved_.files()) {
            out.open('{').member("file", s.file).member("bytes", s.bytes).member("step", s.step).member("time", s.timestamp);
            out.member("reason", s.reason)
                .member("problem", s.problem.empty() ? std::nullopt : std::optional<std::string>{s.problem})
                .close('}');
        }
        out.close(']');
    }

    void add_judgement(console::json& out) const {
        out.key("warnings").open('[');
        for (const warning& w : judgement_.warnings)
            out.open('{').member("step", w.step).member("raised", w.raised).member("text", w.text).close('}');
        out.close(']').key("present").open('[');
        for (const std::string& text : judgement_.present) out.value(text);
        out.close(']').key("maturity");
        if (!judgement_.has_maturity) {
            out.null();
            return;
        }
        const synapse::maturity_verdict& m = judgement_.maturity;
        out.open('{').member("mature", m.is_mature()).member("window", judgement_.window);
        out.member("phi_flat", m.phi_flat).member("phi_low", m.phi_low).member("phi_high", m.phi_high);
        out.member("agency_steady", m.agency_steady).member("agency_low", m.agency_low).member("agency_high", m.agency_high);
        out.member("self_known", m.self_known).member("self_error", m.self_error).member("least_self_error", m.least_self_error);
        out.member("growth_slowed", m.growth_slowed).member("grown", m.grown).close('}');
    }

    // What the newest checkpoint holds.
    void add_contents(console::json& out) const {
        out.key("contents");
        if (!saved_.newest()) {
            out.null();
            return;
        }
        const inspect::contents& c = *saved_.newest();
        out.open('{').member("file", std::filesystem::path{c.path}.filename().string()).member("steps", c.steps);
        out.member("net", inspect::net_text(c)).member("verdict", c.verdict);
        out.member("rollbacks", c.report.rollbacks).member("drifts", c.report.drifts).member("recycled", c.report.recycled);
        out.key("advice").open('[');
        for (const inspect::advice& a : c.health) out.open('{').member("serious", a.serious).member("sentence", a.sentence).close('}');
        out.close(']').key("replay");
        if (c.replay) {
            out.open('{').member("capacity", c.replay->capacity).member("stored", c.replay->stored).member("seen", c.replay->seen);
            out.member("format", c.replay->format)
                .member("policy", c.replay->policy)
                .member("bytes", c.replay->bytes)
                .key("by_class")
                .open('[');
            for (const std::uint64_t n : c.replay->by_class) out.value(n);
            out.close(']').close('}');
        } else {
            out.null();
        }
        out.close('}');
    }

    std::string id_;
    run_files files_;
    metrics_log metrics_;
    mutable std::mutex guard_;  // of what follows
    run_log log_;
    saved_states saved_;
    judgement judgement_;
    bool judged_ = false;
    double report_time_ = 0;
    std::string stopped_by_;
    std::string state_;
    std::chrono::steady_clock::time_point told_;
    std::atomic<std::uint64_t> version_ = 1;
};

// A part of a run's curves as JSON: places on the axis, and of each column low, high and mean.
// @param wanted  names with commas between; empty: all
inline void add_series(console::json& out, const series& s, std::string_view wanted) {
    const auto numbers = [&](const char* name, const std::vector<double>& values) {
        out.key(name).open('[');
        for (const double x : values) out.value(std::round(x * 1000) / 1000);
        out.close(']');
    };
    const auto asked = [&](const std::string& name) {
        if (wanted.empty()) return true;
        const std::size_t at = ("," + std::string{wanted} + ",").find("," + name + ",");
        return at != std::string::npos;
    };
    out.open('{').member("whole", s.whole).member("rows", s.rows);
    numbers("first", s.first);
    numbers("last", s.last);
    out.key("columns").open('{');
    for (std::size_t c = 0; c < s.names.size(); ++c) {
        if (!asked(s.names[c])) continue;
        bool spread = false;
        for (const cell& k : s.columns[c]) spread = spread || (k.count != 0 && k.low != k.high);
        out.key(s.names[c]).open('{').key("mean").open('[');
        for (const cell& k : s.columns[c]) out.value(static_cast<float>(k.mean()));
        out.close(']');
        if (spread) {
            out.key("low").open('[');
            for (const cell& k : s.columns[c]) out.value(k.low);
            out.close(']').key("high").open('[');
            for (const cell& k : s.columns[c]) out.value(k.high);
            out.close(']');
        }
        out.close('}');
    }
    out.close('}').close('}');
}

}  // namespace dashboard
