// Everything about an agent that is a number and costs no bytes. May be changed while it lives.
#pragma once

#include <cstdint>

#include <synapse/config.hpp>
#include <synapse/core/status.hpp>
#include <synapse/learner/tuning.hpp>
#include <synapse/metrics/phi.hpp>

namespace synapse {

struct agent_tuning {
    tuning learning;                      // of the three models; their seeds follow from learning.seed
    float settled_rate = 0.003f;          // the learning rate that they come to in the end; (0, learning.learning_rate]; equal: no change
    float settling_steps = 10000.0f;      // it is approached by a factor e in so many steps; >= 1
    float state_share = 0.5f;             // of the new in the trace of hidden activity, each step; (0, 1]
    float variance_rate = 0.01f;          // of the head that foresees errors; (0, 1]
    float horizon = 1000.0f;              // steps over which agency, confidence and self-prediction are taken; >= 1
    float integration_horizon = 4096.0f;  // steps that the covariance between modules remembers; >= 1
    phi_tuning phi{.horizon = 4096.0f};
    float tick_seconds = 0.01f;  // of one step, for whoever reads in seconds; > 0

    // The same with every window as long in seconds as it now is in steps of 10 ms.
    [[nodiscard]] constexpr agent_tuning for_tick(float seconds) const noexcept {
        agent_tuning out = *this;
        const float scale = tick_seconds / seconds;
        out.settling_steps = at_least_one(settling_steps * scale);
        out.horizon = at_least_one(horizon * scale);
        out.integration_horizon = at_least_one(integration_horizon * scale);
        out.phi.horizon = at_least_one(phi.horizon * scale);
        const float share = state_share / scale;
        out.state_share = share < 1.0f ? share : 1.0f;
        out.tick_seconds = seconds;
        return out;
    }

    // The first thing wrong, as a sentence; null if it can be used. NaN is wrong everywhere.
    [[nodiscard]] constexpr const char* flaw() const noexcept {
        if (learning.flaw() != nullptr) return learning.flaw();
        if (phi.flaw() != nullptr) return phi.flaw();
        return first_flaw([](const char* sentence) { return sentence; }, static_cast<const char*>(nullptr));
    }
    // True if there is none. Without the sentences, which a firmware need not carry.
    [[nodiscard]] constexpr bool is_sound() const noexcept {
        return learning.is_sound() && phi.is_sound() && first_flaw([](const char*) { return false; }, true);
    }

    template <class Self, class Visitor>
    static constexpr void fields(Self& self, Visitor& visit) {
        visit.group("learning", self.learning);
        visit.value("settled_rate", self.settled_rate);
        visit.value("settling_steps", self.settling_steps);
        visit.value("state_share", self.state_share);
        visit.value("variance_rate", self.variance_rate);
        visit.value("horizon", self.horizon);
        visit.value("integration_horizon", self.integration_horizon);
        visit.value("phi_horizon", self.phi.horizon);
        visit.value("phi_shrinkage", self.phi.shrinkage);
        visit.value("phi_period", self.phi.period);
        visit.value("phi_full_every", self.phi.full_every);
        visit.value("tick_seconds", self.tick_seconds);
    }
    [[nodiscard]] constexpr status settle() const noexcept { return is_sound() ? status::ok : status::corrupt; }

private:
    template <class Say, class Verdict>
    SYNAPSE_INLINE constexpr Verdict first_flaw(Say say, Verdict none) const noexcept {
        if (!(settled_rate > 0.0f && settled_rate <= 1000.0f)) return say("agent_tuning.settled_rate lies outside (0, 1000]");
        if (!(settling_steps >= 1.0f && settling_steps <= 1e12f)) return say("agent_tuning.settling_steps lies outside [1, 1e12]");
        if (!(state_share > 0.0f && state_share <= 1.0f)) return say("agent_tuning.state_share lies outside (0, 1]");
        if (!(variance_rate > 0.0f && variance_rate <= 1.0f)) return say("agent_tuning.variance_rate lies outside (0, 1]");
        if (!(horizon >= 1.0f && horizon <= 1e9f)) return say("agent_tuning.horizon lies outside [1, 1e9]");
        if (!(integration_horizon >= 1.0f && integration_horizon <= 1e9f))
            return say("agent_tuning.integration_horizon lies outside [1, 1e9]");
        if (!(tick_seconds > 0.0f && tick_seconds <= 1e6f)) return say("agent_tuning.tick_seconds lies outside (0, 1e6]");
        return none;
    }
    static constexpr float at_least_one(float x) noexcept { return x < 1.0f ? 1.0f : x; }
};

}  // namespace synapse
