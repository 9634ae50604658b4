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

#include <unistd.h>

#include <synapse/agent/maturity.hpp>
#include <synapse/core/status.hpp>
#include <synapse/hosted/streams/data_error.hpp>
#include <synapse/learner/shape.hpp>
#include <synapse/learner/tuning.hpp>

#include "console/command_line.hpp"
#include "console/exit_code.hpp"
#include "console/files.hpp"
#include "console/stop_signals.hpp"
#include "console/telemetry.hpp"
#include "console/terminal.hpp"
#include "train_continuous/allocations.hpp"
#include "train_continuous/arm_experience.hpp"
#include "train_continuous/checkpoints.hpp"
#include "train_continuous/control_experience.hpp"
#include "train_continuous/defaults.hpp"
#include "train_continuous/drift_line.hpp"
#include "train_continuous/examination.hpp"
#include "train_continuous/experience.hpp"
#include "train_continuous/growth_line.hpp"
#include "train_continuous/json_report.hpp"
#include "train_continuous/limits.hpp"
#include "train_continuous/metrics_history.hpp"
#include "train_continuous/metrics_line.hpp"
#include "train_continuous/options.hpp"
#include "train_continuous/program_state.hpp"
#include "train_continuous/progress.hpp"
#include "train_continuous/speedometer.hpp"
#include "train_continuous/status_line.hpp"
#include "train_continuous/stopwatch.hpp"
#include "train_continuous/summary.hpp"
#include "train_continuous/synthetic_experience.hpp"

namespace train_continuous {

class job {
public:
    // Opens everything that can fail, before any learning. Throws data_error, write_error, std::invalid_argument, std::bad_alloc.
    explicit job(const options& x)
        : options_{x}, limits_{limits_of(x)}, checkpoints_{x.checkpoint_dir, x.keep_checkpoints}, born_{steady::now()} {
        open_outputs();
        if (x.data == data_kind::rows) prepare_checkpoints();  // before waiting for the first row
        life_ = make_life();
        prepare_checkpoints();
        const synapse::shape form = form_of_model();
        check_memory(form);
        model_.emplace(form, tuning_to_begin_with());
        if (x.test) held_out_ = examination{life_->held_out(*x.test), life_->parts()};
        life_->begin(*model_, watch_);
        mind_ = life_->mind();
        if (mind_ != nullptr && options_.homeostasis) mind_->care();
        if (before_) go_on();
    }

    // Lives until it is over. @return the exit code
    int run() {
        began_ = said_ = saved_ = steady::now();
        speed_.start(*began_, steps_);
        const bool sound = guarded([this] { live(); });
        // Before the last examination, which is not one that a life without a stop would have had.
        save("shutdown");
        if (sound) guarded([this] { examine(); });
        return finish();
    }

private:
    // A run of so many refusals in a row has diverged: the learner stands where it stood.
    static constexpr std::uint64_t most_refusals = 100;
    // Steps between two looks at the clock; a life that has to wait for its data looks while it waits.
    static constexpr std::uint32_t steps_per_look = 64;
    static constexpr std::uint32_t samples_asleep_per_look = 256;

    // @return false if the data turned out to be unusable, which ends the run
    template <class Action>
    bool guarded(Action action) {
        try {
            action();
        } catch (const synapse::streams::data_error& error) {
            complain(error.what());
            result_.why = ending::bad_data;
            return false;
        }
        return true;
    }

    // Reads what to go on from, if anything, and takes the directory.
    void prepare_checkpoints() {
        if (prepared_) return;
        prepared_ = true;
        const auto read = [this](const std::string& path) { before_ = std::make_unique<saved_life>(path); };
        if (options_.resume) read(path_of(*options_.resume));
        checkpoints_.open();
        if (options_.auto_resume && !checkpoints_.newest().empty()) read(checkpoints_.newest());
        if (before_ && before_->has_program() && options_.seed_asked && options_.seed != before_->program().seed) {
            throw console::usage_error{"--seed " + std::to_string(options_.seed) + ": the life in " + before_->path() +
                                       " began with --seed " + std::to_string(before_->program().seed)};
        }
        if (before_ && before_->has_program()) options_.seed = before_->program().seed;
    }

