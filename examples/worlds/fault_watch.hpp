// Tells from what an agent reports whether its arm is whole, and what ails it if not.
//
// No metric says it alone, for each moves with the motion, too. So a small learner is taught on staged faults of the machine on the bench:
// agency, self-prediction error, confidence and its calibration, and integration, each as it is now and as it was on average over 1.5 and
// 6 s. In the field its answers are added up as evidence against health; beyond what was ever seen in a healthy machine they are an
// alarm, and two seconds later the fault has a name.
// @source Page 1954 (a sum of log likelihood ratios held at 0 from below); the rest is ours
#pragma once

#include <cstdint>
#include <span>

#include <synapse/agent/report.hpp>
#include <synapse/core/status.hpp>
#include <synapse/kernels/math.hpp>
#include <synapse/learner/learner.hpp>
#include <synapse/metrics/information.hpp>

#include "worlds/staged_fault.hpp"

namespace worlds {

class fault_watch {
public:
    static constexpr std::uint32_t every = 10;  // control steps from one look to the next: 50 ms
    static constexpr std::uint32_t metrics = 7;
    static constexpr std::uint32_t averages = 3;
    static constexpr std::uint32_t considered = 40;  // looks from an alarm to its name: 2 s

    // What it remembers of the past: to be put back when the past is.
    struct past {
        float average[metrics][averages] = {};
        std::uint32_t looks = 0;
    };

    // Takes in what the agent reports now; call it every `every` control steps.
    void look(const synapse::agent_report& now) noexcept {
        const float values[metrics] = {now.agency.share,          now.agency.counterfactual, now.self_prediction.error,
                                       now.confidence.confidence, now.confidence.realised,   now.confidence.z2,
                                       now.integration.share};
        constexpr float horizon[averages] = {1.0f, 30.0f, 120.0f};
        if (past_.looks < 1000) ++past_.looks;
        const auto looks = static_cast<float>(past_.looks);
        for (std::uint32_t m = 0; m < metrics; ++m) {
            for (std::uint32_t i = 0; i < averages; ++i) {
                float& average = past_.average[m][i];
                average += (values[m] - average) / (looks < horizon[i] ? looks : horizon[i]);
            }
        }
    }

    // On the bench. What was just looked at was this; the statuses are the learner's.
    synapse::status teach(fault what) noexcept { return judge_.step(features(), static_cast<std::uint32_t>(what)); }
    // A taught watch looks at a healthy machine: whatever it suspects now must not be an alarm.
    void calibrate() noexcept {
        float log_probability[faults];
        if (!weigh(log_probability)) return;
        for (std::uint32_t f = 1; f < faults; ++f) {
            if (evidence_[f] * margin > level_[f]) level_[f] = evidence_[f] * margin;
        }
    }

    // In the field, after each look. True if this look raised the alarm.
    bool watch() noexcept {
        float log_probability[faults];
        if (!weigh(log_probability)) return false;
        bool raised = false;
        for (std::uint32_t f = 1; f < faults; ++f) raised = raised || evidence_[f] > level_[f];
        raised = raised && !alarm_;
        alarm_ = alarm_ || raised;
        if (!alarm_ || named_ != fault::none) return raised;
        std::uint32_t most = 1;
        for (std::uint32_t f = 1; f < faults; ++f) {
            tally_[f] += log_probability[f];
            if (tally_[f] > tally_[most]) most = f;
        }
        if (++looks_since_ == considered) named_ = static_cast<fault>(most);
        return raised;
    }
    [[nodiscard]] bool alarm() const noexcept { return alarm_; }
    // none until `considered` looks after the alarm
    [[nodiscard]] fault named() const noexcept { return named_; }

    // The arm has been seen to.
    void clear() noexcept {
        alarm_ = false;
        named_ = fault::none;
        looks_since_ = 0;
        for (std::uint32_t f = 0; f < faults; ++f) evidence_[f] = tally_[f] = 0.0f;
    }
    [[nodiscard]] const past& remembered() const noexcept { return past_; }
    void remember(const past& p) noexcept { past_ = p; }

private:
    static constexpr std::uint32_t inputs = metrics * averages;
    static constexpr float allowance = 0.5f;  // nats a look that chance may bring
    static constexpr float margin = 1.3f;     // of the alarm's level over what healthy machines reached
    static constexpr float doubt = 1e-3f;     // no probability counts as less
    static constexpr synapse::shape form{.inputs = inputs,
                                         .outputs = faults,
                                         .hidden = {32},
                                         .replay = 8000,
                                         .learns = synapse::task::classification,
                                         .policy = synapse::replay_policy::balanced};

    [[nodiscard]] std::span<const float> features() const noexcept { return {past_.average[0], inputs}; }

    // Adds the evidence of this look; false if the learner refused it.
    bool weigh(float (&log_probability)[faults]) noexcept {
        float probability[faults];
        if (!synapse::ok(judge_.predict(features(), probability))) return false;
        for (std::uint32_t f = 0; f < faults; ++f)
            log_probability[f] = synapse::math::log<synapse::information::operations>(probability[f] + doubt);
        for (std::uint32_t f = 1; f < faults; ++f) {
            evidence_[f] += log_probability[f] - log_probability[0] - allowance;
            if (evidence_[f] < 0.0f) evidence_[f] = 0.0f;
        }
        return true;
    }

    synapse::fixed_arena<synapse::learner<form>::bytes> memory_;
    synapse::learner<form> judge_{memory_, {.learning_rate = 0.01f, .replay_ratio = 0.8f, .replay_weight = 4.0f, .recent_labels = 0}};
    past past_;
    float evidence_[faults] = {};
    float level_[faults] = {10.0f, 10.0f, 10.0f, 10.0f};
    float tally_[faults] = {};
    std::uint32_t looks_since_ = 0;
    bool alarm_ = false;
    fault named_ = fault::none;
};

}  // namespace worlds
