// The job: epoch after epoch over a data set, with an examination and a checkpoint after each.
#pragma once

#include <chrono>
#include <cmath>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <unistd.h>

#include <synapse/core/status.hpp>
#include <synapse/hosted/streams/data_error.hpp>

#include "console/exit_code.hpp"
#include "console/files.hpp"
#include "console/stop_signals.hpp"
#include "console/terminal.hpp"
#include "train/checkpoint_files.hpp"
#include "train/data_set.hpp"
#include "train/history.hpp"
#include "train/options.hpp"
#include "train/telling.hpp"
#include "train_continuous/checkpoints.hpp"
#include "train_continuous/defaults.hpp"
#include "train_continuous/examination.hpp"
#include "train_continuous/limits.hpp"
#include "train_continuous/program_state.hpp"

namespace train {

using train_continuous::ending;
using train_continuous::seconds_between;
using train_continuous::steady;

class job {
public:
    // Opens everything that can fail, before any learning. Throws data_error, resume_error, write_error, usage_error, std::bad_alloc.
    explicit job(const options& x) : options_{x}, files_{x.checkpoint_dir}, live_{STDERR_FILENO, !x.quiet} {
        if (!options_.replay_ratio) options_.replay_ratio = 0.0f;
        open_log();
        files_.open();
        find_saved();
        data_ = std::make_unique<data_set>(options_, [this](std::uint64_t row) { watch_reading(row); });
        live_.clear();
        model_.emplace(form_of_model(), first_tuning_ = tuning_to_begin_with());
        held_out_ = train_continuous::examination{};
        if (auto held_out = data_->take_held_out()) held_out_ = train_continuous::examination{std::move(held_out), 1};
        if (before_) go_on();
    }

    // @return the exit code
    int run() {
        began_ = saved_ = said_ = steady::now();
        steps_before_ = end_.steps;
        bool written = true;
        try {
            learn();
        } catch (const synapse::streams::data_error& error) {
            complain(error.what());
            end_.why = ending::bad_data;
        }
        if (end_.why != ending::none || !saved_now_) written = save("shutdown");
        return finish(written);
    }

private:
    static constexpr std::uint32_t steps_per_look = 64;
    static constexpr std::uint64_t most_refusals = 100;
    static constexpr std::uint64_t epochs_kind = 0x65706f636873ull;  // what a saved standing of epochs begins with

    // Nothing has been learned yet, so that there is nothing to save either.
    void watch_reading(std::uint64_t row) {
        if (console::stop_signals::asked() != 0) {
            live_.clear();
            throw synapse::streams::data_error{options_.path.value_or("the arm"), "stopped while it was read"};
        }
        const steady::time_point now = steady::now();
        if (row == 0) began_ = now;
        if (seconds_between(began_, now) < 0.3) return;  // not worth a word
        if (live_.due(now)) live_.show("Reading the data: " + console::with_thousands(row) + " samples", now);
    }

    void open_log() {
        try {
            log_ = console::line_log{options_.log, console::line_log::start::append};
        } catch (const console::write_error& error) {
            if (options_.log_asked) throw;
            complain(std::string{error.what()} + " (going on without a log)");
        }
    }

    void find_saved() {
        if (options_.resume) before_ = std::make_unique<train_continuous::saved_life>(*options_.resume);
        if (options_.auto_resume && checkpoint_files::exists(files_.last()))
            before_ = std::make_unique<train_continuous::saved_life>(files_.last());
        if (!before_ || !before_->has_program()) return;
        if (options_.seed_asked && options_.seed != before_->program().seed) {
            throw console::usage_error{"--seed " + std::to_string(options_.seed) + ": the run in " + before_->path() +
                                       " began with --seed " + std::to_string(before_->program().seed)};
        }
        options_.seed = before_->program().seed;
    }

    [[nodiscard]] synapse::shape form_of_model() const {
        const synapse::shape asked = train_continuous::shape_of(options_, data_->form());
        if (!before_) return asked;
        const synapse::shape& saved = before_->form();
        if (asked.inputs != saved.inputs || asked.outputs != saved.outputs || asked.learns != saved.learns ||
            !train_continuous::as_asked(options_, asked, saved)) {
            before_->refuse("it holds a learner of another shape: " + train_continuous::net(saved) +
                            "; asked for: " + train_continuous::net(asked));
        }
        return saved;
    }

    [[nodiscard]] synapse::tuning tuning_to_begin_with() const { return train_continuous::tuning_of(options_, data_->form().learns); }

