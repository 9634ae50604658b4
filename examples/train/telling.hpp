// What a run of epochs says: a bar while it works, a line for each epoch, a summary and a report at the end.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include <synapse/config.hpp>
#include <synapse/core/fields.hpp>

#include "console/json.hpp"
#include "console/terminal.hpp"
#include "console/text.hpp"
#include "train/history.hpp"
#include "train/options.hpp"
#include "train_continuous/checkpoints.hpp"
#include "train_continuous/limits.hpp"

namespace train {

struct standing {
    std::uint64_t epoch = 0;          // the present one, from 0
    std::uint64_t epochs = 0;         // in all
    std::uint64_t samples = 0;        // learned in the present one
    std::uint64_t epoch_samples = 0;  // of one
    double error = 0;                 // mean of the present one
    double per_second = 0;            // samples, of this run
    bool classifies = false;

    // Seconds to the end at the present speed; nothing before there is one.
    [[nodiscard]] std::optional<double> left() const {
        if (!(per_second > 0)) return std::nullopt;
        const double all = static_cast<double>(epochs - std::min(epoch, epochs)) * static_cast<double>(epoch_samples);
        return std::max(0.0, all - static_cast<double>(samples)) / per_second;
    }
};

// `Epoch 3/10 ████████░░░░  68% | ETA 12s | Error=0.0123 | 512k samples/s`: what is cut first on a narrow terminal stands last.
inline std::string bar_line(const standing& now) {
    const double share = now.epoch_samples == 0 ? 0 : static_cast<double>(now.samples) / static_cast<double>(now.epoch_samples);
    std::string percent = std::to_string(static_cast<int>(share * 100));
    percent.insert(0, percent.size() < 3 ? 3 - percent.size() : 0, ' ');
    std::string line = "Epoch " + std::to_string(std::min(now.epoch + 1, now.epochs)) + "/" + std::to_string(now.epochs) + " " +
                       console::bar(share, 12) + " " + percent + "%";
    if (const auto left = now.left()) line += " | ETA " + console::duration(*left);
    return line + " | Error=" + console::significant(now.error, 4) + " | " +
           console::brief_count(static_cast<std::uint64_t>(now.per_second)) + " samples/s";
}

// `Epoch  3/10 | Error=0.0123 | Test error=0.0145 | Time: 4s | 512,345 samples/s | ETA 12s | best`
inline std::string epoch_line(const standing& now, const epoch_result& e, std::uint64_t number, bool best) {
    const std::string all = std::to_string(now.epochs);
    std::string at = std::to_string(number);
    at.insert(0, at.size() < all.size() ? all.size() - at.size() : 0, ' ');
    std::string line = "Epoch " + at + "/" + all + " | Error=" + console::significant(e.error, 4);
    if (e.test_error) line += " | Test error=" + console::significant(*e.test_error, 4);
    line += " | Time: " + console::duration(e.seconds) + " | " + console::with_thousands(static_cast<std::uint64_t>(now.per_second)) +
            " samples/s";
    if (const auto left = now.left(); left && number < now.epochs) line += " | ETA " + console::duration(*left);
    return best ? line + " | best" : line;
}

struct outcome {
    train_continuous::ending why = train_continuous::ending::none;
    int signal = 0;
    std::uint64_t steps = 0;
    std::uint64_t refused = 0;
    double seconds = 0;
    std::string best, last;  // paths; empty if there is none
    std::string resumed_from;
};

inline std::optional<double> accuracy_of(bool classifies, const std::optional<double>& error) {
    return classifies && error ? std::optional<double>{1.0 - *error} : std::nullopt;
}

inline std::string json_report(const options& x, const standing& now, const history& past, const outcome& end,
                               const train_continuous::model_type& model) {
    const auto known = [](const std::string& path) { return path.empty() ? std::nullopt : std::optional<std::string>{path}; };
    const bool any = !past.epochs().empty();
    const auto of_last = [&](auto member) { return any ? member(past.epochs().back()) : std::optional<double>{}; };
    const std::optional<double> error = of_last([](const epoch_result& e) { return std::optional<double>{e.error}; });
    const std::optional<double> test_error = of_last([](const epoch_result& e) { return e.test_error; });
    console::json out;
    out.open('{').member("program", "train").member("version", synapse::version);
    out.member("data", train_continuous::name(x.data)).member("seed", x.seed).member("stopped_by", train_continuous::name(end.why));
    out.member("signal", end.signal == 0 ? std::nullopt : std::optional<int>{end.signal});
    out.member("epochs", past.epochs().size()).member("epochs_asked", now.epochs).member("epoch_samples", now.epoch_samples);
    out.member("steps", end.steps).member("samples", model.latest().samples).member("refused", end.refused);
    out.member("seconds", end.seconds).member("steps_per_second", now.per_second);
    out.member("error", error).member("accuracy", accuracy_of(now.classifies, error));
    out.member("test_error", test_error).member("test_accuracy", accuracy_of(now.classifies, test_error));
    out.member("best_epoch", any ? std::optional<std::size_t>{past.best() + 1} : std::nullopt);
    out.member("best_error", any ? std::optional<double>{past.epochs()[past.best()].score()} : std::nullopt);
    out.key("history").open('[');
    for (const epoch_result& e : past.epochs()) {
        out.open('{').member("error", e.error).member("test_error", e.test_error).member("seconds", e.seconds).close('}');
    }
    out.close(']');
    out.member("checkpoint", known(end.last)).member("best_checkpoint", known(end.best)).member("resumed_from", known(end.resumed_from));
    out.member("weights_hash", console::hex(synapse::weights_hash(model))).member("net", train_continuous::net(model.form()));
    return out.member("learner_bytes", model.bytes()).close('}').text() + "\n";
}

inline std::string summary(const standing& now, const history& past, const outcome& end, const std::string& resume_command) {
    std::string text = "\nTRAINING SUMMARY\n";
    text += "Epochs: " + std::to_string(past.epochs().size()) + " of " + std::to_string(now.epochs) + "\n";
    text += "Total steps: " + console::with_thousands(end.steps) + "\n";
    text += "Training time: " + console::duration(end.seconds) + "\n";
    if (!past.epochs().empty()) {
        const epoch_result& best = past.epochs()[past.best()];
        text += "Best epoch: " + std::to_string(past.best() + 1) + (best.test_error ? ", error on held-out data " : ", error ") +
                console::significant(best.score(), 4) + (now.classifies ? " of the answers\n" : " of the target's variance\n");
    }
    if (!end.best.empty()) text += "Best checkpoint: " + end.best + "\n";
    text += "Final checkpoint: " + (end.last.empty() ? "none" : end.last) + "\n";
    if (past.epochs().size() < now.epochs && !end.last.empty()) text += "\nTo resume:\n  " + resume_command + "\n";
    return text;
}

}  // namespace train
