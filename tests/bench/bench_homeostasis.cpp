// What homeostasis is worth: seconds until an agent on the arm is used to a motor that has lost its strength, with and without.
//     bench_homeostasis [--seeds N] [--json]
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "../agent/recovery.hpp"
#include "clock.hpp"

int main(int count, char** arguments) {
    bool json = false;
    std::uint64_t seeds = 10;
    for (int i = 1; i < count; ++i) {
        if (std::strcmp(arguments[i], "--json") == 0) {
            json = true;
        } else if (std::strcmp(arguments[i], "--seeds") == 0 && i + 1 < count && std::atoi(arguments[i + 1]) > 0) {
            seeds = static_cast<std::uint64_t>(std::atoi(arguments[++i]));
        } else {
            std::fprintf(stderr, "usage: bench_homeostasis [--seeds N] [--json]\n");
            return 2;
        }
    }
    struct row {
        const char* name;
        recovery::change what;
    };
    const row rows[] = {{"elbow at 25 %", recovery::change::weak_elbow}, {"shoulder at 30 %", recovery::change::weak_shoulder}};
    if (json) std::printf("{\"rows\":[");
    if (!json)
        std::printf("seconds until agency is back at 0.9 of what it was; median (worst) of %llu seeds\n",
                    static_cast<unsigned long long>(seeds));
    if (!json) std::printf("%-18s %16s %16s %24s\n", "change", "by itself", "homeostasis", "agency seconds lost");
    for (const row& r : rows) {
        std::vector<double> alone, cared_for, lost_alone, lost_cared_for;
        for (std::uint64_t s = 0; s < seeds; ++s) {
            const recovery::outcome a = recovery::run(501 + s, r.what, false);
            const recovery::outcome b = recovery::run(501 + s, r.what, true);
            alone.push_back(a.seconds);
            cared_for.push_back(b.seconds);
            lost_alone.push_back(a.lost);
            lost_cared_for.push_back(b.lost);
        }
        const auto worst = [](const std::vector<double>& v) { return *std::max_element(v.begin(), v.end()); };
        if (json) {
            std::printf(
                "%s{\"change\":\"%s\",\"seeds\":%llu,\"seconds\":%.2f,\"worst_seconds\":%.2f,\"cared_for_seconds\":%.2f,"
                "\"cared_for_worst_seconds\":%.2f,\"lost\":%.3f,\"cared_for_lost\":%.3f}",
                &r == rows ? "" : ",", r.name, static_cast<unsigned long long>(seeds), bench::median(alone), worst(alone),
                bench::median(cared_for), worst(cared_for), bench::median(lost_alone), bench::median(lost_cared_for));
        } else {
            std::printf("%-18s %8.1f (%5.1f) %8.1f (%5.1f) %12.1f -> %8.1f\n", r.name, bench::median(alone), worst(alone),
                        bench::median(cared_for), worst(cared_for), bench::median(lost_alone), bench::median(lost_cared_for));
        }
    }
    if (json) std::printf("]}\n");
    return 0;
}
