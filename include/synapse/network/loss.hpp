// What is minimised: squared error, and softmax cross-entropy over all outputs or a chosen few.
#pragma once

#include <cstdint>

#include <synapse/kernels/kernel_set.hpp>
#include <synapse/kernels/math.hpp>
#include <synapse/kernels/scalar.hpp>

namespace synapse::loss {

// delta [n] = scale * (y - target), each held within +-clip (clip > 0; infinity for none); returns sum 0.5 (y - target)^2, unclipped
// but for errors beyond `limit`, which count as that: the sum stays finite. delta may be target. A kernel set has the same, faster.
// @cost n, loop-safe
template <class Arithmetic>
float squared(std::uint32_t n, const float* y, const float* target, float scale, float clip, float* delta) noexcept {
    return scalar_kernels<Arithmetic>::squared(n, y, target, scale, clip, delta);
}

// p [n] = softmax of z [n] over the classes with among[j] != 0 (all of them if among is null); 0 for the others.
// Returns log sum exp. At least one class must take part. p may be z.
// @cost n exponentials, loop-safe
template <class Arithmetic>
float softmax(std::uint32_t n, const float* z, const std::uint8_t* among, float* p) noexcept {
    using ops = math::scalar_operations<Arithmetic>;
    float largest = -3.402823466e38f;
    for (std::uint32_t j = 0; j < n; ++j) {
        if (among == nullptr || among[j] != 0) largest = ops::max(largest, z[j]);
    }
    float sum = 0.0f;
    for (std::uint32_t j = 0; j < n; ++j) {
        p[j] = among == nullptr || among[j] != 0 ? math::exp<ops>(z[j] - largest) : 0.0f;
        sum += p[j];
    }
    const float share = 1.0f / sum;
    for (std::uint32_t j = 0; j < n; ++j) p[j] *= share;
    return largest + math::log<ops>(sum);
}

// delta [n] = scale * (softmax(z) - onehot(label)) over the classes in `among`; returns the cross-entropy in nats.
// label < n and among it. delta may be z. @cost n exponentials, loop-safe
template <class Arithmetic>
float cross_entropy(std::uint32_t n, const float* z, std::uint32_t label, const std::uint8_t* among, float scale, float* delta) noexcept {
    const float own = z[label];
    const float nats = softmax<Arithmetic>(n, z, among, delta) - own;
    delta[label] -= 1.0f;
    for (std::uint32_t j = 0; j < n; ++j) delta[j] *= scale;
    return nats;
}

}  // namespace synapse::loss
