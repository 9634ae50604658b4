// A stack of layer_type layers that learns in place: forward, then one fused backward-and-update pass per layer.
//
// Why a step cannot leave the finite numbers. Activations and deltas saturate at +-limit (2^20) and inputs are held to it, so a
// weight moves by at most rate * 2^40 * samples in a step. The network carries a bound on its largest weight, raised by that
// much each step; while it is below 1e20 no sum of products in a layer of a million units can overflow. When it passes 1e20 the
// weights are looked at and the bound made exact again; if they really are that large the step is refused before it begins.
// No snapshot, no roll-back, and no scan in an ordinary step.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

#include <synapse/config.hpp>
#include <synapse/core/fields.hpp>
#include <synapse/core/random.hpp>
#include <synapse/core/status.hpp>
#include <synapse/kernels/kernel_set.hpp>
#include <synapse/network/activation.hpp>
#include <synapse/network/dense.hpp>
#include <synapse/network/pins.hpp>
#include <synapse/network/topology.hpp>
#include <synapse/network/workspace.hpp>

namespace synapse {

template <kernel_set Kernels, network_pins Pins = network_pins{}>
class network {
public:
    using kernels = Kernels;
    using layer_type = basic_dense<Pins.momentum>;
    // Deltas take their units' places where nobody asks for both.
    static constexpr bool in_place =
        Pins.single && Pins.function == activation::relu && !Pins.momentum && !Pins.watched && works_in_place<Kernels>;
    using workspace = basic_workspace<Pins, in_place>;

    constexpr network() noexcept = default;
    explicit constexpr network(const topology& t) noexcept : layers_{Pins.any ? t.hidden_layers() + 1 : 0} {
        for (std::uint32_t l = 0; l < layers(); ++l) {
            const slots in = l == 0 ? slots{t.inputs, t.inputs} : slots{t.hidden[l - 1], t.reserved(l - 1)};
            const slots out = l + 1 == layers() ? slots{t.outputs, t.outputs} : slots{t.hidden[l], t.reserved(l)};
            layer_[l] = layer_type{in, out, l + 1 == layers() ? activation::linear : t.function, t.momentum, Kernels::lanes};
        }
    }

    template <class Self, class Visitor>
    static constexpr void fields(Self& self, Visitor& visit) {
        for (std::uint32_t l = 0; l < self.layers(); ++l) visit.group("layer", l, self.layer_[l]);
    }

    // Each layer must take in what the one below gives out.
    [[nodiscard]] status settle() const noexcept {
        for (std::uint32_t l = 0; l < layers(); ++l) {
            const slots& in = layer_[l].inputs();
            const slots& out = layer_[l].outputs();
            if (l == 0 && in.used != in.reserved) return status::wrong_shape;
            if (l + 1 == layers() && out.used != out.reserved) return status::wrong_shape;
            if (out.used == 0 || (l != 0 && in.used != layer_[l - 1].outputs().used)) return status::corrupt;
        }
        return status::ok;
    }

    // Takes up to n reserved units of hidden layer l < layers() - 1 into use; returns how many. All their weights are zero, in and out:
    // what the network answers does not change by a bit. @cost O(1), loop-safe
    constexpr std::uint32_t widen(std::uint32_t l, std::uint32_t n) noexcept {
        const std::uint32_t taken = layer_[l].widen_outputs(n);
        layer_[l + 1].widen_inputs(taken);
        return taken;
    }

    // The bound decides when weights are looked at, never what is learned: it is not saved.
    void restored() noexcept { measure_weights(); }

    // Draws new weights uniformly from +-gain / sqrt(inputs); gain 1 keeps the variance of linear units at a third, sqrt(6) that of
    // relu units whole. With zero_outputs the last layer starts at zero: a new learner predicts the mean.
    // @source LeCun et al. 1998; He et al. 2015
    void randomise(random_generator& source, float gain, bool zero_outputs) noexcept {
        for (std::uint32_t l = 0; l < layers(); ++l) {
            const float range = gain / config::square_root(static_cast<float>(layer_[l].inputs().used));
            layer_[l].randomise(zero_outputs && l + 1 == layers() ? 0.0f : range, source);
        }
        measure_weights();
    }

