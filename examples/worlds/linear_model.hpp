// The yardstick: the best linear map from (q, qd, qdd, 1) to torque, followed online. A learner that does not beat it has learned nothing
// that needs a network.
#pragma once

#include <cmath>

#include "worlds/arm.hpp"

namespace worlds {

// Recursive least squares with forgetting. Trivially copyable: its bytes are its state.
// @source Haykin, "Adaptive Filter Theory", ch. 10; the covariance is kept symmetric, and bounded where nothing excites it.
class linear_model {
public:
    static constexpr int inputs = 3 * joints;
    static constexpr int features = inputs + 1;

    linear_model() noexcept {
        for (int i = 0; i < features; ++i) covariance_[i][i] = largest_covariance;
    }

    void predict(const double (&x)[inputs], double (&torque)[joints]) const noexcept {
        for (int j = 0; j < joints; ++j) {
            torque[j] = weight_[j][inputs];
            for (int i = 0; i < inputs; ++i) torque[j] += weight_[j][i] * x[i];
        }
    }

    void learn(const double (&x)[inputs], const double (&torque)[joints]) noexcept {
        double phi[features];
        for (int i = 0; i < inputs; ++i) phi[i] = x[i];
        phi[inputs] = 1.0;

        double gain[features] = {};
        for (int k = 0; k < features; ++k) {
            for (int i = 0; i < features; ++i) gain[i] += covariance_[k][i] * phi[k];
        }
        double power = 1.0;
        for (int i = 0; i < features; ++i) power += phi[i] * gain[i];
        double before[joints];
        predict(x, before);
        for (int j = 0; j < joints; ++j) {
            const double step = (torque[j] - before[j]) / power;
            for (int i = 0; i < features; ++i) weight_[j][i] += step * gain[i];
        }
        // As g g^T, which is as symmetric as what it is taken from.
        const double scale = 1.0 / std::sqrt(power);
        double largest = 0;
        for (int i = 0; i < features; ++i) {
            gain[i] *= scale;
            const double variance = covariance_[i][i] - gain[i] * gain[i];
            if (variance > largest) largest = variance;
        }
        const double growth = largest * (1 / remembered) < largest_covariance ? 1 / remembered : 1.0;
        for (int i = 0; i < features; ++i) {
            for (int k = 0; k < features; ++k) covariance_[i][k] = (covariance_[i][k] - gain[i] * gain[k]) * growth;
        }
    }

private:
    static constexpr double remembered = 1.0 - 1.0 / 4000;  // a memory of about 20 s at 200 Hz
    static constexpr double largest_covariance = 1000.0;

    double weight_[joints][features] = {};
    double covariance_[features][features] = {};
};

}  // namespace worlds