    // A bare name that is not here is looked for among the checkpoints.
    [[nodiscard]] std::string path_of(const std::string& name) const {
        const bool bare = name.find('/') == std::string::npos && ::access(name.c_str(), F_OK) != 0;
        const std::string among = options_.checkpoint_dir + "/" + name;
        return bare && ::access(among.c_str(), F_OK) == 0 ? among : name;
    }

    // The shape of the saved learner, if the data and what the user said agree with it.
    [[nodiscard]] synapse::shape form_of_model() const {
        const synapse::shape asked = shape_of(options_, life_->form());
        if (!before_) return asked;
        const synapse::shape& saved = before_->form();
        if (asked.inputs != saved.inputs || asked.outputs != saved.outputs || asked.learns != saved.learns) {
            before_->refuse(std::string{"it holds a learner of another shape: "} + synapse::name(saved.learns) + ", " + net(saved) +
                            "; this data is for " + synapse::name(asked.learns) + " with " + std::to_string(asked.inputs) + " inputs and " +
                            std::to_string(asked.outputs) + " outputs");
        }
        if (!as_asked(options_, asked, saved)) {
            before_->refuse("it holds a learner of another shape than asked for: " + net(saved) + " with " + std::to_string(saved.replay) +
                            " samples to remember; leave out the options that say otherwise");
        }
        synapse::shape form = saved;
        if (saved.plastic && options_.max_neurons) {
            synapse::shape wider = saved;
            reserve(wider, *options_.max_neurons);
            for (std::uint32_t l = 0; l < synapse::max_hidden_layers; ++l) {
                form.hidden_reserved[l] = std::max(saved.hidden_reserved[l], wider.hidden_reserved[l]);
            }
        }
        return form;
    }

    [[nodiscard]] synapse::tuning tuning_to_begin_with() {
        if (before_ && before_->has_program() && !options_.replay_ratio) {
            options_.replay_ratio = before_->program().replay_ratio;
        }
        return tuning_of(options_, life_->form().learns);
    }

    // After everything was made as for a new life: becomes the old one.
    void go_on() {
        const std::string& path = before_->path();
        const bool ratio_asked = !before_->has_program() || model_->tuned().replay_ratio != before_->program().replay_ratio;
        if (!before_->load_into(*model_))
            complain(path + " comes from a machine that computes other bits: learning goes on, but not bit for bit");
        retune(ratio_asked);
        result_.resumed_from = path;
        steps_ = model_->latest().steps;
        growth_said_ = model_->growth().events();
        drifts_said_ = model_->latest().drifts;
        if (before_->has_program()) {
            const program_state& then = before_->program();
            steps_ = then.steps;
            history_ = before_->history();
            seconds_before_ = static_cast<double>(then.nanoseconds) * 1e-9;
            result_.refused = then.refused;
            refused_in_a_row_ = then.refused_in_a_row < most_refusals ? then.refused_in_a_row : 0;
            word_reader standing{then.experience};
            if (life_->go_on_from(standing)) {
                sleep_left_ = then.sleep_left;
                examination_due_ = then.examination_due;
                word_reader examinations{then.examinations};
                held_out_.go_on_from(examinations);
            } else {
                complain(path + " was learned from other data: this data is lived from its beginning");
            }
        }
        steps_before_ = steps_said_ = steps_;
        steps_saved_ = path == checkpoints_.newest() ? std::optional<std::uint64_t>{steps_} : std::nullopt;
        samples_before_ = model_->latest().samples;
        tell("[Checkpoint] Resumed from " + path + " at step " + std::to_string(steps_));
        if (life_->over()) complain("nothing is left of the data to learn from: --passes asks for more");
        before_.reset();
    }

    // The saved tuning came with the learner; what the user says now counts more.
    void retune(bool ratio_asked) {
        synapse::tuning t = model_->tuned();
        const synapse::tuning asked = tuning_of(options_, life_->form().learns);
        if (options_.max_neurons) t.max_units = asked.max_units;
        if (options_.learning_rate) t.learning_rate = asked.learning_rate;
        if (options_.answers) t.answers = asked.answers;
        if (options_.drift) t.drift_threshold = asked.drift_threshold;
        if (options_.on_drift) t.on_drift = asked.on_drift;
        if (ratio_asked && options_.replay_ratio) {
            t.replay_ratio = asked.replay_ratio;
            t.replay_weight = asked.replay_weight;
        }
        static_cast<void>(model_->retune(t));  // both have been checked
    }

