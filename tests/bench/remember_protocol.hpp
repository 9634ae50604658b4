// One life through a problem, class-incremental: the classes come part by part, each sample once, and no learner is told where a part
// ends. Then the mean accuracy over all parts, and the mean of what was lost since each part was new.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <numeric>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <synapse/core/random.hpp>

#include "clock.hpp"
#include "remember_problem.hpp"

namespace remember {

// Somebody who learns. All of its random choices follow from its seed.
class student {
public:
    student() = default;
    student(const student&) = delete;
    student& operator=(const student&) = delete;
    virtual ~student() = default;

    // x [labels][features]; false if it refuses.
    [[nodiscard]] virtual bool learn(std::span<const float> x, std::span<const std::uint32_t> labels) = 0;
    // The ways in which it can answer, and the class that it gives in one of them.
    [[nodiscard]] virtual std::vector<std::string> ways() const { return {""}; }
    [[nodiscard]] virtual std::uint32_t classify(std::size_t way, std::span<const float> x) = 0;
    // Time without data, after each part.
    virtual void rest() {}
    // Passes through a network for each new sample; a pass forward alone is a third of one.
    [[nodiscard]] virtual double passes() const = 0;
    // All the memory it learns in, and what of it holds samples.
    [[nodiscard]] virtual std::size_t bytes() const = 0;
    [[nodiscard]] virtual std::size_t replay_bytes() const = 0;
};

struct outcome {
    std::vector<double> accuracy;    // [ways], percent: mean over the parts at the end of the life
    std::vector<double> forgetting;  // [ways], percent: mean over all parts but the last of accuracy when new - at the end
    double us_per_sample = 0;        // CPU time of learn(), per new sample; rest() is not counted
    double passes = 0;
    std::size_t bytes = 0;
    std::size_t replay_bytes = 0;
    bool learned = true;  // false: a sample was refused, and the rest means nothing
};

inline double accuracy_on(const problem& p, std::uint32_t part, student& s, std::size_t way) {
    std::uint32_t right = 0, asked = 0;
    for (std::uint32_t i = 0; i < p.test.size(); ++i) {
        if (p.part_of(p.test.label[i]) != part) continue;
        ++asked;
        if (s.classify(way, p.test[i]) == p.test.label[i]) ++right;
    }
    return asked == 0 ? 0.0 : 100.0 * right / asked;
}

// The training samples in the order of their coming: part after part, shuffled within each; or all shuffled together.
inline std::vector<std::vector<std::uint32_t>> arrivals(const problem& p, bool shuffled, std::uint64_t seed) {
    synapse::random_generator source{seed * 7 + 1};
    std::vector<std::uint32_t> order(p.train.size());
    std::iota(order.begin(), order.end(), 0u);
    for (std::uint32_t i = p.train.size(); i-- > 1;) std::swap(order[i], order[source.below(i + 1)]);
    std::vector<std::vector<std::uint32_t>> parts(shuffled ? 1 : p.parts);
    for (const std::uint32_t i : order) parts[shuffled ? 0 : p.part_of(p.train.label[i])].push_back(i);
    return parts;
}

// batch: new samples a step; the last step of a part may have fewer.
inline outcome live(const problem& p, student& s, std::uint32_t batch, bool shuffled, std::uint64_t seed) {
    const std::size_t ways = s.ways().size();
    outcome o;
    o.accuracy.assign(ways, 0.0);
    o.forgetting.assign(ways, 0.0);
    double spent = 0;
    std::vector<float> x;
    std::vector<std::uint32_t> labels;
    const auto parts = arrivals(p, shuffled, seed);
    for (std::uint32_t part = 0; part < parts.size(); ++part) {
        const double start = bench::cpu_ns();
        for (std::size_t i = 0; i < parts[part].size(); ++i) {
            const auto values = p.train[parts[part][i]];
            x.insert(x.end(), values.begin(), values.end());
            labels.push_back(p.train.label[parts[part][i]]);
            if (labels.size() < batch && i + 1 < parts[part].size()) continue;
            if (!s.learn(x, labels)) o.learned = false;
            x.clear();
            labels.clear();
        }
        spent += bench::cpu_ns() - start;
        s.rest();
        for (std::size_t w = 0; w < ways && part + 1 < parts.size(); ++w) o.forgetting[w] += accuracy_on(p, part, s, w) / (p.parts - 1);
    }
    for (std::size_t w = 0; w < ways; ++w) {
        for (std::uint32_t part = 0; part < p.parts; ++part) {
            const double at_the_end = accuracy_on(p, part, s, w);
            o.accuracy[w] += at_the_end / p.parts;
            if (!shuffled && part + 1 < p.parts) o.forgetting[w] -= at_the_end / (p.parts - 1);
        }
    }
    o.us_per_sample = 1e-3 * spent / p.train.size();
    o.passes = s.passes();
    o.bytes = s.bytes();
    o.replay_bytes = s.replay_bytes();
    return o;
}

}  // namespace remember
