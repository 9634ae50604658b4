#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <vector>

#include <doctest/doctest.h>

#include <synapse/core/bytes.hpp>
#include <synapse/kernels/default.hpp>
#include <synapse/network/loss.hpp>
#include <synapse/network/network.hpp>

#include "built.hpp"

using network_test::built;
using network_test::draw;
using synapse::activation;
using synapse::topology;

namespace {

using packed = synapse::scalar_kernels<synapse::separate, 1>;
using fast = synapse::default_kernels;
using fast_fused = synapse::fastest_kernels<synapse::fused>;

constexpr float no_clip = std::numeric_limits<float>::infinity();

// One step of squared error on a mini-batch of random samples; returns whether the network admitted it.
template <class Kernels>
bool learn(built<Kernels>& b, std::uint32_t samples, synapse::random_generator& random, float rate, float momentum = 0.0f) {
    for (std::uint32_t s = 0; s < samples; ++s) b.set_input(s, draw(b.form.inputs, random));
    b.net.forward(b.work, samples);
    for (std::uint32_t s = 0; s < samples; ++s) {
        const auto target = draw(b.form.outputs, random);
        synapse::loss::squared<typename Kernels::arithmetic>(b.form.outputs, b.work.output(s), target.data(),
                                                             1.0f / static_cast<float>(samples), no_clip, b.work.output_delta(s));
    }
    if (!b.net.admits(samples, rate, momentum)) return false;
    b.net.backward(b.work, samples, rate, momentum);
    return true;
}

template <class Kernels>
std::uint64_t hash_after_learning(const topology& t, std::uint32_t samples, float momentum) {
    built<Kernels> b{t, samples, 11};
    b.draw_outputs(12);
    synapse::random_generator random{13};
    for (int i = 0; i < 40; ++i) REQUIRE(learn(b, samples, random, 0.03f, momentum));
    CHECK(b.padding_is_zero());
    return synapse::weights_hash(b.net);
}

std::uint32_t largest_weight_bits(auto& net) {
    std::uint32_t largest = 0;
    for (std::uint32_t l = 0; l < net.layers(); ++l) {
        const auto w = net.layer(l).weights();
        for (std::uint32_t k = 0; k < w.rows; ++k) {
            for (std::uint32_t j = 0; j < w.cols; ++j) largest = std::max(largest, std::bit_cast<std::uint32_t>(std::fabs(w(k, j))));
        }
        for (std::uint32_t j = 0; j < w.cols; ++j)
            largest = std::max(largest, std::bit_cast<std::uint32_t>(std::fabs(net.layer(l).bias()[j])));
    }
    return largest;
}

}  // namespace

TEST_CASE("network: layers, widths and functions follow the topology") {
    const topology t{.inputs = 5, .outputs = 3, .hidden = {4, 6}, .hidden_reserved = {9, 0}, .function = activation::tanh};
    built<packed> b{t};
    REQUIRE(b.net.layers() == 3);
    CHECK(b.net.inputs() == 5);
    CHECK(b.net.outputs() == 3);
    CHECK(b.net.units() == 13);
    CHECK(b.net.layer(0).outputs().reserved == 9);
    CHECK(b.net.layer(1).inputs().reserved == 9);
    CHECK(b.net.layer(1).inputs().used == 4);
    CHECK(b.net.layer(0).function() == activation::tanh);
    CHECK(b.net.layer(2).function() == activation::linear);
    CHECK_FALSE(b.net.layer(0).has_momentum());
}

TEST_CASE("network: a new one answers zero if asked to, and is drawn as wide as its inputs want") {
    const topology t{.inputs = 50, .outputs = 4, .hidden = {60, 40}, .function = activation::tanh};
    built<fast> b{t, 1, 1, 1.5f};
    for (const float y : b.predict(std::vector<float>(50, 0.7f))) CHECK(y == 0.0f);
    const auto w = b.net.layer(1).weights();
    double squares = 0.0;
    for (std::uint32_t k = 0; k < w.rows; ++k) {
        for (std::uint32_t j = 0; j < w.cols; ++j) squares += static_cast<double>(w(k, j)) * static_cast<double>(w(k, j));
    }
    CHECK(squares / (60 * 40) == doctest::Approx(1.5 * 1.5 / 3 / 60).epsilon(0.1));
    synapse::random_generator random{1};
    b.net.randomise(random, 1.5f, false);
    for (const float y : b.predict(std::vector<float>(50, 0.7f))) CHECK(y != 0.0f);
}

