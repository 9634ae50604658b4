// What a person reads at the end.
#pragma once

#include <string>

#include "console/text.hpp"
#include "train_continuous/examination.hpp"
#include "train_continuous/experience.hpp"
#include "train_continuous/progress.hpp"

namespace train_continuous {

inline std::string summary(const progress& end, const experience& life, const examination& held_out) {
    using console::fixed;
    std::string text = "\nTRAINING SUMMARY\n";
    text += "Total steps: " + console::with_thousands(end.steps) + "\n";
    text += "Total samples: " + console::with_thousands(end.learner.samples) + "\n";
    text += "Training time: " + console::duration(end.seconds) + "\n";
    if (end.learner.replayed != 0) text += "Replayed samples: " + console::with_thousands(end.learner.replayed) + "\n";
    if (end.accuracy()) text += "Accuracy, each sample predicted before it was learned: " + fixed(100 * *end.accuracy(), 2) + " %\n";
    if (!end.classifies && end.error())
        text += "Error: " + console::significant(static_cast<double>(*end.error()), 4) + " of the target's variance\n";
    if (held_out.accuracy()) text += "Accuracy on held-out data: " + fixed(100 * *held_out.accuracy(), 2) + " %\n";
    if (!end.classifies && held_out.error())
        text += "Error on held-out data: " + console::significant(*held_out.error(), 4) + " of the target's variance\n";
    if (held_out.forgetting()) text += "Forgetting: " + fixed(100 * *held_out.forgetting(), 2) + " points\n";
    return text + life.summary();
}

}  // namespace train_continuous
