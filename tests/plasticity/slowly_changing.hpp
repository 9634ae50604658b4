// Slowly-changing regression, the problem on which plain backprop loses its plasticity, and a small network that lives through it.
// 20 bits: 15 are drawn anew every 10,000 samples, 5 for each sample. The target is a sum of 100 random linear-threshold units.
// @source Dohare et al. 2024 (Nature 632); the details are those of the table in the comment of bench_plasticity.cpp
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include <synapse/core/fields.hpp>
#include <synapse/core/random.hpp>
#include <synapse/kernels/default.hpp>
#include <synapse/network/loss.hpp>
#include <synapse/network/network.hpp>
#include <synapse/network/workspace.hpp>
#include <synapse/plasticity/incoming.hpp>
#include <synapse/plasticity/turnover.hpp>
#include <synapse/plasticity/units.hpp>

namespace plasticity_test {

class slowly_changing {
public:
    static constexpr std::uint32_t bits = 20;
    static constexpr std::uint32_t slow_bits = 15;
    static constexpr std::uint32_t targets = 100;

    explicit slowly_changing(std::uint64_t seed, std::uint32_t steps_per_change = 10000) : period_{steps_per_change}, random_{seed} {
        for (auto& unit : weight_) {
            for (float& w : unit) w = sign();
        }
        for (float& b : bias_) b = sign();
        for (float& o : outgoing_) o = sign();
        for (std::uint32_t i = 0; i < targets; ++i) {
            float sum = 0.0f;
            for (const float w : weight_[i]) sum += w;
            threshold_[i] = 0.7f * (bits + 1) - 0.5f * (bits - sum + bias_[i]);
        }
        for (float& b : x) b = bit();
    }

    // The next sample: x and y.
    void next() {
        const bool change = step_++ % period_ == 0;
        for (std::uint32_t k = change ? 0 : slow_bits; k < bits; ++k) x[k] = bit();
        if (change) {
            // What the slow bits say holds for a whole period.
            for (std::uint32_t i = 0; i < targets; ++i) {
                slow_sum_[i] = bias_[i];
                for (std::uint32_t k = 0; k < slow_bits; ++k) slow_sum_[i] += weight_[i][k] * x[k];
            }
        }
        y = outgoing_[targets];
        for (std::uint32_t i = 0; i < targets; ++i) {
            float sum = slow_sum_[i];
            for (std::uint32_t k = slow_bits; k < bits; ++k) sum += weight_[i][k] * x[k];
            if (sum > threshold_[i]) y += outgoing_[i];
        }
    }

    float x[bits] = {};
    float y = 0.0f;

private:
    float bit() { return (random_.next() >> 31) != 0 ? 1.0f : 0.0f; }
    float sign() { return 2.0f * bit() - 1.0f; }

    std::uint32_t period_;
    synapse::random_generator random_;
    std::uint64_t step_ = 0;
    float weight_[targets][bits] = {};
    float bias_[targets] = {};
    float threshold_[targets] = {};
    float outgoing_[targets + 1] = {};
    float slow_sum_[targets] = {};
};

enum class way {
    backprop,
    published,  // continual backprop as published: contribution utility, new weights by chance
    turnover,   // the library's
};

constexpr const char* name(way w) {
    switch (w) {
        case way::backprop: return "backprop";
        case way::published: return "continual backprop, as published";
        case way::turnover: return "continual backprop, synapse";
    }
    return "";
}

// A part of the library in memory of its own.
template <class Part>
class owned {
    struct alignas(64) line {
        std::byte bytes[64];
    };

public:
    template <class... Arguments>
    explicit owned(const Arguments&... arguments) : part{arguments...}, lines_(synapse::measure(part) / sizeof(line) + 1) {
        placed_ = ok(synapse::place(part, std::as_writable_bytes(std::span{lines_})));
    }
    owned(const owned&) = delete;
    owned& operator=(const owned&) = delete;
    [[nodiscard]] bool placed() const { return placed_; }

    Part part;

private:
    std::vector<line> lines_;
    bool placed_ = false;
};

// 20 inputs, one hidden layer of relu units, one output; batch 1, plain SGD.
class student {
public:
    using kernels = synapse::default_kernels;
    static constexpr float rate = 0.01f;
    static constexpr float published_rate = 1e-4f;
    static constexpr float turnover_rate = 3e-4f;
    static constexpr std::uint32_t maturity = 100;

    student(std::uint32_t units, way how, std::uint64_t seed)
        : how_{how},
          net_{form(units)},
          work_{form(units), 1u, kernels::lanes},
          units_{synapse::slots{units, units}},
          guide_{synapse::slots{slowly_changing::bits, slowly_changing::bits}, synapse::slots{1, 1}},
          random_{seed},
          contribution_(units, 0.0f) {
        net_.part.randomise(random_, kaiming, false);
        units_.part.begin();
    }

