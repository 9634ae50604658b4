#include <cmath>
#include <cstdint>
#include <vector>

#include <doctest/doctest.h>

#include <synapse/plasticity/plastic_layers.hpp>
#include <synapse/plasticity/twins.hpp>

#include "two_layers.hpp"

using kernels = plasticity_test::kernels;
using network_test::built;
using network_test::draw;
using network_test::placed;
using plasticity_test::learn;
using plasticity_test::two_layers;
using synapse::plastic_layers;

namespace {

// Whether units j and j + 1 of hidden layer l look the same way, and speak with opposite weights that are not zero.
bool are_twins(const synapse::network<kernels>& net, std::uint32_t l, std::uint32_t j) {
    const auto in = net.layer(l).weights();
    const auto out = net.layer(l + 1).weights();
    bool same = net.layer(l).bias()[j] == net.layer(l).bias()[j + 1];
    for (std::uint32_t k = 0; k < in.rows; ++k) same = same && in(k, j) == in(k, j + 1);
    for (std::uint32_t i = 0; i < out.cols; ++i) same = same && out(j, i) != 0.0f && out(j, i) == -out(j + 1, i);
    return same;
}

bool is_silent(const synapse::network<kernels>& net, std::uint32_t l, std::uint32_t j) {
    const auto out = net.layer(l + 1).weights();
    for (std::uint32_t i = 0; i < out.cols; ++i) {
        if (out(j, i) != 0.0f) return false;
    }
    return true;
}

void check_close(const std::vector<float>& a, const std::vector<float>& b) {
    REQUIRE(a.size() == b.size());
    for (std::size_t i = 0; i < a.size(); ++i) CHECK(std::abs(a[i] - b[i]) <= 1e-6f * (1.0f + std::abs(b[i])));
}

}  // namespace

TEST_CASE("twins: pairs that look the same way and cancel out; the last of an odd count stays alone") {
    built<kernels> b{two_layers(), 1};
    b.draw_outputs(2);
    synapse::random_generator random{4};
    const std::vector<float> x = draw(5, random);
    const std::vector<float> before = b.predict(x);
    REQUIRE(b.net.widen(1, 5) == 5);
    const synapse::incoming_guide nowhere;
    synapse::draw_incoming(b.net, 1, 7, 5, synapse::incoming::chance, nowhere, draw(6, random).data(), 0.4f, random);
    for (std::uint32_t j = 7; j < 12; ++j) b.net.layer(1).bias()[j] = random.symmetric();
    std::vector<float> alone;
    for (std::uint32_t k = 0; k < 6; ++k) alone.push_back(b.net.layer(1).weights()(k, 11));
    alone.push_back(b.net.layer(1).bias()[11]);
    synapse::make_twins(b.net, 1, 7, 5, 0.25f, 99);
    CHECK(are_twins(b.net, 1, 7));
    CHECK(are_twins(b.net, 1, 9));
    CHECK_FALSE(are_twins(b.net, 1, 8));  // two pairs, not four of a kind
    CHECK(is_silent(b.net, 1, 11));
    for (std::uint32_t k = 0; k < 6; ++k) CHECK(b.net.layer(1).weights()(k, 11) == alone[k]);
    CHECK(b.net.layer(1).bias()[11] == alone[6]);
    for (std::uint32_t j = 7; j < 11; ++j) {
        for (std::uint32_t i = 0; i < 3; ++i) CHECK(std::abs(b.net.layer(2).weights()(j, i)) <= 0.25f);
    }
    CHECK(b.padding_is_zero());
    check_close(b.predict(x), before);
    synapse::make_twins(b.net, 1, 12, 0, 0.25f, 99);
    CHECK(b.padding_is_zero());
    // Weights larger than any before are reckoned with when a step asks whether weights stay finite.
    CHECK(b.net.admits(1, 0.05f, 0.5f));
    synapse::make_twins(b.net, 1, 7, 2, 1e30f, 7);
    CHECK_FALSE(b.net.admits(1, 0.05f, 0.5f));
}

TEST_CASE("twins: layers that grow in twins answer as before, and both systems have the same; then twins part") {
    for (const bool momentum : {false, true}) {
        built<kernels> fast{two_layers(momentum), 2};
        built<kernels> slow{two_layers(momentum), 2, 5};
        placed<plastic_layers<kernels>> held{two_layers(momentum)};
        plastic_layers<kernels>& layers = held.part;
        layers.begin(1.0f);
        layers.choose_twins(true);
        fast.draw_outputs(2);
        slow.draw_outputs(3);
        synapse::random_generator random{4};
        for (int i = 0; i < 300; ++i) learn(fast, layers, random);
        const auto x = draw(5, random);
        const auto fast_before = fast.predict(x);
        const auto slow_before = slow.predict(x);
        CHECK(layers.grow(fast.net, &slow.net, 0, 4, x.data(), random) == 4);
        for (const synapse::network<kernels>* net : {&fast.net, &slow.net}) {
            CHECK(are_twins(*net, 0, 6));
            CHECK(are_twins(*net, 0, 8));
        }
        CHECK(layers.grow(fast.net, &slow.net, 1, 5, fast.work.units(1, 1)[0], random) == 5);
        check_close(fast.predict(x), fast_before);
        check_close(slow.predict(x), slow_before);
        for (const synapse::network<kernels>* net : {&fast.net, &slow.net}) {
            CHECK(are_twins(*net, 1, 7));
            CHECK(are_twins(*net, 1, 9));
            CHECK(is_silent(*net, 1, 11));
        }
        for (std::uint32_t i = 0; i < 3; ++i) CHECK(fast.net.layer(2).weights()(7, i) == slow.net.layer(2).weights()(7, i));
        // Errors reach them from opposite sides.
        for (int i = 0; i < 20; ++i) learn(fast, layers, random);
        CHECK_FALSE(are_twins(fast.net, 1, 7));
        CHECK(fast.net.layer(1).bias()[7] != fast.net.layer(1).bias()[8]);
        CHECK(fast.padding_is_zero());
        CHECK(slow.padding_is_zero());
    }
}

TEST_CASE("twins: once something is frozen there are none, so that frozen outputs keep every bit") {
    built<kernels> fast{two_layers(), 2};
    placed<plastic_layers<kernels>> held{two_layers()};
    plastic_layers<kernels>& layers = held.part;
    layers.begin(1.0f);
    layers.choose_twins(true);
    fast.draw_outputs(2);
    synapse::random_generator random{4};
    for (int i = 0; i < 50; ++i) learn(fast, layers, random);
    const std::uint8_t marked[3] = {1, 0, 1};
    layers.freeze(fast.net, marked, nullptr);
    const auto x = draw(5, random);
    const auto before = fast.predict(x);
    layers.grow(fast.net, nullptr, 0, 4, x.data(), random);
    layers.grow(fast.net, nullptr, 1, 4, fast.work.units(1, 1)[0], random);
    CHECK(fast.predict(x) == before);
    for (int i = 0; i < 200; ++i) learn(fast, layers, random);
    const auto after = fast.predict(x);
    CHECK(after[0] == before[0]);
    CHECK(after[1] != before[1]);
    CHECK(after[2] == before[2]);
}
