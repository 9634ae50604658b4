// The report: one JSON object for other programs. null is "not known", never a made-up number.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <synapse/config.hpp>
#include <synapse/core/fields.hpp>

#include "console/json.hpp"
#include "console/text.hpp"
#include "train_continuous/allocations.hpp"
#include "train_continuous/checkpoints.hpp"
#include "train_continuous/examination.hpp"
#include "train_continuous/experience.hpp"
#include "train_continuous/limits.hpp"
#include "train_continuous/metrics_line.hpp"
#include "train_continuous/options.hpp"
#include "train_continuous/progress.hpp"

namespace train_continuous {

struct run_result {
    ending why = ending::none;
    int signal = 0;
    std::uint64_t refused = 0;  // steps that the learner would not learn from
    std::string checkpoint;     // the newest valid one; empty if there is none
    std::uint64_t checkpoint_bytes = 0;
    std::string resumed_from;  // empty if the life began with this run
};

inline std::string json_report(const options& x, const progress& end, const run_result& result, const model_type& model,
                               const experience& life, const examination& held_out) {
    console::json out;
    out.open('{').member("program", "train_continuous").member("version", synapse::version);
    out.member("data", name(x.data)).member("seed", x.seed).member("stopped_by", name(result.why));
    out.member("signal", result.signal == 0 ? std::nullopt : std::optional<int>{result.signal});

    out.member("steps", end.steps)
        .member("samples", end.learner.samples)
        .member("replayed", end.learner.replayed)
        .member("refused", result.refused);
    out.member("seconds", end.seconds).member("steps_per_second", end.steps_per_second);
    const auto share = [&end](double part) { return end.time ? std::optional<double>{part} : std::nullopt; };
    const stopwatch::shares time = end.time.value_or(stopwatch::shares{});
    out.member("time_in_learning", share(time.learning()));
    out.member("time_in_learner", share(time.learner)).member("time_in_agent", share(time.agent));
    out.member("error", end.error()).member("loss", end.loss()).member("accuracy", end.accuracy());
    out.member("test_accuracy", held_out.accuracy()).member("test_error", held_out.error()).member("forgetting", held_out.forgetting());
    out.key("accuracy_matrix");
    if (held_out.by_part()) {
        out.open('[');
        for (const auto& row : held_out.matrix()) {
            out.open('[');
            for (const std::optional<double>& accuracy : row) out.value(accuracy);
            out.close(']');
        }
        out.close(']');
    } else {
        out.null();
    }

    add_agent_metrics(out, end);
    out.member("neurons", end.neurons).member("growth_events", model.growth().events()).member("drifts", model.latest().drifts);
    const bool saved = !result.checkpoint.empty();
    out.member("checkpoint", saved ? std::optional<std::string>{result.checkpoint} : std::nullopt);
    out.member("checkpoint_bytes", saved ? std::optional<std::uint64_t>{result.checkpoint_bytes} : std::nullopt);
    out.member("resumed_from", result.resumed_from.empty() ? std::nullopt : std::optional<std::string>{result.resumed_from});
    out.member("weights_hash", console::hex(synapse::weights_hash(model)))
        .member("net", net(model.form()))
        .member("learner_bytes", model.bytes())
        .member("allocations_while_learning", allocations::counted());
    life.describe(out);
    return out.close('}').text() + "\n";
}

}  // namespace train_continuous
