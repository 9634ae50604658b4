// What the tests of layers that grow have in common: a small network of two hidden layers, and a step of it.
#pragma once

#include <cstdint>

#include <doctest/doctest.h>

#include <synapse/kernels/default.hpp>
#include <synapse/plasticity/plastic_layers.hpp>

#include "../network/built.hpp"

namespace plasticity_test {

using kernels = synapse::default_kernels;

inline synapse::topology two_layers(bool momentum = false) {
    return {.inputs = 5, .outputs = 3, .hidden = {6, 7}, .hidden_reserved = {20, 21}, .momentum = momentum};
}

// A step of two samples and their errors, all drawn.
inline void learn(network_test::built<kernels>& b, synapse::plastic_layers<kernels>& layers, synapse::random_generator& random) {
    constexpr std::uint32_t samples = 2;
    for (std::uint32_t s = 0; s < samples; ++s) b.set_input(s, network_test::draw(5, random));
    b.net.forward(b.work, samples);
    for (std::uint32_t s = 0; s < samples; ++s) {
        for (std::uint32_t j = 0; j < 3; ++j) b.work.output_delta(s)[j] = random.symmetric();
    }
    REQUIRE(b.net.admits(samples, 0.05f, 0.5f));
    b.net.backward(b.work, samples, 0.05f, 0.5f, [&](std::uint32_t l, synapse::workspace& work) { layers.watch(l, work, samples); });
}

}  // namespace plasticity_test
