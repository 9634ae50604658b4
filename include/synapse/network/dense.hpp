// One dense layer: weights stored input-major at a reserved stride, so that units can be added in place.
#pragma once

#include <cstdint>

#include <synapse/core/fields.hpp>
#include <synapse/core/random.hpp>
#include <synapse/core/slots.hpp>
#include <synapse/core/status.hpp>
#include <synapse/kernels/kernel_set.hpp>
#include <synapse/network/activation.hpp>

namespace synapse {

class dense {
public:
    // No weight or velocity passes this magnitude; network.hpp says why.
    static constexpr float largest_weight = 1e20f;

    constexpr dense() noexcept = default;

    // inputs, outputs  used <= reserved; lanes: the kernel set's; with_momentum doubles the memory.
    constexpr dense(slots inputs, slots outputs, activation f, bool with_momentum, std::uint32_t lanes) noexcept
        : inputs_{inputs}, outputs_{outputs}, stride_{round_up(outputs.reserved, lanes)}, function_{f}, with_momentum_{with_momentum} {}

    template <class Self, class Visitor>
    static constexpr void fields(Self& self, Visitor& visit) {
        visit.value("inputs", self.inputs_.used);
        visit.value("outputs", self.outputs_.used);
        const extent rows = extent{self.inputs_.used, self.outputs_.used, self.inputs_.reserved, self.stride_}.within(largest_weight);
        const extent row = extent{1, self.outputs_.used, 1, self.stride_}.within(largest_weight);
        visit.array("weight", role::weights, self.weight_, rows);
        visit.array("bias", role::weights, self.bias_, row);
        if (sees<Visitor>(feature::momentum) && self.with_momentum_) {
            visit.array("weight_velocity", role::state, self.weight_velocity_, rows);
            visit.array("bias_velocity", role::state, self.bias_velocity_, row);
        }
    }

    // wrong_shape: more units are in use than this layer has room for.
    [[nodiscard]] constexpr status settle() const noexcept {
        return inputs_.used <= inputs_.reserved && outputs_.used <= outputs_.reserved ? status::ok : status::wrong_shape;
    }

    // Take up to n more of the reservation into use, all their weights being zero; return how many. Nothing moves.
    constexpr std::uint32_t widen_inputs(std::uint32_t n) noexcept { return inputs_.grow(n); }
    constexpr std::uint32_t widen_outputs(std::uint32_t n) noexcept { return outputs_.grow(n); }

    // Draws every weight in use uniformly from [-range, range), row by row, and clears the biases.
    void randomise(float range, random_generator& source) noexcept {
        for (std::uint32_t k = 0; k < inputs_.used; ++k) {
            for (std::uint32_t j = 0; j < outputs_.used; ++j) weights()(k, j) = range * source.symmetric();
        }
        for (std::uint32_t j = 0; j < outputs_.used; ++j) bias_[j] = 0.0f;
    }

    // Units in use and reserved, and floats from one row of the weights to the next.
    [[nodiscard]] constexpr const slots& inputs() const noexcept { return inputs_; }
    [[nodiscard]] constexpr const slots& outputs() const noexcept { return outputs_; }
    [[nodiscard]] constexpr std::uint32_t stride() const noexcept { return stride_; }
    [[nodiscard]] constexpr activation function() const noexcept { return function_; }
    [[nodiscard]] constexpr bool has_momentum() const noexcept { return with_momentum_; }

    // weight[input][output]
    [[nodiscard]] matrix_view<float> weights() noexcept { return {weight_, inputs_.used, outputs_.used, stride_}; }
    [[nodiscard]] matrix_view<const float> weights() const noexcept { return {weight_, inputs_.used, outputs_.used, stride_}; }
    // Of the weights, with momentum only; biases [outputs] below.
    [[nodiscard]] matrix_view<float> velocities() noexcept { return {weight_velocity_, inputs_.used, outputs_.used, stride_}; }
    [[nodiscard]] matrix_view<const float> velocities() const noexcept { return {weight_velocity_, inputs_.used, outputs_.used, stride_}; }
    [[nodiscard]] const float* bias_velocity() const noexcept { return bias_velocity_; }
    [[nodiscard]] float* bias() noexcept { return bias_; }
    [[nodiscard]] const float* bias() const noexcept { return bias_; }
    [[nodiscard]] float* bias_velocity() noexcept { return bias_velocity_; }
    [[nodiscard]] constexpr dense_view view() const noexcept { return {weight_, bias_, inputs_.used, outputs_.used, stride_}; }

private:
    float* weight_ = nullptr;
    float* bias_ = nullptr;
    float* weight_velocity_ = nullptr;
    float* bias_velocity_ = nullptr;
    slots inputs_;
    slots outputs_;
    std::uint32_t stride_ = 0;
    activation function_ = activation::linear;
    bool with_momentum_ = false;
};

}  // namespace synapse
