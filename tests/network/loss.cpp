#include <cmath>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <vector>

#include <doctest/doctest.h>

#include <synapse/core/random.hpp>
#include <synapse/kernels/arithmetic.hpp>
#include <synapse/network/loss.hpp>

#include "built.hpp"

namespace {

constexpr float no_clip = std::numeric_limits<float>::infinity();

double cross_entropy(const std::vector<double>& z, const std::vector<std::uint8_t>& among, std::uint32_t label) {
    double sum = 0.0;
    for (std::size_t j = 0; j < z.size(); ++j) sum += among[j] != 0 ? std::exp(z[j]) : 0.0;
    return std::log(sum) - z[label];
}

}  // namespace

TEST_CASE_TEMPLATE("squared: half the squared error and its gradient", Arithmetic, synapse::separate, synapse::fused) {
    const float y[] = {1.0f, -2.0f, 0.5f};
    const float target[] = {0.5f, 1.0f, 0.5f};
    float delta[3];
    CHECK(synapse::loss::squared<Arithmetic>(3, y, target, 2.0f, no_clip, delta) == 0.5f * (0.25f + 9.0f));
    CHECK(delta[0] == 1.0f);
    CHECK(delta[1] == -6.0f);
    CHECK(delta[2] == 0.0f);
    CHECK(synapse::loss::squared<Arithmetic>(0, nullptr, nullptr, 1.0f, no_clip, nullptr) == 0.0f);
}

TEST_CASE("squared: the gradient is clipped, the loss is not") {
    const float y[] = {100.0f, -100.0f, 0.25f};
    const float target[] = {0.0f, 0.0f, 0.0f};
    float delta[3];
    CHECK(synapse::loss::squared<synapse::separate>(3, y, target, 0.5f, 1.0f, delta) == 10000.0f + 0.5f * 0.0625f);
    CHECK(delta[0] == 0.5f);
    CHECK(delta[1] == -0.5f);
    CHECK(delta[2] == 0.125f);
}

TEST_CASE("squared: however wild the outputs, the sum and the gradient stay finite") {
    const float y[] = {3e38f, -3e38f};
    const float target[] = {-3e38f, 0.0f};
    float delta[2];
    CHECK(synapse::loss::squared<synapse::separate>(2, y, target, 1.0f, no_clip, delta) == 0x1p40f);
    CHECK(delta[0] == synapse::limit);
    CHECK(delta[1] == -synapse::limit);
    float in_place[] = {0.5f, 1.0f};
    const float answers[] = {1.0f, 1.0f};
    CHECK(synapse::loss::squared<synapse::separate>(2, answers, in_place, 1.0f, no_clip, in_place) == 0.125f);
    CHECK(in_place[0] == 0.5f);
    CHECK(in_place[1] == 0.0f);
}

TEST_CASE_TEMPLATE("softmax: probabilities over the classes that take part", Arithmetic, synapse::separate, synapse::fused) {
    synapse::random_generator random{3};
    for (std::uint32_t n = 1; n <= 20; ++n) {
        const auto z = network_test::draw(n, random, 5.0f);
        std::vector<std::uint8_t> among(n);
        for (auto& a : among) a = random.below(3) != 0;
        among[n / 2] = 1;
        for (const bool all : {false, true}) {
            double sum = 0.0;
            for (std::uint32_t j = 0; j < n; ++j) sum += all || among[j] != 0 ? std::exp(static_cast<double>(z[j])) : 0.0;
            std::vector<float> p(n);
            const float log_sum = synapse::loss::softmax<Arithmetic>(n, z.data(), all ? nullptr : among.data(), p.data());
            CHECK(static_cast<double>(log_sum) == doctest::Approx(std::log(sum)).epsilon(1e-6));
            double total = 0.0;
            for (std::uint32_t j = 0; j < n; ++j) {
                const double expected = all || among[j] != 0 ? std::exp(static_cast<double>(z[j])) / sum : 0.0;
                CHECK(static_cast<double>(p[j]) == doctest::Approx(expected).epsilon(2e-6));
                total += static_cast<double>(p[j]);
            }
            CHECK(total == doctest::Approx(1.0).epsilon(1e-6));
            std::vector<float> in_place = z;
            CHECK(synapse::loss::softmax<Arithmetic>(n, in_place.data(), all ? nullptr : among.data(), in_place.data()) == log_sum);
            CHECK(in_place == p);
        }
    }
}

TEST_CASE("softmax: sums at the limit stay finite") {
    const float z[] = {0x1p20f, -0x1p20f, 0.0f};
    float p[3];
    const float log_sum = synapse::loss::softmax<synapse::separate>(3, z, nullptr, p);
    CHECK(log_sum == 0x1p20f);
    CHECK(p[0] == 1.0f);
    CHECK(p[1] >= 0.0f);
    CHECK(p[1] < 1e-37f);
    const float low[] = {-0x1p20f, -0x1p20f};
    CHECK(static_cast<double>(synapse::loss::softmax<synapse::separate>(2, low, nullptr, p)) == doctest::Approx(-0x1p20));
    CHECK(p[0] == 0.5f);
    CHECK(p[1] == 0.5f);
}

TEST_CASE_TEMPLATE("cross_entropy: its gradient is the central difference", Arithmetic, synapse::separate, synapse::fused) {
    synapse::random_generator random{4};
    for (std::uint32_t n = 1; n <= 12; ++n) {
        const auto z = network_test::draw(n, random, 3.0f);
        std::vector<std::uint8_t> among(n);
        for (auto& a : among) a = random.below(3) != 0;
        const std::uint32_t label = random.below(n);
        among[label] = 1;
        std::vector<float> delta(n);
        const float nats = synapse::loss::cross_entropy<Arithmetic>(n, z.data(), label, among.data(), 0.5f, delta.data());
        std::vector<double> wide(z.begin(), z.end());
        CHECK(static_cast<double>(nats) == doctest::Approx(cross_entropy(wide, among, label)).epsilon(1e-5));
        for (std::uint32_t j = 0; j < n; ++j) {
            const double at = wide[j];
            wide[j] = at + 1e-5;
            const double up = cross_entropy(wide, among, label);
            wide[j] = at - 1e-5;
            const double down = cross_entropy(wide, among, label);
            wide[j] = at;
            CHECK(static_cast<double>(delta[j]) == doctest::Approx(0.5 * (up - down) / 2e-5).epsilon(1e-5));
            if (among[j] == 0) CHECK(delta[j] == 0.0f);
        }
        std::vector<float> in_place = z;
        CHECK(synapse::loss::cross_entropy<Arithmetic>(n, in_place.data(), label, among.data(), 0.5f, in_place.data()) == nats);
        CHECK(in_place == delta);
    }
}

TEST_CASE("cross_entropy: a lone class is certain, a hopeless one costs its distance") {
    const float z[] = {3.0f, -1000.0f};
    const std::uint8_t only[] = {1, 0};
    float delta[2];
    CHECK(synapse::loss::cross_entropy<synapse::separate>(2, z, 0, only, 1.0f, delta) == 0.0f);
    CHECK(delta[0] == 0.0f);
    CHECK(delta[1] == 0.0f);
    CHECK(static_cast<double>(synapse::loss::cross_entropy<synapse::separate>(2, z, 1, nullptr, 1.0f, delta)) == doctest::Approx(1003.0));
    CHECK(delta[0] == 1.0f);
    CHECK(delta[1] == -1.0f);
}