    // Learns one sample; returns the squared error before.
    float step(const slowly_changing& world) {
        auto& net = net_.part;
        auto& work = work_.part;
        for (std::uint32_t k = 0; k < slowly_changing::bits; ++k) work.input(0)[k] = world.x[k];
        net.forward(work, 1);
        const float half = synapse::loss::squared<kernels::arithmetic>(1, work.output(0), &world.y, 1.0f,
                                                                        std::numeric_limits<float>::infinity(), work.output_delta(0));
        if (!net.admits(1, rate)) return std::numeric_limits<float>::infinity();
        if (how_ == way::turnover) guide_.part.add<kernels>(work.input(0), work.output_delta(0));
        net.backward(work, 1, rate);
        error_ += 0.005f * (2.0f * half - error_);
        if (how_ == way::turnover) turn_over();
        if (how_ == way::published) turn_over_as_published();
        return 2.0f * half;
    }

    [[nodiscard]] std::uint32_t replaced() const { return replaced_; }
    [[nodiscard]] const synapse::network<kernels>& net() const { return net_.part; }

private:
    static constexpr float kaiming = 2.44948974f;  // sqrt(6)

    static synapse::topology form(std::uint32_t units) {
        synapse::topology t;
        t.inputs = slowly_changing::bits;
        t.outputs = 1;
        t.hidden[0] = units;
        return t;
    }

    void replace(std::uint32_t j, synapse::incoming how) {
        const float range = kaiming / __builtin_sqrtf(static_cast<float>(slowly_changing::bits));
        synapse::retire(net_.part, 0, j, units_.part.mean(j));
        synapse::draw_incoming(net_.part, 0, j, 1, how, guide_.part, work_.part.input(0), range, random_);
        units_.part.renew(j);
        ++replaced_;
    }

    void turn_over() {
        units_.part.observe(work_.part.units(1, 1)[0]);
        if (!credit_.earn(synapse::eligible_units(units_.part, maturity), turnover_rate)) return;
        const std::uint32_t j = synapse::least_useful(net_.part, 0, units_.part, maturity, synapse::enough_worth::of(synapse::worthless * error_));
        if (j != synapse::no_unit) replace(j, synapse::incoming::guided);
    }

    // u <- .99 u + .01 |h - mean| |w_out| / mean |w_in|, the smallest first.
    void turn_over_as_published() {
        units_.part.observe(work_.part.units(1, 1)[0]);
        const auto in = net_.part.layer(0).weights();
        const auto out = net_.part.layer(1).weights();
        std::uint32_t chosen = synapse::no_unit;
        for (std::uint32_t j = 0; j < in.cols; ++j) {
            float sum = 0.0f;
            for (std::uint32_t k = 0; k < in.rows; ++k) sum += std::fabs(in(k, j));
            const float off = std::fabs(work_.part.units(1, 1)[0][j] - units_.part.mean(j));
            contribution_[j] = 0.99f * contribution_[j] + 0.01f * off * std::fabs(out(j, 0)) / (sum / static_cast<float>(in.rows));
            if (units_.part.age(j) <= maturity) continue;
            if (chosen == synapse::no_unit || contribution_[j] < contribution_[chosen]) chosen = j;
        }
        if (!credit_.earn(synapse::eligible_units(units_.part, maturity), published_rate) || chosen == synapse::no_unit) return;
        replace(chosen, synapse::incoming::chance);
        contribution_[chosen] = 0.0f;
    }

    way how_;
    owned<synapse::network<kernels>> net_;
    owned<synapse::workspace> work_;
    owned<synapse::unit_records> units_;
    owned<synapse::incoming_guide> guide_;
    synapse::turnover_credit credit_;
    synapse::random_generator random_;
    std::vector<float> contribution_;
    float error_ = 1.0f;  // running squared error
    std::uint32_t replaced_ = 0;
};

// Mean squared error over the last tenth of a life of `steps` samples.
inline double last_tenth(std::uint32_t units, way how, std::uint64_t seed, std::uint32_t steps, std::uint32_t steps_per_change = 10000) {
    slowly_changing world{seed, steps_per_change};
    student s{units, how, seed + 1000};
    double sum = 0.0;
    for (std::uint32_t i = 0; i < steps; ++i) {
        world.next();
        const float error = s.step(world);
        if (i >= steps - steps / 10) sum += static_cast<double>(error);
    }
    return sum / (steps / 10);
}

}  // namespace plasticity_test
