// The closed-loop experiment in figures: a simulated minute of learning from nothing, then a payload of 0.5 kg.
#pragma once

#include <cstdint>

#include <synapse/core/status.hpp>
#include <synapse/hosted/any_learner.hpp>

#include "worlds/arm_learner.hpp"
#include "worlds/arm_tracking.hpp"

namespace worlds {

struct arm_outcome {
    synapse::status ended = synapse::status::ok;  // other than ok: an arm left the finite numbers, and the rest is void
    tracking_errors minute{};     // rad, over the last 20 of the first 60 s
    double recovery_seconds = 0;  // after the payload, until the error of half a second is within 3x of the minute's; 20 if never
    double after_5_to_10 = 0;     // error from 5 to 10 s after the payload, as a multiple of the minute's
    double after_10_to_20 = 0;
    std::uint64_t changes = 0;    // that the learner's drift watch noticed in all
    std::uint64_t refused = 0;    // samples that the learner refused: none
    float error = 0;              // the learner's own, prequential, at the end
};

// 60 simulated seconds, and 20 more with the payload if asked for. May throw as any_learner's constructor does.
inline arm_outcome run_arm_experiment(std::uint64_t seed, const synapse::shape& form, const synapse::tuning& numbers, bool with_payload) {
    event_schedule schedule;
    schedule.longest_gap = 0;
    using learner_type = synapse::any_learner<>;
    learner_type learner{form, numbers};
    learned_model<learner_type> model{learner};
    arm_tracking<learned_model<learner_type>> tracking{seed, model, schedule};

    arm_outcome outcome;
    for (std::uint32_t i = 0; i < 60 * control_hertz; ++i) {
        outcome.ended = tracking.step();
        if (!synapse::ok(outcome.ended)) return outcome;
    }
    outcome.minute = tracking.errors();
    outcome.recovery_seconds = 20;
    for (std::uint32_t i = 1; with_payload && i <= 20 * control_hertz; ++i) {
        outcome.ended = tracking.step();
        if (!synapse::ok(outcome.ended)) return outcome;
        const double seconds = i * control_seconds;
        if (i >= control_hertz / 2 && i % sliding_rms::steps_per_bin == 0 && outcome.recovery_seconds == 20 &&
            tracking.errors(5).learner <= 3 * outcome.minute.learner) {
            outcome.recovery_seconds = seconds;
        }
        if (i == 10 * control_hertz) outcome.after_5_to_10 = tracking.errors(50).learner / outcome.minute.learner;
        if (i == 20 * control_hertz) outcome.after_10_to_20 = tracking.errors(100).learner / outcome.minute.learner;
    }
    outcome.changes = model.changes();
    outcome.refused = model.refused();
    outcome.error = learner.latest().error;
    return outcome;
}

}  // namespace worlds
