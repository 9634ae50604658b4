// Where a run is, as the status line, the metrics and the report tell it.
#pragma once

#include <cstdint>
#include <optional>

#include <synapse/learner/report.hpp>
#include <synapse/learner/shape.hpp>

#include "train_continuous/stopwatch.hpp"

namespace train_continuous {

struct progress {
    std::uint64_t steps = 0;
    double seconds = 0;           // since learning began
    double steps_per_second = 0;  // lately
    synapse::report learner;
    bool classifies = false;
    std::uint64_t neurons = 0;                 // hidden units
    std::optional<double> seconds_since_save;  // the last checkpoint of this run
    std::optional<double> seconds_left;        // to the first limit that was asked for, at the present speed
    // The agent's metrics; nothing while there is no agent to measure.
    std::optional<double> phi, agency, integration, confidence, self_prediction_error;
    // What stands beside them: Phi_rec, the units on one side of the weakest cut (bit i for unit i), the counterfactual share,
    // O-information, calibration and type-2 AUROC.
    std::optional<double> phi_recurrent, counterfactual_agency, o_information, z2, auroc;
    std::optional<std::uint64_t> phi_cut;
    std::optional<stopwatch::shares> time;  // of this run, at its end

    // What the learner got right before it learned it; nothing for a regression, or before the first sample.
    [[nodiscard]] std::optional<double> accuracy() const {
        if (!classifies || learner.samples == 0) return std::nullopt;
        return static_cast<double>(learner.correct) / static_cast<double>(learner.samples);
    }
    [[nodiscard]] std::optional<float> error() const { return learner.samples == 0 ? std::nullopt : std::optional<float>{learner.error}; }
    [[nodiscard]] std::optional<float> loss() const { return learner.samples == 0 ? std::nullopt : std::optional<float>{learner.loss}; }
};

}  // namespace train_continuous
