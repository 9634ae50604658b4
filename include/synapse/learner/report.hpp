// What a learner knows about its own learning, updated by every step. All of it is saved with the learner.
#pragma once

#include <cstdint>

namespace synapse {

// What a call of sleep did.
struct sleep_report {
    std::uint32_t samples = 0;  // replayed
    bool finished = false;      // a cycle ended: a good moment to save
};

// What a call of forget did.
struct forget_report {
    std::uint32_t removed = 0;    // stored samples purged
    std::uint32_t remaining = 0;  // stored samples left
};

struct report {
    std::uint64_t steps = 0;         // calls of step that learned
    std::uint64_t steps_asleep = 0;  // passes over replayed samples alone
    std::uint64_t samples = 0;       // new samples learned from
    std::uint64_t replayed = 0;      // replayed samples learned from
    std::uint64_t unlabelled = 0;    // samples without an answer
    std::uint64_t rollbacks = 0;     // times that learning had hurt and was undone
    std::uint64_t drifts = 0;        // times that the error rose for good
    std::uint64_t last_drift_step = 0;
    std::uint32_t wants_sleep = 0;    // 1 from a drift that asks for sleep until a cycle of it ends
    std::uint32_t neurons = 0;        // hidden units in use
    std::uint64_t growth_events = 0;  // times that a layer grew
    std::uint64_t recycled = 0;       // units that made room for new ones
    std::uint64_t correct = 0;        // classification: new samples whose label was predicted before it was learned
    // Prequential: measured on each new sample before learning from it, averaged over report_horizon samples.
    float error = 0.0f;       // classification: share of wrong labels; regression: squared error / variance of the target
    float loss = 0.0f;        // nats; or half the squared error in deviations of the target
    float last_error = 0.0f;  // of the last sample alone

    static constexpr bool saved_if_not_default = true;
    template <class Self, class Visitor>
    static constexpr void fields(Self& self, Visitor& visit) {
        visit.value("steps", self.steps);
        visit.value("steps_asleep", self.steps_asleep);
        visit.value("samples", self.samples);
        visit.value("replayed", self.replayed);
        visit.value("unlabelled", self.unlabelled);
        visit.value("rollbacks", self.rollbacks);
        visit.value("drifts", self.drifts);
        visit.value("last_drift_step", self.last_drift_step);
        visit.value("wants_sleep", self.wants_sleep);
        visit.value("neurons", self.neurons);
        visit.value("growth_events", self.growth_events);
        visit.value("recycled", self.recycled);
        visit.value("correct", self.correct);
        visit.value("error", self.error);
        visit.value("loss", self.loss);
        visit.value("last_error", self.last_error);
    }

    // Share of all samples ever whose label was predicted before it was learned; 0 before the first.
    [[nodiscard]] constexpr float accuracy() const noexcept {
        return samples == 0 ? 0.0f : static_cast<float>(correct) / static_cast<float>(samples);
    }

    // Takes the error and loss of one new sample into the averages.
    constexpr void add(float sample_error, float sample_loss, float horizon) noexcept {
        if (samples != ~std::uint64_t{0}) ++samples;  // a count that came round to 0 would be divided by
        const float count = samples < 0x1000000u ? static_cast<float>(samples) : 0x1p24f;
        const float share = 1.0f / (count < horizon ? count : horizon);
        error += share * (sample_error - error);
        loss += share * (sample_loss - loss);
        last_error = sample_error;
    }
};

}  // namespace synapse
