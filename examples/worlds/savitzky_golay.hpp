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
#include "worlds/lanes.hpp"

namespace worlds {

inline constexpr int fit_half_width = 10;                  // samples each side of the centre
inline constexpr int fit_window = 2 * fit_half_width + 1;  // positions
inline constexpr int fit_held_torques = fit_window - 1;    // torques, each held from one sample to the next

struct fit_weights {
    double position[fit_window] = {};      // dimensionless
    double velocity[fit_window] = {};      // per sample
    double acceleration[fit_window] = {};  // per sample squared
    double torque[fit_held_torques] = {};  // dimensionless, sums to 1
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

// The same weights, one row for each sample: position, velocity, acceleration, torque.
struct fit_rows {
    alignas(sizeof(lanes)) double row[fit_window][lane_count] = {};
};
constexpr fit_rows make_fit_rows() noexcept {
    fit_rows out;
    for (int k = 0; k < fit_window; ++k) {
        out.row[k][0] = fit.position[k];
        out.row[k][1] = fit.velocity[k];
        out.row[k][2] = fit.acceleration[k];
        out.row[k][3] = k > 0 ? fit.torque[k - 1] : 0.0;
    }
    return out;
}
inline constexpr fit_rows rows_of_fit = make_fit_rows();

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
        lanes sum[joints] = {};
        auto at = static_cast<std::uint32_t>(next_);
        for (const double(&weight)[lane_count] : rows_of_fit.row) {
            lanes w;
            __builtin_memcpy(&w, weight, sizeof w);
            for (int j = 0; j < joints; ++j) sum[j] += w * lanes{q_[at][j], q_[at][j], q_[at][j], torque_[at][j]};
            at = at + 1 == fit_window ? 0 : at + 1;
        }
        for (int j = 0; j < joints; ++j) {
            x[j] = sum[j][0];
            x[joints + j] = sum[j][1] / seconds;
            x[2 * joints + j] = sum[j][2] / (seconds * seconds);
            torque[j] = sum[j][3];
        }
    }

private:
    double q_[fit_window][joints] = {};
    double torque_[fit_window][joints] = {};
    std::uint32_t next_ = 0;  // where the next reading goes: the oldest one, once ready
    std::uint32_t used_ = 0;
};

}  // namespace worlds
