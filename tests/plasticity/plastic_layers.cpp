#include <cstdint>
#include <vector>

#include <doctest/doctest.h>

#include <synapse/plasticity/plastic_layers.hpp>

#include "two_layers.hpp"

using kernels = plasticity_test::kernels;
using network_test::built;
using network_test::draw;
using network_test::placed;
using plasticity_test::learn;
using plasticity_test::two_layers;
using synapse::plastic_layers;

TEST_CASE("layers: growing keeps both networks and all records in step, and every answer's bits") {
    built<kernels> fast{two_layers(), 2};
    built<kernels> slow{two_layers(), 2, 5};
    placed<plastic_layers<kernels>> held{two_layers()};
    plastic_layers<kernels>& layers = held.part;
    layers.begin(1.0f);
    fast.draw_outputs(2);
    slow.draw_outputs(3);
    synapse::random_generator random{4};
    for (int i = 0; i < 300; ++i) learn(fast, layers, random);
    CHECK(layers.describes(fast.net));
    const auto x = draw(5, random);
    const auto fast_before = fast.predict(x);
    const auto slow_before = slow.predict(x);
    CHECK(layers.grow(fast.net, &slow.net, 0, 5, fast.work.units(0, 1)[0], random) == 5);
    CHECK(layers.grow(fast.net, &slow.net, 1, 100, fast.work.units(1, 1)[0], random) == 14);
    CHECK(layers.describes(fast.net));
    CHECK(layers.describes(slow.net));
    CHECK(fast.predict(x) == fast_before);
    CHECK(slow.predict(x) == slow_before);
    CHECK(fast.padding_is_zero());
    CHECK(slow.padding_is_zero());
    for (int i = 0; i < 300; ++i) learn(fast, layers, random);
    CHECK(fast.padding_is_zero());
    fast.net.widen(0, 1);
    CHECK_FALSE(layers.describes(fast.net));
}

TEST_CASE("layers: recycling renews the least useful, and only if it is worth little enough") {
    built<kernels> fast{two_layers(), 2};
    placed<plastic_layers<kernels>> held{two_layers()};
    plastic_layers<kernels>& layers = held.part;
    layers.begin(1.0f);
    fast.draw_outputs(2);
    synapse::random_generator random{4};
    for (int i = 0; i < 100; ++i) learn(fast, layers, random);
    const float* x = fast.work.units(1, 1)[0];
    using synapse::enough_worth;
    const auto recycled = [&](std::uint32_t maturity, enough_worth enough) {
        return layers.recycle(fast.net, nullptr, 1, maturity, enough, synapse::incoming::guided, x, random);
    };
    CHECK_FALSE(recycled(1000, enough_worth::of(1e30f)));       // too young
    CHECK_FALSE(recycled(1000, enough_worth::of_mean(1e30f)));  // the same
    CHECK_FALSE(recycled(10, enough_worth::of(0.0f)));          // nothing is worth less
    CHECK(layers.recycled() == 0);
    const std::uint32_t least = synapse::least_useful(fast.net, 1, layers.layer(1).units, 10, enough_worth::of(1e30f));
    CHECK(recycled(10, enough_worth::of(1e30f)));
    CHECK(layers.recycled() == 1);
    CHECK(layers.layer(1).units.age(least) == 0);
    for (std::uint32_t i = 0; i < 3; ++i) CHECK(fast.net.layer(2).weights()(least, i) == 0.0f);
}

TEST_CASE("layers: what is frozen does not move, with momentum or without; what is not does") {
    for (const bool momentum : {false, true}) {
        built<kernels> fast{two_layers(momentum), 2};
        placed<plastic_layers<kernels>> held{two_layers(momentum)};
        plastic_layers<kernels>& layers = held.part;
        layers.begin(1.0f);
        fast.draw_outputs(2);
        synapse::random_generator random{4};
        for (int i = 0; i < 50; ++i) learn(fast, layers, random);
        const std::uint8_t marked[3] = {1, 0, 1};
        layers.freeze(fast.net, marked, nullptr);
        CHECK(layers.columns() == 1);
        layers.grow(fast.net, nullptr, 0, 4, fast.work.units(0, 1)[0], random);
        layers.grow(fast.net, nullptr, 1, 4, fast.work.units(1, 1)[0], random);
        const auto x = draw(5, random);
        const auto before = fast.predict(x);
        const float old_weight = fast.net.layer(1).weights()(2, 3);
        const float new_weight = fast.net.layer(1).weights()(2, 8);
        for (int i = 0; i < 200; ++i) learn(fast, layers, random);
        const auto after = fast.predict(x);
        CHECK(after[0] == before[0]);
        CHECK(after[1] != before[1]);
        CHECK(after[2] == before[2]);
        CHECK(fast.net.layer(1).weights()(2, 3) == old_weight);
        CHECK(fast.net.layer(1).weights()(2, 8) != new_weight);
        CHECK(fast.net.layer(1).weights()(7, 3) == 0.0f);  // nothing new feeds what is old
    }
}
