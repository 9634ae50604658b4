// What a controller asks of a model of the arm, and the two models that never learn.
#pragma once

#include <cstdint>

#include "worlds/arm.hpp"

namespace worlds {

// The controller's rate, and with it the learner's: a step is 5 ms.
inline constexpr std::uint32_t control_hertz = 200;
inline constexpr double control_seconds = 1.0 / control_hertz;
inline constexpr int model_inputs = 3 * joints;  // q, qd, qdd of both joints

// Supplies the torques, N m, that a motion x = (q, qd, qdd), in rad and seconds, needs; and may learn from a motion that took place.
// One with a type never_learns is not asked to.
template <class Model>
concept inverse_model = requires(Model model, const double (&x)[model_inputs], double (&out)[joints], const double (&torque)[joints]) {
    model.predict(x, out);
    model.learn(x, torque);
};

// PD alone.
struct no_model {
    using never_learns = void;
    void predict(const double (&)[model_inputs], double (&torque)[joints]) const noexcept { torque[0] = torque[1] = 0; }
    void learn(const double (&)[model_inputs], const double (&)[joints]) const noexcept {}
};

// The equations themselves, told of each payload (but of no push).
struct exact_model {
    using never_learns = void;
    arm_parameters parameters;
    void predict(const double (&x)[model_inputs], double (&torque)[joints]) const noexcept {
        const double q[joints] = {x[0], x[1]};
        const double qd[joints] = {x[2], x[3]};
        const double qdd[joints] = {x[4], x[5]};
        inverse_dynamics(parameters, q, qd, qdd, torque);
    }
    void learn(const double (&)[model_inputs], const double (&)[joints]) const noexcept {}
};

}  // namespace worlds
