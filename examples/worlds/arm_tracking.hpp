// Four arms, one task: track the same motion with PD alone, PD + linear model, PD + a learner, and PD + the exact model.
//
// Each arm is read and commanded 200 times a simulated second. A PD controller alone lags; a feed-forward torque, the inverse model at
// the motion that is wanted, removes most of the error if the model is right. The model learns from what the arm really did under the
// torques really applied. All four arms see the same reference, the same encoder noise, the same payloads and the same pushes.
// Everything is seeded and double, so a run is the same bits everywhere as long as the learner is.
#pragma once

#include <cmath>
#include <cstdint>

#include <synapse/core/random.hpp>
#include <synapse/core/status.hpp>

#include "worlds/arm.hpp"
#include "worlds/arm_learner.hpp"
#include "worlds/inverse_model.hpp"
#include "worlds/linear_model.hpp"
#include "worlds/reference.hpp"
#include "worlds/savitzky_golay.hpp"

namespace worlds {

inline constexpr int ticks_per_control = 5;
inline constexpr double encoder_noise = 0.001;  // rad, standard deviation

// What the controllers agree on.
struct control_gains {
    double proportional[joints] = {80.0, 20.0};  // N m / rad
    double derivative[joints] = {6.5, 1.1};      // N m s / rad
    double error_smoothing = 0.7;                // share of a new difference in the error's rate: a filter of some 40 Hz
};

// When payloads change and pushes come.
struct event_schedule {
    double first_seconds = 60.0;              // the first payload is picked up then
    double first_payload = 0.5;               // kg
    double shortest_gap = 20.0;               // s from one event to the next
    double longest_gap = 40.0;                // s; 0: nothing happens after the first
    double largest_payload = 0.5;             // kg; one change in three lets go of it
    double push_torque[joints] = {6.0, 2.0};  // N m, the largest
    double shortest_push = 0.1;               // s
    double longest_push = 0.4;                // s
};

// One instant of the common world, as all four arms meet it.
struct arm_instant {
    motion wanted;
    double noise[joints];  // rad, of the encoders
    double payload;        // kg
    double push[joints];   // N m
};

// The reference, the noise and the schedule. Trivially copyable: its bytes are its state.
class arm_world {
public:
    explicit arm_world(std::uint64_t seed, const event_schedule& schedule = {}) noexcept
        : reference_{make_multi_sine(seed)}, schedule_{schedule}, noise_{seed ^ 0x6e6f697365ull}, chance_{seed ^ 0x6576656e74ull} {
        next_event_ = steps_in(schedule.first_seconds);
    }

    // The present instant; the clock then moves on by one control step.
    arm_instant next() noexcept {
        happen();
        arm_instant instant{};
        instant.wanted = reference_.at(seconds());
        instant.payload = payload_;
        for (int j = 0; j < joints; ++j) {
            instant.noise[j] = encoder_noise * nearly_normal(noise_);
            instant.push[j] = step_ < push_end_ ? push_[j] : 0.0;
        }
        ++step_;
        return instant;
    }

    [[nodiscard]] std::uint64_t steps() const noexcept { return step_; }
    [[nodiscard]] double seconds() const noexcept { return static_cast<double>(step_) * control_seconds; }
    [[nodiscard]] double payload() const noexcept { return payload_; }
    [[nodiscard]] bool pushing() const noexcept { return step_ < push_end_; }
    [[nodiscard]] const multi_sine& reference() const noexcept { return reference_; }
    // Payload changes and pushes so far.
    [[nodiscard]] std::uint64_t payload_changes() const noexcept { return payload_changes_; }
    [[nodiscard]] std::uint64_t pushes() const noexcept { return pushes_; }

private:
    static std::uint64_t steps_in(double seconds) noexcept { return static_cast<std::uint64_t>(seconds * control_hertz + 0.5); }
    double between(double low, double high) noexcept { return low + (high - low) * static_cast<double>(chance_.uniform()); }

    void happen() noexcept {
        if (step_ != next_event_) return;
        if (payload_changes_ == 0) {
            payload_ = schedule_.first_payload;
            ++payload_changes_;
        } else if (chance_.below(2) == 0) {
            payload_ = chance_.below(3) == 0 ? 0.0 : between(0.0, schedule_.largest_payload);
            ++payload_changes_;
        } else {
            for (int j = 0; j < joints; ++j) push_[j] = between(-schedule_.push_torque[j], schedule_.push_torque[j]);
            push_end_ = step_ + steps_in(between(schedule_.shortest_push, schedule_.longest_push));
            ++pushes_;
        }
        if (schedule_.longest_gap > 0) next_event_ = step_ + 1 + steps_in(between(schedule_.shortest_gap, schedule_.longest_gap));
    }