    // Fills work's outputs [samples][outputs] from its inputs [samples][inputs], which must be finite, within +-limit and
    // zero in the padding. samples <= work.batch(). @cost one read of every weight whose input is not zero; loop-safe
    SYNAPSE_LOOP_SAFE void forward(workspace& work, std::uint32_t several) const noexcept {
        const std::uint32_t samples = pinned(several);
        list_rows(work, 0, samples);
        for (std::uint32_t l = 0; l < layers(); ++l) {
            const auto in = work.units(l, samples);
            const auto out = work.units(l + 1, samples);
            const layer_type& layer = layer_[l];
            const row_list rows{work.rows(l), work.row_count[l]};
            if (is_single(samples) && l + 1 != layers() && function(layer) == activation::relu) {
                work.row_count[l + 1] = Kernels::forward_relu(layer.view(), rows, in.data, out.data, work.rows(l + 1));
                continue;
            }
            if (is_single(samples)) {
                Kernels::forward(layer.view(), rows, in.data, out.data);
            } else {
                Kernels::forward(layer.view(), rows, batch_view<const float>{in.data, samples, in.stride}, out);
            }
            if (l + 1 == layers()) break;  // outputs are linear and stay as they are
            const std::uint32_t width = padded(layer.outputs().used);
            for (std::uint32_t b = 0; b < samples; ++b) activate<Kernels>(function(layer), width, out[b]);
            list_rows(work, l + 1, samples);
        }
    }

    // True if learning this many samples, in one step or several, is certain to keep every number finite; see the top of the file. Looks
    // at the weights only when the bound has run out. rate >= 0; momentum in [0, 1).
    [[nodiscard]] SYNAPSE_LOOP_SAFE bool admits(std::uint32_t samples, float rate, float momentum = 0.0f) noexcept {
        const float raise = largest_move(samples, rate, momentum);
        if (weight_bound_ + raise < largest_weight) return true;
        const float exact = largest_in_use();
        if (!(exact + raise < largest_weight)) return false;
        weight_bound_ = exact;
        return true;
    }

    // One step of SGD on the gradients in work's output deltas [samples][outputs] (finite; held to +-limit here), after a
    // forward pass of the same samples. The caller asked admits() first.
    // watch(l, work) sees the deltas of layer l's outputs, work.delta(l + 1, samples), before they are used, from the last layer to
    // the first, and may make them smaller.
    // @cost one read and one write of every weight whose input is not zero, all of them with momentum; loop-safe
    SYNAPSE_LOOP_SAFE void backward(workspace& work, std::uint32_t samples, float rate, float momentum = 0.0f) noexcept {
        backward(work, samples, rate, momentum, [](std::uint32_t, workspace&) noexcept {});
    }
    template <class Watch>
    SYNAPSE_LOOP_SAFE void backward(workspace& work, std::uint32_t several, float rate, float momentum, Watch&& watch) noexcept {
        const std::uint32_t samples = pinned(several);
        weight_bound_ += largest_move(samples, rate, momentum);
        for (std::uint32_t b = 0; b < samples; ++b) Kernels::close_delta(outputs(), work.output_delta(b));
        for (std::uint32_t l = layers(); l-- > 0;) {
            layer_type& layer = layer_[l];
            watch(l, work);
            const row_list rows{work.rows(l), work.row_count[l]};
            const auto in = work.units(l, samples);
            const auto delta = work.delta(l + 1, samples);
            auto dx = work.delta(l, samples);
            if (l == 0) dx.data = nullptr;
            if (has_momentum(layer)) {
                backward_momentum(layer, in, delta, rate, momentum, dx);
            } else if (is_single(samples) && l > 0 && function(layer_[before(l)]) == activation::relu) {
                Kernels::backward_relu(layer.view(), rows, in.data, delta.data, rate, dx.data);
                continue;
            } else if (is_single(samples)) {
                Kernels::backward(layer.view(), rows, in.data, delta.data, rate, dx.data);
            } else {
                Kernels::backward(layer.view(), rows, batch_view<const float>{in.data, samples, in.stride},
                                  batch_view<const float>{delta.data, samples, delta.stride}, rate, dx);
            }
            if (l == 0) break;
            const std::uint32_t used = layer.inputs().used;
            const std::uint32_t width = padded(used);
            for (std::uint32_t b = 0; b < samples; ++b) {
                activate_backward<Kernels>(function(layer_[before(l)]), used, in[b], dx[b]);
                for (std::uint32_t j = used; j < width; ++j) dx[b][j] = 0.0f;
            }
        }
    }

    // Whether a layer's weights have velocities.
    static constexpr bool has_momentum(const layer_type& layer) noexcept { return Pins.any ? layer.has_momentum() : Pins.momentum; }
    // Layers with weights, the output's included; layer l < layers(), from the input on; units in use at both ends.
    [[nodiscard]] constexpr std::uint32_t layers() const noexcept { return Pins.any ? layers_ : Pins.layers; }
    [[nodiscard]] constexpr layer_type& layer(std::uint32_t l) noexcept { return layer_[l]; }
    [[nodiscard]] constexpr const layer_type& layer(std::uint32_t l) const noexcept { return layer_[l]; }
    [[nodiscard]] constexpr std::uint32_t inputs() const noexcept { return layer_[0].inputs().used; }
    [[nodiscard]] constexpr std::uint32_t outputs() const noexcept { return layer_[layers() - 1].outputs().used; }

