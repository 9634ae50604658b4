// A car in a valley whose engine is too weak to climb out: it must roll back first to gain speed.
// @source Moore, "Efficient memory-based learning for robot control" (1990), in the form of Sutton and Barto, "Reinforcement Learning",
//         example 10.1
#pragma once

#include <synapse/core/random.hpp>
#include <synapse/core/status.hpp>

#include "worlds/control_world.hpp"
#include "worlds/trigonometry.hpp"

namespace worlds {

class mountain_car {
public:
    static constexpr int observations = 2;       // position, speed
    static constexpr double action_limit = 1.0;  // full throttle; the original knows only -1, 0 and 1
    static constexpr double left = -1.2;
    static constexpr double goal = 0.5;
    static constexpr double fastest = 0.07;

    mountain_car() = default;
    mountain_car(double position, double speed) noexcept : position_{position}, speed_{speed} {}

    void reset(synapse::random_generator& chance) noexcept {
        position_ = control::between(chance, -0.6, -0.4);
        speed_ = 0;
    }

    synapse::status step(double throttle) noexcept {
        if (throttle - throttle != 0) return synapse::status::not_finite;
        speed_ = control::held(speed_ + 0.001 * control::held(throttle, action_limit) - 0.0025 * sin_cos(3 * position_).cosine, fastest);
        position_ += speed_;
        if (position_ < left) {
            position_ = left;
            speed_ = 0;  // against the wall
        }
        if (position_ > goal) position_ = goal;
        return synapse::status::ok;
    }

    void observe(double (&out)[observations]) const noexcept {
        out[0] = position_;
        out[1] = speed_;
    }
    [[nodiscard]] bool over() const noexcept { return position_ >= goal; }
    // False for bytes that no step leaves.
    [[nodiscard]] bool sound() const noexcept {
        return position_ >= left && position_ <= goal && speed_ >= -fastest && speed_ <= fastest;
    }

    // Per unit of mass: what a step without throttle nearly conserves.
    static double energy(double position, double speed) noexcept { return 0.5 * speed * speed + 0.0025 / 3 * sin_cos(3 * position).sine; }

private:
    double position_ = -0.5;
    double speed_ = 0;
};

static_assert(control_world<mountain_car>);

}  // namespace worlds
