#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

#include <doctest/doctest.h>

#include <synapse/core/fields.hpp>
#include <synapse/core/random.hpp>
#include <synapse/memory/normalizer.hpp>

namespace {

struct alignas(64) line {
    std::byte bytes[64];
};

// A normalizer with memory of its own.
struct housed {
    synapse::normalizer statistics;
    std::vector<line> block;

    explicit housed(std::uint32_t features) : statistics{features}, block(synapse::measure(statistics) / sizeof(line) + 1) {
        REQUIRE(ok(synapse::place(statistics, std::as_writable_bytes(std::span{block}))));
    }
    synapse::normalizer* operator->() { return &statistics; }
};

struct moments {
    double mean = 0;
    double variance = 0;
};

moments two_pass(const std::vector<float>& x) {
    moments m;
    for (const float v : x) m.mean += static_cast<double>(v);
    m.mean /= static_cast<double>(x.size());
    for (const float v : x) m.variance += (static_cast<double>(v) - m.mean) * (static_cast<double>(v) - m.mean);
    m.variance /= static_cast<double>(x.size());
    return m;
}

}  // namespace

TEST_CASE("mean and deviation are those of all samples so far, as a two-pass computation in double has them") {
    const double offsets[] = {0.0, 3.0, -1000.0, 1e6, 1e-3, -1e12};
    const double spreads[] = {1.0, 0.01, 3.0, 1e4, 2e-5, 1e11};
    housed n{6};
    synapse::random_generator source{4};
    std::vector<float> seen[6];
    for (std::uint32_t step = 1; step <= 3000; ++step) {
        float x[6];
        for (std::uint32_t i = 0; i < 6; ++i) {
            x[i] = static_cast<float>(offsets[i] + spreads[i] * static_cast<double>(source.symmetric() + source.symmetric()));
            seen[i].push_back(x[i]);
        }
        n->update(x, 1e6f);
        if (step != 2 && step != 7 && step != 100 && step != 3000) continue;
        CHECK(n->count() == step);
        for (std::uint32_t i = 0; i < 6; ++i) {
            CAPTURE(i);
            CAPTURE(step);
            const moments exact = two_pass(seen[i]);
            CHECK(std::fabs(static_cast<double>(n->mean(i)) - exact.mean) < 2e-3 * std::sqrt(exact.variance));
            CHECK(static_cast<double>(n->deviation(i)) == doctest::Approx(std::sqrt(exact.variance)).epsilon(2e-3));
        }
    }
}

TEST_CASE("beyond the horizon the average is exponential and follows a change") {
    housed n{1};
    double mean = 0;
    double variance = 0;
    synapse::random_generator source{6};
    for (int step = 1; step <= 2000; ++step) {
        const float x = (step > 1000 ? 50.0f : 1.0f) + source.symmetric();
        n->update(&x, 100.0f);
        const double share = 1.0 / (step < 100 ? step : 100);
        const double difference = static_cast<double>(x) - mean;
        mean += share * difference;
        variance = (1.0 - share) * (variance + share * difference * difference);
    }
    CHECK(static_cast<double>(n->mean(0)) == doctest::Approx(mean).epsilon(1e-5));
    CHECK(static_cast<double>(n->deviation(0)) == doctest::Approx(std::sqrt(variance)).epsilon(1e-4));
    CHECK(n->mean(0) == doctest::Approx(50.0).epsilon(0.01));
}

TEST_CASE("horizon 1 forgets everything but the last sample") {
    housed n{1};
    for (const float x : {3.0f, -8.0f, 41.0f}) n->update(&x, 1.0f);
    CHECK(n->mean(0) == 41.0f);
    CHECK(n->deviation(0) == 0.0f);
}