    void go_on() {
        const std::string& path = before_->path();
        if (!before_->load_into(*model_))
            complain(path + " comes from a machine that computes other bits: learning goes on, but not bit for bit");
        end_.resumed_from = path;
        end_.steps = model_->latest().steps;
        if (before_->has_program() && !stand_as(before_->program())) {
            complain(path + " was learned from other data, or not in epochs: the epochs begin with the first");
        }
        say("[Checkpoint] Resumed from " + path + " in epoch " + std::to_string(past_.epochs().size() + 1));
        before_.reset();
    }

    bool stand_as(const train_continuous::program_state& then) {
        train_continuous::word_reader in{then.experience};
        if (in.get() != epochs_kind || in.get() != data_->fingerprint() || !train_continuous::same_order(in, data_->samples()))
            return false;
        const auto stood = train_continuous::standing_from(in);
        const auto means = train_continuous::means_from(in);
        history saved;
        if (!saved.go_on_from(in) || in.left() != 0 || !data_->samples().go_on_from(stood)) return false;
        if (!data_->held() && data_->columns() && !data_->columns()->go_on_from(means)) return false;
        past_ = std::move(saved);
        end_.steps = then.steps;
        end_.refused = then.refused;
        epoch_over_ = then.examination_due;
        seconds_before_ = static_cast<double>(then.nanoseconds) * 1e-9;
        epoch_seconds_before_ = seconds_before_;
        for (const epoch_result& e : past_.epochs()) epoch_seconds_before_ -= e.seconds;
        return true;
    }

    void learn() {
        std::uint32_t until_look = steps_per_look;
        synapse::streams::sample s;
        choose_rate();
        epoch_began_ = began_;
        if (epoch_over_) finish_epoch();
        while (end_.why == ending::none && past_.epochs().size() < epochs_of(options_)) {
            const auto a = data_->samples().next(s);
            if (a == synapse::streams::arrival::end) break;
            if (a == synapse::streams::arrival::end_of_part) {
                finish_epoch();
                continue;
            }
            const synapse::status learned = s.targets.empty() ? model_->step(s.inputs, s.label) : model_->step(s.inputs, s.targets);
            ++end_.steps;
            saved_now_ = false;
            if (ok(learned)) {
                refused_in_a_row_ = 0;
                past_.add(static_cast<double>(model_->latest().last_error));
            } else {
                ++end_.refused;
                if (++refused_in_a_row_ == most_refusals) {
                    end_.why = ending::diverged;
                    complain(std::string{"the learner refused 100 samples in a row ("} + synapse::name(learned) +
                             "); it stands as before them. A lower --learning-rate may help");
                }
            }
            if (--until_look == 0) {
                until_look = steps_per_look;
                look();
            }
        }
        if (end_.why == ending::none) end_.why = ending::end_of_data;
    }

    // The step size falls by the same factor from each epoch to the next.
    void choose_rate() {
        const auto epochs = static_cast<double>(epochs_of(options_));
        if (epochs < 2) return;
        const double share = std::pow(options_.final_rate.value_or(0.1), static_cast<double>(past_.epochs().size()) / (epochs - 1));
        synapse::tuning t = model_->tuned();
        t.learning_rate = static_cast<float>(static_cast<double>(first_tuning_.learning_rate) * share);
        static_cast<void>(model_->retune(t));
    }

    void finish_epoch() {
        epoch_over_ = true;
        held_out_.examine(*model_, [this] { return stopping(); });
        if (end_.why != ending::none) return;  // a resumed run examines
        epoch_over_ = false;
        const steady::time_point now = steady::now();
        const bool best = past_.finish(held_out_.error(), seconds_between(epoch_began_, now) + epoch_seconds_before_);
        epoch_seconds_before_ = 0;
        epoch_began_ = now;
        choose_rate();
        say(epoch_line(state(now), past_.epochs().back(), past_.epochs().size(), best));
        save("auto");
        if (best) save_as(files_.best(), "best");
    }

    bool stopping() {
        if (end_.why == ending::none && console::stop_signals::asked() != 0) {
            end_.why = ending::signal;
            end_.signal = console::stop_signals::asked();
        }
        return end_.why != ending::none;
    }

    void look() {
        if (stopping()) return;
        const steady::time_point now = steady::now();
        if (live_.due(now)) live_.show(bar_line(state(now)), now);
        if (console::stop_signals::take_save()) {
            save("manual");
        } else if (seconds_between(saved_, now) >= options_.save_interval) {
            save("auto");
        }
        if (live_.shows() || seconds_between(said_, now) < options_.status_interval) return;
        said_ = now;
        print(bar_line(state(now)) + "\n");
    }

