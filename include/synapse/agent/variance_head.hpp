// Foresees how wrong a prediction will be: log variance of each predicted number, linear in the hidden activity it was made from.
#pragma once

#include <cstddef>
#include <cstdint>

#include <synapse/config.hpp>
#include <synapse/core/fields.hpp>
#include <synapse/core/status.hpp>
#include <synapse/metrics/information.hpp>

namespace synapse {

// Learns by the natural gradient of the log score: where it has converged, mean e^2 / v is 1 by construction, so its claims are
// calibrated. Errors beyond five claimed deviations count as five.
// @source Nix, Weigend 1994 (a network that estimates its own variance); Amari 1998 (natural gradient)
class variance_head {
public:
    // Claims stay within these multiples of the target's variance.
    static constexpr float smallest_log = -11.5f;
    static constexpr float largest_log = 7.0f;

    constexpr variance_head() noexcept = default;
    constexpr variance_head(std::uint32_t inputs, std::uint32_t outputs) noexcept : inputs_{inputs}, outputs_{outputs} {}

    template <class Self, class Visitor>
    static constexpr void fields(Self& self, Visitor& visit) {
        const std::uint32_t n = self.inputs_;
        visit.array("weight", role::weights, self.weight_, extent{self.outputs_, n, self.outputs_, n}.within(largest_weight));
        visit.array("bias", role::weights, self.bias_, vector_extent(self.outputs_, self.outputs_).within(largest_weight));
    }

    // variance [outputs] := what is expected for hidden activity h [inputs], finite. @cost inputs * outputs; loop-safe
    SYNAPSE_LOOP_SAFE SYNAPSE_OUTLINE void claim(const float* h, float* variance) const noexcept {
        for (std::uint32_t o = 0; o < outputs_; ++o) variance[o] = math::exp<information::operations>(log_variance(h, o));
    }

    // Learns from squared errors error2 [outputs] >= 0 of predictions made from h. rate in (0, 1]. @cost as claim, twice; loop-safe
    SYNAPSE_LOOP_SAFE SYNAPSE_OUTLINE void learn(const float* h, const float* error2, float rate) noexcept {
        float length = 1.0f;
        for (std::uint32_t i = 0; i < inputs_; ++i) length += h[i] * h[i];
        for (std::uint32_t o = 0; o < outputs_; ++o) {
            const float claimed = math::exp<information::operations>(log_variance(h, o));
            const float ratio = error2[o] / claimed;
            const float surprise = (ratio < 25.0f ? ratio : 25.0f) - 1.0f;
            bias_[o] = held(bias_[o] + rate * surprise);
            const float pull = rate * surprise / length;
            float* row = weight_ + std::size_t{o} * inputs_;
            for (std::uint32_t i = 0; i < inputs_; ++i) row[i] = held(row[i] + pull * h[i]);
        }
    }

private:
    static constexpr float largest_weight = 1e3f;
    static constexpr float held(float x) noexcept { return information::clip(x, -largest_weight, largest_weight); }

    [[nodiscard]] float log_variance(const float* h, std::uint32_t o) const noexcept {
        float sum = bias_[o];
        const float* row = weight_ + std::size_t{o} * inputs_;
        for (std::uint32_t i = 0; i < inputs_; ++i) sum += row[i] * h[i];
        return information::clip(sum, smallest_log, largest_log);
    }

    float* weight_ = nullptr;
    float* bias_ = nullptr;
    std::uint32_t inputs_ = 0;
    std::uint32_t outputs_ = 0;
};

}  // namespace synapse
