// A pole on a cart that is pushed left and right along a track, to be kept upright.
// @source Barto, Sutton and Anderson, "Neuronlike adaptive elements that can solve difficult learning control problems" (1983), with the
//         frictionless equations of Florian, "Correct equations for the dynamics of the cart-pole system" (2005)
#pragma once

#include <synapse/core/random.hpp>
#include <synapse/core/status.hpp>

#include "worlds/control_world.hpp"
#include "worlds/trigonometry.hpp"

namespace worlds {

class cart_pole {
public:
    static constexpr int observations = 4;        // x, its rate, theta, its rate
    static constexpr double action_limit = 10.0;  // N; the original knows only -10 and 10
    static constexpr double seconds = 0.02;
    static constexpr double gravity = 9.8;
    static constexpr double cart = 1.0;           // kg
    static constexpr double pole = 0.1;           // kg
    static constexpr double half_length = 0.5;    // m
    static constexpr double track = 2.4;          // m from the middle to either end
    static constexpr double steepest = 12 * 3.14159265358979323846 / 180;  // rad from upright

    cart_pole() = default;
    // x in m, theta in rad from upright.
    cart_pole(double x, double x_rate, double theta, double theta_rate) noexcept : s_{x, x_rate, theta, theta_rate} {}

    void reset(synapse::random_generator& chance) noexcept {
        for (double& v : s_) v = control::between(chance, -0.05, 0.05);
    }

    // Euler's method, as in the original.
    synapse::status step(double force) noexcept {
        if (force - force != 0) return synapse::status::not_finite;
        double rate_of[4];
        rate(s_, control::held(force, action_limit), rate_of);
        for (int i = 0; i < 4; ++i) s_[i] += seconds * rate_of[i];
        s_[2] = control::wrapped(s_[2]);
        return synapse::status::ok;
    }

    void observe(double (&out)[observations]) const noexcept {
        for (int i = 0; i < 4; ++i) out[i] = s_[i];
    }
    [[nodiscard]] bool over() const noexcept { return s_[0] < -track || s_[0] > track || s_[2] < -steepest || s_[2] > steepest; }
    // False for bytes that no step leaves.
    [[nodiscard]] bool sound() const noexcept {
        for (const double v : s_) {
            if (v - v != 0) return false;
        }
        return s_[2] >= -4 && s_[2] <= 4;
    }

    // Derivative of the state under a force, N.
    static void rate(const double (&s)[4], double force, double (&out)[4]) noexcept {
        const sine_cosine angle = sin_cos(s[2]);
        constexpr double total = cart + pole;
        constexpr double moment = pole * half_length;
        const double push = (force + moment * s[3] * s[3] * angle.sine) / total;
        const double turn = (gravity * angle.sine - angle.cosine * push) /
                            (half_length * (4.0 / 3.0 - pole * angle.cosine * angle.cosine / total));
        out[0] = s[1];
        out[1] = push - moment * turn * angle.cosine / total;
        out[2] = s[3];
        out[3] = turn;
    }

    // Kinetic and potential, J: what the equations conserve without a force.
    static double energy(const double (&s)[4]) noexcept {
        const sine_cosine angle = sin_cos(s[2]);
        return 0.5 * (cart + pole) * s[1] * s[1] + pole * half_length * s[1] * s[3] * angle.cosine +
               0.5 * (4.0 / 3.0) * pole * half_length * half_length * s[3] * s[3] + pole * gravity * half_length * angle.cosine;
    }

private:
    double s_[4] = {};
};

static_assert(control_world<cart_pole>);

}  // namespace worlds
