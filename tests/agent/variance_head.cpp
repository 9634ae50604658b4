#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <doctest/doctest.h>

#include <synapse/agent/variance_head.hpp>
#include <synapse/core/random.hpp>

#include "../metrics/cases.hpp"

namespace {

float normal(synapse::random_generator& chance) {
    float sum = 0.0f;  // twelve uniforms: variance 1
    for (int i = 0; i < 12; ++i) sum += chance.uniform();
    return sum - 6.0f;
}

}  // namespace

TEST_CASE("the head learns how large errors are, and when") {
    cases::housed head{synapse::variance_head{2, 2}};
    synapse::random_generator chance{1};
    double surprise[2] = {};
    constexpr int measured = 20000;
    for (int t = 0; t < 60000; ++t) {
        const float h[2] = {chance.uniform() < 0.5f ? -1.0f : 1.0f, chance.symmetric()};
        const float a = normal(chance);
        const float b = normal(chance);
        const float error2[2] = {(h[0] > 0.0f ? 0.5f : 0.02f) * a * a, 0.1f * b * b};
        float claim[2];
        head->claim(h, claim);
        if (t >= 60000 - measured) {
            for (int i = 0; i < 2; ++i) surprise[i] += static_cast<double>(error2[i] / claim[i]) / measured;
        }
        head->learn(h, error2, 0.005f);
    }
    CHECK(surprise[0] == doctest::Approx(1.0).epsilon(0.05));
    CHECK(surprise[1] == doctest::Approx(1.0).epsilon(0.05));
    const float loud[2] = {1.0f, 0.0f};
    const float quiet[2] = {-1.0f, 0.0f};
    float claim[2];
    head->claim(loud, claim);
    CHECK(claim[0] == doctest::Approx(0.5).epsilon(0.2));
    CHECK(claim[1] == doctest::Approx(0.1).epsilon(0.2));
    head->claim(quiet, claim);
    CHECK(claim[0] == doctest::Approx(0.02).epsilon(0.2));
}

TEST_CASE("whatever the errors, claims stay positive and finite") {
    cases::housed head{synapse::variance_head{1, 1}};
    const float h[1] = {1.0f};
    float claim[1];
    for (const float error2 : {0.0f, 1e30f, 0.0f, 1e-38f}) {
        for (int t = 0; t < 3000; ++t) head->learn(h, &error2, 1.0f);
        head->claim(h, claim);
        CHECK(claim[0] > 0.0f);
        CHECK(claim[0] < 2000.0f);
    }
    const float huge[1] = {1e6f};
    head->learn(huge, h, 1.0f);
    head->claim(huge, claim);
    CHECK(std::isfinite(claim[0]));
}