    multi_sine reference_;
    event_schedule schedule_;
    synapse::random_generator noise_;
    synapse::random_generator chance_;
    std::uint64_t step_ = 0;
    std::uint64_t next_event_ = 0;
    std::uint64_t push_end_ = 0;
    std::uint64_t payload_changes_ = 0;
    std::uint64_t pushes_ = 0;
    double payload_ = 0;
    double push_[joints] = {};
};

// Root mean square over a sliding window, in bins of a tenth of a second so that no rounding accumulates. Trivially copyable.
class sliding_rms {
public:
    static constexpr std::uint32_t steps_per_bin = control_hertz / 10;
    static constexpr std::uint32_t bins = 200;  // 20 s

    // Takes the mean square of one control step.
    void add(double mean_square) noexcept {
        if (in_bin_ == steps_per_bin) {
            in_bin_ = 0;
            bin_ = bin_ + 1 == bins ? 0 : bin_ + 1;
            if (full_ + 1 < bins) ++full_;
        }
        if (in_bin_ == 0) sum_[bin_] = 0;
        sum_[bin_] += mean_square;
        ++in_bin_;
    }

    // False for bytes that add() never leaves.
    [[nodiscard]] bool sound() const noexcept { return bin_ < bins && in_bin_ <= steps_per_bin && full_ < bins; }

    // Over the last `tenths` tenths of a second, the one that is being filled included; 0 before the first step.
    [[nodiscard]] double over(std::uint32_t tenths = bins) const noexcept {
        if (in_bin_ == 0) return 0;
        double sum = sum_[bin_];
        double steps = in_bin_;
        std::uint32_t at = bin_;
        for (std::uint32_t i = 1; i < tenths && i <= full_; ++i) {
            at = at == 0 ? bins - 1 : at - 1;
            sum += sum_[at];
            steps += steps_per_bin;
        }
        return std::sqrt(sum / steps);
    }

private:
    double sum_[bins] = {};
    std::uint32_t bin_ = 0;
    std::uint32_t in_bin_ = 0;
    std::uint64_t full_ = 0;  // complete bins behind the present one, at most bins - 1
};

// One arm and its controller. Trivially copyable: its bytes are its state.
class tracked_arm {
public:
    explicit tracked_arm(const motion& start) noexcept {
        for (int j = 0; j < joints; ++j) {
            state_.q[j] = start.q[j];
            state_.qd[j] = start.qd[j];
        }
    }

    // One control step: read, learn, command, and move for 5 ms.
    // @return ok; not_finite if the motion would leave the finite numbers (the arm stays where it was).
    template <inverse_model Model>
    synapse::status step(const arm_instant& now, Model& model, const control_gains& gains = {}) {
        command(now, model, gains);
        for (int i = 0; i < ticks_per_control; ++i) {
            if (const synapse::status moved = advance(parameters_, state_, torque_, now.push); !synapse::ok(moved)) return moved;
        }
        return synapse::status::ok;
    }
    // The same for four arms of the same parameters, in a third of the time: each has commanded, and all move together.
    // @return ok; not_finite if a motion would leave the finite numbers (all stay where they were).
    static synapse::status move(tracked_arm* const (&arms)[lane_count], const arm_instant& now) noexcept {
        arm_state* states[lane_count];
        double torques[lane_count][joints];
        for (int a = 0; a < lane_count; ++a) {
            states[a] = &arms[a]->state_;
            for (int j = 0; j < joints; ++j) torques[a][j] = arms[a]->torque_[j];
        }
        return advance(arms[0]->parameters_, states, torques, now.push, ticks_per_control);
    }

