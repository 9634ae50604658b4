// How the slow system learns from the fast one, and how the fast one falls back on it.
#pragma once

#include <cstdint>

#include <synapse/core/fields.hpp>
#include <synapse/network/network.hpp>

namespace synapse {

// slow := slow + share (fast - slow), every weight in use. Same topology. @cost one read of both, one write of slow; loop-safe
template <class Network>
void follow(const Network& fast, Network& slow, float share) noexcept {
    using kernels = typename Network::kernels;
    for (std::uint32_t l = 0; l < fast.layers(); ++l) {
        const auto from = fast.layer(l).weights();
        const auto to = slow.layer(l).weights();
        for (std::uint32_t k = 0; k < from.rows; ++k) kernels::blend(from.cols, share, from.row(k), to.row(k));
        kernels::blend(from.cols, share, fast.layer(l).bias(), slow.layer(l).bias());
    }
}

// The share for `every` steps at once of a decay per step; at first, a plain average over the rounds so far instead, so that a
// young slow system is not held to its random birth. rounds counts calls, from 1. @source Arani 2022 (warm-up of the average)
constexpr float follow_share(float decay, std::uint32_t every, std::uint64_t rounds) noexcept {
    float kept = 1.0f;
    for (std::uint32_t i = 0; i < every; ++i) kept *= decay;
    const float average = 1.0f / (static_cast<float>(rounds < 0x1000000u ? rounds : 0x1000000u) + 1.0f);
    return 1.0f - kept > average ? 1.0f - kept : average;
}

// to := from, bit for bit; to's velocities come to rest. Same topology. @cost one read and one write of the weights; loop-safe
template <class From, class To>
void copy_weights(const From& from, To& to) noexcept {
    for (std::uint32_t l = 0; l < from.layers(); ++l) {
        const auto w = from.layer(l).weights();
        auto& layer = to.layer(l);
        for (std::uint32_t k = 0; k < w.rows; ++k) {
            for (std::uint32_t j = 0; j < w.cols; ++j) layer.weights()(k, j) = w(k, j);
        }
        for (std::uint32_t j = 0; j < w.cols; ++j) layer.bias()[j] = from.layer(l).bias()[j];
        if (!to.has_momentum(layer)) continue;
        for (std::uint32_t k = 0; k < w.rows; ++k) {
            for (std::uint32_t j = 0; j < w.cols; ++j) layer.velocities()(k, j) = 0.0f;
        }
        for (std::uint32_t j = 0; j < w.cols; ++j) layer.bias_velocity()[j] = 0.0f;
    }
    to.measure_weights();
}

}  // namespace synapse
