// What train can be told: its own options, and those that train_continuous has too.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <synapse/learner/shape.hpp>

#include "console/command_line.hpp"
#include "train_continuous/options.hpp"

namespace train {

enum class plan : std::uint8_t { fast, full };

// `steps` of train_continuous is not used: an epoch's samples and the epochs say when it ends.
struct options : train_continuous::options {
    plan size = plan::fast;
    std::optional<std::uint64_t> epochs;
    std::uint64_t hold_mib = 512;
    std::optional<double> final_rate;
    std::vector<std::string> words;  // the command line itself
};

// Samples of an epoch and epochs, unless they were asked for.
inline std::uint64_t samples_of(const options& x) { return x.samples.value_or(x.size == plan::fast ? 10000 : 10000000); }
inline std::uint64_t epochs_of(const options& x) { return x.epochs.value_or(x.size == plan::fast ? 10 : 200); }

inline std::span<const console::option<options>> own_options() {
    using o = options;
    using text = std::string_view;
    using namespace console;
    using train_continuous::most_steps;
    constexpr text epochs = "Epochs";
    constexpr text learner = "How fast";
    constexpr text output = "Checkpoints";
    static const option<options> table[] = {
        {epochs, "config", 0, "PLAN",
         "fast: 10,000 samples, 10 epochs (default); full: 10,000,000 samples, 200 epochs;\n"
         "a FILE.toml: options, one `name = value` a line; the command line counts more",
         [](o& x, text v) {
             if (names_config_file(v)) return x.config_files.emplace_back(v), void();
             x.size = train_continuous::one_of<plan>(v, {{"fast", plan::fast}, {"full", plan::full}});
         }},
        {epochs, "samples", 0, "N", "of the data, its first ones, in each epoch (default: the plan's; fewer if there are fewer)",
         [](o& x, text v) { x.samples = whole_number(v, 1, most_steps); }},
        {epochs, "epochs", 0, "N", "times to go through them (default: the plan's)",
         [](o& x, text v) { x.epochs = whole_number(v, 1, 1000000); }},
        {epochs, "order", 0, "ORDER", "shuffled, anew in each epoch (default), or stream: as they come",
         [](o& x, text v) { x.order = train_continuous::order_of(v); }},
        {epochs, "hold", 0, "MIB",
         "data up to this size is kept in memory (default 512); larger data is read, or made, anew\n"
         "in each epoch, and an arm's that is not held comes in its own order",
         [](o& x, text v) { x.hold_mib = whole_number(v, 0, 1u << 20); }},

        {learner, "learning-rate", 0, "R", "step size of the first epoch, above 0 and at most 10 (default 0.02; arm 0.03)",
         [](o& x, text v) { x.learning_rate = train_continuous::f32(real_number(v, 1e-9, 10)); }},
        {learner, "final-rate", 0, "R", "what is left of it in the last epoch, 0.001 .. 1 (default 0.1); it falls by one factor an epoch",
         [](o& x, text v) { x.final_rate = real_number(v, 0.001, 1); }},
        {learner, "replay-ratio", 0, "R",
         "share of remembered samples in what is learned, 0 .. 0.99 (default 0: epochs repeat by themselves)",
         [](o& x, text v) { x.replay_ratio = train_continuous::f32(real_number(v, 0, 0.99)); }},

        {output, "checkpoint-dir", 0, "DIR", "where best.syn and last.syn are (default checkpoints)",
         [](o& x, text v) {
             x.checkpoint_dir = some_text(v);
             while (x.checkpoint_dir.size() > 1 && x.checkpoint_dir.back() == '/') x.checkpoint_dir.pop_back();
         }},
        {output, "save-interval", 0, "SECONDS",
         "between saves of last.syn within an epoch (default 300); there is one after each epoch too",
         [](o& x, text v) { x.save_interval = real_number(v, 0.001, 1e7); }},
        {output, "resume", 0, "FILE", "go on from a checkpoint, within its epoch, as if never stopped",
         [](o& x, text v) { x.resume = some_text(v); }},
        {output, "auto-resume", 0, "", "go on from last.syn of DIR; begin anew if there is none", [](o& x, text) { x.auto_resume = true; }},
        {output, "log", 0, "FILE", "a line for each epoch is added to it (default training.log)",
         [](o& x, text v) {
             x.log = some_text(v);
             x.log_asked = true;
         }},
    };
    return table;
}

// Taken over as they are.
inline std::span<const console::option<train_continuous::options>> shared_options() {
    static const std::vector<console::option<train_continuous::options>> some = [] {
        auto options = console::chosen(train_continuous::option_table(),
                                       {"data", "path", "target", "task", "header", "test", "hidden", "replay-capacity", "replay-policy",
                                        "replay-bits", "batch", "seed", "status-interval", "report", "quiet", "version", "help"});
        for (auto& option : options) {
            if (option.name == "data")
                option.help = "arm: a simulated two-link robot arm (default); csv: a file of values;\nidx: images as MNIST has them";
            if (option.name == "header") option.help = "csv: detect (default), yes or no";
            if (option.name == "test") option.help = "held-out data, evaluated after each epoch (arm: 2,000 samples of another motion)";
        }
        return options;
    }();
    return some;
}

inline std::string help_text() {
    return "usage: train [OPTION]...\n\n"
           "Learns from a data set in epochs, for quick experiments. A life without epochs is train_continuous.\n\n" +
           console::help(own_options()) + "\n" + console::help(shared_options()) +
           "\nExamples:\n"
           "  train --config fast                         the inverse dynamics of a robot arm, in a second\n"
           "  train --config full --auto-resume           200 epochs of 10,000,000 samples, from where they stopped\n"
           "  train --data csv --path prices.csv --target class --epochs 20\n"
           "  train --data idx --path mnist --test mnist --samples 60000 --epochs 10\n"
           "\nSignals: INT, TERM and HUP save last.syn and end, twice they end at once; USR1 saves and goes on.\n"
           "Exit codes: 0 done, 1 failure, 2 usage, 3 input data, 4 no valid checkpoint to resume, 5 could not write, 6 diverged,\n"
           "130/143 stopped by a signal after saving.\n";
}

// Refuses what does not go together. Throws usage_error.
inline void check(const options& x) {
    using train_continuous::data_kind;
    if (x.data == data_kind::rows) throw console::usage_error{"--data -: standard input can be read once only, and epochs read again"};
    if (train_continuous::acts(x.data) && x.data != data_kind::arm) {
        throw console::usage_error{
            std::string{"--data "} + train_continuous::name(x.data) +
            ": a world that answers to what is done in it is lived in, not gone through in epochs: train_continuous"};
    }
    if (x.order && x.order->is == synapse::streams::order::kind::by_class)
        throw console::usage_error{"--order by-class: an epoch knows all classes; train_continuous rehearses lives of other orders"};
    train_continuous::options shared = x;
    shared.order.reset();
    train_continuous::check(shared);
}

}  // namespace train