TEST_CASE("network: every kernel set learns the same bits") {
    for (const activation f : {activation::relu, activation::tanh, activation::linear}) {
        for (const std::uint32_t samples : {1u, 2u, 5u, 9u}) {
            for (const bool momentum : {false, true}) {
                const topology t{
                    .inputs = 7, .outputs = 3, .hidden = {33, 18}, .hidden_reserved = {50}, .function = f, .momentum = momentum};
                const float m = momentum ? 0.9f : 0.0f;
                INFO(name(f) << ", batch " << samples << ", momentum " << m);
                const std::uint64_t hash = hash_after_learning<packed>(t, samples, m);
                CHECK(hash_after_learning<fast>(t, samples, m) == hash);
                CHECK(hash_after_learning<synapse::scalar_kernels<synapse::separate, 16>>(t, samples, m) == hash);
                const std::uint64_t fused_hash = hash_after_learning<synapse::scalar_kernels<synapse::fused, 1>>(t, samples, m);
                CHECK(hash_after_learning<fast_fused>(t, samples, m) == fused_hash);
                CHECK(fused_hash != hash);
            }
        }
    }
}

TEST_CASE_TEMPLATE("network: a mini-batch answers what its samples answer alone", Kernels, packed, fast, fast_fused) {
    for (const activation f : {activation::relu, activation::tanh}) {
        const topology t{.inputs = 9, .outputs = 5, .hidden = {21, 17}, .function = f};
        built<Kernels> b{t, 7};
        b.draw_outputs(2);
        synapse::random_generator random{21};
        std::vector<std::vector<float>> x;
        for (std::uint32_t s = 0; s < 7; ++s) {
            x.push_back(draw(9, random));
            x.back()[s] = 0.0f;
        }
        std::vector<std::vector<float>> alone;
        for (const auto& sample : x) alone.push_back(b.predict(sample));
        for (std::uint32_t s = 0; s < 7; ++s) b.set_input(s, x[s]);
        b.net.forward(b.work, 7);
        for (std::uint32_t s = 0; s < 7; ++s) CHECK(b.output(s) == alone[s]);
        // Fewer samples than the workspace has room for.
        b.net.forward(b.work, 2);
        CHECK(b.output(0) == alone[0]);
        CHECK(b.output(1) == alone[1]);
    }
}

TEST_CASE_TEMPLATE("network: predicting changes no weight", Kernels, packed, fast) {
    const topology t{.inputs = 9, .outputs = 5, .hidden = {21, 17}};
    built<Kernels> b{t, 3};
    b.draw_outputs(2);
    const auto before = b.network_memory.bytes();
    synapse::random_generator random{22};
    for (int i = 0; i < 20; ++i) b.predict(draw(9, random));
    CHECK(b.network_memory.bytes() == before);
}

TEST_CASE_TEMPLATE("network: rows that were reserved and not used yet stay zero", Kernels, packed, fast) {
    const topology t{.inputs = 9, .outputs = 5, .hidden = {21, 3}, .hidden_reserved = {60, 40}, .momentum = false};
    for (const std::uint32_t samples : {1u, 4u}) {
        built<Kernels> b{t, samples};
        b.draw_outputs(2);
        synapse::random_generator random{23};
        for (int i = 0; i < 50; ++i) REQUIRE(learn(b, samples, random, 0.05f));
        CHECK(b.padding_is_zero());
    }
}

TEST_CASE_TEMPLATE("network: whatever the rate, the weights stay finite and a step is refused in time", Kernels, packed, fast, fast_fused) {
    for (const activation f : {activation::relu, activation::tanh, activation::linear}) {
        for (const bool with_momentum : {false, true}) {
            const topology t{.inputs = 6, .outputs = 3, .hidden = {40, 20}, .function = f, .momentum = with_momentum};
            const float momentum = with_momentum ? 0.95f : 0.0f;
            for (const float rate : {1.0f, 1e3f, 1e6f, 9e6f, 1e8f}) {
                for (const std::uint32_t samples : {1u, 3u}) {
                    built<Kernels> b{t, samples};
                    b.draw_outputs(2);
                    synapse::random_generator random{24};
                    int steps = 0;
                    while (steps < 120 && learn(b, samples, random, rate, momentum)) ++steps;
                    INFO(name(f) << ", rate " << rate << ", momentum " << momentum << ", batch " << samples << ", steps " << steps);
                    CHECK(largest_weight_bits(b.net) < 0x7f800000u);
                    for (std::uint32_t s = 0; s < samples; ++s) {
                        for (const float y : b.output(s)) CHECK(std::isfinite(y));
                    }
                    CHECK(b.padding_is_zero());
                }
            }
        }
    }
}

