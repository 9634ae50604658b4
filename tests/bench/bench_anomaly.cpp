// How soon faults of the arm are noticed, how often they get their right name, and how often a healthy arm is taken for ill, on arms that
// the watch was neither taught nor calibrated with.
//   bench_anomaly [--seeds N] [--json]
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <vector>

#include "worlds/fault_watch.hpp"
#include "worlds/watched_arm.hpp"

namespace {

using worlds::fault;
constexpr fault all_faults[] = {fault::stuck_joint, fault::drifting_sensor, fault::collision};
constexpr int rounds = 10;           // of each fault on each arm
constexpr int healthy_seconds = 60;  // before each

std::unique_ptr<worlds::fault_watch> taught() {
    auto watch = std::make_unique<worlds::fault_watch>();
    for (std::uint64_t seed = 1; seed <= 4; ++seed) {
        worlds::watched_arm arm{seed};
        arm.work(20, *watch, [] {});
        for (int round = 0; round < 12; ++round) {
            for (const fault what : all_faults) {
                arm.work(12, *watch, [&] { static_cast<void>(watch->teach(fault::none)); });
                arm.stage(what, *watch, [&](const worlds::staged_fault& staged, int step) {
                    if (staged.shows(step)) static_cast<void>(watch->teach(what));
                });
            }
        }
    }
    for (std::uint64_t seed = 51; seed <= 54; ++seed) {
        worlds::watched_arm arm{seed};
        arm.work(20, *watch, [] {});
        watch->clear();
        arm.work(900, *watch, [&] { watch->calibrate(); });
    }
    return watch;
}

struct tally {
    int staged = 0, noticed = 0, named_right = 0;
    std::vector<double> delay;
};

}  // namespace

int main(int argc, char** argv) {
    int seeds = 10;
    bool json = false;
    for (int i = 1; i < argc; ++i) {
        if (std::strcmp(argv[i], "--json") == 0) {
            json = true;
        } else if (std::strcmp(argv[i], "--seeds") == 0 && i + 1 < argc && std::atoi(argv[i + 1]) > 0) {
            seeds = std::atoi(argv[++i]);
        } else {
            std::fprintf(stderr, "usage: bench_anomaly [--seeds N] [--json]\n");
            return 2;
        }
    }
    const auto watch = taught();
    tally found[worlds::faults];
    int false_alarms = 0;
    double healthy_hours = 0;
    for (int n = 0; n < seeds; ++n) {
        worlds::watched_arm arm{401 + static_cast<std::uint64_t>(n)};
        arm.work(20, *watch, [] {});
        for (int i = 0; i < rounds * 3; ++i) {
            const fault what = all_faults[i % 3];
            tally& t = found[static_cast<std::uint32_t>(what)];
            watch->clear();
            arm.work(healthy_seconds, *watch, [&] {
                false_alarms += watch->watch();
                if (watch->named() != fault::none) watch->clear();
            });
            healthy_hours += healthy_seconds / 3600.0;
            watch->clear();
            arm.stage(what, *watch, [&](const worlds::staged_fault&, int step) {
                if (watch->watch()) t.delay.push_back((step + 1) * worlds::control_seconds);
            });
            ++t.staged;
            t.noticed += watch->alarm();
            t.named_right += watch->named() == what;
        }
        if (!ok(arm.outcome())) {
            std::fprintf(stderr, "bench_anomaly: %s\n", name(arm.outcome()));
            return 1;
        }
    }
    for (const fault what : all_faults) {
        tally& t = found[static_cast<std::uint32_t>(what)];
        std::sort(t.delay.begin(), t.delay.end());
        const double median = t.delay.empty() ? 0 : t.delay[t.delay.size() / 2];
        const double worst = t.delay.empty() ? 0 : t.delay.back();
        std::printf(json ? "{\"fault\":\"%s\",\"staged\":%d,\"noticed\":%d,\"named_right\":%d,\"delay_median\":%.2f,\"delay_worst\":%.2f}\n"
                         : "%-15s staged %3d, noticed %3d, named right %3d, after %.2f s (median; worst %.2f s)\n",
                    name(what), t.staged, t.noticed, t.named_right, median, worst);
    }
    std::printf(
        json ? "{\"false_alarms\":%d,\"healthy_hours\":%.2f,\"per_hour\":%.2f}\n" : "%d false alarms in %.1f healthy hours: %.2f an hour\n",
        false_alarms, healthy_hours, false_alarms / healthy_hours);
}