    // Hidden and output units in use.
    [[nodiscard]] constexpr std::uint32_t units() const noexcept {
        std::uint32_t n = 0;
        for (std::uint32_t l = 0; l < layers(); ++l) n += layer_[l].outputs().used;
        return n;
    }

    // Says that a weight of this magnitude was written from outside: instead of measure_weights() where that would cost too much.
    constexpr void admit_weight(float magnitude) noexcept {
        if (!(magnitude <= weight_bound_)) weight_bound_ = magnitude;
    }

    // Makes the bound on the largest weight exact: call after changing weights from outside. @cost one read of every weight
    void measure_weights() noexcept { weight_bound_ = largest_in_use(); }

private:
    static constexpr float largest_weight = dense::largest_weight;

    static constexpr float largest_move(std::uint32_t samples, float rate, float momentum) noexcept {
        return rate * (limit * limit) * static_cast<float>(samples) / (1.0f - momentum);
    }
    // The largest magnitude among weights and velocities in use; an infinity or NaN if one is.
    [[nodiscard]] float largest_in_use() const noexcept {
        std::uint32_t largest = 0;
        for (std::uint32_t l = 0; l < layers(); ++l) {
            const auto w = layer_[l].weights();
            for (std::uint32_t k = 0; k < w.rows; ++k) largest = larger(largest, Kernels::largest_bits(w.cols, w.row(k)));
            largest = larger(largest, Kernels::largest_bits(w.cols, layer_[l].bias()));
            if (!has_momentum(layer_[l])) continue;
            const auto v = layer_[l].velocities();
            for (std::uint32_t k = 0; k < v.rows; ++k) largest = larger(largest, Kernels::largest_bits(v.cols, v.row(k)));
            largest = larger(largest, Kernels::largest_bits(v.cols, layer_[l].bias_velocity()));
        }
        return std::bit_cast<float>(largest);
    }

    // The layer before layer l > 0, in words that gcc 12 believes where there is one layer.
    static constexpr std::uint32_t before(std::uint32_t l) noexcept { return Pins.layers == 1 ? 0 : l - 1; }
    // What is pinned, or else what is. function: of hidden layers.
    static constexpr activation function(const layer_type& layer) noexcept { return Pins.any ? layer.function() : Pins.function; }
    static constexpr std::uint32_t pinned(std::uint32_t samples) noexcept { return Pins.single ? 1 : samples; }
    static constexpr bool is_single(std::uint32_t samples) noexcept { return pinned(samples) == 1; }

    static constexpr std::uint32_t larger(std::uint32_t a, std::uint32_t b) noexcept { return a > b ? a : b; }
    static constexpr std::uint32_t padded(std::uint32_t n) noexcept { return round_up(n, Kernels::lanes); }

    // The rows of layer l that take part: the nonzero inputs where a zero input needs no gradient, else all.
    void list_rows(workspace& work, std::uint32_t l, std::uint32_t samples) const noexcept {
        row_index* rows = work.rows(l);
        const std::uint32_t n = layer_[l].inputs().used;
        const auto in = work.units(l, samples);
        if (l == 0 || function(layer_[before(l)]) == activation::relu) {
            work.row_count[l] = is_single(samples) ? Kernels::nonzero(n, in.data, rows)
                                                   : Kernels::nonzero(n, batch_view<const float>{in.data, samples, in.stride}, rows);
        } else {
            for (std::uint32_t k = 0; k < n; ++k) rows[k] = static_cast<row_index>(k);
            work.row_count[l] = n;
        }
    }

    // velocity := momentum * velocity - rate * sum over the samples of x delta; weight += velocity. Every row, as velocity moves on.
    static void backward_momentum(layer_type& layer, batch_view<float> x, batch_view<float> delta, float rate, float momentum,
                                  batch_view<float> dx) noexcept {
        const auto w = layer.weights();
        const auto v = layer.velocities();
        const std::uint32_t n = w.cols;
        if (dx.data != nullptr) {
            for (std::uint32_t k = 0; k < w.rows; ++k) {
                for (std::uint32_t b = 0; b < x.samples; ++b) dx[b][k] = Kernels::dot(n, delta[b], w.row(k));
            }
        }
        for (std::uint32_t b = 0; b < x.samples; ++b) {
            const float decay = b == 0 ? momentum : 1.0f;
            const bool last = b + 1 == x.samples;
            for (std::uint32_t k = 0; k < w.rows; ++k) {
                Kernels::momentum(n, decay, -rate * x[b][k], delta[b], v.row(k), last ? w.row(k) : nullptr);
            }
            Kernels::momentum(n, decay, -rate, delta[b], layer.bias_velocity(), last ? layer.bias() : nullptr);
        }
    }

    layer_type layer_[Pins.layers];
    std::uint32_t layers_ = 0;
    float weight_bound_ = 0.0f;
};

}  // namespace synapse
