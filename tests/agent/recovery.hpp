// How long an agent on the arm needs to get used to a body that has changed, with and without homeostasis.
#pragma once

#include <cstdint>
#include <vector>

#include <synapse/agent/health.hpp>
#include <synapse/hosted/any_agent.hpp>

#include "worlds/feeling_arm.hpp"

namespace recovery {

inline constexpr int look_steps = 40;      // 0.2 s
inline constexpr int window_steps = 1000;  // agency is averaged over 5 s
inline constexpr int free_steps = 24000;   // two simulated minutes before the change
inline constexpr int changed_steps = 24000;

enum class change : std::uint8_t { weak_elbow, weak_shoulder };

struct outcome {
    double agency_before = 0;   // mean of the last 40 s before the change
    double seconds = 0;         // until its mean over 5 s was back at nine tenths of that; as long as it lasted if never
    double lost = 0;            // agency seconds below what it was before
    double agency_after = 0;    // mean of the last 40 s
    float largest_gain = 1.0f;  // of the learning rate
    std::uint32_t let_go = 0;   // times that experience was forgotten
};

// The elbow's motor keeps a quarter of its strength, or the shoulder's three tenths.
inline outcome run(std::uint64_t seed, change what, bool cared_for) {
    worlds::feeling_arm arm{seed};
    const synapse::agent_tuning own = worlds::feeling_arm_tuning(seed);
    synapse::agent_tuning now = own;
    synapse::any_agent<> agent{worlds::feeling_arm_shape(), own};
    synapse::health_monitor health;
    synapse::homeostasis remedy;
    outcome out;

    const auto live = [&](int steps, bool treated, const auto& each) {
        for (int t = 0; t < steps; ++t) {
            if (!ok(agent.observe(arm.observation(), arm.action())) || !ok(arm.step())) return;
            if (t % look_steps == 0) {
                synapse::health_warning events[synapse::ailments];
                static_cast<void>(health.look(agent.latest(), {}, events));
                if (treated) {
                    if (remedy.apply(health, own, {}, now)) static_cast<void>(agent.retune(now));
                    if (remedy.lets_go()) {
                        agent.forget_experience();
                        ++out.let_go;
                    }
                    if (remedy.gain() > out.largest_gain) out.largest_gain = remedy.gain();
                }
            }
            each(t, static_cast<double>(agent.latest().agency.share));
        }
    };
    constexpr int last = 8000;
    live(free_steps, false, [&](int t, double agency) { out.agency_before += t >= free_steps - last ? agency / last : 0.0; });

    if (what == change::weak_elbow) arm.actuator[1] = 0.25;
    if (what == change::weak_shoulder) arm.actuator[0] = 0.3;
    std::vector<double> seen;
    live(changed_steps, cared_for, [&](int, double agency) { seen.push_back(agency); });
    double sum = 0;
    out.seconds = changed_steps * worlds::control_seconds;
    bool back = false;
    for (std::size_t t = 0; t < seen.size(); ++t) {
        sum += seen[t];
        if (t >= window_steps) sum -= seen[t - window_steps];
        if (!back && t >= window_steps && sum >= 0.9 * out.agency_before * window_steps) {
            back = true;
            out.seconds = static_cast<double>(t) * worlds::control_seconds;
        }
        if (seen[t] < out.agency_before) out.lost += (out.agency_before - seen[t]) * worlds::control_seconds;
        if (t + last >= seen.size()) out.agency_after += seen[t] / last;
    }
    return out;
}

}  // namespace recovery
