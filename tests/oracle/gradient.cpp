// The gradient that a network follows, against central differences in double, and its life of some hundred steps against an
// independent implementation in double.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <vector>

#include <doctest/doctest.h>

#include <synapse/kernels/default.hpp>
#include <synapse/network/loss.hpp>
#include <synapse/network/network.hpp>

#include "../network/built.hpp"
#include "plain_network.hpp"

using network_test::built;
using oracle::loss;
using oracle::vector;
using synapse::activation;
using synapse::topology;

namespace {

using packed = synapse::scalar_kernels<synapse::separate, 1>;
using fast = synapse::default_kernels;
using fast_fused = synapse::fastest_kernels<synapse::fused>;

struct batch {
    std::vector<vector> x;
    std::vector<vector> target;
    std::vector<std::uint32_t> label;
};

batch draw_batch(std::uint32_t samples, std::uint32_t inputs, std::uint32_t outputs, loss minimised, synapse::random_generator& random) {
    batch b;
    for (std::uint32_t s = 0; s < samples; ++s) {
        const auto x = network_test::draw(inputs, random);
        b.x.emplace_back(x.begin(), x.end());
        b.label.push_back(random.below(outputs));
        const auto t = network_test::draw(outputs, random);
        vector target(t.begin(), t.end());
        if (minimised == loss::cross_entropy) {
            for (std::uint32_t j = 0; j < outputs; ++j) target[j] = j == b.label[s] ? 1.0 : 0.0;
        }
        b.target.push_back(target);
    }
    return b;
}

// The library's forward pass, loss and update on a mini-batch.
template <class Kernels>
void step(built<Kernels>& b, const batch& data, loss minimised, float rate, float momentum) {
    using arithmetic = typename Kernels::arithmetic;
    const auto samples = static_cast<std::uint32_t>(data.x.size());
    for (std::uint32_t s = 0; s < samples; ++s) b.set_input(s, std::vector<float>(data.x[s].begin(), data.x[s].end()));
    b.net.forward(b.work, samples);
    for (std::uint32_t s = 0; s < samples; ++s) {
        const float share = 1.0f / static_cast<float>(samples);
        if (minimised == loss::squared) {
            const std::vector<float> target(data.target[s].begin(), data.target[s].end());
            synapse::loss::squared<arithmetic>(b.form.outputs, b.work.output(s), target.data(), share,
                                               std::numeric_limits<float>::infinity(), b.work.output_delta(s));
        } else {
            synapse::loss::cross_entropy<arithmetic>(b.form.outputs, b.work.output(s), data.label[s], nullptr, share,
                                                     b.work.output_delta(s));
        }
    }
    REQUIRE(b.net.admits(samples, rate, momentum));
    b.net.backward(b.work, samples, rate, momentum);
}

// Every weight and bias of both networks, as pairs.
template <class Network, class Action>
void with_each_weight(Network& net, oracle::plain_network& plain, Action&& action) {
    for (std::uint32_t l = 0; l < net.layers(); ++l) {
        const auto w = net.layer(l).weights();
        for (std::uint32_t j = 0; j < w.cols; ++j) {
            action(net.layer(l).bias()[j], plain.layers[l].bias[j]);
            for (std::uint32_t k = 0; k < w.rows; ++k) action(w(k, j), plain.layers[l].weight[j][k]);
        }
    }
}

}  // namespace