    [[nodiscard]] standing state(steady::time_point now) const {
        standing s;
        s.epoch = past_.epochs().size();
        s.epochs = epochs_of(options_);
        s.samples = past_.samples();
        s.epoch_samples = data_->rows();
        s.error = past_.error();
        const double lived = seconds_between(began_, now);
        s.per_second = lived > 0 ? static_cast<double>(end_.steps - steps_before_) / lived : 0.0;
        s.classifies = model_->is_classifier();
        return s;
    }

    bool save(const char* reason) {
        saved_ = steady::now();
        saved_now_ = save_as(files_.last(), reason);
        return saved_now_;
    }

    // A failure is said once, until it is over.
    bool save_as(const std::string& path, const char* reason) {
        train_continuous::program_state now;
        now.steps = end_.steps;
        now.nanoseconds = static_cast<std::uint64_t>(lived(steady::now()) * 1e9);
        now.refused = end_.refused;
        now.examination_due = epoch_over_;
        now.seed = options_.seed;
        now.replay_ratio = *options_.replay_ratio;
        train_continuous::word_writer out{now.experience};
        out.put(epochs_kind);
        out.put(data_->fingerprint());
        train_continuous::save_order(out, data_->samples());
        train_continuous::save(out, data_->samples().stands());
        data_->columns() ? train_continuous::save(out, *data_->columns()) : out.put(0);
        past_.save(out);
        try {
            checkpoint_files::save(path, *model_, now, reason);
        } catch (const console::write_error& error) {
            if (!could_not_write_)
                complain(std::string{error.what()} + (end_.why == ending::none ? ". Learning goes on; saving is tried again" : ""));
            could_not_write_ = true;
            return false;
        }
        could_not_write_ = false;
        const std::string line = "[Checkpoint] Saved to " + path + " (" + reason + ")";
        if (path == files_.last()) end_.last = path;
        if (std::string_view{reason} != "auto") say(line);
        return true;
    }

    [[nodiscard]] double lived(steady::time_point now) const { return seconds_before_ + seconds_between(began_, now); }

    int finish(bool written) {
        const steady::time_point now = steady::now();
        live_.clear();
        end_.seconds = lived(now);
        if (!past_.epochs().empty() && checkpoint_files::exists(files_.best())) end_.best = files_.best();
        written = written && !could_not_write_ && !log_.failed();
        if (options_.report) {
            try {
                console::replace_file(*options_.report, json_report(options_, state(now), past_, end_, *model_));
            } catch (const console::write_error& error) {
                complain(error.what());
                written = false;
            }
        }
        const std::string text = summary(state(now), past_, end_, resume_command());
        print(text);
        if (!log_.write(std::string_view{text}.substr(0, text.size() - 1))) complain(log_.why());
        if (end_.why == ending::bad_data) return console::bad_data;
        if (end_.why == ending::diverged) return console::diverged;
        if (!written) return console::cannot_write;
        return end_.why == ending::signal ? console::by_signal + end_.signal : console::done;
    }

    // The words of this command, with the checkpoint in the place of any other way to go on.
    [[nodiscard]] std::string resume_command() const {
        std::string text = "train --resume " + console::shell_word(end_.last);
        for (std::size_t i = 0; i < options_.words.size(); ++i) {
            const std::string& word = options_.words[i];
            if (word == "--auto-resume" || word.starts_with("--resume=")) continue;
            if (word == "--resume") {
                ++i;
                continue;
            }
            text += " " + console::shell_word(word);
        }
        return text;
    }

    void say(const std::string& line) {
        live_.clear();
        print(line + "\n");
        if (!log_.write(line)) complain(log_.why());
    }
    void complain(std::string_view what) {
        live_.clear();
        static_cast<void>(console::details::write_all(STDERR_FILENO, "train: " + std::string{what} + "\n"));
    }
    void print(std::string_view text) const {
        if (!options_.quiet) static_cast<void>(console::details::write_all(STDOUT_FILENO, text));
    }

    options options_;
    checkpoint_files files_;
    console::live_line live_;
    console::line_log log_;
    std::unique_ptr<train_continuous::saved_life> before_;  // until this run has become it
    std::unique_ptr<data_set> data_;
    synapse::tuning first_tuning_;
    std::optional<train_continuous::model_type> model_;
    train_continuous::examination held_out_;
    history past_;
    outcome end_;
    steady::time_point began_, saved_, said_, epoch_began_;
    double seconds_before_ = 0;
    double epoch_seconds_before_ = 0;
    std::uint64_t steps_before_ = 0;
    std::uint64_t refused_in_a_row_ = 0;
    bool epoch_over_ = false;  // and not yet examined
    bool saved_now_ = false;
    bool could_not_write_ = false;
};

}  // namespace train