TEST_CASE("network: admits refuses what could overflow and nothing else") {
    const topology t{.inputs = 4, .outputs = 2};
    built<fast> b{t};
    CHECK(b.net.admits(1, 0.0f));
    CHECK(b.net.admits(1, 1e7f));
    CHECK_FALSE(b.net.admits(1, 1e9f));
    CHECK_FALSE(b.net.admits(100000, 1e6f));
    CHECK(b.net.admits(1, 1e6f, 0.9f));
    CHECK_FALSE(b.net.admits(1, 1e7f, 0.99f));
    CHECK_FALSE(b.net.admits(1, 0.1f, 1.0f));
    CHECK_FALSE(b.net.admits(1, std::numeric_limits<float>::infinity()));
    CHECK_FALSE(b.net.admits(1, std::numeric_limits<float>::quiet_NaN()));
    b.net.layer(0).weights()(2, 1) = 2e20f;
    b.net.measure_weights();
    CHECK_FALSE(b.net.admits(1, 1e-6f));
    b.net.layer(0).weights()(2, 1) = 0.0f;
    b.net.layer(0).bias()[0] = std::numeric_limits<float>::quiet_NaN();
    b.net.measure_weights();
    CHECK_FALSE(b.net.admits(1, 1e-6f));
    b.net.layer(0).bias()[0] = 1.0f;
    b.net.measure_weights();
    CHECK(b.net.admits(1, 1e-6f));
}

TEST_CASE("network: a weight that really grows is stopped before it overflows, and may still learn slowly") {
    const topology t{.inputs = 1, .outputs = 1};
    built<fast> b{t};
    const float rate = 1e6f;
    int steps = 0;
    float before = 0.0f;
    for (; steps < 1000; ++steps) {
        b.predict({-0x1p20f});
        b.work.output_delta(0)[0] = 3e38f;  // held to the limit by backward
        before = b.net.layer(0).weights()(0, 0);
        if (!b.net.admits(1, rate)) break;
        b.net.backward(b.work, 1, rate);
        REQUIRE(b.net.layer(0).weights()(0, 0) > before);
    }
    CHECK(steps > 50);
    CHECK(steps < 100);
    CHECK(b.net.layer(0).weights()(0, 0) == before);
    CHECK(before < 1e20f);
    CHECK(b.net.admits(1, 1e-3f));
}

TEST_CASE("network: the bound that ran out is made exact again") {
    const topology t{.inputs = 3, .outputs = 2, .hidden = {4}};
    built<fast> b{t};
    // Each step may raise the bound by 1e18; the weights hardly move, so no number of steps is too many.
    const float rate = 1e6f;
    b.predict({1e-9f, 1e-9f, 1e-9f});
    for (int i = 0; i < 1000; ++i) {
        b.work.output_delta(0)[0] = b.work.output_delta(0)[1] = 1e-20f;
        REQUIRE(b.net.admits(1, rate));
        b.net.backward(b.work, 1, rate);
    }
    CHECK(std::bit_cast<float>(largest_weight_bits(b.net)) < 10.0f);
}

TEST_CASE("network: one layer without hidden ones, and seven hidden ones") {
    synapse::random_generator random{25};
    built<fast> line{topology{.inputs = 2, .outputs = 1}};
    float first = 0.0f;
    float last = 0.0f;
    for (int i = 0; i < 400; ++i) {
        const auto x = draw(2, random);
        const float target = 0.5f * x[0] - 0.25f * x[1] + 0.125f;
        const float y = line.predict(x)[0];
        const float error = std::fabs(y - target);
        (i < 20 ? first : last) = i < 20 ? first + error : error;
        line.work.output_delta(0)[0] = y - target;
        REQUIRE(line.net.admits(1, 0.2f));
        line.net.backward(line.work, 1, 0.2f);
    }
    CHECK(first > 0.5f);
    CHECK(last < 1e-4f);
    CHECK(static_cast<double>(line.net.layer(0).weights()(0, 0)) == doctest::Approx(0.5).epsilon(1e-3));

    built<fast> deep{topology{.inputs = 2, .outputs = 1, .hidden = {5, 6, 7, 8, 7, 6, 5}, .function = activation::tanh}};
    CHECK(deep.net.layers() == synapse::max_layers);
    CHECK(deep.net.units() == 45);
    for (int i = 0; i < 20; ++i) CHECK(learn(deep, 1, random, 0.05f));
}

