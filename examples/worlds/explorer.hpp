// Somebody who lives in a classic control world: steers towards what the problem asks for, and tries things out on the way, so that
// its own doing can be told from what would have happened anyway.
#pragma once

#include <cstdint>
#include <span>

#include <synapse/core/random.hpp>
#include <synapse/core/status.hpp>

#include "worlds/acrobot.hpp"
#include "worlds/cart_pole.hpp"
#include "worlds/control_world.hpp"
#include "worlds/mountain_car.hpp"
#include "worlds/pendulum.hpp"

namespace worlds {

// What one who knows the problem would do about an observation, in the world's unit of action; beyond its limit counts as the limit.

// Keeps the pole up and the cart in the middle: state feedback, gains near those of a linear-quadratic regulator.
inline double steer(const cart_pole&, const double (&y)[cart_pole::observations]) noexcept {
    return 1.0 * y[0] + 2.2 * y[1] + 36.0 * y[2] + 10.0 * y[3];
}
// Pumps energy until there is enough to stand up, then holds it there.
inline double steer(const pendulum& world, const double (&y)[pendulum::observations]) noexcept {
    if (y[0] > 0.9) return -8.0 * world.theta() - 2.5 * world.rate();
    constexpr double over = 0.5;  // J more than it takes: steps of 50 ms lose some on the way up
    const double lacking = pendulum::energy(0.0, 0.0) + over - pendulum::energy(world.theta(), world.rate());
    return lacking * (world.rate() < 0.0 ? -1.0 : 1.0);
}
// Full throttle the way it rolls.
inline double steer(const mountain_car&, const double (&y)[mountain_car::observations]) noexcept {
    return y[1] < 0.0 ? -mountain_car::action_limit : mountain_car::action_limit;
}
// A torque along the elbow's turning does work on it.
inline double steer(const acrobot&, const double (&y)[acrobot::observations]) noexcept {
    return y[5] < 0.0 ? -acrobot::action_limit : acrobot::action_limit;
}

// Trivially copyable: its bytes are its state.
template <control_world World>
class explorer {
public:
    static constexpr std::uint32_t phase_steps = 200;  // it steers for so long, or lets itself go for so long
    static constexpr double tried = 0.5;               // share of the limit that it tries out, at most

    explicit explorer(std::uint64_t seed) noexcept : chance_{seed} {
        world_.reset(chance_);
        observe();
        choose();
    }

    // [observations]
    [[nodiscard]] std::span<const float> observation() const noexcept { return {seen_, World::observations}; }
    // What it does from now on, within the limit.
    [[nodiscard]] float action() const noexcept { return static_cast<float>(action_); }

    // One control step. @return true if an episode has just ended: observation() is how; begin_again() must come before the next step
    bool step() noexcept {
        static_cast<void>(world_.step(action_));  // a number, always
        ++steps_;
        ++in_episode_;
        observe();
        if (!world_.over()) {
            choose();
            return false;
        }
        ++episodes_;
        if (in_episode_ > longest_) longest_ = in_episode_;
        return true;
    }
    void begin_again() noexcept {
        in_episode_ = 0;
        world_.reset(chance_);
        observe();
        choose();
    }

    [[nodiscard]] std::uint64_t steps() const noexcept { return steps_; }
    // Episodes that have ended, and the steps of the longest of them.
    [[nodiscard]] std::uint64_t episodes() const noexcept { return episodes_; }
    [[nodiscard]] std::uint64_t longest() const noexcept { return longest_; }
    [[nodiscard]] const World& world() const noexcept { return world_; }
    // False for bytes that no life leaves, as from a damaged file.
    [[nodiscard]] bool sound() const noexcept {
        for (const float y : seen_) {
            if (!(y > -1e6f && y < 1e6f)) return false;
        }
        return world_.sound() && action_ >= -World::action_limit && action_ <= World::action_limit;
    }

private:
    void observe() noexcept {
        double y[World::observations];
        world_.observe(y);
        for (int i = 0; i < World::observations; ++i) seen_[i] = static_cast<float>(y[i]);
    }
    void choose() noexcept {
        if (steps_ % phase_steps == 0) steers_ = chance_.below(4) != 0 ? 1 : 0;
        double y[World::observations];
        world_.observe(y);
        const double wanted = steers_ != 0 ? control::held(steer(world_, y), World::action_limit) : 0.0;
        const double trial = control::between(chance_, -tried, tried) * World::action_limit;
        action_ =
            control::held((steers_ != 0 ? 1.0 - tried : 0.0) * wanted + (steers_ != 0 ? 1.0 : 1.0 / tried) * trial, World::action_limit);
    }

    World world_;
    synapse::random_generator chance_;
    std::uint64_t steps_ = 0;
    std::uint64_t in_episode_ = 0;
    std::uint64_t episodes_ = 0;
    std::uint64_t longest_ = 0;
    std::uint64_t steers_ = 0;
    double action_ = 0;
    float seen_[World::observations + World::observations % 2] = {};  // no byte is left over
};

}  // namespace worlds