    // The first part of a control step: read, learn, and choose the torques.
    template <inverse_model Model>
    void command(const arm_instant& now, Model& model, const control_gains& gains = {}) {
        parameters_.payload = now.payload;
        double read[joints];
        double square = 0;
        for (int j = 0; j < joints; ++j) {
            read[j] = state_.q[j] + now.noise[j];
            const double miss = now.wanted.q[j] - state_.q[j];
            square += miss * miss / joints;
        }
        error_.add(square);

        if constexpr (!requires { typename Model::never_learns; }) {
            fit_.add(read, torque_);
            double x[model_inputs];
            double torque[joints];
            if (fit_.ready()) {
                fit_.centre(control_seconds, x, torque);
                model.learn(x, torque);
            }
        }

        const motion& w = now.wanted;
        const double wanted[model_inputs] = {w.q[0], w.q[1], w.qd[0], w.qd[1], w.qdd[0], w.qdd[1]};
        model.predict(wanted, torque_);
        for (int j = 0; j < joints; ++j) {
            const double miss = now.wanted.q[j] - read[j];
            if (started_ != 0) rate_[j] += gains.error_smoothing * ((miss - miss_[j]) / control_seconds - rate_[j]);
            miss_[j] = miss;
            torque_[j] += gains.proportional[j] * miss + gains.derivative[j] * rate_[j];
        }
        started_ = 1;
        limit_torque(parameters_, torque_);
    }

    // False for bytes that no arm has, as from a damaged file.
    [[nodiscard]] bool sound() const noexcept { return is_finite(state_.q) && is_finite(state_.qd) && fit_.sound() && error_.sound(); }

    [[nodiscard]] const arm_state& state() const noexcept { return state_; }
    [[nodiscard]] const arm_parameters& parameters() const noexcept { return parameters_; }
    // The torques being held, N m, after limits.
    [[nodiscard]] const double (&torque() const noexcept)[joints] { return torque_; }
    // Tracking error, rad: true position against wanted, root mean square over time and joints.
    [[nodiscard]] const sliding_rms& error() const noexcept { return error_; }

private:
    arm_parameters parameters_;
    arm_state state_;
    motion_fit fit_;
    sliding_rms error_;
    double torque_[joints] = {};
    double miss_[joints] = {};
    double rate_[joints] = {};
    std::uint64_t started_ = 0;
};

// Everything that a run remembers but for the learner. Trivially copyable: save its bytes, and a resumed run is the same run.
struct arm_tracking_state {
    explicit arm_tracking_state(std::uint64_t seed, const event_schedule& schedule = {}) noexcept
        : world{seed, schedule}, pd{start()}, linear{start()}, learner{start()}, model{start()} {}

    arm_world world;
    // False for bytes that no run leaves and that could do harm, as from a damaged file.
    [[nodiscard]] bool sound() const noexcept { return pd.sound() && linear.sound() && learner.sound() && model.sound(); }

    tracked_arm pd, linear, learner, model;
    linear_model linear_learned;

private:
    [[nodiscard]] motion start() const noexcept { return world.reference().at(0.0); }
};

// Sliding tracking errors, rad, over the last 20 simulated seconds.
struct tracking_errors {
    double pd, linear, learner, model;
};

template <inverse_model Model>
class arm_tracking {
public:
    // The model is used and taught, not owned.
    arm_tracking(std::uint64_t seed, Model& model, const event_schedule& schedule = {}) noexcept : state_{seed, schedule}, model_{&model} {}

    // One control step of all four arms.
    // @return ok; not_finite if an arm's motion would leave the finite numbers.
    synapse::status step() {
        const arm_instant now = state_.world.next();
        no_model none;
        exact_model exact;
        exact.parameters.payload = now.payload;
        state_.pd.command(now, none);
        state_.linear.command(now, state_.linear_learned);
        state_.learner.command(now, *model_);
        state_.model.command(now, exact);
        return tracked_arm::move({&state_.pd, &state_.linear, &state_.learner, &state_.model}, now);
    }

    // Over the last `tenths` tenths of a simulated second, at most 200.
    [[nodiscard]] tracking_errors errors(std::uint32_t tenths = sliding_rms::bins) const noexcept {
        return {state_.pd.error().over(tenths), state_.linear.error().over(tenths), state_.learner.error().over(tenths),
                state_.model.error().over(tenths)};
    }

    [[nodiscard]] const arm_world& world() const noexcept { return state_.world; }
    // To save and to restore, beside the learner itself.
    [[nodiscard]] arm_tracking_state& state() noexcept { return state_; }
    [[nodiscard]] const arm_tracking_state& state() const noexcept { return state_; }

private:
    arm_tracking_state state_;
    Model* model_;
};

}  // namespace worlds
