// What a run's log says beside its numbers: growth, checkpoints, warnings, maturity, and how it ended.
#pragma once

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "dashboard/line_follower.hpp"

namespace dashboard {

// A moment of a run. The log has no clock: the step is that of the status line before it.
struct log_event {
    enum class kind : std::uint8_t { growth, checkpoint, health, maturity, resumed };
    kind what = kind::growth;
    std::uint64_t step = 0;
    std::string text;  // without the word in brackets
};

constexpr const char* name(log_event::kind k) noexcept {
    switch (k) {
        case log_event::kind::growth: return "growth";
        case log_event::kind::checkpoint: return "checkpoint";
        case log_event::kind::health: return "health";
        case log_event::kind::maturity: return "maturity";
        case log_event::kind::resumed: return "resumed";
    }
    return "unknown";
}

class run_log {
public:
    static constexpr std::size_t most_events = 2000;                      // the newest
    static constexpr std::uint64_t most_bytes = std::uint64_t{64} << 20;  // of a log that is there already: its end

    explicit run_log(std::string path) : follower_{std::move(path)} {}

    [[nodiscard]] const std::string& path() const noexcept { return follower_.path(); }
    [[nodiscard]] const std::vector<log_event>& events() const noexcept { return events_; }
    [[nodiscard]] std::uint64_t step() const noexcept { return step_; }
    // The lines of TRAINING SUMMARY; empty while the run goes on.
    [[nodiscard]] const std::vector<std::string>& summary() const noexcept { return summary_; }
    [[nodiscard]] bool is_mature() const noexcept {
        return !events_.empty() &&
               std::any_of(events_.begin(), events_.end(), [](const log_event& e) { return e.what == log_event::kind::maturity; });
    }

    // @return true if there was something new
    bool poll() {
        if (first_) {
            first_ = false;
            if (const open_file file{path()}; file.good() && file.size() > most_bytes) {
                const std::uint64_t from = file.size() - most_bytes;
                const std::string some = file.read(from, line_follower::longest_line);
                if (const std::size_t end = some.find('\n'); end != std::string::npos) follower_.begin_at(from + end + 1);
            }
        }
        return follower_.poll([this](std::string_view line, std::uint64_t) { take(line); }, [this] { forget(); });
    }

private:
    void forget() {
        events_.clear();
        summary_.clear();
        in_summary_ = false;
        step_ = 0;
    }

    void take(std::string_view line) {
        if (line.starts_with("Step ")) {
            const std::size_t at = line.find_first_not_of(' ', 5);
            std::uint64_t step = 0;
            if (at == std::string_view::npos || std::from_chars(line.data() + at, line.data() + line.size(), step).ec != std::errc{})
                return;
            if (step < step_) forget();  // another life in the same log
            step_ = step;
            // A run that goes on after its summary was resumed.
            summary_.clear();
            in_summary_ = false;
            return;
        }
        if (line == "TRAINING SUMMARY") {
            in_summary_ = true;
            summary_.clear();
            return;
        }
        struct word {
            std::string_view text;
            log_event::kind what;
        };
        static constexpr word words[] = {{"[Neurogenesis] ", log_event::kind::growth},
                                         {"[Checkpoint] ", log_event::kind::checkpoint},
                                         {"[Health] ", log_event::kind::health},
                                         {"[Maturity] ", log_event::kind::maturity}};
        for (const word& w : words) {
            if (!line.starts_with(w.text)) continue;
            const std::string_view rest = line.substr(w.text.size(), 400);
            log_event::kind what = w.what;
            if (what == log_event::kind::checkpoint && rest.starts_with("Resumed from ")) {
                what = log_event::kind::resumed;
                resume(rest);
            }
            if (events_.size() == most_events) events_.erase(events_.begin(), events_.begin() + most_events / 4);
            events_.push_back({what, step_, std::string{rest}});
            return;
        }
        if (in_summary_ && !line.empty() && summary_.size() < 40) summary_.emplace_back(line.substr(0, 400));
    }

    // "Resumed from FILE at step N": what came after N did not happen in this life.
    void resume(std::string_view rest) {
        const std::size_t at = rest.rfind(" at step ");
        std::uint64_t step = 0;
        if (at == std::string_view::npos || std::from_chars(rest.data() + at + 9, rest.data() + rest.size(), step).ec != std::errc{})
            return;
        std::erase_if(events_, [&](const log_event& e) { return e.step > step; });
        step_ = step;
        summary_.clear();
        in_summary_ = false;
    }

    line_follower follower_;
    std::vector<log_event> events_;
    std::vector<std::string> summary_;
    bool in_summary_ = false;
    bool first_ = true;
    std::uint64_t step_ = 0;
};

}  // namespace dashboard
