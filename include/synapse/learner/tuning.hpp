// Everything that is a number and costs no bytes. May be changed while the learner lives.
#pragma once

#include <cstdint>

#include <synapse/core/bytes.hpp>

namespace synapse {

// Which system answers predict().
enum class answer : std::uint8_t {
    fast,  // the newest knowledge
    slow,  // what has lasted
    both,  // the average of the two
};

struct tuning {
    float learning_rate = 0.02f;        // step of SGD on normalised inputs and targets; > 0
    float replay_ratio = 0.2f;          // share of replayed samples in what is learned: 0.2 is one for every four new ones; [0, 0.99]
    float replay_weight = 1.0f;         // weight of all samples replayed in a step, against the new one's 1; each one's is at most 1
    float momentum = 0.0f;              // [0, 0.999]; needs shape.momentum
    float error_clip = 3.0f;            // regression: errors beyond this many deviations of the target count as that; > 0
    float input_clamp = 5.0f;           // normalised inputs are held to this many deviations; > 0
    float normalizer_horizon = 10000;   // samples over which means and variances are taken; >= 1
    float report_horizon = 1000;        // samples over which the running error is taken; >= 1
    std::uint64_t seed = 1;             // of every random choice; read at construction
    // The slow system and its use (shape.slow).
    float consistency = 3.0f;           // weight of agreement with the slow system on replayed samples; >= 0
    float slow_decay = 0.9998f;         // slow := decay slow + (1 - decay) fast, each step; [0, 1)
    std::uint32_t slow_every = 10;      // ... in effect, though done only every so many steps; >= 1
    answer answers = answer::fast;
    // Classification.
    std::uint32_t recent_labels = 20;   // new samples compete only with labels among the last so many; 0: with all seen; <= 64

    // The first thing wrong, as a sentence; null if the tuning can be used. NaN is wrong everywhere.
    [[nodiscard]] constexpr const char* flaw() const noexcept {
        if (!(learning_rate > 0.0f && learning_rate <= 1000.0f)) return "tuning.learning_rate lies outside (0, 1000]";
        if (!(replay_ratio >= 0.0f && replay_ratio <= 0.99f)) return "tuning.replay_ratio lies outside [0, 0.99]";
        if (!(replay_weight >= 0.0f && replay_weight <= 1e6f)) return "tuning.replay_weight lies outside [0, 1e6]";
        if (!(momentum >= 0.0f && momentum <= 0.999f)) return "tuning.momentum lies outside [0, 0.999]";
        if (!(error_clip > 0.0f && error_clip <= 1e6f)) return "tuning.error_clip lies outside (0, 1e6]";
        if (!(input_clamp > 0.0f && input_clamp <= 1e6f)) return "tuning.input_clamp lies outside (0, 1e6]";
        if (!(normalizer_horizon >= 1.0f && normalizer_horizon <= 1e9f)) return "tuning.normalizer_horizon lies outside [1, 1e9]";
        if (!(report_horizon >= 1.0f && report_horizon <= 1e9f)) return "tuning.report_horizon lies outside [1, 1e9]";
        if (!(consistency >= 0.0f && consistency <= 1e6f)) return "tuning.consistency lies outside [0, 1e6]";
        if (!(slow_decay >= 0.0f && slow_decay < 1.0f)) return "tuning.slow_decay lies outside [0, 1)";
        if (slow_every == 0) return "tuning.slow_every is 0";
        if (recent_labels > 64) return "tuning.recent_labels is above 64";
        if (static_cast<std::uint8_t>(answers) > static_cast<std::uint8_t>(answer::both)) return "tuning.answers is no system";
        return nullptr;
    }
};

}  // namespace synapse
