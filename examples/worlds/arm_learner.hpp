// A synapse learner as the arm's inverse model: the shape and tuning that suit it, and what to do when the arm has changed.
#pragma once

#include <cstdint>
#include <span>

#include <synapse/core/status.hpp>
#include <synapse/learner/shape.hpp>
#include <synapse/learner/tuning.hpp>

#include "worlds/inverse_model.hpp"

namespace worlds {

inline constexpr std::uint32_t arm_replay_samples = 12000;  // one simulated minute; with 4096 the error is a seventh larger, with 1024 half

// 6-32-32-2 tanh; `replay` samples remembered, 0 for none.
constexpr synapse::shape arm_shape(std::uint32_t replay = arm_replay_samples) noexcept {
    synapse::shape form;
    form.inputs = model_inputs;
    form.outputs = joints;
    form.hidden[0] = form.hidden[1] = 32;
    form.function = synapse::activation::tanh;
    form.replay = replay;
    form.policy = synapse::replay_policy::fifo;
    return form;
}

// Found by trial over 20 seeds: four replayed samples for each new one, each as weighty as the new one.
constexpr synapse::tuning arm_tuning(std::uint64_t seed = 1) noexcept {
    synapse::tuning numbers;
    numbers.learning_rate = 0.03f;
    numbers.replay_ratio = 0.8f;
    numbers.replay_weight = 4.0f;
    numbers.error_clip = 0.5f;
    numbers.seed = seed;
    return numbers;
}

// Notices that old experience no longer holds: the squared error of a tenth of a second far above that of ten seconds.
// Trivially copyable: its bytes are its state.
class drift_watch {
public:
    static constexpr double threshold = 6.0;
    static constexpr double short_steps = 20.0;
    static constexpr std::uint64_t long_steps = 2000;
    static constexpr std::uint64_t patience_steps = 200;  // at least so many between two alarms

    // Takes the squared error of one step, in any unit. True if a change has just been noticed.
    bool add(double squared_error) noexcept {
        ++steps_;
        ++since_;
        short_ += (squared_error - short_) / short_steps;
        const double horizon = static_cast<double>(steps_ < long_steps ? steps_ : long_steps);
        long_ += (squared_error - long_) / horizon;
        if (steps_ <= long_steps || since_ <= patience_steps || !(short_ > threshold * long_)) return false;
        since_ = 0;
        ++alarms_;
        return true;
    }

    [[nodiscard]] std::uint64_t alarms() const noexcept { return alarms_; }
    // Steps since the last alarm; since the start if there was none.
    [[nodiscard]] std::uint64_t since() const noexcept { return since_; }

private:
    double short_ = 0;
    double long_ = 0;
    std::uint64_t steps_ = 0;
    std::uint64_t since_ = 0;
    std::uint64_t alarms_ = 0;
};

// Lets a learner of arm_shape() be the inverse model. It refers to the learner, which is owned and saved elsewhere.
// A prediction that is refused or not finite gives no torque; a sample that is refused is counted and dropped.
// When the arm has changed, what is remembered is forgotten: replaying it would hold on to the old arm. For the next 20 s only one
// sample is replayed for each new one, as many passes over the little that is known would only learn that by heart.
template <class Learner>
class learned_model {
public:
    static constexpr std::uint64_t careful_steps = 20 * control_hertz;
    static constexpr float careful_ratio = 0.5f;

    // What a resumed run needs beside the learner. Trivially copyable.
    struct memory {
        drift_watch drift;
        std::uint64_t refused = 0;
    };

    explicit learned_model(Learner& learner) noexcept : learner_{&learner}, replay_ratio_{learner.tuned().replay_ratio} {}

    void predict(const double (&x)[model_inputs], double (&torque)[joints]) {
        float in[model_inputs] = {};
        float out[joints] = {};
        narrow(x, in);
        const bool answered = synapse::ok(learner_->predict(std::span<const float>{in}, std::span<float>{out}));
        for (int j = 0; j < joints; ++j) torque[j] = answered && out[j] - out[j] == 0 ? static_cast<double>(out[j]) : 0.0;
    }

    void learn(const double (&x)[model_inputs], const double (&torque)[joints]) {
        float in[model_inputs] = {};
        float target[joints];
        narrow(x, in);
        for (int j = 0; j < joints; ++j) target[j] = static_cast<float>(torque[j]);
        if (!synapse::ok(learner_->step(std::span<const float>{in}, std::span<const float>{target}))) {
            ++memory_.refused;
            return;
        }
        if (learner_->form().replay == 0) return;
        if (memory_.drift.add(static_cast<double>(learner_->latest().last_error))) learner_->memory().clear();
        choose_ratio();
    }

    // Samples that the learner refused.
    [[nodiscard]] std::uint64_t refused() const noexcept { return memory_.refused; }
    // Changes of the arm that were noticed.
    [[nodiscard]] std::uint64_t changes() const noexcept { return memory_.drift.alarms(); }

    [[nodiscard]] const memory& remembered() const noexcept { return memory_; }
    // Continues a run: the learner has been restored with the tuning of its start.
    void restore(const memory& saved) noexcept {
        memory_ = saved;
        choose_ratio();
    }

private:
    static void narrow(const double (&x)[model_inputs], float (&out)[model_inputs]) noexcept {
        for (int i = 0; i < model_inputs; ++i) out[i] = static_cast<float>(x[i]);
    }

    void choose_ratio() noexcept {
        const bool careful = memory_.drift.alarms() != 0 && memory_.drift.since() < careful_steps;
        const float ratio = careful && replay_ratio_ > careful_ratio ? careful_ratio : replay_ratio_;
        if (learner_->tuned().replay_ratio == ratio) return;
        synapse::tuning numbers = learner_->tuned();
        // Each replayed sample keeps its weight.
        numbers.replay_weight *= ratio * (1 - numbers.replay_ratio) / (numbers.replay_ratio * (1 - ratio));
        numbers.replay_ratio = ratio;
        static_cast<void>(learner_->retune(numbers));
    }

    Learner* learner_;
    float replay_ratio_;
    memory memory_;
};

}  // namespace worlds
