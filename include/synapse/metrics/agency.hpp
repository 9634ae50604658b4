// Agency: the share of the otherwise unpredictable change that one's own action explains.
//
//     agency = 1 - e1 / e0          e0, e1: mean squared errors of the next observation, each taken before it was learned from,
//                                   predicted without and with the own action
//     counterfactual = own / (own + e1), own: mean squared difference between what was predicted for the action taken and for the
//                                   mean action. The two agree when actions are drawn independently of what is observed. Under a
//                                   deterministic policy the first sees only what the observation did not announce already; the
//                                   second sees all of the action's effect.
//
// Neither can tell an effect of the action from a hidden cause of both: only independent dither of the action can.
// @source Wolpert, Ghahramani, Jordan 1995 (forward models); Granger 1969 (the ratio of errors); the form is ours
#pragma once

#include <cstdint>

#include <synapse/config.hpp>
#include <synapse/core/status.hpp>
#include <synapse/metrics/information.hpp>
#include <synapse/metrics/triangle.hpp>

namespace synapse {

struct agency_result {
    float share = 0.0f;           // agency, [0, 1]
    float counterfactual = 0.0f;  // [0, 1]
    float without = 0.0f;         // e0
    float with = 0.0f;            // e1
    bool defined = false;         // false: nothing was left to explain, or nothing has been seen; the shares are 0
};

// The shares from mean squared errors, all >= 0. Below `smallest` there is nothing to explain.
constexpr agency_result agency_from_errors(float without, float with, float own, float smallest) noexcept {
    agency_result out{0.0f, 0.0f, without, with, without > smallest};
    if (!out.defined) return out;
    out.share = information::clip(1.0f - with / without, 0.0f, 1.0f);
    out.counterfactual = own + with > smallest ? information::clip(own / (own + with), 0.0f, 1.0f) : 0.0f;
    return out;
}

// The stream: takes the squared errors of one step, in units that make observations comparable.
class agency_meter {
public:
    static constexpr float smallest_error = 1e-9f;

    template <class Self, class Visitor>
    static constexpr void fields(Self& self, Visitor& visit) {
        visit.value("count", self.count_);
        visit.value("without", self.without_);
        visit.value("with", self.with_);
        visit.value("own", self.own_);
    }
    [[nodiscard]] status settle() const noexcept {
        return without_ >= 0.0f && with_ >= 0.0f && own_ >= 0.0f && without_ <= largest && with_ <= largest && own_ <= largest
                   ? status::ok
                   : status::corrupt;
    }

    // without, with   squared errors of the two predictions; own: squared effect of the action in the model that knows it; >= 0
    // horizon         samples that the averages remember; >= 1
    // not_finite      an argument is NaN, negative or above 1e30: nothing has changed
    // @cost O(1); loop-safe
    status push(float without, float with, float own, float horizon) noexcept {
        if (!usable(without) || !usable(with) || !usable(own)) return status::not_finite;
        if (count_ < 0xffffffffu) ++count_;
        const float share = information::newest_share(count_, horizon);
        without_ += share * (without - without_);
        with_ += share * (with - with_);
        own_ += share * (own - own_);
        return status::ok;
    }

    [[nodiscard]] agency_result latest() const noexcept { return agency_from_errors(without_, with_, own_, smallest_error); }
    [[nodiscard]] std::uint32_t count() const noexcept { return count_; }

private:
    static constexpr float largest = 1e30f;
    static constexpr bool usable(float x) noexcept { return x >= 0.0f && x <= largest; }

    std::uint32_t count_ = 0;
    float without_ = 0.0f;
    float with_ = 0.0f;
    float own_ = 0.0f;
};

// The exact answer for a linear world, from the covariance of (before, action, after) as a packed triangle, in this order and in
// these numbers of variables. Variables that are linear in earlier ones add nothing.
// scratch   pairs' size and 2 (before + action) floats
// @cost (before + action + after)^3 / 3 products
inline agency_result agency_from_covariance(const float* pairs, std::uint32_t before, std::uint32_t action, std::uint32_t after,
                                            float* scratch) noexcept {
    const std::uint32_t known = before + action;
    float* factor = scratch;
    float* inverse = scratch + triangle::size(known + after);
    float* unit = inverse + known;  // 1 / deviation
    for (std::uint32_t i = 0; i < known; ++i) {
        const float variance = pairs[triangle::at(i, i)];
        unit[i] = variance > 1e-30f ? 1.0f / config::square_root(variance) : 0.0f;
    }
    for (std::uint32_t i = 0; i < known; ++i) {
        float* row = factor + triangle::size(i);
        for (std::uint32_t j = 0; j <= i; ++j) row[j] = pairs[triangle::at(i, j)] * unit[i] * unit[j];
        if (triangle::factor_row(i, factor, inverse) > 1e-6f) continue;
        row[i] = 0.0f;  // no news in this one
        inverse[i] = 0.0f;
    }
    float total = 0.0f;
    float without = 0.0f;
    float with = 0.0f;
    float own = 0.0f;
    for (std::uint32_t y = known; y < known + after; ++y) {
        float* row = factor + triangle::size(known);
        for (std::uint32_t j = 0; j < known; ++j) row[j] = pairs[triangle::at(y, j)] * unit[j];
        triangle::solve_row(known, factor, inverse, row);
        const float variance = pairs[triangle::at(y, y)];
        const float left = triangle::remainder(variance, before, row, row);
        total += variance;
        without += left > 0.0f ? left : 0.0f;
        const float least = triangle::remainder(left, action, row + before, row + before);
        with += least > 0.0f ? least : 0.0f;
        triangle::solve_row_back(known, factor, inverse, row);
        for (std::uint32_t i = before; i < known; ++i) {
            for (std::uint32_t j = before; j < known; ++j) own += row[i] * row[j] * pairs[triangle::at(i, j)] * unit[i] * unit[j];
        }
    }
    return agency_from_errors(without, with, own > 0.0f ? own : 0.0f, 1e-6f * total);
}

}  // namespace synapse
