// An arm for an agent to live in: it follows its reference under PD and exact feed-forward, with a little dither on the torques so
// that its own doing can be told from the rest, and it can be hurt in several ways.
#pragma once

#include <cstdint>

#include <synapse/agent/shape.hpp>
#include <synapse/agent/tuning.hpp>
#include <synapse/core/random.hpp>
#include <synapse/core/status.hpp>

#include "worlds/arm.hpp"
#include "worlds/arm_tracking.hpp"
#include "worlds/reference.hpp"
#include "worlds/savitzky_golay.hpp"

namespace worlds {

// The shape and tuning of an agent for it, found by trial on seeds 1, 2 and 101 to 140, which no test uses.
constexpr synapse::agent_shape feeling_arm_shape() noexcept {
    synapse::agent_shape form;
    form.observations = 2 * joints;
    form.actions = joints;
    form.state = 16;
    form.hidden[0] = 32;
    form.ahead = 6;  // 30 ms
    form.replay = 4000;
    return form;
}
constexpr synapse::agent_tuning feeling_arm_tuning(std::uint64_t seed = 1) noexcept {
    synapse::agent_tuning numbers;
    numbers.learning.learning_rate = 0.02f;
    numbers.learning.replay_ratio = 0.5f;
    numbers.learning.seed = seed;
    numbers.settled_rate = 0.003f;
    numbers.settling_steps = 7000.0f;
    numbers.state_share = 0.8f;
    numbers.horizon = 110.0f;  // 0.55 s
    numbers.tick_seconds = 0.005f;
    return numbers;
}

// Trivially copyable: its bytes are its state.
class feeling_arm {
public:
    static constexpr std::uint32_t dither_ticks = 10;  // 50 ms
    // Share of a new difference that each of the two poles of the velocity's filter takes: 30 Hz.
    static constexpr double smoothing = 0.61;

    // dither: share of the torque limits
    explicit feeling_arm(std::uint64_t seed, double dither = 0.1) noexcept
        : reference_{make_multi_sine(seed)}, noise_{seed ^ 0x6e6f697365ull}, chance_{seed ^ 0x646974686572ull}, dither_{dither} {
        const motion start = reference_.at(0.0);
        for (int j = 0; j < joints; ++j) {
            state_.q[j] = read_[j] = start.q[j];
            state_.qd[j] = start.qd[j];
        }
        sense();
    }

    // Angles, rad, and filtered velocities, rad/s, as the encoders give them; and the torques, N m, that are commanded now.
    [[nodiscard]] const float (&observation() const noexcept)[2 * joints] { return observation_; }
    [[nodiscard]] const float (&action() const noexcept)[joints] { return action_; }

    // Moves for one control step of 5 ms. not_finite: the motion would leave the finite numbers.
    synapse::status step() noexcept {
        double torque[joints];
        for (int j = 0; j < joints; ++j) torque[j] = static_cast<double>(action_[j]) * actuator[j];
        for (int i = 0; i < ticks_per_control; ++i) {
            const arm_state before = state_;
            if (const synapse::status s = advance(parameters, state_, torque, push); !synapse::ok(s)) return s;
            for (int j = 0; j < joints; ++j) {
                if (!held[j]) continue;
                state_.q[j] = before.q[j];
                state_.qd[j] = 0.0;
            }
        }
        ++ticks_;
        sense();
        return synapse::status::ok;
    }

    // What may happen to it.
    arm_parameters parameters;             // payload
    double actuator[joints] = {1.0, 1.0};  // share of the commanded torque that arrives: 0 is a cut wire
    bool held[joints] = {};                // a joint that does not move
    double drift[joints] = {};             // rad that the encoder is wrong by
    double push[joints] = {};              // N m from outside

private:
    void sense() noexcept {
        const motion wanted = reference_.at(static_cast<double>(ticks_) * control_seconds);
        double torque[joints];
        inverse_dynamics(parameters_known_, wanted.q, wanted.qd, wanted.qdd, torque);
        const control_gains gains;
        for (int j = 0; j < joints; ++j) {
            const double read = state_.q[j] + drift[j] + encoder_noise * nearly_normal(noise_);
            const double miss = wanted.q[j] - read;
            if (ticks_ != 0) {
                first_pole_[j] += smoothing * ((read - read_[j]) / control_seconds - first_pole_[j]);
                velocity_[j] += smoothing * (first_pole_[j] - velocity_[j]);
                miss_rate_[j] += gains.error_smoothing * ((miss - miss_[j]) / control_seconds - miss_rate_[j]);
            }
            read_[j] = read;
            miss_[j] = miss;
            if (ticks_ % dither_ticks == 0) dithering_[j] = (chance_.next() >> 31 != 0 ? dither_ : -dither_) * parameters.torque_limit[j];
            torque[j] += gains.proportional[j] * miss + gains.derivative[j] * miss_rate_[j] + dithering_[j];
        }
        limit_torque(parameters, torque);
        for (int j = 0; j < joints; ++j) {
            observation_[j] = static_cast<float>(read_[j]);
            observation_[joints + j] = static_cast<float>(velocity_[j]);
            action_[j] = static_cast<float>(torque[j]);
        }
    }

    multi_sine reference_;
    arm_parameters parameters_known_;  // the controller does not know of a payload
    arm_state state_;
    synapse::random_generator noise_;
    synapse::random_generator chance_;
    double dither_;
    double dithering_[joints] = {};
    double read_[joints] = {};
    double first_pole_[joints] = {};
    double velocity_[joints] = {};
    double miss_[joints] = {};
    double miss_rate_[joints] = {};
    float observation_[2 * joints] = {};
    float action_[joints] = {};
    std::uint64_t ticks_ = 0;
};

}  // namespace worlds
