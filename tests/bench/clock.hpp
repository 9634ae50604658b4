// Timing on a machine that others use too: the thread's own CPU time, interleaved rounds, medians.
#pragma once

#include <algorithm>
#include <cstdint>
#include <ctime>
#include <functional>
#include <vector>

namespace bench {

// Nanoseconds of CPU time that this thread has used.
inline double cpu_ns() {
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) * 1e9 + static_cast<double>(now.tv_nsec);
}

// Keeps a result, and what led to it, from being optimised away.
template <class T>
inline void keep(const T& value) {
    asm volatile("" : : "m"(value) : "memory");
}

inline double median(std::vector<double> v) {
    if (v.empty()) return 0.0;
    std::sort(v.begin(), v.end());
    const std::size_t half = v.size() / 2;
    return v.size() % 2 == 1 ? v[half] : 0.5 * (v[half - 1] + v[half]);
}

// Something that is timed over and over.
struct timed {
    std::function<void(std::uint32_t)> action;  // called with 0, 1, 2, ...
    double* result;                             // receives the median, ns a call
    std::uint32_t repeats = 0;
    std::vector<double> rounds{};
};

// Gives every entry its turn in each round, about round_ms long, and leaves the medians.
inline void interleave(std::vector<timed>& entries, int rounds, double round_ms) {
    for (timed& t : entries) {
        std::uint32_t n = 1;
        for (;; n *= 4) {
            const double start = cpu_ns();
            for (std::uint32_t i = 0; i < n; ++i) t.action(i);
            const double spent = cpu_ns() - start;
            if (spent > 0.1 * round_ms * 1e6 || n > (1u << 28)) {
                t.repeats = std::max(1u, static_cast<std::uint32_t>(static_cast<double>(n) * round_ms * 1e6 / spent));
                break;
            }
        }
    }
    for (int round = 0; round < rounds; ++round) {
        for (timed& t : entries) {
            const double start = cpu_ns();
            for (std::uint32_t i = 0; i < t.repeats; ++i) t.action(i);
            t.rounds.push_back((cpu_ns() - start) / t.repeats);
        }
    }
    for (timed& t : entries) *t.result = median(t.rounds);
}

}  // namespace bench
