// A pendulum whose motor is too weak to lift it: it must be swung up.
// @source the problem of Atkeson and Schaal (1997) with the numbers of OpenAI Gym's Pendulum-v1 (Brockman et al., 2016)
#pragma once

#include <synapse/core/random.hpp>
#include <synapse/core/status.hpp>

#include "worlds/control_world.hpp"
#include "worlds/trigonometry.hpp"

namespace worlds {

class pendulum {
public:
    static constexpr int observations = 3;       // cosine and sine of the angle, its rate
    static constexpr double action_limit = 2.0;  // N m
    static constexpr double seconds = 0.05;
    static constexpr double gravity = 10.0;
    static constexpr double mass = 1.0;          // kg, a uniform rod
    static constexpr double length = 1.0;        // m
    static constexpr double fastest = 8.0;       // rad/s

    pendulum() = default;
    // theta in rad from upright.
    pendulum(double theta, double rate) noexcept : theta_{theta}, rate_{rate} {}

    void reset(synapse::random_generator& chance) noexcept {
        theta_ = control::between(chance, -3.14159265358979323846, 3.14159265358979323846);
        rate_ = control::between(chance, -1, 1);
    }

    // The rate first, then the angle with the new rate, as Gym does: a symplectic step.
    synapse::status step(double torque) noexcept {
        if (torque - torque != 0) return synapse::status::not_finite;
        rate_ = control::held(rate_ + seconds * acceleration(theta_, control::held(torque, action_limit)), fastest);
        theta_ = control::wrapped(theta_ + seconds * rate_);
        return synapse::status::ok;
    }

    void observe(double (&out)[observations]) const noexcept {
        const sine_cosine angle = sin_cos(theta_);
        out[0] = angle.cosine;
        out[1] = angle.sine;
        out[2] = rate_;
    }
    // It never ends.
    [[nodiscard]] static constexpr bool over() noexcept { return false; }
    // False for bytes that no step leaves.
    [[nodiscard]] bool sound() const noexcept { return theta_ >= -4 && theta_ <= 4 && rate_ >= -fastest && rate_ <= fastest; }

    [[nodiscard]] double theta() const noexcept { return theta_; }
    [[nodiscard]] double rate() const noexcept { return rate_; }
    // Gym's cost of a step that applies this torque in the present state.
    [[nodiscard]] double cost(double torque) const noexcept {
        const double u = control::held(torque, action_limit);
        return theta_ * theta_ + 0.1 * rate_ * rate_ + 0.001 * u * u;
    }

    static double acceleration(double theta, double torque) noexcept {
        return 3 * gravity / (2 * length) * sin_cos(theta).sine + 3 / (mass * length * length) * torque;
    }
    // J, of a rod that turns about its end.
    static double energy(double theta, double rate) noexcept {
        return mass * length * length / 6 * rate * rate + mass * gravity * length / 2 * sin_cos(theta).cosine;
    }

private:
    double theta_ = 0;
    double rate_ = 0;
};

static_assert(control_world<pendulum>);

}  // namespace worlds
