#include <cmath>
#include <cstdint>
#include <span>

#include <doctest/doctest.h>

#include <synapse/core/fields.hpp>
#include <synapse/network/dense.hpp>

#include "built.hpp"

using synapse::activation;
using synapse::dense;
using synapse::slots;

TEST_CASE("dense: sizes follow from the reservation, the lanes and momentum") {
    constexpr dense packed{slots{5, 5}, slots{3, 3}, activation::relu, false, 1};
    static_assert(packed.stride() == 3);
    static_assert(synapse::measure(dense{slots{5, 5}, slots{3, 3}, activation::relu, false, 16}) >= 6 * 16 * sizeof(float));
    constexpr dense padded{slots{5, 7}, slots{3, 20}, activation::tanh, true, 16};
    CHECK(padded.stride() == 32);
    CHECK(padded.function() == activation::tanh);
    CHECK(padded.has_momentum());
    CHECK(padded.inputs().reserved == 7);
    CHECK(synapse::measure(padded) == 2 * (7 + 1) * 32 * sizeof(float));
}

TEST_CASE("dense: placed, everything is zero and lies where the view says") {
    network_test::placed<dense> memory{slots{3, 4}, slots{2, 5}, activation::relu, true, 8u};
    dense& layer = memory.part;
    CHECK(layer.weights().rows == 3);
    CHECK(layer.weights().cols == 2);
    CHECK(layer.weights().stride == 8);
    CHECK(layer.view().weight == layer.weights().data);
    CHECK(layer.view().bias == layer.bias());
    CHECK(layer.view().inputs == 3);
    CHECK(layer.view().outputs == 2);
    for (std::uint32_t i = 0; i < 4 * 8; ++i) {
        CHECK(layer.weights().data[i] == 0.0f);
        CHECK(layer.velocities().data[i] == 0.0f);
    }
    for (std::uint32_t j = 0; j < 8; ++j) CHECK(layer.bias_velocity()[j] == 0.0f);
}

TEST_CASE("dense: without momentum there are no velocities; too small a block is refused") {
    network_test::placed<dense> memory{slots{3, 3}, slots{2, 2}, activation::relu, false, 1u};
    CHECK(memory.part.velocities().data == nullptr);
    CHECK(memory.part.bias_velocity() == nullptr);
    dense other{slots{3, 3}, slots{2, 2}, activation::relu, false, 1};
    alignas(synapse::config::block_alignment) std::byte block[16];
    CHECK(synapse::place(other, std::span{block}) == synapse::status::no_memory);
}

TEST_CASE("dense: randomise fills what is in use and nothing else") {
    network_test::placed<dense> memory{slots{30, 40}, slots{20, 25}, activation::relu, false, 16u};
    dense& layer = memory.part;
    layer.bias()[3] = 1.0f;
    synapse::random_generator random{5};
    layer.randomise(0.25f, random);
    double sum = 0.0;
    double squares = 0.0;
    for (std::uint32_t k = 0; k < 40; ++k) {
        for (std::uint32_t j = 0; j < layer.stride(); ++j) {
            const float w = layer.weights().data[k * layer.stride() + j];
            if (k >= 30 || j >= 20) {
                CHECK(w == 0.0f);
            } else {
                CHECK(std::fabs(w) <= 0.25f);
                sum += static_cast<double>(w);
                squares += static_cast<double>(w) * static_cast<double>(w);
            }
        }
    }
    CHECK(std::fabs(sum / 600) < 0.03);
    CHECK(squares / 600 == doctest::Approx(0.25 * 0.25 / 3).epsilon(0.15));
    CHECK(layer.bias()[3] == 0.0f);
    // The order of the draws is the order of the matrix: part of what a seed means.
    synapse::random_generator again{5};
    for (std::uint32_t k = 0; k < 30; ++k) {
        for (std::uint32_t j = 0; j < 20; ++j) CHECK(layer.weights()(k, j) == 0.25f * again.symmetric());
    }
}
