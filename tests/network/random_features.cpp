#include <cmath>
#include <cstdint>
#include <vector>

#include <doctest/doctest.h>

#include <synapse/core/random.hpp>
#include <synapse/kernels/kernel_set.hpp>
#include <synapse/network/random_features.hpp>

#include "built.hpp"

namespace {

using network_test::draw;
using network_test::placed;
using synapse::random_features;

std::vector<float> features_of(const random_features& part, const std::vector<float>& x) {
    std::vector<float> out(part.size(), -1.0f);
    part.compute(x.data(), out.data());
    return out;
}

}  // namespace

TEST_CASE("a seed decides the features, and they begin with 1") {
    synapse::random_generator random{1};
    placed<random_features> a{7u, 50u, 0.5f}, b{7u, 50u, 0.5f};
    const auto x = draw(7, random);
    a.part.reseed(3);
    b.part.reseed(3);
    CHECK(features_of(a.part, x) == features_of(b.part, x));
    CHECK(features_of(a.part, x) == features_of(a.part, x));
    CHECK(features_of(a.part, x)[0] == 1.0f);
    b.part.reseed(4);
    CHECK(features_of(a.part, x) != features_of(b.part, x));
}

TEST_CASE("the inputs are features themselves where they take at most an eighth") {
    CHECK(random_features{7, 57, 0.5f}.direct() == 7);
    CHECK(random_features{7, 56, 0.5f}.direct() == 0);
    CHECK(random_features{784, 600, 0.2f}.direct() == 0);
    placed<random_features> part{3u, 25u, 0.5f};
    const auto f = features_of(part.part, {0.25f, -2.0f, 100.0f});
    CHECK(f[1] == 0.25f);
    CHECK(f[2] == -2.0f);
    CHECK(f[3] == random_features::largest_feature);
}

TEST_CASE("projections are orthogonal within a block and keep the mean square") {
    // Without an offset a feature is |projection|: its square over a whole block sums to the input's own, n / inputs times.
    constexpr std::uint32_t n = 64;
    placed<random_features> part{40u, 1 + n, 0.0f};
    part.part.reseed(9);
    synapse::random_generator random{2};
    for (int i = 0; i < 20; ++i) {
        const auto x = draw(40, random, 2.0f);
        double in = 0, out = 0;
        for (const float v : x) in += static_cast<double>(v) * static_cast<double>(v);
        const auto f = features_of(part.part, x);
        for (std::uint32_t k = 1; k < f.size(); ++k) {
            CHECK(f[k] >= 0.0f);
            out += static_cast<double>(f[k]) * static_cast<double>(f[k]);
        }
        CHECK(out / n == doctest::Approx(in / 40).epsilon(1e-5));
    }
}

TEST_CASE("features differ from each other, in further blocks too") {
    placed<random_features> part{5u, 1000u, 1.0f};
    part.part.reseed(5);
    synapse::random_generator random{6};
    const auto a = features_of(part.part, draw(5, random));
    const auto b = features_of(part.part, draw(5, random));
    int equal = 0;
    for (std::size_t i = 6; i < a.size(); ++i) {
        for (std::size_t j = 6; j < i; ++j) equal += std::fabs(a[i] - a[j]) < 1e-7f && std::fabs(b[i] - b[j]) < 1e-7f;
    }
    CHECK(equal == 0);
}

TEST_CASE("no feature passes its bound, whatever the input") {
    placed<random_features> part{6u, 40u, 1.0f};
    for (const float extreme : {synapse::limit, -synapse::limit, 1e-30f, 0.0f}) {
        for (const float f : features_of(part.part, std::vector<float>(6, extreme))) {
            CHECK(std::isfinite(f));
            CHECK(std::fabs(f) <= random_features::largest_feature);
        }
    }
}

TEST_CASE("no features need no memory") { CHECK(synapse::measure(random_features{}) == 0); }
