// A number that two machines share exactly if their kernels compute the same bits.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

#include <synapse/checkpoint/crc32c.hpp>
#include <synapse/checkpoint/stream.hpp>
#include <synapse/config.hpp>
#include <synapse/core/bytes.hpp>
#include <synapse/core/matrix.hpp>
#include <synapse/core/random.hpp>
#include <synapse/core/span.hpp>
#include <synapse/kernels/kernel_set.hpp>

namespace synapse {

// CRC32C of the arithmetic's name and of a short life of one small layer: forward, tanh, backward with update, 8 times over.
// The width of the registers does not enter. @cost a few thousand operations, about 500 bytes of stack
template <class Kernels>
SYNAPSE_OUTLINE std::uint32_t numeric_fingerprint() noexcept {
    constexpr std::uint32_t inputs = 5;
    constexpr std::uint32_t outputs = 7;
    constexpr std::uint32_t stride = round_up(outputs, Kernels::lanes);
    constexpr std::uint32_t width = round_up(inputs, Kernels::lanes);
    struct {
        alignas(config::block_alignment) float weight[inputs * stride];
        alignas(config::block_alignment) float bias[stride];
        alignas(config::block_alignment) float x[width];
        alignas(config::block_alignment) float y[stride];
        alignas(config::block_alignment) float dx[width];
    } net{};
    row_index row[inputs];
    random_generator dice{20};
    for (std::uint32_t k = 0; k < inputs; ++k) {
        row[k] = static_cast<row_index>(k);
        net.x[k] = dice.symmetric();
        for (std::uint32_t j = 0; j < outputs; ++j) net.weight[k * stride + j] = dice.symmetric();
    }
    const dense_view layer{net.weight, net.bias, inputs, outputs, stride};
    const row_list rows{row, inputs};
    for (int round = 0; round < 8; ++round) {
        Kernels::forward(layer, rows, net.x, net.y);
        Kernels::tanh(stride, net.y);
        Kernels::backward(layer, rows, net.x, net.y, 0.1f, net.dx);
        for (std::uint32_t k = 0; k < inputs; ++k) net.x[k] = 0.5f * net.x[k] + 0.25f * net.dx[k];
    }
    // Everything computed has gone into x.
    crc32c sum;
    const char* const name = Kernels::arithmetic::name;
    sum.add(reinterpret_cast<const std::byte*>(name), detail::length_of(name, 255));
    for (std::uint32_t k = 0; k < inputs; ++k) {
        std::byte bytes[4];
        store_little(bytes, std::bit_cast<std::uint32_t>(net.x[k]));
        sum.add(bytes, sizeof bytes);
    }
    return sum.value();
}

}  // namespace synapse
