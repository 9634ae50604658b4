// Two links that hang from a bar with a motor only at the elbow: the foot is to be swung above the bar.
// @source Sutton, "Generalization in reinforcement learning: successful examples using sparse coarse coding" (1996), with the equations as
//         corrected in Sutton and Barto, "Reinforcement Learning", example 11.4 of the first edition
#pragma once

#include <synapse/core/random.hpp>
#include <synapse/core/status.hpp>

#include "worlds/control_world.hpp"
#include "worlds/trigonometry.hpp"

namespace worlds {

class acrobot {
public:
    static constexpr int observations = 6;       // cosine and sine of both angles, both rates
    static constexpr double action_limit = 1.0;  // N m at the elbow; the original knows only -1, 0 and 1
    static constexpr double seconds = 0.2;
    static constexpr double gravity = 9.8;
    static constexpr double mass = 1.0;     // kg, of each link
    static constexpr double length = 1.0;   // m, of the first link
    static constexpr double centre = 0.5;   // m from a joint to its link's centre of mass
    static constexpr double inertia = 1.0;  // kg m^2 about it
    static constexpr double fastest[2] = {4 * 3.14159265358979323846, 9 * 3.14159265358979323846};  // rad/s

    acrobot() = default;
    // Angles in rad: of the first link from hanging straight down, of the second from the first.
    acrobot(double first, double second, double first_rate, double second_rate) noexcept : s_{first, second, first_rate, second_rate} {}

    void reset(synapse::random_generator& chance) noexcept {
        for (double& v : s_) v = control::between(chance, -0.1, 0.1);
    }

    // One step of Runge and Kutta's method.
    synapse::status step(double torque) noexcept {
        if (torque - torque != 0) return synapse::status::not_finite;
        const double held = control::held(torque, action_limit);
        control::runge_kutta(s_, seconds, [held](const double (&s)[4], double (&out)[4]) { rate(s, held, out); });
        for (int i = 0; i < 2; ++i) {
            s_[i] = control::wrapped(s_[i]);
            s_[i + 2] = control::held(s_[i + 2], fastest[i]);
        }
        return synapse::status::ok;
    }

    void observe(double (&out)[observations]) const noexcept {
        for (int i = 0; i < 2; ++i) {
            const sine_cosine angle = sin_cos(s_[i]);
            out[2 * i] = angle.cosine;
            out[2 * i + 1] = angle.sine;
            out[4 + i] = s_[i + 2];
        }
    }
    // The foot is more than a link's length above the bar.
    [[nodiscard]] bool over() const noexcept { return -sin_cos(s_[0]).cosine - sin_cos(s_[0] + s_[1]).cosine > 1; }
    // False for bytes that no step leaves.
    [[nodiscard]] bool sound() const noexcept {
        for (int i = 0; i < 2; ++i) {
            if (!(s_[i] >= -4 && s_[i] <= 4 && s_[i + 2] >= -fastest[i] && s_[i + 2] <= fastest[i])) return false;
        }
        return true;
    }

    // Derivative of the state under a torque, N m.
    static void rate(const double (&s)[4], double torque, double (&out)[4]) noexcept {
        const sine_cosine elbow = sin_cos(s[1]);
        const double d1 = mass * centre * centre + mass * (length * length + centre * centre + 2 * length * centre * elbow.cosine) + 2 * inertia;
        const double d2 = mass * (centre * centre + length * centre * elbow.cosine) + inertia;
        // cos(a - pi/2) is sin(a).
        const double phi2 = mass * centre * gravity * sin_cos(s[0] + s[1]).sine;
        const double phi1 = -mass * length * centre * s[3] * s[3] * elbow.sine - 2 * mass * length * centre * s[3] * s[2] * elbow.sine +
                            (mass * centre + mass * length) * gravity * sin_cos(s[0]).sine + phi2;
        out[0] = s[2];
        out[1] = s[3];
        out[3] = (torque + d2 / d1 * phi1 - mass * length * centre * s[2] * s[2] * elbow.sine - phi2) /
                 (mass * centre * centre + inertia - d2 * d2 / d1);
        out[2] = -(d2 * out[3] + phi1) / d1;
    }

    // Kinetic and potential, J: what the equations conserve without a torque.
    static double energy(const double (&s)[4]) noexcept {
        const double both = s[2] + s[3];
        const double speed = length * length * s[2] * s[2] + centre * centre * both * both + 2 * length * centre * s[2] * both * sin_cos(s[1]).cosine;
        return 0.5 * (mass * centre * centre + inertia) * s[2] * s[2] + 0.5 * mass * speed + 0.5 * inertia * both * both -
               mass * gravity * (centre + length) * sin_cos(s[0]).cosine - mass * gravity * centre * sin_cos(s[0] + s[1]).cosine;
    }

private:
    double s_[4] = {};
};

static_assert(control_world<acrobot>);

}  // namespace worlds
