// A fault of the arm as its maker can stage it on the bench: a joint that sticks, an encoder that drifts away, a collision.
#pragma once

#include <cstdint>

#include <synapse/core/random.hpp>

#include "worlds/feeling_arm.hpp"

namespace worlds {

enum class fault : std::uint8_t { none, stuck_joint, drifting_sensor, collision };
inline constexpr std::uint32_t faults = 4;
constexpr const char* name(fault f) noexcept {
    constexpr const char* names[faults] = {"none", "stuck joint", "drifting sensor", "collision"};
    return names[static_cast<std::uint32_t>(f)];
}

class staged_fault {
public:
    static constexpr int second = static_cast<int>(control_hertz);  // in control steps
    static constexpr int steps = 12 * second;                       // until the arm is whole again

    // Which joint, which way and how hard comes by chance.
    staged_fault(fault what, synapse::random_generator& chance) noexcept
        : what_{what},
          joint_{static_cast<int>(chance.below(joints))},
          strength_{(chance.below(2) == 0 ? -1.0 : 1.0) * (0.5 + 0.5 * static_cast<double>(chance.uniform()))},
          push_steps_{second / 5 + static_cast<int>(chance.below(control_hertz / 5))} {}

    // Before control step `step`, from 0 to `steps`; from `steps` on the arm is whole.
    void apply(feeling_arm& arm, int step) const noexcept {
        constexpr double drift_rate = 0.2;                   // rad/s at full strength
        constexpr double drift_end = 0.6;                    // rad
        constexpr double hardest_push[joints] = {8.0, 4.0};  // N m, for 0.2 to 0.4 s
        const bool on = step < steps;
        if (what_ == fault::stuck_joint) arm.held[joint_] = on;
        if (what_ == fault::drifting_sensor)
            arm.drift[joint_] = on ? strength_ * clamp(drift_rate * step * control_seconds, drift_end) : 0.0;
        if (what_ == fault::collision) {
            for (int j = 0; j < joints; ++j) arm.push[j] = step < push_steps_ ? strength_ * hardest_push[j] : 0.0;
        }
    }

    // Whether it shows at this step: a drift not yet, a collision no more.
    [[nodiscard]] bool shows(int step) const noexcept {
        if (what_ == fault::drifting_sensor) return step >= second;
        return step >= second / 10 && (what_ != fault::collision || step < 5 * second / 2);
    }

    [[nodiscard]] fault what() const noexcept { return what_; }

private:
    fault what_;
    int joint_;
    double strength_;
    int push_steps_;
};

}  // namespace worlds
