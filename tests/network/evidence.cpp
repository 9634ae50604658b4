#include <cmath>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <vector>

#include <doctest/doctest.h>

#include <synapse/core/random.hpp>
#include <synapse/core/status.hpp>
#include <synapse/kernels/arithmetic.hpp>
#include <synapse/network/evidence.hpp>

namespace {

using evidence = synapse::evidence<synapse::separate>;

void add(evidence& e, std::initializer_list<float> losses, float keep = 0.99f) { e.add(losses.begin(), keep); }

std::vector<float> weights(const evidence& e, float sharpness = 0.3f) {
    std::vector<float> w(e.experts(), -1.0f);
    e.weigh(sharpness, w.data());
    return w;
}

double sum(const std::vector<float>& w) {
    double total = 0;
    for (const float x : w) total += static_cast<double>(x);
    return total;
}

struct set_losses {
    float number;
    void list(const char*, float (&x)[4]) const {
        for (float& loss : x) loss = number;
    }
};

}  // namespace

TEST_CASE("before any evidence all experts are believed alike") {
    for (const float w : weights(evidence{3})) CHECK(w == 1.0f / 3.0f);
    CHECK(evidence{3}.best() == 0);
    CHECK(weights(evidence{1})[0] == 1.0f);
    CHECK(evidence{99}.experts() == evidence::max_experts);
}

TEST_CASE("weights follow the fading sums of losses, and sum to 1") {
    evidence e{2};
    double sums[2] = {};
    synapse::random_generator random{1};
    for (int i = 0; i < 500; ++i) {
        const float losses[2] = {random.uniform(), 0.5f * random.uniform()};
        e.add(losses, 0.98f);
        for (int k = 0; k < 2; ++k) sums[k] = 0.98 * sums[k] + static_cast<double>(losses[k]);
        const auto w = weights(e, 0.5f);
        CHECK(sum(w) == doctest::Approx(1.0).epsilon(1e-6));
        CHECK(static_cast<double>(w[0]) == doctest::Approx(1.0 / (1.0 + std::exp(0.5 * (sums[0] - sums[1])))).epsilon(1e-4));
    }
    CHECK(e.best() == 1);
    CHECK(static_cast<double>(e.loss(0)) == doctest::Approx(sums[0]).epsilon(1e-4));
}

TEST_CASE("the better expert wins, and another one after a change") {
    evidence e{3};
    for (int i = 0; i < 1000; ++i) add(e, {0.7f, 0.2f, 0.7f});
    CHECK(weights(e)[1] > 0.99f);
    CHECK(e.best() == 1);
    for (int i = 0; i < 300; ++i) add(e, {0.7f, 0.7f, 0.2f});
    CHECK(weights(e)[2] > 0.95f);
    CHECK(e.best() == 2);
    e.reset();
    CHECK(weights(e)[0] == 1.0f / 3.0f);
}

TEST_CASE("the mixture follows experts that are good in turn") {
    // Two experts, good in turn: their mixture follows whichever is good, at far less loss than either alone.
    evidence e{2};
    synapse::random_generator random{2};
    double mixture = 0, alone = 0;
    for (int i = 0; i < 20000; ++i) {
        const int good = i / 1000 % 2;
        float p[2];  // probability that each expert gives to what happens
        p[good] = 0.9f;
        p[1 - good] = 0.2f + 0.1f * random.uniform();
        const auto w = weights(e);
        mixture -= std::log(static_cast<double>(w[0] * p[0] + w[1] * p[1]));
        alone -= std::log(static_cast<double>(p[0]));
        add(e, {-std::log(p[0]), -std::log(p[1])});
    }
    CHECK(mixture < 0.3 * alone);
}

TEST_CASE("no loss, however wild, leads out of the finite numbers or outweighs a memory") {
    constexpr float infinity = std::numeric_limits<float>::infinity();
    constexpr float nan = std::numeric_limits<float>::quiet_NaN();
    for (const float keep : {0.0f, 0.5f, 0.99f, 1.0f}) {
        CAPTURE(keep);
        evidence e{4};
        for (int i = 0; i < 3000; ++i) add(e, {infinity, nan, -1.0f, 3e38f}, keep);
        const auto w = weights(e, 1.0f);
        CHECK(sum(w) == doctest::Approx(1.0).epsilon(1e-6));
        CHECK(w[2] > 0.97f);
        CHECK(e.loss(2) == 0.0f);
        CHECK(e.loss(0) == e.loss(1));
        CHECK(e.loss(0) == e.loss(3));
        CHECK(ok(e.settle()));
    }
    evidence e{2};
    for (int i = 0; i < 1000; ++i) add(e, {0.3f, 0.8f});
    add(e, {infinity, 0.0f});
    CHECK(weights(e)[0] > 0.99f);
}

TEST_CASE("sharpness 0 believes all alike, and sums fade to nothing") {
    evidence e{2};
    for (int i = 0; i < 100; ++i) add(e, {1.0f, 4.0f});
    CHECK(weights(e, 0.0f)[0] == 0.5f);
    for (int i = 0; i < 20000; ++i) add(e, {0.0f, 0.0f});
    CHECK(e.loss(0) == 0.0f);
    CHECK(e.loss(1) == 0.0f);
}

TEST_CASE("what no life can have written is refused") {
    for (const float number : {std::numeric_limits<float>::quiet_NaN(), -1.0f, 1e7f, std::numeric_limits<float>::infinity()}) {
        evidence e{2};
        set_losses visit{number};
        evidence::fields(e, visit);
        CHECK(e.settle() == synapse::status::corrupt);
    }
    evidence e{2};
    set_losses visit{12.5f};
    evidence::fields(e, visit);
    CHECK(ok(e.settle()));
}