TEST_CASE_TEMPLATE("gradient: the step that a network takes is the central difference of its loss", Kernels, packed, fast, fast_fused) {
    for (const activation f : {activation::relu, activation::tanh, activation::linear}) {
        for (const loss minimised : {loss::squared, loss::cross_entropy}) {
            for (const std::uint32_t samples : {1u, 4u}) {
                for (const bool momentum : {false, true}) {
                    const topology t{.inputs = 5, .outputs = 4, .hidden = {9, 6}, .function = f, .momentum = momentum};
                    built<Kernels> b{t, samples, 31};
                    b.draw_outputs(32);
                    synapse::random_generator random{33};
                    const batch data = draw_batch(samples, t.inputs, t.outputs, minimised, random);
                    oracle::plain_network plain{b.net, minimised};
                    const auto mean_loss = [&] {
                        double sum = 0.0;
                        for (std::uint32_t s = 0; s < samples; ++s) sum += plain.loss_of(data.x[s], data.target[s]);
                        return sum / samples;
                    };
                    // Rate 1 from rest: the change of a weight is its gradient, with either optimiser.
                    step(b, data, minimised, 1.0f, momentum ? 0.9f : 0.0f);
                    double worst = 0.0;
                    double largest = 0.0;
                    with_each_weight(b.net, plain, [&](float& moved, double& weight) {
                        const double at = weight;
                        weight = at + 1e-6;
                        const double up = mean_loss();
                        weight = at - 1e-6;
                        const double down = mean_loss();
                        weight = at;
                        const double expected = (up - down) / 2e-6;
                        largest = std::max(largest, std::fabs(expected));
                        worst = std::max(worst, std::fabs(at - static_cast<double>(moved) - expected));
                    });
                    INFO(name(f) << ", batch " << samples << ", momentum " << momentum << ", loss " << static_cast<int>(minimised));
                    CHECK(largest > 0.1);
                    CHECK(worst < 2e-6);
                }
            }
        }
    }
}

TEST_CASE_TEMPLATE("oracle: some hundred steps beside an independent network in double", Kernels, packed, fast, fast_fused) {
    for (const activation f : {activation::relu, activation::tanh}) {
        for (const loss minimised : {loss::squared, loss::cross_entropy}) {
            for (const std::uint32_t samples : {1u, 3u}) {
                for (const float momentum : {0.0f, 0.9f}) {
                    const topology t{.inputs = 6, .outputs = 3, .hidden = {19, 8}, .function = f, .momentum = momentum > 0.0f};
                    built<Kernels> b{t, samples, 41};
                    oracle::plain_network plain{b.net, minimised};
                    const float rate = momentum > 0.0f ? 0.005f : 0.05f;
                    synapse::random_generator random{43};
                    for (int i = 0; i < 200; ++i) {
                        batch data = draw_batch(samples, t.inputs, t.outputs, minimised, random);
                        // A pattern to learn, so that the weights go somewhere.
                        for (std::uint32_t s = 0; s < samples; ++s) {
                            data.label[s] = data.x[s][0] > data.x[s][1] ? 0 : data.x[s][2] > 0.0 ? 1 : 2;
                            for (std::uint32_t j = 0; j < 3; ++j) {
                                data.target[s][j] = minimised == loss::squared
                                                        ? static_cast<double>(static_cast<float>(data.x[s][j] * data.x[s][3]))
                                                    : j == data.label[s] ? 1.0
                                                                         : 0.0;
                            }
                        }
                        step(b, data, minimised, rate, momentum);
                        plain.step(data.x, data.target, static_cast<double>(rate), static_cast<double>(momentum));
                    }
                    double worst = 0.0;
                    with_each_weight(b.net, plain, [&](float& w, double& expected) {
                        worst = std::max(worst, std::fabs(static_cast<double>(w) - expected));
                    });
                    INFO(name(f) << ", batch " << samples << ", momentum " << momentum << ", loss " << static_cast<int>(minimised));
                    CHECK(worst < 2e-5);
                    const batch probe = draw_batch(1, t.inputs, t.outputs, minimised, random);
                    const auto y = b.predict(std::vector<float>(probe.x[0].begin(), probe.x[0].end()));
                    const auto expected = plain.predict(probe.x[0]);
                    for (std::uint32_t j = 0; j < t.outputs; ++j) CHECK(std::fabs(static_cast<double>(y[j]) - expected[j]) < 1e-4);
                    CHECK(std::fabs(expected[0]) > 1e-3);
                }
            }
        }
    }
}
