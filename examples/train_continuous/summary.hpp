// What a person reads at the end.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "console/text.hpp"
#include "train_continuous/examination.hpp"
#include "train_continuous/experience.hpp"
#include "train_continuous/options.hpp"
#include "train_continuous/progress.hpp"

namespace train_continuous {

// The command that goes on from a checkpoint with the same experience.
inline std::string resume_command(const options& x, const std::string& checkpoint) {
    std::string text = "train_continuous";
    const auto add = [&text](const char* name, const std::string& value) { (text += name) += console::shell_word(value); };
    const auto maybe = [&add](const char* name, const std::optional<std::string>& value) {
        if (value) add(name, *value);
    };
    add(" --resume ", checkpoint);
    if (x.data != data_kind::arm) add(" --data ", name(x.data));
    if (x.agency_ratio) add(" --agency-ratio ", console::significant(*x.agency_ratio, 6));
    if (x.until_mature) add(" --until-mature ", std::to_string(*x.until_mature));
    if (x.homeostasis) text += " --homeostasis";
    maybe(" --path ", x.path);
    maybe(" --target ", x.target);
    if (x.learns && !acts(x.data)) add(" --task ", *x.learns == synapse::task::regression ? "regress" : "classify");
    if (x.classes) add(" --classes ", std::to_string(*x.classes));
    if (x.header && *x.header != synapse::streams::header::detect)
        add(" --header ", *x.header == synapse::streams::header::present ? "yes" : "no");
    if (x.order && x.order->is == synapse::streams::order::kind::shuffled) text += " --order shuffled";
    if (x.order && x.order->is == synapse::streams::order::kind::by_class) add(" --order by-class:", std::to_string(x.order->parts));
    if (x.passes) add(" --passes ", std::to_string(*x.passes));
    maybe(" --test ", x.test);
    if (x.sleep_every) add(" --sleep-every ", std::to_string(*x.sleep_every));
    if (x.sleep_steps) add(" --sleep-steps ", std::to_string(*x.sleep_steps));
    if (x.checkpoint_dir != options{}.checkpoint_dir) add(" --checkpoint-dir ", x.checkpoint_dir);
    return text;
}

// @param checkpoint  the newest, empty if there is none
inline std::string summary(const options& x, const progress& end, const experience& life, const examination& held_out,
                           const std::string& checkpoint) {
    using console::fixed;
    std::string text = "\nTRAINING SUMMARY\n";
    text += "Total steps: " + console::with_thousands(end.steps) + "\n";
    text += "Total samples: " + console::with_thousands(end.learner.samples) + "\n";
    text += "Training time: " + console::duration(end.seconds) + "\n";
    text += "Final checkpoint: " + (checkpoint.empty() ? "none" : checkpoint) + "\n";
    if (end.time) {
        text += "Time in learning: " + fixed(100 * end.time->learning(), 0) + " %";
        if (end.time->agent > 0)
            text += " (the learner " + fixed(100 * end.time->learner, 0) + " %, its agent " + fixed(100 * end.time->agent, 0) + " %)";
        text += "\n";
    }
    if (end.learner.replayed != 0) text += "Replayed samples: " + console::with_thousands(end.learner.replayed) + "\n";
    if (end.accuracy()) text += "Accuracy, each sample predicted before it was learned: " + fixed(100 * *end.accuracy(), 2) + " %\n";
    if (!end.classifies && end.error())
        text += "Error: " + console::significant(static_cast<double>(*end.error()), 4) + " of the target's variance\n";
    if (held_out.accuracy()) text += "Accuracy on held-out data: " + fixed(100 * *held_out.accuracy(), 2) + " %\n";
    if (!end.classifies && held_out.error())
        text += "Error on held-out data: " + console::significant(*held_out.error(), 4) + " of the target's variance\n";
    if (held_out.forgetting()) text += "Forgetting: " + fixed(100 * *held_out.forgetting(), 2) + " points\n";
    text += life.summary();
    return checkpoint.empty() ? text : text + "\nTo resume:\n  " + resume_command(x, checkpoint) + "\n";
}

}  // namespace train_continuous
