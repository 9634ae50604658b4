// bench_arm [--seeds N] [--json]: the arm's tracking figures over N seeds (20), with and without replay, and the payload's recovery.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <vector>

#include "worlds/arm_experiment.hpp"

namespace {

struct row {
    const char* method;
    std::vector<worlds::arm_outcome> seeds;
};

struct spread {
    double median, low, high;
};

template <class Figure>
spread over(const row& r, Figure figure) {
    std::vector<double> v;
    for (const worlds::arm_outcome& o : r.seeds) v.push_back(figure(o));
    std::sort(v.begin(), v.end());
    const std::size_t n = v.size();
    return {n % 2 != 0 ? v[n / 2] : 0.5 * (v[n / 2 - 1] + v[n / 2]), v.front(), v.back()};
}

double ratio(const worlds::arm_outcome& o) { return o.minute.pd / o.minute.learner; }
double to_model(const worlds::arm_outcome& o) { return o.minute.learner / o.minute.model; }
double linear_ratio(const worlds::arm_outcome& o) { return o.minute.pd / o.minute.linear; }
double model_ratio(const worlds::arm_outcome& o) { return o.minute.pd / o.minute.model; }
double recovery(const worlds::arm_outcome& o) { return o.recovery_seconds; }
double later(const worlds::arm_outcome& o) { return o.after_5_to_10; }
double latest(const worlds::arm_outcome& o) { return o.after_10_to_20; }

void print_text(const row& r) {
    std::printf("%s\n  seed  pd rad   linear   learner  model    pd/learner  learner/model  3x after s  5-10 s  10-20 s  changes\n", r.method);
    for (std::size_t i = 0; i < r.seeds.size(); ++i) {
        const worlds::arm_outcome& o = r.seeds[i];
        std::printf("  %4zu  %.5f  %.5f  %.5f  %.5f  %10.1f  %13.2f  %10.1f  %6.2f  %7.2f  %7llu\n", i + 1, o.minute.pd, o.minute.linear,
                    o.minute.learner, o.minute.model, ratio(o), to_model(o), o.recovery_seconds, o.after_5_to_10, o.after_10_to_20,
                    static_cast<unsigned long long>(o.changes));
    }
    const spread a = over(r, ratio), b = over(r, to_model), c = over(r, linear_ratio), d = over(r, model_ratio), e = over(r, recovery),
                 f = over(r, later), g = over(r, latest);
    std::printf("  median (worst): pd/learner %.1f (%.1f), pd/linear %.1f (%.1f), pd/model %.1f (%.1f), learner/model %.2f (%.2f)\n", a.median, a.low,
                c.median, c.low, d.median, d.low, b.median, b.high);
    std::printf("  after a payload of 0.5 kg: within 3x after %.1f s (%.1f); from 5 to 10 s %.2fx (%.2f), from 10 to 20 s %.2fx (%.2f)\n", e.median,
                e.high, f.median, f.high, g.median, g.high);
}

void print_json(const row& r, bool last) {
    const spread a = over(r, ratio), b = over(r, to_model), c = over(r, linear_ratio), d = over(r, model_ratio), e = over(r, recovery),
                 f = over(r, later), g = over(r, latest);
    std::printf("{\"method\":\"%s\",\"ratio_median\":%.4g,\"ratio_worst\":%.4g,\"linear_ratio_median\":%.4g,\"model_ratio_median\":%.4g,"
                "\"learner_to_model_median\":%.4g,\"learner_to_model_worst\":%.4g,\"recovery_seconds_median\":%.4g,\"recovery_seconds_worst\":%.4g,"
                "\"after_5_to_10_median\":%.4g,\"after_5_to_10_worst\":%.4g,\"after_10_to_20_median\":%.4g,\"after_10_to_20_worst\":%.4g,\"seeds\":[",
                r.method, a.median, a.low, c.median, d.median, b.median, b.high, e.median, e.high, f.median, f.high, g.median, g.high);
    for (std::size_t i = 0; i < r.seeds.size(); ++i) {
        const worlds::arm_outcome& o = r.seeds[i];
        std::printf("%s{\"seed\":%zu,\"pd\":%.6g,\"linear\":%.6g,\"learner\":%.6g,\"model\":%.6g,\"recovery_seconds\":%.4g,\"changes\":%llu}",
                    i == 0 ? "" : ",", i + 1, o.minute.pd, o.minute.linear, o.minute.learner, o.minute.model, o.recovery_seconds,
                    static_cast<unsigned long long>(o.changes));
    }
    std::printf("]}%s", last ? "" : ",");
}

int usage() {
    std::fputs("usage: bench_arm [--seeds N] [--json]   N from 1 to 1000\n", stderr);
    return 2;
}

}  // namespace

int main(int count, char** words) try {
    long seeds = 20;
    bool json = false;
    for (int i = 1; i < count; ++i) {
        if (std::strcmp(words[i], "--json") == 0) {
            json = true;
        } else if (std::strcmp(words[i], "--seeds") == 0 && i + 1 < count) {
            char* end = nullptr;
            seeds = std::strtol(words[++i], &end, 10);
            if (*words[i] == '\0' || *end != '\0' || seeds < 1 || seeds > 1000) return usage();
        } else {
            return usage();
        }
    }
    row rows[] = {{"no replay", {}}, {"replay 4", {}}};
    for (long seed = 1; seed <= seeds; ++seed) {
        const auto s = static_cast<std::uint64_t>(seed);
        rows[0].seeds.push_back(worlds::run_arm_experiment(s, worlds::arm_shape(0), worlds::arm_tuning(s), true));
        rows[1].seeds.push_back(worlds::run_arm_experiment(s, worlds::arm_shape(), worlds::arm_tuning(s), true));
    }
    bool sound = true;
    for (const row& r : rows) {
        for (const worlds::arm_outcome& o : r.seeds) sound = sound && synapse::ok(o.ended);
    }
    if (!sound) {
        std::fputs("bench_arm: an arm left the finite numbers\n", stderr);
        return 1;
    }
    if (json) {
        std::printf("{\"rows\":[");
        print_json(rows[0], false);
        print_json(rows[1], true);
        std::printf("]}\n");
    } else {
        for (const row& r : rows) print_text(r);
    }
    return 0;
} catch (const std::exception& problem) {
    std::fprintf(stderr, "bench_arm: %s\n", problem.what());
    return 1;
}
