// The library's learner as one who lives through bench_remember.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <synapse/hosted/any_learner.hpp>
#include <synapse/memory/augment.hpp>

#include "remember_problem.hpp"
#include "remember_protocol.hpp"

namespace remember {

struct our_numbers {
    std::uint32_t fresh = 10;    // new samples a step
    std::uint32_t replays = 10;  // replayed for each step of so many
    std::uint32_t capacity = 0;  // samples
    synapse::sample_format format = synapse::sample_format::u8;
    synapse::replay_policy policy = synapse::replay_policy::balanced;
    bool slow = true;
    bool augment = true;         // images: shifts of up to 2 pixels; else nothing
    bool told = false;           // of all classes before the first sample; else each is new when it comes
    std::uint32_t sleep = 0;     // samples replayed after each part
    float replay_ratio = -1.0f;  // instead of the one that `replays` gives; below 0: none given
};

inline synapse::shape our_shape(const problem& p, const our_numbers& n) {
    synapse::shape s;
    s.inputs = p.train.features;
    s.outputs = p.classes;
    for (std::size_t l = 0; l < p.hidden.size(); ++l) s.hidden[l] = p.hidden[l];
    s.replay = n.capacity;
    s.learns = synapse::task::classification;
    s.batch = n.fresh + n.replays;
    s.slow = n.slow;
    s.format = n.format;
    s.policy = n.policy;
    s.scaling = synapse::input_scaling::none;
    s.range_low = p.low;
    s.range_high = p.high;
    return s;
}

inline synapse::tuning our_tuning(const our_numbers& n, std::uint64_t seed) {
    synapse::tuning t;
    t.seed = seed;
    t.replay_ratio = n.replay_ratio >= 0.0f ? n.replay_ratio : static_cast<float>(n.replays) / static_cast<float>(n.fresh + n.replays);
    if (n.fresh > 1) {
        t.learning_rate = 0.1f;
        t.slow_decay = 0.998f;
        t.slow_every = 4;
    } else {
        t.consistency = 2.0f;  // a new sample at a time: 3 holds back what is learned late
    }
    return t;
}

class our_student final : public student {
public:
    our_student(const problem& p, const our_numbers& n, const synapse::tuning& t)
        : numbers_{n}, tuning_{t}, model_{our_shape(p, n), t}, shift_{p.rows, p.columns} {
        for (std::uint32_t c = 0; n.told && c < p.classes; ++c) static_cast<void>(model_.expect(c));
        if (n.augment && p.rows != 0) model_.augment_replay(&synapse::augment::shift::apply, &shift_);
    }

    [[nodiscard]] bool learn(std::span<const float> x, std::span<const std::uint32_t> labels) override {
        return ok(model_.step(x, labels));
    }

    [[nodiscard]] std::vector<std::string> ways() const override {
        if (!numbers_.slow) return {"fast"};
        return {"fast", "slow", "both"};
    }
    [[nodiscard]] std::uint32_t classify(std::size_t way, std::span<const float> x) override {
        const auto wanted = static_cast<synapse::answer>(way);
        if (tuning_.answers != wanted) {
            tuning_.answers = wanted;
            static_cast<void>(model_.retune(tuning_));
        }
        return model_.classify(x).value_or(model_.form().outputs);
    }
    void rest() override {
        for (std::uint32_t slept = 0; slept < numbers_.sleep;) {
            const std::uint32_t replayed = model_.sleep(numbers_.sleep - slept).samples;
            if (replayed == 0) break;
            slept += replayed;
        }
    }

    // A replayed sample goes through the slow system too, forward.
    [[nodiscard]] double passes() const override {
        const double replayed = static_cast<double>(model_.latest().replayed) / static_cast<double>(model_.latest().samples);
        return 1.0 + replayed * (numbers_.slow && tuning_.consistency > 0.0f ? 4.0 / 3.0 : 1.0);
    }
    [[nodiscard]] std::size_t bytes() const override { return model_.bytes(); }
    [[nodiscard]] std::size_t replay_bytes() const override { return synapse::measure(synapse::replay_buffer{model_.form().memory()}); }

    [[nodiscard]] const synapse::any_learner<>& model() const noexcept { return model_; }

private:
    our_numbers numbers_;
    synapse::tuning tuning_;
    synapse::any_learner<> model_;
    synapse::augment::shift shift_;
};

}  // namespace remember
