#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include <doctest/doctest.h>

#include <synapse/core/random.hpp>
#include <synapse/metrics/confidence.hpp>

#include "cases.hpp"
#include "vectors.hpp"

using cases::near;

namespace {

float normal(synapse::random_generator& chance) {
    float sum = 0.0f;  // twelve uniforms: variance 1
    for (int i = 0; i < 12; ++i) sum += chance.uniform();
    return sum - 6.0f;
}

struct life {
    float claim_even;
    float claim_odd;
    float true_even;
    float true_odd;
};

// The world's variance is 1; a learner's errors alternate between two variances, and so do its claims.
synapse::confidence_result lived(const life& l) {
    cases::housed meter{synapse::confidence_meter{32}};
    synapse::random_generator chance{11};
    for (int t = 0; t < 40000; ++t) {
        const bool odd = chance.uniform() < 0.5f;
        const float claim[2] = {odd ? l.claim_odd : l.claim_even, odd ? l.claim_odd : l.claim_even};
        float error[2];
        float reference[2];
        for (int i = 0; i < 2; ++i) {
            const float e = normal(chance);
            const float r = normal(chance);
            error[i] = e * e * (odd ? l.true_odd : l.true_even);
            reference[i] = r * r;
        }
        const float variance[2] = {1.0f, 1.0f};
        REQUIRE(meter->push(2, error, claim, reference, variance, 1e6f) == synapse::status::ok);
    }
    return meter->latest();
}

}  // namespace

TEST_CASE("confidence is what its definition says, to 1e-5") {
    for (const auto& c : vectors::confidence_cases) {
        CAPTURE(c.name);
        CHECK(near(synapse::confidence_from(c.log_ratio, c.z2, 1.0f), c.confidence));
    }
}

TEST_CASE("calibrated claims read as R^2; claiming more or less reads as less") {
    const auto honest = lived({0.25f, 0.25f, 0.25f, 0.25f});
    CHECK(near(honest.confidence, 0.75, 0.01));
    CHECK(near(honest.realised, 0.75, 0.01));
    CHECK(near(honest.z2, 1.0, 0.03));
    CHECK(near(honest.auroc, 0.5, 0.01));
    float best = 0.0f;
    float best_claim = 0.0f;
    for (const float claim : {0.06f, 0.12f, 0.25f, 0.5f, 1.0f}) {
        const auto said = lived({claim, claim, 0.25f, 0.25f});
        if (said.confidence <= best) continue;
        best = said.confidence;
        best_claim = claim;
    }
    CHECK(best_claim == 0.25f);
}

TEST_CASE("knowing when one errs is worth more than not, and bluffing less than silence") {
    const auto knows = lived({0.01f, 0.49f, 0.01f, 0.49f});
    const auto blind = lived({0.25f, 0.25f, 0.01f, 0.49f});
    const auto wrong = lived({0.49f, 0.01f, 0.01f, 0.49f});
    CHECK(near(knows.confidence, 0.93, 0.01));
    CHECK(near(blind.confidence, 0.75, 0.02));
    CHECK(wrong.confidence == 0.0f);
    CHECK(knows.auroc > 0.7f);
    CHECK(wrong.auroc < 0.3f);
    const auto bluff = lived({0.25f, 0.25f, 1.0f, 1.0f});
    CHECK(bluff.confidence == 0.0f);
    CHECK(bluff.skill < 0.0f);
    CHECK(bluff.claimed > bluff.realised + 0.5f);
    CHECK(bluff.z2 > 3.0f);
}

TEST_CASE("nothing seen is undefined, and what is no error is refused") {
    cases::housed meter{synapse::confidence_meter{4}};
    CHECK_FALSE(meter->latest().defined);
    const float one[1] = {1.0f};
    REQUIRE(meter->push(1, one, one, one, one, 10.0f) == synapse::status::ok);
    for (const float wrong : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity(), -0.5f}) {
        CHECK(meter->push(1, &wrong, one, one, one, 10.0f) == synapse::status::not_finite);
        CHECK(meter->push(1, one, &wrong, one, one, 10.0f) == synapse::status::not_finite);
        CHECK(meter->push(1, one, one, &wrong, one, 10.0f) == synapse::status::not_finite);
        CHECK(meter->push(1, one, one, one, &wrong, 10.0f) == synapse::status::not_finite);
    }
    CHECK(meter->count() == 1);
    // Variances of zero are no reason to divide by them.
    const float zero[1] = {0.0f};
    REQUIRE(meter->push(1, zero, zero, zero, zero, 10.0f) == synapse::status::ok);
    REQUIRE(meter->push(1, one, zero, one, zero, 10.0f) == synapse::status::ok);
    CHECK(meter->latest().z2 <= 25.0f);
    CHECK(std::isfinite(meter->latest().skill));
}

TEST_CASE("confidence in labels: the gain over the shares of the classes") {
    cases::housed sure{synapse::label_confidence_meter{4}};
    cases::housed bluff{synapse::label_confidence_meter{4}};
    cases::housed prior{synapse::label_confidence_meter{4}};
    synapse::random_generator chance{12};
    for (int t = 0; t < 20000; ++t) {
        const std::uint32_t label = chance.uniform() < 0.7f ? 0u : 1u + chance.below(3);
        REQUIRE(sure->push(0.9f, label, 1e6f) == synapse::status::ok);
        REQUIRE(bluff->push(chance.uniform() < 0.5f ? 1.0f : 0.0f, label, 1e6f) == synapse::status::ok);
        REQUIRE(prior->push(label == 0 ? 0.7f : 0.1f, label, 1e6f) == synapse::status::ok);
    }
    const double entropy = -(0.7 * std::log(0.7) + 0.3 * std::log(0.1));
    CHECK(near(sure->skill(), std::log(0.9) + entropy, 0.01));
    CHECK(sure->confidence() > 0.7f);
    CHECK(bluff->confidence() == 0.0f);
    CHECK(near(prior->confidence(), 0.0, 0.01));
    CHECK(sure->push(0.9f, 4, 10.0f) == synapse::status::out_of_range);
    CHECK(sure->push(1.1f, 0, 10.0f) == synapse::status::out_of_range);
    CHECK(sure->push(std::numeric_limits<float>::quiet_NaN(), 0, 10.0f) == synapse::status::out_of_range);
    CHECK(sure->count() == 20000);
}
