// One dense layer: weights stored input-major at a reserved stride, so that units can be added in place.
#pragma once

#include <cstdint>
#include <type_traits>

#include <synapse/core/fields.hpp>
#include <synapse/core/random.hpp>
#include <synapse/core/slots.hpp>
#include <synapse/core/status.hpp>
#include <synapse/kernels/kernel_set.hpp>
#include <synapse/network/activation.hpp>

namespace synapse {

namespace detail {

// How fast each weight moves, where that is kept.
struct velocity_places {
    float* weight = nullptr;
    float* bias = nullptr;
};
struct no_velocities {
    static constexpr float* weight = nullptr;
    static constexpr float* bias = nullptr;
};

}  // namespace detail

// Momentum: it may have velocities.
template <bool Momentum = true>
class basic_dense {
public:
    // No weight or velocity passes this magnitude; network.hpp says why.
    static constexpr float largest_weight = 1e20f;

    constexpr basic_dense() noexcept = default;

    // inputs, outputs  used <= reserved; lanes: the kernel set's; with_momentum doubles the memory.
    constexpr basic_dense(slots inputs, slots outputs, activation f, bool with_momentum, std::uint32_t lanes) noexcept
        : view_{nullptr, nullptr, inputs.used, outputs.used, round_up(outputs.reserved, lanes)},
          inputs_reserved_{inputs.reserved},
          outputs_reserved_{outputs.reserved},
          function_{f},
          with_momentum_{with_momentum} {}

    template <class Self, class Visitor>
    static constexpr void fields(Self& self, Visitor& visit) {
        visit.value("inputs", self.view_.inputs);
        visit.value("outputs", self.view_.outputs);
        const extent rows = extent{self.view_.inputs, self.view_.outputs, self.inputs_reserved_, self.view_.stride}.within(largest_weight);
        const extent row = extent{1, self.view_.outputs, 1, self.view_.stride}.within(largest_weight);
        visit.array("weight", role::weights, self.view_.weight, rows);
        visit.array("bias", role::weights, self.view_.bias, row);
        if constexpr (Momentum) {
            if (!sees<Visitor>(feature::momentum) || !self.with_momentum_) return;
            visit.array("weight_velocity", role::state, self.velocity_.weight, rows);
            visit.array("bias_velocity", role::state, self.velocity_.bias, row);
        }
    }

    // wrong_shape: more units are in use than this layer has room for.
    [[nodiscard]] constexpr status settle() const noexcept {
        return view_.inputs <= inputs_reserved_ && view_.outputs <= outputs_reserved_ ? status::ok : status::wrong_shape;
    }

    // Take up to n more of the reservation into use, all their weights being zero; return how many. Nothing moves.
    constexpr std::uint32_t widen_inputs(std::uint32_t n) noexcept { return widen(view_.inputs, inputs_reserved_, n); }
    constexpr std::uint32_t widen_outputs(std::uint32_t n) noexcept { return widen(view_.outputs, outputs_reserved_, n); }

    // Draws every weight in use uniformly from [-range, range), row by row, and clears the biases.
    void randomise(float range, random_generator& source) noexcept {
        for (std::uint32_t k = 0; k < view_.inputs; ++k) {
            for (std::uint32_t j = 0; j < view_.outputs; ++j) weights()(k, j) = range * source.symmetric();
        }
        for (std::uint32_t j = 0; j < view_.outputs; ++j) view_.bias[j] = 0.0f;
    }

    // Units in use and reserved, and floats from one row of the weights to the next.
    [[nodiscard]] constexpr slots inputs() const noexcept { return {view_.inputs, inputs_reserved_}; }
    [[nodiscard]] constexpr slots outputs() const noexcept { return {view_.outputs, outputs_reserved_}; }
    [[nodiscard]] constexpr std::uint32_t stride() const noexcept { return view_.stride; }
    [[nodiscard]] constexpr activation function() const noexcept { return function_; }
    [[nodiscard]] constexpr bool has_momentum() const noexcept { return with_momentum_; }

    // weight[input][output]
    [[nodiscard]] matrix_view<float> weights() noexcept { return {view_.weight, view_.inputs, view_.outputs, view_.stride}; }
    [[nodiscard]] matrix_view<const float> weights() const noexcept { return {view_.weight, view_.inputs, view_.outputs, view_.stride}; }
    // Of the weights, with momentum only; biases [outputs] below.
    [[nodiscard]] matrix_view<float> velocities() noexcept { return {velocity_.weight, view_.inputs, view_.outputs, view_.stride}; }
    [[nodiscard]] matrix_view<const float> velocities() const noexcept {
        return {velocity_.weight, view_.inputs, view_.outputs, view_.stride};
    }
    [[nodiscard]] const float* bias_velocity() const noexcept { return velocity_.bias; }
    [[nodiscard]] float* bias() noexcept { return view_.bias; }
    [[nodiscard]] const float* bias() const noexcept { return view_.bias; }
    [[nodiscard]] float* bias_velocity() noexcept { return velocity_.bias; }
    // What kernels work on: the part in use.
    [[nodiscard]] constexpr const dense_view& view() const noexcept { return view_; }

private:
    static constexpr std::uint32_t widen(std::uint32_t& used, std::uint32_t reserved, std::uint32_t n) noexcept {
        slots both{used, reserved};
        const std::uint32_t taken = both.grow(n);
        used = both.used;
        return taken;
    }

    dense_view view_{};
    [[no_unique_address]] std::conditional_t<Momentum, detail::velocity_places, detail::no_velocities> velocity_;
    std::uint32_t inputs_reserved_ = 0;
    std::uint32_t outputs_reserved_ = 0;
    activation function_ = activation::linear;
    bool with_momentum_ = false;
};

using dense = basic_dense<>;

}  // namespace synapse
