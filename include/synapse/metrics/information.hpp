// Small words that the metrics share: averages that forget, logarithms, and nats made readable as a share of variance.
#pragma once

#include <cstdint>

#include <synapse/kernels/arithmetic.hpp>
#include <synapse/kernels/math.hpp>

namespace synapse::information {

// A metric is a meter of a learner in either arithmetic and has one definition: it multiplies and adds apart.
using operations = math::scalar_operations<separate>;

// Natural logarithm of a positive normal number.
constexpr float log(float x) noexcept { return math::log<operations>(x); }

// 1 - exp(-2 nats): the R^2 of a linear channel that carries so much. Exact for small arguments, where the difference would
// cancel; 0 at and below 0. @source 1 - exp(-2x) = 2 t / (1 + t), t = tanh x
constexpr float share_of(float nats) noexcept {
    if (!(nats > 0.0f)) return 0.0f;
    const float t = math::tanh<operations>(nats);
    return 2.0f * t / (1.0f + t);
}

// Weight of the newest of `count` samples in an average that is exact until the horizon is full, and exponential from then on.
constexpr float newest_share(std::uint32_t count, float horizon) noexcept {
    const auto n = static_cast<float>(count < 0x1000000u ? count : 0x1000000u);
    return 1.0f / (n < horizon ? n : horizon);
}

constexpr float clip(float x, float low, float high) noexcept { return x < low ? low : x > high ? high : x; }

}  // namespace synapse::information
