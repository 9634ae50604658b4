// Position, velocity, acceleration and the torque behind them, from noisy positions: a centred quadratic fit, ten samples late.
//
// A learner of inverse dynamics needs accelerations, and differences of encoder readings drown them in noise. The least-squares
// parabola through 2 W + 1 samples is calm and has no lag about its centre; learning can wait W samples for it.
//
// The fitted acceleration is a weighted sum of positions, hence a weighted mean of the true acceleration over the window. The torque
// is averaged with that same weight, so both sides of the equation of motion are blurred alike.
// @source Savitzky, Golay, Analytical Chemistry 36 (1964); the matching kernel is ours: the fit's weights summed twice.
#pragma once

#include <cstdint>

#include "worlds/arm.hpp"

namespace worlds {

inline constexpr int fit_half_width = 10;                     // samples each side of the centre
inline constexpr int fit_window = 2 * fit_half_width + 1;     // positions
inline constexpr int fit_held_torques = fit_window - 1;       // torques, each held from one sample to the next

struct fit_weights {
    double position[fit_window] = {};            // dimensionless
    double velocity[fit_window] = {};            // per sample
    double acceleration[fit_window] = {};        // per sample squared
    double torque[fit_held_torques] = {};        // dimensionless, sums to 1
};

// The weights of the window's samples, oldest first, in the fit's value, slope and second derivative at the centre.
constexpr fit_weights make_fit_weights() noexcept {
    constexpr int half = fit_half_width;
    double s0 = 0, s2 = 0, s4 = 0;
    for (int i = -half; i <= half; ++i) {
        const double z = static_cast<double>(i) * i;
        s0 += 1;
        s2 += z;
        s4 += z * z;
    }
    const double determinant = s0 * s4 - s2 * s2;
    fit_weights w;
    for (int i = -half; i <= half; ++i) {
        const double z = static_cast<double>(i) * i;
        w.position[i + half] = (s4 - s2 * z) / determinant;
        w.velocity[i + half] = i / s2;
        w.acceleration[i + half] = 2 * (s0 * z - s2) / determinant;
    }
    // Summed twice, the acceleration's weights become weights of second differences; a torque held over one interval
    // moves the second differences at both its ends, by half each.
    double once = 0, twice = 0;
    for (int k = 0; k + 1 < fit_window; ++k) {
        const double before = twice;
        once += w.acceleration[k];
        twice += once;
        w.torque[k] = 0.5 * (before + twice);
    }
    return w;
}

inline constexpr fit_weights fit = make_fit_weights();

// The last window of readings. Trivially copyable: its bytes are its state.
class motion_fit {
public:
    // Takes the positions read now, rad, and the torques applied from the reading before until now, N m.
    void add(const double (&q)[joints], const double (&torque_until_now)[joints]) noexcept {
        for (int j = 0; j < joints; ++j) {
            q_[next_][j] = q[j];
            torque_[next_][j] = torque_until_now[j];
        }
        next_ = next_ + 1 == fit_window ? 0 : next_ + 1;
        if (used_ < fit_window) ++used_;
    }

    // True once a whole window has been read.
    [[nodiscard]] bool ready() const noexcept { return used_ == fit_window; }

    // False for bytes that add() never leaves.
    [[nodiscard]] bool sound() const noexcept { return next_ < fit_window && used_ <= fit_window; }

    // The fit at the centre of the window, samples being `seconds` apart: x = q, qd, qdd and the mean torque. Only when ready().
    void centre(double seconds, double (&x)[3 * joints], double (&torque)[joints]) const noexcept {
        for (double& value : x) value = 0;
        for (double& value : torque) value = 0;
        auto at = static_cast<std::uint32_t>(next_);
        for (int k = 0; k < fit_window; ++k) {
            for (int j = 0; j < joints; ++j) {
                x[j] += fit.position[k] * q_[at][j];
                x[joints + j] += fit.velocity[k] * q_[at][j];
                x[2 * joints + j] += fit.acceleration[k] * q_[at][j];
                if (k > 0) torque[j] += fit.torque[k - 1] * torque_[at][j];
            }
            at = at + 1 == fit_window ? 0 : at + 1;
        }
        for (int j = 0; j < joints; ++j) {
            x[joints + j] /= seconds;
            x[2 * joints + j] /= seconds * seconds;
        }
    }

private:
    double q_[fit_window][joints] = {};
    double torque_[fit_window][joints] = {};
    std::uint32_t next_ = 0;  // where the next reading goes: the oldest one, once ready
    std::uint32_t used_ = 0;
};

}  // namespace worlds
