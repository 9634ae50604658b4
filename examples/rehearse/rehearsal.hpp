// One life of one candidate, and what it came to.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include <synapse/core/status.hpp>
#include <synapse/hosted/any_learner.hpp>
#include <synapse/hosted/streams/held.hpp>
#include <synapse/hosted/streams/sample.hpp>
#include <synapse/learner/report.hpp>

#include "rehearse/candidates.hpp"
#include "rehearse/device.hpp"

namespace rehearse {

inline constexpr std::uint64_t one_held_out_of = 5;
inline constexpr std::uint64_t parts = 5;  // of the life, in the order of time

// Errors: the share of wrong labels, or the squared error over the variance of the target, averaged over the targets.
struct result {
    candidate tried;
    std::size_t ram = 0;  // bytes
    instructions cost;
    double error = 0;          // held out, at the end
    double prequential = 0;    // of every sample before it was learned
    double forgetting = 0;     // mean over the parts but the last: error at the end minus the lowest error ever, on the rows held out of it
    std::uint64_t growth = 0;  // times that the network grew
    std::uint64_t refused = 0;  // samples that the learner would not learn
};

// Squared errors against what predicting the mean would give.
class examiner {
public:
    explicit examiner(const synapse::streams::stream_form& form)
        : form_{form}, miss_(form.outputs), sum_(form.outputs), squares_(form.outputs), y_(form.outputs) {}

    template <class Model>
    void ask(Model& model, const synapse::streams::sample& s) {
        ++asked_;
        if (form_.learns == synapse::task::classification) {
            const auto answer = model.classify(s.inputs);
            if (!ok(answer) || *answer != s.label) ++wrong_;
            return;
        }
        const bool answered = ok(model.predict(s.inputs, y_));
        for (std::size_t j = 0; j < y_.size(); ++j) {
            const double t = static_cast<double>(s.targets[j]);
            const double d = answered ? static_cast<double>(y_[j]) - t : t;
            miss_[j] += d * d;
            sum_[j] += t;
            squares_[j] += t * t;
        }
    }
    // Nothing if nobody was asked. A target that never varies counts as known.
    [[nodiscard]] std::optional<double> error() const {
        if (asked_ == 0) return std::nullopt;
        const double n = static_cast<double>(asked_);
        if (form_.learns == synapse::task::classification) return static_cast<double>(wrong_) / n;
        double all = 0;
        for (std::size_t j = 0; j < y_.size(); ++j) {
            const double variance = squares_[j] - sum_[j] * sum_[j] / n;
            if (variance > 0) all += miss_[j] / variance;
        }
        return all / static_cast<double>(y_.size());
    }

private:
    synapse::streams::stream_form form_;
    std::vector<double> miss_, sum_, squares_;
    std::vector<float> y_;
    std::uint64_t asked_ = 0;
    std::uint64_t wrong_ = 0;
};

// Lives through the rows once, in their order, examined after each part. Throws std::bad_alloc.
inline result rehearse_one(const candidate& c, synapse::streams::held_rows& rows) {
    result r{c, ram_bytes(c.form), instructions_of(c.form, c.numbers.replay_ratio)};
    synapse::any_learner<> model{c.form, c.numbers};
    const std::uint64_t count = rows.rows();
    synapse::streams::sample s;
    double lowest[parts], last[parts];
    double sum = 0;
    std::uint64_t learned = 0;
    for (std::uint64_t part = 0; part < parts; ++part) {
        const std::uint64_t begin = count * part / parts, end = count * (part + 1) / parts;
        for (std::uint64_t i = begin; i < end; ++i) {
            if (i % one_held_out_of == one_held_out_of - 1) continue;
            rows.read(i, s);
            const synapse::status done = s.targets.empty() ? model.step(s.inputs, s.label) : model.step(s.inputs, s.targets);
            if (!ok(done)) {
                ++r.refused;
                continue;
            }
            ++learned;
            sum += static_cast<double>(model.latest().last_error);
        }
        examiner all{rows.form()};
        for (std::uint64_t p = 0; p <= part; ++p) {
            examiner some{rows.form()};
            for (std::uint64_t i = count * p / parts; i < count * (p + 1) / parts; ++i) {
                if (i % one_held_out_of != one_held_out_of - 1) continue;
                rows.read(i, s);
                some.ask(model, s);
                all.ask(model, s);
            }
            last[p] = some.error().value_or(0);
            lowest[p] = p == part ? last[p] : std::min(lowest[p], last[p]);
        }
        r.error = all.error().value_or(0);
    }
    r.growth = model.latest().growth_events;
    r.prequential = learned == 0 ? 0 : sum / static_cast<double>(learned);
    for (std::uint64_t p = 0; p + 1 < parts; ++p) r.forgetting += (last[p] - lowest[p]) / static_cast<double>(parts - 1);
    return r;
}

// The one to take: the lowest error while it lived, which nothing was chosen by before; among those that are as good, the cheapest step.
// As good is one class in a thousand samples, or a twentieth of a number's error, more than the best.
inline std::size_t best_of(const std::vector<result>& all) {
    std::size_t lowest = 0;
    for (std::size_t i = 1; i < all.size(); ++i) {
        if (all[i].prequential < all[lowest].prequential) lowest = i;
    }
    const double least = all[lowest].prequential;
    const double enough = all[lowest].tried.form.learns == synapse::task::classification ? least + 0.001 : least * 1.05;
    std::size_t best = lowest;
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (all[i].prequential <= enough && all[i].cost.step < all[best].cost.step) best = i;
    }
    return best;
}

}  // namespace rehearse
