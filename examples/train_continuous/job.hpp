// The job: live step by step, look at the clock now and then, and say how it goes. Nothing here knows where experience comes from.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <synapse/core/status.hpp>
#include <synapse/hosted/streams/data_error.hpp>

#include "console/exit_code.hpp"
#include "console/files.hpp"
#include "console/stop_signals.hpp"
#include "train_continuous/arm_experience.hpp"
#include "train_continuous/defaults.hpp"
#include "train_continuous/examination.hpp"
#include "train_continuous/experience.hpp"
#include "train_continuous/json_report.hpp"
#include "train_continuous/limits.hpp"
#include "train_continuous/metrics_line.hpp"
#include "train_continuous/options.hpp"
#include "train_continuous/progress.hpp"
#include "train_continuous/status_line.hpp"
#include "train_continuous/summary.hpp"

namespace train_continuous {

class job {
public:
    // Opens everything that can fail, before any learning. Throws data_error, write_error, std::invalid_argument, std::bad_alloc.
    explicit job(const options& x) : options_{x}, limits_{limits_of(x)}, born_{steady::now()} {
        open_outputs();
        life_ = make_life();
        model_.emplace(shape_of(x, life_->form()), tuning_of(x));
        if (x.test) held_out_ = examination{life_->held_out(*x.test), life_->parts()};
        life_->begin(*model_);
    }

    // Lives until it is over. @return the exit code
    int run() {
        began_ = said_ = steady::now();
        try {
            live();
            examine();
        } catch (const synapse::streams::data_error& error) {
            complain(error.what());
            result_.why = ending::bad_data;
        }
        return finish();
    }

private:
    // A run of so many refusals in a row has diverged: the learner stands where it stood.
    static constexpr std::uint64_t most_refusals = 100;
    // Steps between two looks at the clock; a life that has to wait for its data looks while it waits.
    static constexpr std::uint32_t steps_per_look = 64;

    void open_outputs() {
        if (options_.metrics) metrics_ = console::line_log{*options_.metrics, console::line_log::start::anew};
        try {
            log_ = console::line_log{options_.log, console::line_log::start::append};
        } catch (const console::write_error& error) {
            if (options_.log_asked) throw;
            complain(std::string{error.what()} + " (going on without a log)");
        }
    }

    std::unique_ptr<experience> make_life() {
        switch (options_.data) {
            case data_kind::csv: return std::make_unique<csv_experience>(options_);
            case data_kind::idx: return std::make_unique<idx_experience>(options_);
            case data_kind::rows: return std::make_unique<rows_experience>(options_, [this] { return look(); });
            case data_kind::arm: break;
        }
        return std::make_unique<arm_experience>(options_.seed);
    }

    void live() {
        std::uint32_t until_look = 1;
        std::uint64_t refusals = 0;
        while (result_.why == ending::none && !asked_to_stop()) {
            const moment now = life_->step();
            if (now == moment::end_of_part || now == moment::end) {
                if (now == moment::end && !look()) result_.why = ending::end_of_data;
                if (now == moment::end_of_part && life_->part() + 1 < life_->parts()) examine();
                continue;
            }
            ++steps_;
            refusals = now == moment::lived ? 0 : refusals + 1;
            if (now == moment::refused) ++result_.refused;
            if (refusals == most_refusals) {
                result_.why = ending::diverged;
                complain(std::string{"the learner refused "} + std::to_string(refusals) + " samples in a row (" +
                         synapse::name(life_->last_status()) + "); it stands as before them. A lower --learning-rate may help");
            }
            if (steps_ >= limits_.steps) result_.why = ending::steps;
            if (model_->latest().samples >= limits_.samples) result_.why = ending::samples;
            if (--until_look == 0) {
                until_look = steps_per_look;
                look();
            }
        }
    }

    bool asked_to_stop() {
        if (result_.why == ending::none && console::stop_signals::asked() != 0) {
            result_.why = ending::signal;
            result_.signal = console::stop_signals::asked();
        }
        return result_.why == ending::signal;
    }

    // At signals and clocks. @return true if the run is to end
    bool look() {
        if (asked_to_stop()) return true;
        const steady::time_point now = steady::now();
        const steady::time_point start = began_.value_or(born_);
        if (seconds_between(start, now) >= limits_.seconds && result_.why == ending::none) result_.why = ending::hours;
        if (began_ && seconds_between(said_, now) >= options_.status_interval) say(now);
        return result_.why != ending::none;
    }

    [[nodiscard]] progress state(steady::time_point now, steady::time_point since, std::uint64_t steps_then) const {
        progress p;
        p.steps = steps_;
        p.seconds = seconds_between(*began_, now);
        const double lately = seconds_between(since, now);
        p.steps_per_second = lately > 0 ? static_cast<double>(steps_ - steps_then) / lately : 0.0;
        p.learner = model_->latest();
        p.classifies = model_->is_classifier();
        return p;
    }

    void say(steady::time_point now) {
        const progress p = state(now, said_, steps_said_);
        said_ = now;
        steps_said_ = steps_;
        const std::string line = status_line(p);
        print(line + "\n");
        keep(log_, line);
        const auto unix_time = std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
        keep(metrics_, metrics_line(p, unix_time));
    }

    // Once for each state of the learner.
    void examine() {
        if (examined_at_ == steps_ || result_.why == ending::signal) return;
        if (held_out_.examine(*model_, [this] { return asked_to_stop(); })) examined_at_ = steps_;
    }

    int finish() {
        const steady::time_point now = steady::now();
        if (steps_said_ != steps_ || steps_ == 0) say(now);
        const progress end = state(now, *began_, 0);
        bool written = !log_.failed() && !metrics_.failed();
        if (options_.report) {
            try {
                console::replace_file(*options_.report, json_report(options_, end, result_, *model_, *life_, held_out_));
            } catch (const console::write_error& error) {
                complain(error.what());
                written = false;
            }
        }
        const std::string text = summary(end, *life_, held_out_);
        print(text);
        keep(log_, std::string_view{text}.substr(0, text.size() - 1));
        if (result_.why == ending::bad_data) return console::bad_data;
        if (result_.why == ending::diverged) return console::diverged;
        if (!written) return console::cannot_write;
        return result_.why == ending::signal ? console::by_signal + result_.signal : console::done;
    }

    static void complain(std::string_view what) {
        static_cast<void>(console::details::write_all(STDERR_FILENO, "train_continuous: " + std::string{what} + "\n"));
    }
    void print(std::string_view text) const {
        if (!options_.quiet) static_cast<void>(console::details::write_all(STDOUT_FILENO, text));
    }
    // A full disk does not end a life: it is said once, and the exit code tells.
    static void keep(console::line_log& log, std::string_view line) {
        if (!log.write(line)) complain(log.why());
    }

    const options options_;
    const limits limits_;
    console::line_log log_;
    console::line_log metrics_;
    std::unique_ptr<experience> life_;
    std::optional<model_type> model_;
    examination held_out_;
    std::uint64_t steps_ = 0;
    run_result result_;
    steady::time_point born_;
    std::optional<steady::time_point> began_;
    steady::time_point said_;
    std::uint64_t steps_said_ = 0;
    std::optional<std::uint64_t> examined_at_;
};

}  // namespace train_continuous
