// What train_continuous can be told, as one table: an option is one line here.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <synapse/config.hpp>
#include <synapse/hosted/streams/order.hpp>
#include <synapse/hosted/streams/table.hpp>
#include <synapse/learner/shape.hpp>
#include <synapse/learner/tuning.hpp>
#include <synapse/memory/codec.hpp>
#include <synapse/memory/replay.hpp>

#include "console/command_line.hpp"

namespace train_continuous {

enum class data_kind : std::uint8_t { arm, csv, idx, rows, synthetic, cart_pole, pendulum, mountain_car, acrobot };

// As --data calls it.
constexpr const char* name(data_kind data) noexcept {
    switch (data) {
        case data_kind::arm: return "arm";
        case data_kind::csv: return "csv";
        case data_kind::idx: return "idx";
        case data_kind::rows: return "-";
        case data_kind::synthetic: return "synthetic";
        case data_kind::cart_pole: return "cart-pole";
        case data_kind::pendulum: return "pendulum";
        case data_kind::mountain_car: return "mountain-car";
        case data_kind::acrobot: return "acrobot";
    }
    return "";
}
// Whether there are actions in it, and so an agent.
constexpr bool acts(data_kind data) noexcept { return data != data_kind::csv && data != data_kind::idx && data != data_kind::rows; }

enum class preset : std::uint8_t { fast, standard, full };

// An empty optional is what the user left to the defaults of the data (defaults.hpp).
struct options {
    // The experience.
    data_kind data = data_kind::arm;
    std::optional<std::string> path;
    std::optional<std::string> target;
    std::optional<synapse::task> learns;
    std::optional<std::uint32_t> classes;
    std::optional<synapse::streams::header> header;
    std::optional<synapse::streams::order> order;
    std::optional<std::uint64_t> passes;
    std::optional<std::string> test;
    std::optional<double> agency_ratio;
    // When to stop.
    std::optional<std::uint64_t> until_mature;  // steps that maturity must last
    std::optional<std::uint64_t> steps;
    std::optional<std::uint64_t> samples;
    std::optional<double> hours;
    // The learner.
    preset config = preset::standard;
    std::vector<std::string> config_files;
    std::optional<std::vector<std::uint32_t>> hidden;
    std::optional<std::uint32_t> neurons;
    std::optional<bool> neurogenesis;
    std::optional<std::uint32_t> max_neurons;
    std::optional<float> learning_rate;
    std::optional<float> replay_ratio;
    std::optional<std::uint32_t> replay;
    std::optional<synapse::replay_policy> replay_policy;
    std::optional<synapse::sample_format> replay_format;
    std::optional<std::uint32_t> batch;
    std::optional<std::uint32_t> image_shift;
    std::optional<synapse::answer> answers;
    std::optional<std::uint64_t> sleep_every;
    std::optional<std::uint64_t> sleep_steps;
    std::optional<float> drift;
    std::optional<synapse::drift_response> on_drift;
    bool homeostasis = false;
    std::uint64_t seed = 1;
    bool seed_asked = false;  // by number: then it must be the seed of a life that is resumed
    // Checkpoints.
    std::string checkpoint_dir = "checkpoints";
    double save_interval = 300.0;
    std::uint32_t keep_checkpoints = 5;
    std::optional<std::string> resume;
    bool auto_resume = false;
    // What is written.
    std::string log = "training.log";
    bool log_asked = false;  // by name: then not being able to write it is an error
    std::uint64_t log_mib = 16;
    double status_interval = 5.0;
    std::optional<std::string> report;
    std::optional<std::string> metrics;
    std::optional<std::uint16_t> telemetry;
    bool quiet = false;
    bool help = false;
    bool version = false;
};

// Whole numbers go out as JSON, whose readers keep 53 bits.
inline constexpr std::uint64_t most_steps = std::uint64_t{1} << 53;

// One of a few words. Throws usage_error, which names them, and what else there is.
template <class Value>
Value one_of(std::string_view text, std::initializer_list<std::pair<std::string_view, Value>> words, const char* or_else = "") {
    std::string all;
    for (const auto& [word, value] : words) {
        if (text == word) return value;
        (all += all.empty() ? "" : ", ").append(word);
    }
    throw console::usage_error{"must be one of " + all + or_else};
}

// Units of one to seven layers, separated by commas. Throws usage_error.
inline std::vector<std::uint32_t> layer_sizes(std::string_view text) {
    std::vector<std::uint32_t> sizes;
    for (std::size_t from = 0; from <= text.size();) {
        const std::size_t comma = std::min(text.find(',', from), text.size());
        sizes.push_back(static_cast<std::uint32_t>(console::whole_number(text.substr(from, comma - from), 1, 65536)));
        from = comma + 1;
    }
    if (sizes.size() > synapse::max_hidden_layers)
        throw console::usage_error{"must be at most " + std::to_string(synapse::max_hidden_layers) + " layers"};
    return sizes;
}

inline synapse::streams::order order_of(std::string_view text) {
    if (const auto order = synapse::streams::parse_order(text)) return *order;
    throw console::usage_error{"must be stream, shuffled or by-class:K with K from 1 to 4096"};
}

// Numbers whose range has been checked.
constexpr std::uint32_t u32(std::uint64_t n) noexcept { return static_cast<std::uint32_t>(n); }
constexpr float f32(double r) noexcept { return static_cast<float>(r); }

inline std::span<const console::option<options>> option_table() {
    using o = options;
    using text = std::string_view;
    using namespace console;
    using synapse::sample_format;
    using synapse::task;
    using synapse::streams::header;
    using policy = synapse::replay_policy;
    constexpr text experience = "Experience";
    constexpr text ends = "When to stop (whichever comes first; Ctrl+C at any time)";
    constexpr text learner = "Learner";
    constexpr text checkpoints = "Checkpoints";
    constexpr text output = "Output";
    static const option<options> table[] = {
        {experience, "data", 0, "KIND",
         "arm: a simulated two-link robot arm (default); csv: a file of values;\n"
         "idx: images as MNIST has them; -: rows of numbers on standard input;\n"
         "synthetic: a world in which a known share of what happens is the agent's own doing;\n"
         "cart-pole, pendulum, mountain-car, acrobot: the classic control problems",
         [](o& x, text v) {
             using kind = data_kind;
             x.data = one_of<kind>(v, {{"arm", kind::arm},
                                       {"csv", kind::csv},
                                       {"idx", kind::idx},
                                       {"-", kind::rows},
                                       {"synthetic", kind::synthetic},
                                       {"cart-pole", kind::cart_pole},
                                       {"pendulum", kind::pendulum},
                                       {"mountain-car", kind::mountain_car},
                                       {"acrobot", kind::acrobot}});
         }},
        {experience, "path", 0, "PATH", "the file of csv, the directory of idx", [](o& x, text v) { x.path = some_text(v); }},
        {experience, "target", 0, "COLUMN",
         "what to predict: a column's name, or its index from 0 (-1: the last, default);\n"
         "for a regression, several with commas between",
         [](o& x, text v) { x.target = some_text(v); }},
        {experience, "task", 0, "TASK", "classify (default) or regress",
         [](o& x, text v) {
             x.learns = one_of<task>(v, {{"classify", task::classification}, {"regress", task::regression}});
         }},
        {experience, "classes", 0, "N", "with --data -: labels are 0 .. N-1 (default 16)",
         [](o& x, text v) { x.classes = u32(whole_number(v, 2, 4096)); }},
        {experience, "header", 0, "WHICH", "csv and -: detect (default), yes or no",
         [](o& x, text v) {
             x.header = one_of<header>(v, {{"detect", header::detect}, {"yes", header::present}, {"no", header::absent}});
         }},
        {experience, "order", 0, "ORDER", "stream (default), shuffled, or by-class:K: the classes in K parts, one after the other",
         [](o& x, text v) { x.order = order_of(v); }},
        {experience, "passes", 0, "N", "times to live through a file (default 1; 0: until stopped)",
         [](o& x, text v) { x.passes = whole_number(v, 0, most_steps); }},
        {experience, "test", 0, "PATH", "held-out data, evaluated at the end of each part and at the end",
         [](o& x, text v) { x.test = some_text(v); }},

        {experience, "agency-ratio", 0, "R", "synthetic: that share, 0 .. 1 (default 0.7)",
         [](o& x, text v) { x.agency_ratio = real_number(v, 0, 1); }},

        {ends, "steps", 0, "N", "after so many steps", [](o& x, text v) { x.steps = whole_number(v, 1, most_steps); }},
        {ends, "samples", 0, "N", "after so many new samples", [](o& x, text v) { x.samples = whole_number(v, 1, most_steps); }},
        {ends, "until-mature", 0, "N",
         "where there are actions: when over N steps \u03a6 was flat, agency above 0.7 and steady,\n"
         "the self-prediction error at its minimum, and nothing grew",
         [](o& x, text v) { x.until_mature = whole_number(v, 2, most_steps); }},
        {ends, "hours", 0, "H", "after so many hours, as 0.5 or 24", [](o& x, text v) { x.hours = real_number(v, 1e-6, 1e6); }},

        {learner, "config", 0, "SIZE",
         "fast (half as wide, stops after 10,000 samples unless told when), default,\n"
         "or full (twice as wide, remembers ten times as much);\n"
         "a FILE.toml: options, one `name = value` a line; the command line counts more",
         [](o& x, text v) {
             if (names_config_file(v)) return x.config_files.emplace_back(v), void();
             x.config =
                 one_of<preset>(v, {{"fast", preset::fast}, {"default", preset::standard}, {"full", preset::full}}, ", or a FILE.toml");
         }},
        {learner, "hidden", 0, "N,N,..", "units of the hidden layers (default: arm 32,32; csv and - 64; idx 400,400)",
         [](o& x, text v) { x.hidden = layer_sizes(v); }},
        {learner, "neurons", 0, "N", "instead: one hidden layer of so many",
         [](o& x, text v) { x.neurons = u32(whole_number(v, 1, 1u << 24)); }},
        {learner, "neurogenesis", 0, "", "grow hidden units when there are too few; at the limit, recycle those that do least",
         [](o& x, text) { x.neurogenesis = true; }},
        {learner, "no-neurogenesis", 0, "", "do not (default)", [](o& x, text) { x.neurogenesis = false; }},
        {learner, "max-neurons", 0, "N",
         "hidden units to grow to, in all; memory for them is taken at the start\n"
         "(default: four times those at the start, at most 100000)",
         [](o& x, text v) { x.max_neurons = u32(whole_number(v, 1, 1u << 24)); }},
        {learner, "learning-rate", 0, "R",
         "step size, above 0 and at most 10 (default 0.02; arm 0.03, classify 0.05;\n"
         "lower for layers of more than 1,024 units, as their number is higher)",
         [](o& x, text v) { x.learning_rate = f32(real_number(v, 1e-9, 10)); }},
        {learner, "replay-ratio", 0, "R",
         "share of remembered samples in what is learned, 0 .. 0.99 (default 0.2; arm and idx 0.8, classify 8/9)",
         [](o& x, text v) { x.replay_ratio = f32(real_number(v, 0, 0.99)); }},
        {learner, "replay-capacity", 0, "N", "samples to remember (default 1000; arm 12000, classify 500); --replay is the same",
         [](o& x, text v) { x.replay = u32(whole_number(v, 0, 1u << 30)); }},
        {learner, "replay", 0, "N", "", [](o& x, text v) { x.replay = u32(whole_number(v, 0, 1u << 30)); }},
        {learner, "replay-policy", 0, "WHICH",
         "which samples to remember: fifo (the newest; arm, streams), reservoir (any),\n"
         "balanced (as many of each class; classify), or priority (the newest, drawn by their error)",
         [](o& x, text v) {
             x.replay_policy = one_of<policy>(v, {{"fifo", policy::fifo},
                                                  {"reservoir", policy::reservoir},
                                                  {"balanced", policy::balanced},
                                                  {"priority", policy::priority}});
         }},
        {learner, "replay-bits", 0, "N", "bits for each number remembered: 32, 16, 8 or 1 (default 32; classify 8)",
         [](o& x, text v) {
             x.replay_format = one_of<sample_format>(
                 v, {{"32", sample_format::f32}, {"16", sample_format::f16}, {"8", sample_format::u8}, {"1", sample_format::bit}});
         }},
        {learner, "image-shift", 0, "N",
         "idx: remembered images are moved by up to N pixels each way when they are learned again\n"
         "(default: a fourteenth of the shorter side; 0: they stay as they were)",
         [](o& x, text v) { x.image_shift = u32(whole_number(v, 0, 64)); }},
        {learner, "answers", 0, "WHICH",
         "classify: who predicts: fast (the newest knowledge), slow (what has lasted), both, or evidence\n"
         "(default: these and a closed-form readout, each believed as far as it was right)",
         [](o& x, text v) {
             x.answers = one_of<synapse::answer>(v, {{"fast", synapse::answer::fast},
                                                     {"slow", synapse::answer::slow},
                                                     {"both", synapse::answer::both},
                                                     {"evidence", synapse::answer::evidence}});
         }},
        {learner, "batch", 0, "N", "samples, remembered ones included, that share one pass over the weights (default 1; idx 5, classify 9)",
         [](o& x, text v) { x.batch = u32(whole_number(v, 1, 4096)); }},
        {learner, "sleep-every", 0, "N", "sleep after every so many steps: learn from memory alone (default: never)",
         [](o& x, text v) { x.sleep_every = whole_number(v, 1, most_steps); }},
        {learner, "drift", 0, "N",
         "notice when the error rises for good: by how much in all, over the samples since, as 20 where\n"
         "labels are learned (default: not)",
         [](o& x, text v) { x.drift = f32(real_number(v, 1e-6, 1e9)); }},
        {learner, "on-drift", 0, "WHAT",
         "then: note it (default), sleep, learn faster for a while, flush what is remembered, or begin a column\n"
         "of new units beside those that stay as they are (classify, with --neurogenesis)",
         [](o& x, text v) {
             using synapse::drift_response;
             x.on_drift = one_of<drift_response>(v, {{"note", drift_response::note},
                                                     {"sleep", drift_response::sleep},
                                                     {"faster", drift_response::faster},
                                                     {"flush", drift_response::flush},
                                                     {"column", drift_response::column}});
         }},
        {learner, "sleep-steps", 0, "N", "samples to replay in one sleep (default 1000)",
         [](o& x, text v) { x.sleep_steps = whole_number(v, 1, most_steps); }},
        {learner, "homeostasis", 0, "", "where there are actions: apply the remedies that the agent's [Health] lines name, within bounds",
         [](o& x, text) { x.homeostasis = true; }},
        {learner, "seed", 0, "N", "of every random choice: the same seed is the same life, bit for bit (default 1)",
         [](o& x, text v) {
             x.seed = whole_number(v, 0, ~std::uint64_t{0});
             x.seed_asked = true;
         }},

        {checkpoints, "save-interval", 0, "SECONDS", "between checkpoints (default 300); there is one at the end too",
         [](o& x, text v) { x.save_interval = real_number(v, 0.001, 1e7); }},
        {checkpoints, "keep-checkpoints", 0, "N", "of the newest (default 5)",
         [](o& x, text v) { x.keep_checkpoints = u32(whole_number(v, 1, 1000000)); }},
        {checkpoints, "checkpoint-dir", 0, "DIR", "where they are (default checkpoints); one run at a time writes there",
         [](o& x, text v) {
             x.checkpoint_dir = some_text(v);
             while (x.checkpoint_dir.size() > 1 && x.checkpoint_dir.back() == '/') x.checkpoint_dir.pop_back();
         }},
        {checkpoints, "resume", 0, "FILE", "go on from a checkpoint as if never stopped; --steps, --samples and --hours count from there",
         [](o& x, text v) { x.resume = some_text(v); }},
        {checkpoints, "auto-resume", 0, "", "go on from the newest valid checkpoint of DIR; begin anew if there is none",
         [](o& x, text) { x.auto_resume = true; }},

        {output, "log", 0, "FILE", "status lines are added to it (default training.log)",
         [](o& x, text v) {
             x.log = some_text(v);
             x.log_asked = true;
         }},
        {output, "log-size", 0, "MIB", "beyond it the log moves on to FILE.1, .2, .3 (default 16; 0: never)",
         [](o& x, text v) { x.log_mib = whole_number(v, 0, 1u << 20); }},
        {output, "status-interval", 0, "SECONDS", "between status lines (default 5)",
         [](o& x, text v) { x.status_interval = real_number(v, 0.01, 1e6); }},
        {output, "report", 0, "FILE", "results as one JSON object, written at the end", [](o& x, text v) { x.report = some_text(v); }},
        {output, "metrics", 0, "FILE", "with each status line, one JSON object a line; or CSV, if FILE ends in .csv",
         [](o& x, text v) { x.metrics = some_text(v); }},
        {output, "telemetry", 0, "PORT", "ten times a second, the metrics as MessagePack in UDP to 127.0.0.1 (PlotJuggler: 9870)",
         [](o& x, text v) { x.telemetry = static_cast<std::uint16_t>(whole_number(v, 1, 65535)); }},
        {output, "quiet", 'q', "", "nothing on standard output", [](o& x, text) { x.quiet = true; }},
        {output, "version", 0, "", "print the version and exit", [](o& x, text) { x.version = true; }},
        {output, "help", 'h', "", "print this and exit", [](o& x, text) { x.help = true; }},
    };
    return table;
}

inline std::string help_text() {
    return "usage: train_continuous [OPTION]...\n\n"
           "Learns from a stream of experience, one sample at a time, until it is stopped.\n\n" +
           console::help(option_table()) +
           "\nExamples:\n"
           "  train_continuous                            a robot arm learns its own dynamics, until Ctrl+C\n"
           "  train_continuous --hours 8 --report night.json\n"
           "  train_continuous --data csv --path prices.csv --target class --task classify\n"
           "  train_continuous --data idx --path mnist --order by-class:5 --test mnist\n"
           "  robot | train_continuous --data - --task regress --target 6,7\n"
           "  train_continuous --auto-resume              as the first, from where it stopped\n"
           "  train_continuous --config robot.toml --steps 1000000\n"
           "\nSignals: INT, TERM and HUP save and end, twice they end at once; USR1 saves and goes on.\n"
           "Exit codes: 0 done, 1 failure, 2 usage, 3 input data, 4 no valid checkpoint to resume, 5 could not write, 6 diverged,\n"
           "130/143 stopped by a signal after saving.\n";
}

// Refuses what does not go together, so that no option is ever ignored. Throws usage_error.
inline void check(const options& x) {
    using console::usage_error;
    const auto only = [](bool given, bool fits, const char* why) {
        if (given && !fits) throw usage_error{why};
    };
    const bool file = x.data == data_kind::csv || x.data == data_kind::idx;
    const bool table = x.data == data_kind::csv || x.data == data_kind::rows;
    if (file && !x.path) throw usage_error{x.data == data_kind::csv ? "--data csv needs --path FILE" : "--data idx needs --path DIRECTORY"};
    only(x.path.has_value(), file, "--path goes with --data csv or --data idx");
    only(x.target.has_value(), table, "--target goes with --data csv or --data -");
    only(x.header.has_value(), table, "--header goes with --data csv or --data -");
    only(x.classes.has_value(), x.data == data_kind::rows && x.learns != synapse::task::regression,
         "--classes goes with --data - --task classify");
    only(x.order.has_value(), file, "--order goes with --data csv or --data idx");
    only(x.passes.has_value(), file, "--passes goes with --data csv or --data idx");
    only(x.image_shift.has_value(), x.data == data_kind::idx, "--image-shift goes with --data idx");
    only(x.answers.has_value(), (file || table) && x.learns != synapse::task::regression,
         "--answers goes with data that are classified: only their learner has a slow system");
    only(x.test.has_value(), file || table, "--test goes with --data csv, idx or -");
    only(x.learns == synapse::task::classification, !acts(x.data), "--task classify: worlds with actions are regressions");
    only(x.learns == synapse::task::regression, x.data != data_kind::idx, "--task regress: idx data is labelled");
    only(x.agency_ratio.has_value(), x.data == data_kind::synthetic, "--agency-ratio goes with --data synthetic");
    only(x.until_mature.has_value(), acts(x.data), "--until-mature goes with data that has actions: maturity is an agent's");
    const bool by_class = x.order && x.order->is == synapse::streams::order::kind::by_class;
    only(by_class, x.learns != synapse::task::regression, "--order by-class needs --task classify");
    only(x.replay_policy == synapse::replay_policy::balanced, !acts(x.data) && x.learns != synapse::task::regression,
         "--replay-policy balanced needs --task classify");
    only(x.homeostasis, acts(x.data), "--homeostasis goes with data that has actions: it is an agent's");
    only(x.sleep_steps.has_value(), x.sleep_every || x.on_drift == synapse::drift_response::sleep,
         "--sleep-steps goes with --sleep-every or --on-drift sleep");
    const bool goes_on = x.resume || x.auto_resume;  // what is not said is in the checkpoint
    only(x.on_drift.has_value(), x.drift || goes_on, "--on-drift goes with --drift");
    only(x.on_drift == synapse::drift_response::column,
         (x.neurogenesis.value_or(false) || goes_on) && !acts(x.data) && x.learns != synapse::task::regression,
         "--on-drift column goes with --neurogenesis and data that are classified");
    only(x.auto_resume, !x.resume, "--resume and --auto-resume: one of them");
}

}  // namespace train_continuous
