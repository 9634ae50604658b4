// A number that two machines share exactly if their kernels compute the same bits.
#pragma once

#include <cstdint>

#include <synapse/core/bytes.hpp>
#include <synapse/core/matrix.hpp>
#include <synapse/core/random.hpp>
#include <synapse/kernels/kernel_set.hpp>

namespace synapse {

// FNV-1a 64 of the arithmetic's name and of a short life of one small layer: forward, tanh, backward with update, 8 times over.
// The width of the registers does not enter. @cost a few thousand operations, about 700 bytes of stack
template <class Kernels>
std::uint64_t numeric_fingerprint() noexcept {
    constexpr std::uint32_t inputs = 5;
    constexpr std::uint32_t outputs = 7;
    constexpr std::uint32_t stride = round_up(outputs, Kernels::lanes);
    alignas(64) float weight[inputs * stride] = {};
    alignas(64) float bias[stride] = {};
    alignas(64) float x[round_up(inputs, Kernels::lanes)] = {};
    alignas(64) float y[stride] = {};
    alignas(64) float dx[round_up(inputs, Kernels::lanes)] = {};
    std::uint32_t row[inputs];
    random_generator dice{20};
    for (std::uint32_t k = 0; k < inputs; ++k) {
        for (std::uint32_t j = 0; j < outputs; ++j) weight[k * stride + j] = dice.symmetric();
        row[k] = k;
        x[k] = dice.symmetric();
    }
    const dense_view layer{weight, bias, inputs, outputs, stride};
    const row_list rows{row, inputs};
    fnv1a64 hash;
    for (const char* c = Kernels::arithmetic::name; *c != '\0'; ++c) hash.add(static_cast<std::byte>(*c));
    for (int round = 0; round < 8; ++round) {
        Kernels::forward(layer, rows, x, y);
        Kernels::tanh(stride, y);
        Kernels::backward(layer, rows, x, y, 0.1f, dx);
        for (std::uint32_t k = 0; k < inputs; ++k) x[k] = 0.5f * x[k] + 0.25f * dx[k];
    }
    // Everything computed has gone into the weights.
    for (std::uint32_t k = 0; k < inputs; ++k) {
        for (std::uint32_t j = 0; j < outputs; ++j) hash.add(weight[k * stride + j]);
    }
    return hash.value();
}

}  // namespace synapse