    // Writes a checkpoint and says so. A failure is said once, until it is over.
    void save(const char* reason) {
        const bool failed_before = checkpoints_.failed();
        program_state now;
        now.steps = steps_;
        now.nanoseconds = static_cast<std::uint64_t>(seconds_lived(steady::now()) * 1e9);
        now.refused = result_.refused;
        now.refused_in_a_row = refused_in_a_row_;
        now.sleep_left = sleep_left_;
        now.examination_due = examination_due_;
        now.seed = options_.seed;
        now.replay_ratio = options_.replay_ratio.value_or(tuning_of(options_, life_->form().learns).replay_ratio);
        word_writer standing{now.experience};
        life_->save(standing);
        word_writer examinations{now.examinations};
        held_out_.save(examinations);
        bool saved = false;
        watch_.elsewhere([&] { saved = checkpoints_.save(*model_, now, history_, reason); });
        if (saved) {
            steps_saved_ = steps_;
            tell("[Checkpoint] Saved to " + checkpoints_.newest() + " (" + reason + ")");
        } else if (!failed_before) {
            const std::string last = checkpoints_.newest();
            complain("cannot write a checkpoint to " + checkpoints_.directory() + ": " + checkpoints_.failure() +
                     (last.empty() ? "; there is none yet" : "; the last good one is " + last) +
                     (result_.why == ending::none ? ". Learning goes on; saving is tried again" : ""));
        }
        saved_ = steady::now();
    }

    [[nodiscard]] double seconds_lived(steady::time_point now) const { return seconds_before_ + seconds_between(*began_, now); }

    void open_outputs() {
        if (options_.metrics) metrics_ = metrics_file{*options_.metrics};
        if (options_.telemetry) telemetry_ = console::telemetry{*options_.telemetry};
        live_ = console::live_line{STDERR_FILENO, !options_.quiet};
        // One line for a person at a terminal, instead of many.
        says_lines_ = !live_.shows() || ::isatty(STDOUT_FILENO) != 1;
        try {
            log_ = console::line_log{options_.log, console::line_log::start::append, options_.log_mib << 20};
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
            case data_kind::synthetic: return std::make_unique<synthetic_experience>(options_.agency_ratio.value_or(0.7), options_.seed);
            case data_kind::cart_pole: return std::make_unique<control_experience<worlds::cart_pole, life_kind::cart_pole>>(options_.seed);
            case data_kind::pendulum: return std::make_unique<control_experience<worlds::pendulum, life_kind::pendulum>>(options_.seed);
            case data_kind::mountain_car:
                return std::make_unique<control_experience<worlds::mountain_car, life_kind::mountain_car>>(options_.seed);
            case data_kind::acrobot: return std::make_unique<control_experience<worlds::acrobot, life_kind::acrobot>>(options_.seed);
            case data_kind::arm: break;
        }
        return std::make_unique<arm_experience>(options_.seed);
    }

    void live() {
        std::uint32_t until_look = 1;
        sleep();
        if (examination_due_) examine_part();
        while (result_.why == ending::none && !asked_to_stop()) {
            const moment now = step_life();
            if (now == moment::end_of_part || now == moment::end) {
                if (now == moment::end && !look()) result_.why = ending::end_of_data;
                if (now == moment::end_of_part && life_->part() + 1 < life_->parts()) examine_part();
                continue;
            }
            ++steps_;
            if (history_.due(steps_)) remember();
            if (model_->latest().drifts != drifts_said_) answer_drift();
            if (model_->growth().events() != growth_said_) say_growth();
            if (mind_ != nullptr && !mind_->lines().empty()) {
                for (const companion::line& line : mind_->lines()) tell(line.text());
                mind_->forget_lines();
            }
            refused_in_a_row_ = now == moment::lived ? 0 : refused_in_a_row_ + 1;
            if (now == moment::refused) ++result_.refused;
            if (refused_in_a_row_ == most_refusals) {
                result_.why = ending::diverged;
                complain(std::string{"the learner refused "} + std::to_string(refused_in_a_row_) + " samples in a row (" +
                         synapse::name(life_->last_status()) + "); it stands as before them. A lower --learning-rate may help");
            }
            if (options_.sleep_every && steps_ % *options_.sleep_every == 0) sleep_left_ = options_.sleep_steps.value_or(sleep_samples);
            if (sleep_left_ != 0) sleep();
            if (options_.until_mature && result_.why == ending::none && has_matured()) result_.why = ending::mature;
            if (result_.why == ending::none && steps_ - steps_before_ >= limits_.steps) result_.why = ending::steps;
            if (result_.why == ending::none && model_->latest().samples - samples_before_ >= limits_.samples) result_.why = ending::samples;
            if (--until_look == 0) {
                until_look = steps_per_look;
                look();
            }
        }
    }

