// Several experts answer the same question; prequential evidence decides how much each is believed. Every expert's loss on a sample
// is taken before it learns from it, summed with a fading memory, and turned into weights by a softmax: the better one wins, on
// every stream and again after every change, and where none is better their average is better than each.
// @source Littlestone, Warmuth 1994, weighted majority; Vovk 1998 for weights exponential in the loss; fading: Gama et al. 2013
#pragma once

#include <cstdint>

#include <synapse/config.hpp>
#include <synapse/core/fields.hpp>
#include <synapse/core/status.hpp>
#include <synapse/kernels/math.hpp>

namespace synapse {

template <class Arithmetic>
class evidence {
public:
    static constexpr std::uint32_t max_experts = 4;
    // Losses are held to this: one surprise, or an expert that has come apart, cannot outweigh a whole memory.
    static constexpr float largest_loss = 5.0f;

    constexpr evidence() noexcept = default;
    // experts: 0 to max_experts; more count as max_experts. All begin believed alike.
    explicit constexpr evidence(std::uint32_t experts) noexcept : experts_{experts < max_experts ? experts : max_experts} {}

    template <class Self, class Visitor>
    static constexpr void fields(Self& self, Visitor& visit) {
        visit.list("loss", self.loss_);
    }

    status settle() const noexcept {
        for (const float loss : loss_) {
            if (!(loss >= 0.0f && loss <= largest_sum)) return status::corrupt;
        }
        return status::ok;
    }

    [[nodiscard]] constexpr std::uint32_t experts() const noexcept { return experts_; }

    // Takes each expert's loss [experts] on one sample: nats for labels, half a squared error in deviations for numbers; NaN counts as
    // the largest. keep in [0, 1]: 0.99 remembers 100 samples. @cost experts; loop-safe
    SYNAPSE_LOOP_SAFE constexpr void add(const float* loss, float keep) noexcept {
        for (std::uint32_t i = 0; i < experts_; ++i) {
            const float held = loss[i] < largest_loss ? (loss[i] > 0.0f ? loss[i] : 0.0f) : largest_loss;
            const float kept = keep * loss_[i] + (loss[i] == loss[i] ? held : largest_loss);
            loss_[i] = kept < smallest_sum ? 0.0f : kept < largest_sum ? kept : largest_sum;
        }
    }

    // weight [experts] := how much each is believed; they sum to 1. sharpness >= 0: nats of belief for each nat of loss; 0 believes
    // all alike. @cost an exponential an expert; loop-safe
    SYNAPSE_LOOP_SAFE constexpr void weigh(float sharpness, float* weight) const noexcept {
        using operations = math::scalar_operations<Arithmetic>;
        float least = loss_[0];
        for (std::uint32_t i = 1; i < experts_; ++i) least = loss_[i] < least ? loss_[i] : least;
        float sum = 0.0f;
        for (std::uint32_t i = 0; i < experts_; ++i) {
            weight[i] = math::exp<operations>(sharpness * (least - loss_[i]));
            sum += weight[i];
        }
        for (std::uint32_t i = 0; i < experts_; ++i) weight[i] /= sum;
    }

    // The expert with the least fading loss; the first of equals.
    [[nodiscard]] constexpr std::uint32_t best() const noexcept {
        std::uint32_t best = 0;
        for (std::uint32_t i = 1; i < experts_; ++i) best = loss_[i] < loss_[best] ? i : best;
        return best;
    }

    // Fading sum of losses of expert i < max_experts.
    [[nodiscard]] constexpr float loss(std::uint32_t i) const noexcept { return loss_[i]; }

    // Believes all alike again.
    constexpr void reset() noexcept {
        for (float& loss : loss_) loss = 0.0f;
    }

private:
    static constexpr float largest_sum = 1e6f;
    static constexpr float smallest_sum = 1e-20f;  // no denormals

    float loss_[max_experts] = {};
    std::uint32_t experts_ = 0;
};

}  // namespace synapse