TEST_CASE("a feature that never moved scales to zero, and one sample is not yet a movement") {
    housed n{2};
    const float first[] = {7.0f, 1.0f};
    float out[2] = {9.0f, 9.0f};
    n->scale(first, 5.0f, out);  // before any sample
    CHECK(out[0] == 0.0f);
    n->update(first, 100.0f);
    n->scale(first, 5.0f, out);
    CHECK(out[0] == 0.0f);
    for (int i = 0; i < 100; ++i) {
        const float x[] = {7.0f, i % 2 == 0 ? 0.5f : 1.5f};
        n->update(x, 100.0f);
    }
    const float other[] = {1e15f, 1e15f};
    n->scale(other, 5.0f, out);
    CHECK(out[0] == 0.0f);
    CHECK(out[1] == 5.0f);
}

TEST_CASE("scaled numbers are held within the clamp, in place as well; unscale is the inverse within it") {
    housed n{3};
    synapse::random_generator source{2};
    for (int i = 0; i < 500; ++i) {
        const float x[] = {2.0f + source.symmetric(), -300.0f + 40.0f * source.symmetric(), 1e-4f * source.symmetric()};
        n->update(x, 1000.0f);
    }
    for (int i = 0; i < 100; ++i) {
        const float x[] = {2.0f + source.symmetric(), -300.0f + 40.0f * source.symmetric(), 1e-4f * source.symmetric()};
        float z[3];
        float back[3];
        n->scale(x, 5.0f, z);
        for (std::uint32_t j = 0; j < 3; ++j) {
            CHECK(z[j] == n->scaled(x[j], j, 5.0f));
            CHECK(std::fabs(z[j]) < 2.0f);
        }
        n->unscale(z, back);
        for (std::size_t j = 0; j < 3; ++j)
            CHECK(std::fabs(back[j] - x[j]) < 1e-4f * n->deviation(static_cast<std::uint32_t>(j)) + 1e-5f * std::fabs(x[j]));
    }
    float wild[] = {1e15f, -1e15f, 1.0f};
    n->scale(wild, 5.0f, wild);
    CHECK(wild[0] == 5.0f);
    CHECK(wild[1] == -5.0f);
    CHECK(wild[2] == 5.0f);
    n->unscale(wild, wild);
    CHECK(wild[0] == doctest::Approx(2.0 + 5.0 / std::sqrt(3.0)).epsilon(0.1));
}

TEST_CASE("the largest admitted inputs keep every number finite, whatever the clamp") {
    for (const float horizon : {1.0f, 3.0f, 1000.0f}) {
        housed n{2};
        for (int i = 0; i < 200; ++i) {
            const float sign = i % 2 == 0 ? 1.0f : -1.0f;
            const float x[] = {sign * synapse::normalizer::largest_input, i == 100 ? synapse::normalizer::largest_input : 0.0f};
            n->update(x, horizon);
            float z[2];
            n->scale(x, 1e6f, z);
            const float wild[] = {3e38f, -3e38f};
            float back[2];
            n->unscale(wild, back);
            for (std::uint32_t j = 0; j < 2; ++j) {
                REQUIRE(std::isfinite(n->mean(j)));
                REQUIRE(std::isfinite(n->deviation(j)));
                REQUIRE(std::isfinite(z[j]));
                REQUIRE(std::isfinite(back[j]));
                REQUIRE(std::fabs(n->mean(j)) <= synapse::normalizer::largest_input);
            }
        }
    }
}

TEST_CASE("what is derived can be derived again: restored() changes no answer") {
    housed n{4};
    synapse::random_generator source{12};
    for (int i = 0; i < 77; ++i) {
        const float x[] = {source.symmetric(), 5.0f, 1e-8f * source.symmetric(), 1e9f * source.symmetric()};
        n->update(x, 50.0f);
    }
    const std::vector<line> before = n.block;
    n->restored();
    CHECK(std::memcmp(before.data(), n.block.data(), before.size() * sizeof(line)) == 0);
}

TEST_CASE("no features need no memory and no work") {
    synapse::normalizer none{0};
    CHECK(synapse::measure(none) == 0);
    REQUIRE(ok(synapse::place(none, {})));
    none.update(nullptr, 10.0f);
    none.scale(nullptr, 5.0f, nullptr);
    none.unscale(nullptr, nullptr);
    CHECK(none.features() == 0);
    CHECK(none.count() == 1);
}
