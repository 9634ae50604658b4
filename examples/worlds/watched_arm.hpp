// An arm whose agent has learned it and now only watches, and the bench on which its faults are staged.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <synapse/checkpoint/load.hpp>
#include <synapse/checkpoint/save.hpp>
#include <synapse/checkpoint/stream.hpp>
#include <synapse/core/random.hpp>
#include <synapse/core/status.hpp>
#include <synapse/hosted/any_agent.hpp>

#include "worlds/fault_watch.hpp"
#include "worlds/feeling_arm.hpp"
#include "worlds/staged_fault.hpp"

namespace worlds {

class watched_arm {
public:
    // Its agent learns the arm for so many simulated seconds; after that its weights stand still, so that a fault is not learned, too.
    explicit watched_arm(std::uint64_t seed, int seconds_of_learning = 300)
        : agent_{feeling_arm_shape(), numbers(seed)}, arm_{seed}, chance_{seed ^ 0x6661756c74ull} {
        for (int i = 0; i < seconds_of_learning * staged_fault::second; ++i) tick();
        synapse::agent_tuning still = agent_.tuned();
        still.learning.learning_rate = still.settled_rate = still.variance_rate = 1e-9f;
        still.learning.replay_ratio = 0.0f;
        still.learning.normalizer_horizon = 1e9f;
        note(agent_.retune(still));
    }

    // Works for so many seconds; after each look at it, seen() is called.
    template <class Seen>
    void work(int seconds, fault_watch& watch, Seen seen) {
        for (int i = 0; i < seconds * staged_fault::second; ++i) {
            tick();
            if (!is_look()) continue;
            watch.look(agent_.latest());
            seen();
        }
    }

    // Stages a fault; after each look, seen(fault, step) is called. Then arm, agent and watch are as they were before.
    template <class Seen>
    void stage(fault what, fault_watch& watch, Seen seen) {
        const staged_fault staged{what, chance_};
        checkpoint_.resize(1u << 22);
        synapse::span_sink to{checkpoint_};
        note(save(agent_.body(), to));
        const feeling_arm arm = arm_;
        const fault_watch::past past = watch.remembered();
        const std::uint64_t ticks = ticks_;
        for (int step = 0; step < staged_fault::steps; ++step) {
            staged.apply(arm_, step);
            tick();
            if (!is_look()) continue;
            watch.look(agent_.latest());
            seen(staged, step);
        }
        synapse::span_source from{to.written()};
        note(load(agent_.body(), from));
        arm_ = arm;
        watch.remember(past);
        ticks_ = ticks;
    }

    [[nodiscard]] synapse::agent_report latest() const noexcept { return agent_.latest(); }
    // The first thing that failed, if anything did.
    [[nodiscard]] synapse::status outcome() const noexcept { return outcome_; }

private:
    static synapse::agent_tuning numbers(std::uint64_t seed) noexcept {
        synapse::agent_tuning out = feeling_arm_tuning(seed);
        out.integration_horizon = 400.0f;  // 2 s
        return out;
    }
    [[nodiscard]] bool is_look() const noexcept { return ticks_ % fault_watch::every == 0; }
    void note(synapse::status s) noexcept {
        if (ok(outcome_)) outcome_ = s;
    }
    void tick() {
        note(agent_.observe(arm_.observation(), arm_.action()));
        note(arm_.step());
        ++ticks_;
    }

    synapse::any_agent<> agent_;
    feeling_arm arm_;
    synapse::random_generator chance_;
    std::vector<std::byte> checkpoint_;
    std::uint64_t ticks_ = 0;
    synapse::status outcome_ = synapse::status::ok;
};

}  // namespace worlds
