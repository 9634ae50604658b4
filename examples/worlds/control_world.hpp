// What the classic control problems have in common: a small state, one action, and the observation that a learner is given.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>

#include <synapse/core/random.hpp>
#include <synapse/core/status.hpp>

namespace worlds {

// A world with one action, a number. Trivially copyable: its bytes are its state, and the same actions give the same bits everywhere.
//     static constexpr int observations; static constexpr double action_limit;
//     void reset(random_generator&)      to a start state, as its authors draw it
//     status step(double action)         one control step; not_finite for an action that is no number, and nothing has changed.
//                                        An action beyond the limit counts as the limit
//     void observe(double (&)[observations])
//     bool over()                        the episode has ended: failed where it was to balance, arrived where there was a goal
template <class World>
concept control_world = requires(World world, const World& seen, synapse::random_generator& chance, double (&out)[World::observations]) {
    { World::action_limit } -> std::convertible_to<double>;
    world.reset(chance);
    { world.step(0.0) } -> std::same_as<synapse::status>;
    seen.observe(out);
    { seen.over() } -> std::same_as<bool>;
};

namespace control {

constexpr double held(double x, double limit) noexcept { return x > limit ? limit : x < -limit ? -limit : x; }

// An angle within [-pi, pi].
constexpr double wrapped(double angle) noexcept {
    constexpr double pi = 3.14159265358979323846;
    while (angle > pi) angle -= 2 * pi;
    while (angle < -pi) angle += 2 * pi;
    return angle;
}

// Uniform between two numbers.
inline double between(synapse::random_generator& chance, double low, double high) noexcept {
    return low + (high - low) * static_cast<double>(chance.uniform());
}

// One step of the classical fourth-order Runge-Kutta method. rate(s) is the derivative of the state s[n].
template <std::size_t n, class Rate>
constexpr void runge_kutta(double (&s)[n], double seconds, Rate rate) {
    double k1[n], k2[n], k3[n], k4[n], at[n];
    const auto moved = [&](const double (&k)[n], double by) {
        for (std::size_t i = 0; i < n; ++i) at[i] = s[i] + by * k[i];
    };
    rate(s, k1);
    moved(k1, seconds / 2);
    rate(at, k2);
    moved(k2, seconds / 2);
    rate(at, k3);
    moved(k3, seconds);
    rate(at, k4);
    for (std::size_t i = 0; i < n; ++i) s[i] += seconds / 6 * (k1[i] + 2 * k2[i] + 2 * k3[i] + k4[i]);
}

}  // namespace control

}  // namespace worlds