    // A row of the history that goes into the checkpoints.
    void remember() {
        watch_.elsewhere([this] {
            progress p;
            tell(p);
            history_.note(p);
        });
    }

    // After the first step, whose buffers take their size, what is allocated is counted.
    moment step_life() {
        std::optional<allocations::watch> counting;
        if (steps_ != steps_before_) counting.emplace();
        return watch_.step([this] { return life_->step(); });
    }

    // Looks at the companion's growing up.
    bool has_matured() {
        if (mind_ == nullptr || !mind_->has_matured(*options_.until_mature, model_->fast().units())) return false;
        tell("[Maturity] " + reasons(mind_->verdict()));
        return true;
    }

    // Replays what is left of a sleep, unless there is nothing to replay. A signal cuts it short; a resumed run sleeps the rest.
    void sleep() {
        while (sleep_left_ != 0 && result_.why == ending::none && !look()) {
            const auto some = static_cast<std::uint32_t>(std::min<std::uint64_t>(sleep_left_, samples_asleep_per_look));
            std::uint32_t slept = 0;
            watch_.asleep([&] {
                const allocations::watch counting;
                slept = model_->sleep(some).samples;
            });
            sleep_left_ = slept == 0 ? 0 : sleep_left_ - slept;
        }
    }

    // An examination that belongs to the life, made up for by a resumed run if a signal cuts it short.
    void examine_part() {
        examination_due_ = true;
        examine();
        if (result_.why != ending::signal) examination_due_ = false;
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
        if (began_) watch(now);
        if (began_ && console::stop_signals::take_save()) {
            save("manual");
        } else if (began_ && result_.why == ending::none && seconds_between(saved_, now) >= options_.save_interval) {
            if (steps_saved_ == steps_ && !checkpoints_.failed())
                saved_ = now;  // nothing new, as while waiting for input
            else
                save("auto");
        }
        return result_.why != ending::none;
    }

    [[nodiscard]] progress state(steady::time_point now, steady::time_point since, std::uint64_t steps_then) const {
        progress p;
        tell(p);
        p.seconds = seconds_lived(now);
        const double lately = seconds_between(since, now);
        p.steps_per_second = lately > 0 ? static_cast<double>(steps_ - steps_then) / lately : 0.0;
        return p;
    }
    // What does not depend on the clock.
    void tell(progress& p) const {
        p.steps = steps_;
        p.learner = model_->latest();
        p.classifies = model_->is_classifier();
        p.neurons = model_->fast().units() - model_->form().outputs;
        if (mind_ != nullptr) mind_->tell(p);
    }

    void say(steady::time_point now) {
        watch_.elsewhere([this, now] { say_now(now); });
    }
    void say_now(steady::time_point now) {
        const progress p = state(now, said_, steps_said_);
        said_ = now;
        steps_said_ = steps_;
        const std::string line = status_line(p);
        if (says_lines_) print(line + "\n");
        keep(log_, line);
        if (!metrics_.write(p, unix_time())) complain(metrics_.log().why());
    }

    // The error has risen for good: says so, and sleeps if that is the answer.
    void answer_drift() {
        drifts_said_ = model_->latest().drifts;
        tell(drift_line(*model_, growth_said_));
        if (model_->tuned().on_drift == synapse::drift_response::sleep) sleep_left_ = options_.sleep_steps.value_or(sleep_samples);
    }

    // A line for each time that a layer has grown since the last one.
    void say_growth() {
        const synapse::growth_history& history = model_->growth();
        const std::uint64_t unsaid = std::min<std::uint64_t>(history.events() - growth_said_, history.size());
        growth_said_ = history.events();
        for (std::uint64_t i = unsaid; i-- > 0;) {
            tell(growth_line(history.back(static_cast<std::uint32_t>(i))));
        }
    }

    static double unix_time() { return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count(); }

