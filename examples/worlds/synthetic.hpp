// A world whose agency is known: of the change that its past does not announce, a chosen share is the agent's own doing.
//
//     y' = F y + sqrt(ratio) own(action) + sqrt(1 - ratio) other
// own and other have unit variance in every observation, so that a perfect observer reads agency = ratio. Actions are drawn here,
// independently of everything: only that can tell an own effect from a common cause.
#pragma once

#include <cmath>
#include <cstdint>

#include <synapse/core/random.hpp>
#include <synapse/kernels/arithmetic.hpp>
#include <synapse/kernels/math.hpp>

#include "worlds/arm.hpp"
#include "worlds/trigonometry.hpp"

namespace worlds {

enum class own_effect : std::uint8_t { linear, tanh, square, sine };

// Trivially copyable: its bytes are its state.
class synthetic_world {
public:
    static constexpr std::uint32_t observations = 3;
    static constexpr std::uint32_t actions = 3;

    // ratio in [0, 1]
    explicit synthetic_world(double ratio, std::uint64_t seed, own_effect effect = own_effect::linear) noexcept
        : own_{std::sqrt(ratio)}, other_{std::sqrt(1.0 - ratio)}, effect_{effect}, chance_{seed} {
        draw();
    }

    [[nodiscard]] const float (&observation() const noexcept)[observations] { return y_; }
    // What the agent does now.
    [[nodiscard]] const float (&action() const noexcept)[actions] { return action_; }

    // False for bytes that no life leaves, as from a damaged file.
    [[nodiscard]] bool sound() const noexcept {
        for (const float y : y_) {
            if (!(y > -1e6f && y < 1e6f)) return false;
        }
        for (const float a : action_) {
            if (!(a > -1e6f && a < 1e6f)) return false;
        }
        return own_ >= 0.0 && own_ <= 1.0 && other_ >= 0.0 && other_ <= 1.0;
    }

    // The world answers, and the next action is drawn.
    void step() noexcept {
        // A slow rotation that decays: its past announces some of what comes.
        const double before[observations] = {static_cast<double>(y_[0]), static_cast<double>(y_[1]), static_cast<double>(y_[2])};
        const double flow[observations] = {0.6 * before[0] - 0.3 * before[1], 0.3 * before[0] + 0.6 * before[1], 0.5 * before[2]};
        for (std::uint32_t i = 0; i < observations; ++i) {
            // Every observation mixes two of the actions.
            const double own = 0.8 * effect(action_[i]) + 0.6 * effect(action_[(i + 1) % actions]);
            y_[i] = static_cast<float>(flow[i] + own_ * own + other_ * nearly_normal(chance_));
        }
        draw();
    }

private:
    void draw() noexcept {
        for (float& a : action_) a = static_cast<float>(nearly_normal(chance_));
    }

    // Of mean 0 and variance 1 for an action of mean 0 and variance 1.
    [[nodiscard]] double effect(float drawn) const noexcept {
        const auto a = static_cast<double>(drawn);
        switch (effect_) {
            case own_effect::linear: return a;
            case own_effect::tanh:
                return static_cast<double>(synapse::math::tanh<synapse::math::scalar_operations<synapse::separate>>(drawn)) / 0.627929;
            case own_effect::square: return (a * a - 1.0) / 1.414214;
            case own_effect::sine: return sin_cos(2.0 * a).sine / 0.706988;
        }
        return a;
    }

    double own_;
    double other_;
    own_effect effect_;
    synapse::random_generator chance_;
    float y_[observations] = {};
    float action_[actions] = {};
};

}  // namespace worlds
