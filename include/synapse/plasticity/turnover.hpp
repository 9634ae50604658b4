// Turnover: the least useful units make room for new ones, a few at a time, so that a network never stops being able to learn.
// @source Dohare et al. 2024, continual backpropagation (Nature 632); the utility and the new units' weights are ours
#pragma once

#include <cstdint>
#include <limits>

#include <synapse/config.hpp>
#include <synapse/core/random.hpp>
#include <synapse/network/network.hpp>
#include <synapse/plasticity/units.hpp>

namespace synapse {

// No unit: nobody is old enough, or all are frozen.
inline constexpr std::uint32_t no_unit = 0xffffffffu;

// How many units of a layer could make room: older than `maturity` samples and not frozen. @cost units in use
inline std::uint32_t eligible_units(const unit_records& units, std::uint32_t maturity) noexcept {
    std::uint32_t n = 0;
    for (std::uint32_t j = 0; j < units.units().used; ++j) n += units.age(j) > maturity && units.plasticity(j) > 0.0f ? 1u : 0u;
    return n;
}

// A unit may go only if it is worth less than this share of the squared error that remains (or, where that cannot be compared, of what
// the layer's units are worth on average): what it does is lost in the noise, and what is known stays.
inline constexpr float worthless = 0.01f;

// What a unit must be worth less than, to go: an amount, or a share of what the layer's units are worth on average.
struct enough_worth {
    float amount = 0.0f;
    float share = 0.0f;  // above 0: of the mean, and the amount does not count

    static constexpr enough_worth of(float amount) noexcept { return {amount, 0.0f}; }
    static constexpr enough_worth of_mean(float share) noexcept { return {0.0f, share}; }
};

// The eligible unit of hidden layer l with the least utility, the first of equals; no_unit if there is none, or none below `enough`.
// @cost one read of the weights above the layer; loop-safe
template <class Kernels, network_pins Pins>
[[nodiscard]] SYNAPSE_LOOP_SAFE std::uint32_t least_useful(const network<Kernels, Pins>& net, std::uint32_t l, const unit_records& units,
                                                           std::uint32_t maturity, enough_worth enough) noexcept {
    const bool compares = enough.share > 0.0f;
    const std::uint32_t n = units.units().used;
    std::uint32_t chosen = no_unit;
    float least = compares ? std::numeric_limits<float>::infinity() : enough.amount;
    float sum = 0.0f;
    for (std::uint32_t j = 0; j < n; ++j) {
        const bool eligible = units.age(j) > maturity && units.plasticity(j) > 0.0f;
        if (!eligible && !compares) continue;
        const float utility = units.template utility<Kernels>(net.layer(l + 1), j);
        sum += utility;
        if (!eligible || !(utility < least)) continue;
        chosen = j;
        least = utility;
    }
    return compares && !(least < enough.share * (sum / static_cast<float>(n))) ? no_unit : chosen;
}

// Takes unit j of hidden layer l out of what is answered: the layer above keeps its mean, and its outgoing weights become zero.
// @cost the outgoing weights; loop-safe
template <class Kernels, network_pins Pins>
SYNAPSE_LOOP_SAFE void retire(network<Kernels, Pins>& net, std::uint32_t l, std::uint32_t j, float mean) noexcept {
    auto& above = net.layer(l + 1);
    const auto w = above.weights();
    constexpr float largest_bias = 1e15f;  // what lies beyond is left as it is: the numbers stay finite
    float largest = 0.0f;
    for (std::uint32_t i = 0; i < w.cols; ++i) {
        const float bias = above.bias()[i] + mean * w(j, i);
        const float magnitude = bias < 0.0f ? -bias : bias;
        if (magnitude <= largest_bias) {
            above.bias()[i] = bias;
            largest = magnitude > largest ? magnitude : largest;
        }
        w(j, i) = 0.0f;
        if (net.has_momentum(above)) above.velocities()(j, i) = 0.0f;
    }
    net.admit_weight(largest);
}

// When a unit is due: fractions of a unit are saved up, one layer at a time.
class turnover_credit {
public:
    template <class Self, class Visitor>
    static constexpr void fields(Self& self, Visitor& visit) {
        visit.value("credit", self.credit_);
    }
    status settle() const noexcept { return credit_ >= 0.0f && credit_ <= 2.0f ? status::ok : status::corrupt; }

    // Adds what `eligible` units earn in a step at a rate in [0, 1]; true if one of them is due. At most one a step.
    constexpr bool earn(std::uint32_t eligible, float rate) noexcept {
        credit_ += static_cast<float>(eligible) * rate;
        credit_ = credit_ < 2.0f ? credit_ : 2.0f;
        if (!(credit_ >= 1.0f) || eligible == 0) return false;
        credit_ -= 1.0f;
        return true;
    }
    [[nodiscard]] constexpr float credit() const noexcept { return credit_; }

private:
    float credit_ = 0.0f;
};

namespace detail {

// In its place where no unit is ever due.
struct no_credit {
    static constexpr bool earn(std::uint32_t, float) noexcept { return false; }
};

}  // namespace detail

}  // namespace synapse
