// Twins: new units in pairs that look the same way and speak with opposite outgoing weights. Together they say nothing, so the network
// answers as before, to rounding; but errors reach each of them at once, from the other side, and they part. A unit whose outgoing
// weights are zero has to wait for those, and units that wait side by side earn much the same ones.
// @source doubling a network so that it starts from nothing: Chizat, Oyallon and Bach 2019; for units that are added: ours
#pragma once

#include <cstdint>

#include <synapse/config.hpp>
#include <synapse/core/random.hpp>
#include <synapse/network/network.hpp>

namespace synapse {

// Makes twins of units [first, first + count) of hidden layer l, whose incoming weights are drawn: each second unit takes those of the
// unit before it. range: half the width of the uniform distribution that outgoing weights are born from; key: of the draws. The last of
// an odd count stays alone, as do its outgoing weights.
// @cost count columns of weights and count rows of the layer above; loop-safe
template <class Kernels, network_pins Pins>
SYNAPSE_LOOP_SAFE void make_twins(network<Kernels, Pins>& net, std::uint32_t l, std::uint32_t first, std::uint32_t count, float range,
                                  std::uint32_t key) noexcept {
    auto& layer = net.layer(l);
    const auto in = layer.weights();
    const auto out = net.layer(l + 1).weights();
    for (std::uint32_t j = first; j + 1 < first + count; j += 2) {
        for (std::uint32_t k = 0; k < in.rows; ++k) in(k, j + 1) = in(k, j);
        layer.bias()[j + 1] = layer.bias()[j];
        for (std::uint32_t i = 0; i < out.cols; ++i) {
            const float w = range * symmetric_of(key++);
            out(j, i) = w;
            out(j + 1, i) = -w;
        }
    }
    net.admit_weight(range);
}

}  // namespace synapse
