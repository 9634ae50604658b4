#include <cstdint>
#include <limits>
#include <vector>

#include <doctest/doctest.h>

#include <synapse/core/random.hpp>
#include <synapse/metrics/covariance.hpp>

#include "cases.hpp"

using cases::near;

TEST_CASE("until the horizon is full it is the plain covariance of all samples") {
    constexpr std::uint32_t n = 3;
    constexpr std::uint32_t count = 200;
    cases::housed measured{synapse::covariance{n}};
    synapse::random_generator chance{1};
    std::vector<std::vector<double>> all;
    for (std::uint32_t t = 0; t < count; ++t) {
        const float shared = chance.symmetric();
        const float x[n] = {5.0f + shared, -2.0f * shared + chance.symmetric(), 0.1f * chance.symmetric()};
        REQUIRE(measured->push(x, 1000.0f) == synapse::status::ok);
        all.push_back({static_cast<double>(x[0]), static_cast<double>(x[1]), static_cast<double>(x[2])});
    }
    double mean[n] = {};
    for (const auto& x : all) {
        for (std::uint32_t i = 0; i < n; ++i) mean[i] += x[i] / count;
    }
    for (std::uint32_t i = 0; i < n; ++i) {
        CHECK(near(measured->mean(i), mean[i]));
        for (std::uint32_t j = 0; j < n; ++j) {
            double sum = 0.0;
            for (const auto& x : all) sum += (x[i] - mean[i]) * (x[j] - mean[j]) / count;
            CHECK(near((*measured)(i, j), sum));
        }
    }
    CHECK(near(measured->effective_samples(), count, 0.01));
    measured->reset();
    CHECK(measured->count() == 0);
    CHECK(measured->effective_samples() == 0.0f);
    CHECK((*measured)(1, 1) == 0.0f);
}

TEST_CASE("beyond the horizon old samples fade, and as many count as the weights say") {
    cases::housed measured{synapse::covariance{1}};
    synapse::random_generator chance{2};
    for (int t = 0; t < 20000; ++t) {
        const float x = (t < 10000 ? 10.0f : 1.0f) * chance.symmetric();
        REQUIRE(measured->push(&x, 500.0f) == synapse::status::ok);
    }
    CHECK(near((*measured)(0, 0), 1.0 / 3.0, 0.06));
    CHECK(near(measured->effective_samples(), 999.0, 1.0));  // (2 - a) / a
}

TEST_CASE("the past of a stream stands beside its present, at any lag") {
    for (const std::uint32_t lag : {1u, 3u}) {
        CAPTURE(lag);
        cases::housed measured{synapse::lagged_covariance{2, lag}};
        synapse::random_generator chance{3};
        std::vector<float> past(lag);
        for (std::uint32_t t = 0; t < 20000; ++t) {
            // Unit 1 repeats unit 0 after `lag` steps.
            const float x[2] = {chance.symmetric(), past[t % lag]};
            past[t % lag] = x[0];
            REQUIRE(measured->push(x, 1e6f) == synapse::status::ok);
            CHECK(measured->both().count() == (t < lag ? 0 : t + 1 - lag));
        }
        CHECK(near(measured->across(1, 0), 1.0 / 3.0, 0.01));
        CHECK(near(measured->across(0, 1), 0.0, 0.01));
        CHECK(near(measured->across(0, 0), 0.0, 0.01));
        CHECK(near(measured->past(0, 0), 1.0 / 3.0, 0.01));
        CHECK(near(measured->present(1, 1), 1.0 / 3.0, 0.01));
        CHECK(near(measured->present(0, 1), 0.0, 0.01));
        // After a gap the first samples only wait.
        const std::uint32_t count = measured->both().count();
        measured->interrupt();
        const float x[2] = {};
        for (std::uint32_t t = 0; t < lag; ++t) REQUIRE(measured->push(x, 1e6f) == synapse::status::ok);
        CHECK(measured->both().count() == count);
        REQUIRE(measured->push(x, 1e6f) == synapse::status::ok);
        CHECK(measured->both().count() == count + 1);
    }
}

TEST_CASE("what is no measurement is refused and changes nothing") {
    cases::housed measured{synapse::lagged_covariance{2, 1}};
    const float good[2] = {1.0f, -1e15f};
    const float other[2] = {2.0f, 1e15f};
    for (int t = 0; t < 100; ++t) REQUIRE(measured->push(t % 2 == 0 ? good : other, 10.0f) == synapse::status::ok);
    CHECK(synapse::is_finite(measured->both()(3, 1)));
    const std::uint32_t count = measured->both().count();
    const float before = measured->both()(0, 1);
    for (const float wrong : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity(), 1.1e15f}) {
        const float x[2] = {0.0f, wrong};
        CHECK(measured->push(x, 10.0f) == synapse::status::not_finite);
    }
    CHECK(measured->both().count() == count);
    CHECK(measured->both()(0, 1) == before);
    REQUIRE(measured->push(good, 10.0f) == synapse::status::ok);  // its past is the last good one
    CHECK(measured->both().count() == count + 1);
}
