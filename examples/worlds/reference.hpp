// The motion that the arm is asked to make: a sum of sines at each joint, never repeating, smooth to any order.
#pragma once

#include <cstdint>

#include <synapse/core/random.hpp>

#include "worlds/arm.hpp"
#include "worlds/lanes.hpp"
#include "worlds/trigonometry.hpp"

namespace worlds {

struct motion {
    double q[joints];    // rad
    double qd[joints];   // rad/s
    double qdd[joints];  // rad/s^2
};

inline constexpr int sines_per_joint = lane_count;

// Trivially copyable: its bytes are its state.
struct multi_sine {
    double centre[joints];                      // rad
    double amplitude[joints][sines_per_joint];  // rad
    double hertz[joints][sines_per_joint];
    double phase[joints][sines_per_joint];  // turns

    // Position, velocity and acceleration at a time in seconds (0 .. 2^53 / 1000).
    [[nodiscard]] motion at(double seconds) const noexcept {
        constexpr double radians_per_turn = 6.28318530717958647693;
        motion m{};
        for (int j = 0; j < joints; ++j) {
            m.q[j] = centre[j];
            lanes turns;
            for (int i = 0; i < sines_per_joint; ++i) turns[i] = hertz[j][i] * seconds + phase[j][i];
            sine_cosine_of<lanes> s;
            sin_cos_turns(turns, s);
            for (int i = 0; i < sines_per_joint; ++i) {
                const double rate = hertz[j][i] * radians_per_turn;
                m.q[j] += amplitude[j][i] * s.sine[i];
                m.qd[j] += amplitude[j][i] * rate * s.cosine[i];
                m.qdd[j] -= amplitude[j][i] * rate * rate * s.sine[i];
            }
        }
        return m;
    }
};

// A motion of its own for each seed: frequencies spread over 0.1 to 0.8 Hz, one in each quarter of that band, slower sines larger.
inline multi_sine make_multi_sine(std::uint64_t seed) noexcept {
    synapse::random_generator generator{seed};
    constexpr double lowest = 0.1;
    constexpr double highest = 0.8;
    constexpr double reach[joints] = {0.7, 0.9};  // rad: the sum of the amplitudes
    multi_sine m{};
    m.centre[0] = -0.6;
    m.centre[1] = 0.9;
    for (int j = 0; j < joints; ++j) {
        double sum = 0;
        for (int i = 0; i < sines_per_joint; ++i) {
            const double place = (i + static_cast<double>(generator.uniform())) / sines_per_joint;
            m.hertz[j][i] = lowest + (highest - lowest) * place;
            m.phase[j][i] = static_cast<double>(generator.uniform());
            m.amplitude[j][i] = (0.7 + 0.6 * static_cast<double>(generator.uniform())) / (i + 1);
            sum += m.amplitude[j][i];
        }
        for (int i = 0; i < sines_per_joint; ++i) m.amplitude[j][i] *= reach[j] / sum;
    }
    return m;
}

}  // namespace worlds
