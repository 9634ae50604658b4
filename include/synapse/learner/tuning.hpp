// Everything that is a number and costs no bytes. May be changed while the learner lives.
#pragma once

#include <cstdint>

#include <synapse/core/bytes.hpp>
#include <synapse/core/status.hpp>

namespace synapse {

// Which system answers predict().
enum class answer : std::uint8_t {
    fast,  // the newest knowledge
    slow,  // what has lasted
    both,  // the average of the two
};

// What a detected drift does, besides being counted in the report.
enum class drift_response : std::uint8_t {
    note,    // nothing
    sleep,   // report.wants_sleep is set
    faster,  // a higher learning rate for a while
    flush,   // stored experience is dropped: it describes a world that is gone
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
    std::uint32_t sleep_rounds = 1;     // a cycle of sleep replays the stored samples so many times; >= 1
    answer answers = answer::fast;
    // Roll-back: with shape.slow, the fast system returns to the slow one's weights when it predicts new samples worse.
    float gate_margin = 0.0f;           // ... when its loss is above so many times the slow one's; 0: never; else > 1
    float gate_horizon = 500;           // samples over which the losses are compared; >= 1
    // Drift: a Page-Hinkley test on the prequential error (0 or 1 for labels, squared error / variance for numbers).
    float drift_threshold = 0.0f;       // accumulated excess error that counts as drift; 0: no test
    float drift_tolerance = 0.05f;      // rise of the mean error that does not matter; >= 0
    drift_response on_drift = drift_response::note;
    float drift_rate_gain = 3.0f;       // `faster`: factor on the learning rate; (0, 100]
    std::uint32_t drift_samples = 500;  // `faster`: steps it lasts
    // Growth (shape.plastic), within hidden_reserved: what the triggers compare, and how far they go. 0 turns a trigger off.
    float grow_active_share = 0.85f;    // a layer grows if more than this share of its units is active; [0, 1]
    float grow_error_rise = 0.1f;       // ... or if the error rose by this share over the window before, beyond chance; [0, 1e6]
    float grow_rank_share = 0.5f;       // ... or if its units move in more than this share of as many directions; [0, 1]
    float grow_error_above = 0.02f;     // ... and only while the error (as in report.error) is above this; >= 0
    float growth = 0.1f;                // units added, as a share of the layer's; (0, 10]
    std::uint32_t growth_window = 500;  // samples of a window; [2, 1e9]
    std::uint32_t growth_pause = 1000;  // steps between two events at least
    std::uint32_t max_units = 0;        // hidden units in all; 0: what is reserved. At the cap units are recycled
    float turnover_rate = 0.0f;         // share of the units that may be recycled in a step, if worth next to nothing; [0, 1]; 3e-4 is much
    std::uint32_t turnover_age = 250;   // looks, one for every four passes, that a unit has to live before
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
        if (!(gate_margin == 0.0f || (gate_margin > 1.0f && gate_margin <= 1e6f))) return "tuning.gate_margin is neither 0 nor in (1, 1e6]";
        if (!(gate_horizon >= 1.0f && gate_horizon <= 1e6f)) return "tuning.gate_horizon lies outside [1, 1e6]";
        if (!(drift_threshold >= 0.0f && drift_threshold <= 1e9f)) return "tuning.drift_threshold lies outside [0, 1e9]";
        if (!(drift_tolerance >= 0.0f && drift_tolerance <= 1e9f)) return "tuning.drift_tolerance lies outside [0, 1e9]";
        if (!(drift_rate_gain > 0.0f && drift_rate_gain <= 100.0f)) return "tuning.drift_rate_gain lies outside (0, 100]";
        if (static_cast<std::uint8_t>(on_drift) > static_cast<std::uint8_t>(drift_response::flush)) return "tuning.on_drift is no response";
        if (slow_every == 0 || slow_every > 1000000) return "tuning.slow_every lies outside [1, 1000000]";
        if (sleep_rounds == 0) return "tuning.sleep_rounds is 0";
        if (!(grow_active_share >= 0.0f && grow_active_share <= 1.0f)) return "tuning.grow_active_share lies outside [0, 1]";
        if (!(grow_error_rise >= 0.0f && grow_error_rise <= 1e6f)) return "tuning.grow_error_rise lies outside [0, 1e6]";
        if (!(grow_rank_share >= 0.0f && grow_rank_share <= 1.0f)) return "tuning.grow_rank_share lies outside [0, 1]";
        if (!(grow_error_above >= 0.0f && grow_error_above <= 1e12f)) return "tuning.grow_error_above lies outside [0, 1e12]";
        if (!(growth > 0.0f && growth <= 10.0f)) return "tuning.growth lies outside (0, 10]";
        if (growth_window < 2 || growth_window > 1000000000) return "tuning.growth_window lies outside [2, 1e9]";
        if (!(turnover_rate >= 0.0f && turnover_rate <= 1.0f)) return "tuning.turnover_rate lies outside [0, 1]";
        if (recent_labels > 64) return "tuning.recent_labels is above 64";
        if (static_cast<std::uint8_t>(answers) > static_cast<std::uint8_t>(answer::both)) return "tuning.answers is no system";
        return nullptr;
    }

    static constexpr bool saved_if_not_default = true;
    // For checkpoints: the tuning is saved and comes back with the learner.
    template <class Self, class Visitor>
    static constexpr void fields(Self& self, Visitor& visit) {
        visit.value("learning_rate", self.learning_rate);
        visit.value("replay_ratio", self.replay_ratio);
        visit.value("replay_weight", self.replay_weight);
        visit.value("momentum", self.momentum);
        visit.value("error_clip", self.error_clip);
        visit.value("input_clamp", self.input_clamp);
        visit.value("normalizer_horizon", self.normalizer_horizon);
        visit.value("report_horizon", self.report_horizon);
        visit.value("seed", self.seed);
        visit.value("consistency", self.consistency);
        visit.value("slow_decay", self.slow_decay);
        visit.value("slow_every", self.slow_every);
        visit.value("sleep_rounds", self.sleep_rounds);
        visit.value("answers", self.answers);
        visit.value("gate_margin", self.gate_margin);
        visit.value("gate_horizon", self.gate_horizon);
        visit.value("drift_threshold", self.drift_threshold);
        visit.value("drift_tolerance", self.drift_tolerance);
        visit.value("on_drift", self.on_drift);
        visit.value("drift_rate_gain", self.drift_rate_gain);
        visit.value("drift_samples", self.drift_samples);
        visit.value("grow_active_share", self.grow_active_share);
        visit.value("grow_error_rise", self.grow_error_rise);
        visit.value("grow_rank_share", self.grow_rank_share);
        visit.value("grow_error_above", self.grow_error_above);
        visit.value("growth", self.growth);
        visit.value("growth_window", self.growth_window);
        visit.value("growth_pause", self.growth_pause);
        visit.value("max_units", self.max_units);
        visit.value("turnover_rate", self.turnover_rate);
        visit.value("turnover_age", self.turnover_age);
        visit.value("recent_labels", self.recent_labels);
    }
    [[nodiscard]] constexpr status settle() const noexcept { return flaw() == nullptr ? status::ok : status::corrupt; }
};

}  // namespace synapse