    // What is shown and sent between two status lines, at most ten times a second.
    void watch(steady::time_point now) {
        const bool shows = live_.due(now);
        const bool sends = telemetry_.open() && now - sent_ >= console::live_line::shortest;
        if (!shows && !sends) return;
        progress p = state(now, *began_, steps_before_);
        p.steps_per_second = speed_.measure(now, steps_);
        if (sends) {
            sent_ = now;
            telemetry_.send(telemetry_datagram(p, unix_time()));
        }
        if (!shows) return;
        if (steps_saved_) p.seconds_since_save = seconds_between(saved_, now);
        p.seconds_left = seconds_left(limits_, steps_ - steps_before_, model_->latest().samples - samples_before_,
                                      seconds_between(*began_, now), p.steps_per_second);
        live_.show(live_status(p, live_.width()), now);
    }

    // Once for each state of the learner.
    void examine() {
        if (examined_at_ == steps_ || result_.why == ending::signal) return;
        watch_.elsewhere([this] {
            if (held_out_.examine(*model_, [this] { return asked_to_stop(); })) examined_at_ = steps_;
        });
    }

    int finish() {
        const steady::time_point now = steady::now();
        live_.clear();
        if (steps_said_ != steps_ || steps_ == steps_before_) say(now);
        progress end = state(now, *began_, steps_before_);
        end.time = watch_.over(seconds_between(*began_, now));
        bool written = !log_.failed() && !metrics_.log().failed() && !checkpoints_.failed();
        result_.checkpoint = checkpoints_.newest();
        result_.checkpoint_bytes = checkpoints_.bytes_of(result_.checkpoint);
        if (options_.report) {
            try {
                console::replace_file(*options_.report, json_report(options_, end, result_, *model_, *life_, held_out_));
            } catch (const console::write_error& error) {
                complain(error.what());
                written = false;
            }
        }
        const std::string text = summary(options_, end, *life_, held_out_, result_.checkpoint);
        print(text);
        keep(log_, std::string_view{text}.substr(0, text.size() - 1));
        if (result_.why == ending::bad_data) return console::bad_data;
        if (result_.why == ending::diverged) return console::diverged;
        if (!written) return console::cannot_write;
        return result_.why == ending::signal ? console::by_signal + result_.signal : console::done;
    }

    void complain(std::string_view what) {
        live_.clear();
        static_cast<void>(console::details::write_all(STDERR_FILENO, "train_continuous: " + std::string{what} + "\n"));
    }
    void print(std::string_view text) {
        if (options_.quiet) return;
        live_.clear();
        const bool spell = ::isatty(STDOUT_FILENO) == 1 && !console::utf8_locale();
        static_cast<void>(console::details::write_all(STDOUT_FILENO, spell ? console::as_ascii(text) : std::string{text}));
    }
    // A line for a person, now and later.
    void tell(const std::string& line) {
        print(line + "\n");
        keep(log_, line);
    }
    // A full disk does not end a life: it is said once, and the exit code tells.
    void keep(console::line_log& log, std::string_view line) {
        if (!log.write(line)) complain(log.why());
    }

    options options_;
    limits limits_;
    checkpoints checkpoints_;
    bool prepared_ = false;
    std::unique_ptr<saved_life> before_;  // until this run has become it
    console::line_log log_;
    metrics_file metrics_;
    console::telemetry telemetry_;
    console::live_line live_;
    bool says_lines_ = true;
    std::unique_ptr<experience> life_;
    companion* mind_ = nullptr;  // the life's, if it has one
    std::optional<model_type> model_;
    stopwatch watch_;
    examination held_out_;
    std::uint64_t steps_ = 0;
    metrics_history history_;
    run_result result_;
    steady::time_point born_;
    std::optional<steady::time_point> began_;
    steady::time_point said_;
    steady::time_point saved_;
    steady::time_point sent_;
    speedometer speed_;
    std::uint64_t steps_said_ = 0;
    std::uint64_t growth_said_ = 0;
    std::uint64_t drifts_said_ = 0;
    std::uint64_t steps_before_ = 0;  // of the life when this run began
    std::uint64_t samples_before_ = 0;
    double seconds_before_ = 0;
    std::uint64_t refused_in_a_row_ = 0;
    std::uint64_t sleep_left_ = 0;  // samples
    bool examination_due_ = false;
    std::optional<std::uint64_t> steps_saved_;
    std::optional<std::uint64_t> examined_at_;
};

}  // namespace train_continuous