TEST_CASE("network: widening changes no answer and no byte but the marks; new units learn once they are connected") {
    const topology t{.inputs = 5, .outputs = 3, .hidden = {6, 7}, .hidden_reserved = {40, 9}};
    built<fast> b{t, 3, 2};
    b.draw_outputs(3);
    synapse::random_generator random{4};
    for (int i = 0; i < 20; ++i) REQUIRE(learn(b, 3, random, 0.05f));
    const auto x = draw(5, random);
    const auto before = b.predict(x);
    const auto memory = b.network_memory.bytes();
    CHECK(b.net.widen(0, 20) == 20);
    CHECK(b.net.widen(1, 20) == 2);
    CHECK(b.net.widen(1, 1) == 0);
    CHECK(b.network_memory.bytes() == memory);
    CHECK(b.net.layer(0).outputs().used == 26);
    CHECK(b.net.layer(1).inputs().used == 26);
    CHECK(b.net.units() == 26 + 9 + 3);
    CHECK(ok(b.net.settle()));
    CHECK(b.predict(x) == before);
    for (std::uint32_t j = 6; j < 26; ++j) b.net.layer(0).weights()(2, j) = 0.1f;
    CHECK(b.predict(x) == before);
    for (int i = 0; i < 20; ++i) REQUIRE(learn(b, 3, random, 0.05f));
    CHECK(b.net.layer(1).weights()(20, 3) != 0.0f);
    CHECK(b.padding_is_zero());
}

TEST_CASE("network: what has grown learns the same bits as what was born so, whatever is reserved") {
    for (const std::uint32_t samples : {1u, 4u}) {
        for (const bool momentum : {false, true}) {
            const topology grown_form{.inputs = 5, .outputs = 3, .hidden = {6, 7}, .hidden_reserved = {100, 50}, .momentum = momentum};
            const topology born_form{.inputs = 5, .outputs = 3, .hidden = {19, 18}, .momentum = momentum};
            built<fast> grown{grown_form, samples};
            built<fast> born{born_form, samples};
            REQUIRE(grown.net.widen(0, 13) == 13);
            REQUIRE(grown.net.widen(1, 11) == 11);
            for (built<fast>* b : {&grown, &born}) {
                synapse::random_generator source{6};
                b->net.randomise(source, 1.0f, false);
                synapse::random_generator random{7};
                for (int i = 0; i < 30; ++i) REQUIRE(learn(*b, samples, random, 0.05f, momentum ? 0.5f : 0.0f));
            }
            CHECK(synapse::weights_hash(grown.net) == synapse::weights_hash(born.net));
            CHECK(grown.padding_is_zero());
        }
    }
}

TEST_CASE("network: marks that do not fit together are refused") {
    const topology t{.inputs = 5, .outputs = 3, .hidden = {6}, .hidden_reserved = {8}};
    built<packed> b{t};
    b.net.layer(0).widen_outputs(1);
    CHECK(b.net.settle() == synapse::status::corrupt);
    b.net.layer(1).widen_inputs(1);
    CHECK(ok(b.net.settle()));
    CHECK(synapse::dense{synapse::slots{3, 2}, synapse::slots{1, 1}, activation::relu, false, 1}.settle() == synapse::status::wrong_shape);
}

TEST_CASE("network: a watcher sees every layer's deltas, last to first, and what it takes away is not learned") {
    const topology t{.inputs = 5, .outputs = 3, .hidden = {6, 7}};
    built<fast> b{t};
    b.draw_outputs(3);
    synapse::random_generator random{4};
    b.set_input(0, draw(5, random));
    b.net.forward(b.work, 1);
    for (std::uint32_t j = 0; j < 3; ++j) b.work.output_delta(0)[j] = 1.0f;
    const auto before = b.net.layer(1).weights()(0, 2);
    const float bias = b.net.layer(1).bias()[3];
    std::vector<std::uint32_t> seen;
    REQUIRE(b.net.admits(1, 0.1f));
    b.net.backward(b.work, 1, 0.1f, 0.0f, [&](std::uint32_t l, synapse::workspace& work) {
        seen.push_back(l);
        if (l == 1) work.delta(2, 1)[0][2] = work.delta(2, 1)[0][3] = 0.0f;
    });
    CHECK(seen == std::vector<std::uint32_t>{2, 1, 0});
    CHECK(b.net.layer(1).weights()(0, 2) == before);
    CHECK(b.net.layer(1).bias()[3] == bias);
}
