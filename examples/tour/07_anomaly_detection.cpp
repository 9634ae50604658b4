// What an agent knows of itself, put to use: a stuck joint, a drifting encoder and a collision of a two-link arm are noticed and told
// apart from agency, self-prediction error, confidence and integration alone. worlds/fault_watch.hpp says how; bench_anomaly measures it
// on more arms.
#include <cstdio>
#include <memory>

#include "worlds/fault_watch.hpp"
#include "worlds/watched_arm.hpp"

using worlds::fault;
constexpr fault all_faults[] = {fault::stuck_joint, fault::drifting_sensor, fault::collision};

int main() {
    const auto watch = std::make_unique<worlds::fault_watch>();

    // The bench: two arms learn themselves for two minutes; then faults are staged, and the watch is told what it sees.
    for (const std::uint64_t seed : {1u, 2u}) {
        worlds::watched_arm arm{seed, 120};
        arm.work(10, *watch, [] {});
        for (int round = 0; round < 8; ++round) {
            for (const fault what : all_faults) {
                arm.work(8, *watch, [&] { static_cast<void>(watch->teach(fault::none)); });
                arm.stage(what, *watch, [&](const worlds::staged_fault& staged, int step) {
                    if (staged.shows(step)) static_cast<void>(watch->teach(what));
                });
            }
        }
        if (!ok(arm.outcome())) return 1;
    }
    // Two others show it what healthy arms look like, so that it knows when not to cry.
    for (const std::uint64_t seed : {51u, 52u}) {
        worlds::watched_arm arm{seed, 120};
        arm.work(10, *watch, [] {});
        watch->clear();
        arm.work(200, *watch, [&] { watch->calibrate(); });
    }

    // The field: an arm that it has never seen.
    worlds::watched_arm arm{201, 120};
    arm.work(10, *watch, [] {});
    int false_alarms = 0;
    for (const fault what : all_faults) {
        for (int round = 0; round < 2; ++round) {
            watch->clear();
            arm.work(100, *watch, [&] { false_alarms += watch->watch(); });
            watch->clear();
            double delay = -1;
            synapse::agent_report then;
            arm.stage(what, *watch, [&](const worlds::staged_fault&, int step) {
                if (!watch->watch()) return;
                delay = (step + 1) * worlds::control_seconds;
                then = arm.latest();
            });
            if (delay < 0) {
                std::printf("%-15s not noticed\n", name(what));
                continue;
            }
            std::printf(
                "%-15s noticed after %.2f s (agency %.2f, self-prediction %.2f, confidence %.2f, integration %.2f), taken for: %s\n",
                name(what), delay, static_cast<double>(then.agency.share), static_cast<double>(then.self_prediction.error),
                static_cast<double>(then.confidence.confidence), static_cast<double>(then.integration.share), name(watch->named()));
        }
    }
    std::printf("%d false alarms in 10 healthy minutes\n", false_alarms);
    return ok(arm.outcome()) ? 0 : 1;
}
