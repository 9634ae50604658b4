#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <type_traits>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include <synapse/core/random.hpp>
#include <synapse/kernels/default.hpp>
#include <synapse/network/least_squares.hpp>

#include "built.hpp"
#include "normal_equations.hpp"

namespace {

using network_test::draw;
using network_test::normal_equations;
using network_test::placed;
using packed = synapse::scalar_kernels<synapse::separate, 1>;
using solver = synapse::least_squares<packed>;

doctest::Approx approx(float x, double tolerance) { return doctest::Approx(static_cast<double>(x)).epsilon(tolerance); }

void set(auto& part, const std::vector<float>& features) { std::copy(features.begin(), features.end(), part.features()); }

// Correlated features of very different sizes, the first one constant; and an answer that is linear in them but for noise.
struct stream {
    std::uint32_t n;
    synapse::random_generator random;
    std::vector<float> features() {
        auto f = draw(n, random);
        f[0] = 1.0f;
        for (std::uint32_t i = 2; i < n; ++i) f[i] = 0.9f * f[i - 1] + 0.1f * f[i];
        for (std::uint32_t i = 1; i < n; ++i) f[i] *= i % 3 == 0 ? 0.05f : 3.0f;
        return f;
    }
    std::vector<float> answer(const std::vector<float>& f) {
        float a = 0.5f, b = 0.0f;
        for (std::uint32_t i = 0; i < n; ++i) {
            a += f[i] * static_cast<float>(i % 5) * 0.3f;
            b -= f[i] * static_cast<float>(i % 4) * 0.2f;
        }
        return {a + 0.1f * random.symmetric(), b + 0.1f * random.symmetric()};
    }
};

// The largest difference between the solver's weights and the oracle's, in units of the oracle's largest.
double distance(const auto& part, const std::vector<double>& exact) {
    double worst = 0, largest = 0;
    for (std::uint32_t k = 0; k < part.size(); ++k) {
        for (std::uint32_t j = 0; j < part.outputs(); ++j) {
            const double e = exact[std::size_t{k} * part.outputs() + j];
            worst = std::max(worst, std::fabs(static_cast<double>(part.weights()(k, j)) - e));
            largest = std::max(largest, std::fabs(e));
        }
    }
    return worst / largest;
}

template <class Kernels>
std::vector<std::uint32_t> bits_after_learning(std::uint32_t features, std::uint32_t outputs, float keep) {
    placed<synapse::least_squares<Kernels>> s{features, outputs, 0.5f};
    s.part.begin();
    synapse::random_generator random{17};
    std::vector<float> y(outputs);
    std::vector<std::uint32_t> bits;
    for (std::uint32_t i = 0; i < 120; ++i) {
        auto f = draw(features, random);
        f[0] = 1.0f;
        if (i % 3 == 0 && features > 2) f[features / 2] = 0.0f;
        set(s.part, f);
        s.part.predict(y.data());
        for (const float v : y) bits.push_back(std::bit_cast<std::uint32_t>(v));
        if (i % 2 == 0) {
            s.part.learn(random.below(outputs), keep);
        } else {
            s.part.learn(draw(outputs, random).data(), keep);
        }
    }
    return bits;
}

// Writes a number over every float that a checkpoint brings, held to what a checkpoint may bring.
struct overwrite : synapse::fields::flat<overwrite> {
    float number = 0.0f;
    template <class T>
    void value(const char*, T&) {}
    template <class T>
    void array(const char*, synapse::role r, T* data, const synapse::extent& e) {
        if constexpr (std::is_same_v<T, float>) {
            if (r != synapse::role::state && r != synapse::role::weights) return;
            float most = std::fabs(number);
            if (e.largest < 0x7f800000u) most = std::min(most, std::bit_cast<float>(e.largest));
            const float held = number < 0.0f && e.signed_too ? -most : most;
            for (std::uint32_t i = 0; i < e.rows; ++i) {
                for (std::uint32_t j = 0; j < e.cols; ++j) data[std::size_t{i} * e.stride + j] = held;
            }
        }
    }
};

}  // namespace

TEST_CASE("after every sample the weights are those of ridge regression on all so far") {
    for (const float ridge : {0.01f, 1.0f, 30.0f}) {
        placed<solver> s{9u, 2u, ridge};
        s.part.begin();
        stream data{9, synapse::random_generator{1}};
        normal_equations oracle{9, 2, static_cast<double>(ridge)};
        for (int i = 1; i <= 300; ++i) {
            const auto f = data.features();
            const auto y = data.answer(f);
            set(s.part, f);
            s.part.learn(y.data(), 1.0f);
            oracle.add(f, y, 1.0);
            if (i == 1 || i == 5 || i == 20 || i == 300) CHECK(distance(s.part, oracle.solve()) < 2e-4);
        }
        CHECK(s.part.restarts() == 0);
    }
}

TEST_CASE("the order of samples does not matter: nothing is forgotten") {
    stream data{6, synapse::random_generator{2}};
    std::vector<std::pair<std::vector<float>, std::vector<float>>> samples;
    for (int i = 0; i < 400; ++i) {
        auto f = data.features();
        auto y = data.answer(f);
        samples.emplace_back(std::move(f), std::move(y));
    }
    placed<solver> mixed{6u, 2u, 1.0f}, sorted{6u, 2u, 1.0f};
    mixed.part.begin();
    sorted.part.begin();
    for (const auto& [f, y] : samples) {
        set(mixed.part, f);
        mixed.part.learn(y.data(), 1.0f);
    }
    std::sort(samples.begin(), samples.end());
    for (const auto& [f, y] : samples) {
        set(sorted.part, f);
        sorted.part.learn(y.data(), 1.0f);
    }
    for (std::uint32_t k = 0; k < 6; ++k) {
        for (std::uint32_t j = 0; j < 2; ++j) CHECK(sorted.part.weights()(k, j) == approx(mixed.part.weights()(k, j), 1e-3));
    }
}

TEST_CASE("a forgetting factor weighs old samples down") {
    placed<solver> s{7u, 2u, 1e-5f};  // so small a ridge that it need not come back
    s.part.begin();
    stream data{7, synapse::random_generator{3}};
    normal_equations oracle{7, 2, 1e-5};
    for (int i = 0; i < 4000; ++i) {
        const auto f = data.features();
        auto y = data.answer(f);
        if (i > 3000) y[0] = -y[0];  // the world turns over
        set(s.part, f);
        s.part.learn(y.data(), 0.99f);
        oracle.add(f, y, 0.99);
    }
    CHECK(distance(s.part, oracle.solve()) < 1e-3);
}

TEST_CASE("a million steps in single precision stay beside the normal equations in double") {
    placed<solver> s{12u, 2u, 1.0f};
    s.part.begin();
    stream data{12, synapse::random_generator{4}};
    normal_equations oracle{12, 2, 1.0};
    for (int i = 0; i < 1000000; ++i) {
        const auto f = data.features();
        const auto y = data.answer(f);
        set(s.part, f);
        s.part.learn(y.data(), 1.0f);
        oracle.add(f, y, 1.0);
    }
    CHECK(distance(s.part, oracle.solve()) < 1e-2);
    CHECK(s.part.restarts() == 0);
}

TEST_CASE("where no evidence arrives the factor does not wind up") {
    placed<solver> s{5u, 1u, 0.1f};
    s.part.begin();
    const std::vector<float> quiet{1.0f, 0.5f, 0.0f, 0.0f, 0.0f};
    const float one = 1.0f;
    for (int i = 0; i < 100000; ++i) {
        set(s.part, quiet);
        s.part.learn(&one, 0.95f);
    }
    float y = 0.0f;
    set(s.part, quiet);
    s.part.predict(&y);
    CHECK(y == approx(1.0f, 1e-4));
    // A glimpse of something new moves the answer no more than it would have at birth, and is then learned.
    synapse::random_generator random{5};
    for (int i = 0; i < 200; ++i) {
        auto f = draw(5, random);
        f[0] = 1.0f;
        set(s.part, f);
        s.part.predict(&y);
        CHECK(std::fabs(y) < 50.0f);
        const float target = 2.0f * f[2] - f[3];
        set(s.part, f);
        s.part.learn(&target, 0.95f);
    }
    set(s.part, {1.0f, 0.0f, 1.0f, -1.0f, 0.0f});
    s.part.predict(&y);
    CHECK(y == approx(3.0f, 0.02));
    CHECK(s.part.restarts() == 0);
}

TEST_CASE("an output whose label never came is exactly 0, learns from its first one, and can be forgotten") {
    placed<solver> s{8u, 4u, 1.0f};
    s.part.begin();
    synapse::random_generator random{6};
    float y[4];
    const auto teach = [&](std::uint32_t label) {
        auto f = draw(8, random, 0.2f);
        f[0] = 1.0f;
        f[1 + label] += 1.0f;
        set(s.part, f);
        s.part.learn(label, 1.0f);
    };
    for (int i = 0; i < 300; ++i) teach(random.below(2));
    set(s.part, {1.0f, 1.0f, 0.0f, 0.0f, 0.0f, 0.0f, 0.0f, 0.0f});
    s.part.predict(y);
    CHECK(y[0] > 0.8f);
    CHECK(y[2] == 0.0f);
    CHECK(y[3] == 0.0f);
    for (int i = 0; i < 300; ++i) teach(2);
    set(s.part, {1.0f, 0.0f, 0.0f, 1.0f, 0.0f, 0.0f, 0.0f, 0.0f});
    s.part.predict(y);
    CHECK(y[2] > 0.8f);
    set(s.part, {1.0f, 1.0f, 0.0f, 0.0f, 0.0f, 0.0f, 0.0f, 0.0f});
    s.part.predict(y);
    CHECK(y[0] > 0.8f);
    CHECK(y[3] == 0.0f);
    s.part.forget(0);
    set(s.part, {1.0f, 1.0f, 0.0f, 0.0f, 0.0f, 0.0f, 0.0f, 0.0f});
    s.part.predict(y);
    CHECK(y[0] == 0.0f);
    CHECK(y[2] != 0.0f);
}

TEST_CASE("every kernel set and every stride gives the same bits") {
    for (const auto& form : {std::pair{1u, 1u}, std::pair{2u, 3u}, std::pair{17u, 10u}, std::pair{70u, 33u}}) {
        const std::uint32_t features = form.first;
        const std::uint32_t outputs = form.second;
        CAPTURE(features);
        CHECK(bits_after_learning<packed>(features, outputs, 1.0f) ==
              bits_after_learning<synapse::default_kernels>(features, outputs, 1.0f));
        CHECK(bits_after_learning<packed>(features, outputs, 0.98f) ==
              bits_after_learning<synapse::default_kernels>(features, outputs, 0.98f));
        CHECK(bits_after_learning<synapse::scalar_kernels<synapse::fused>>(features, outputs, 0.98f) ==
              bits_after_learning<synapse::fastest_kernels<synapse::fused>>(features, outputs, 0.98f));
    }
}

TEST_CASE("whatever numbers a checkpoint brings, answers stay finite") {
    for (const float number : {1e12f, 1e19f, -1e30f, 3e38f, 0.0f}) {
        CAPTURE(number);
        placed<solver> s{10u, 2u, 1.0f};
        s.part.begin();
        overwrite visit;
        visit.number = number;
        solver::fields(s.part, visit);
        s.part.restored();
        stream data{10, synapse::random_generator{7}};
        float y[2];
        for (int i = 0; i < 200; ++i) {
            const auto f = data.features();
            set(s.part, f);
            s.part.predict(y);
            REQUIRE(std::isfinite(y[0]));
            REQUIRE(std::isfinite(y[1]));
            s.part.learn(data.answer(f).data(), 1.0f);
        }
        CHECK((s.part.restarts() > 0) == (std::fabs(number) > 0.0f));
    }
}

TEST_CASE("a useless factor begins anew, and learning goes on") {
    placed<solver> s{10u, 2u, 1.0f};
    s.part.begin();
    overwrite visit;
    visit.number = 1e19f;
    solver::fields(s.part, visit);
    for (std::uint32_t j = 0; j < 2; ++j) s.part.forget(j);
    stream data{10, synapse::random_generator{7}};
    float y[2] = {};
    std::vector<float> answer;
    for (int i = 0; i < 2000; ++i) {
        const auto f = data.features();
        answer = data.answer(f);
        set(s.part, f);
        s.part.predict(y);
        s.part.learn(answer.data(), 1.0f);
    }
    CHECK(s.part.restarts() == 1);
    CHECK(y[0] == approx(answer[0], 0.1));
    CHECK(y[1] == approx(answer[1], 0.1));
}

TEST_CASE("errors and weights beyond all use do not pass the finite numbers") {
    placed<solver> s{3u, 1u, 1e-6f};
    s.part.begin();
    float y = 0.0f;
    for (int i = 0; i < 2000; ++i) {
        const float target = i % 2 == 0 ? synapse::limit : -synapse::limit;
        set(s.part, {1.0f, 64.0f * (i % 3 == 0 ? 1.0f : -1.0f), 1e-20f});
        s.part.predict(&y);
        REQUIRE(std::isfinite(y));
        s.part.learn(&target, 0.5f);
    }
    CHECK(std::isfinite(s.part.weights()(1, 0)));
}

TEST_CASE("no features need no memory, and the factor is stored packed") {
    CHECK(synapse::measure(solver{}) == 0);
    CHECK(synapse::measure(solver{600, 10, 1.0f}) < std::size_t{4} * (600 * 601 / 2 + 600 * 10) + 12000);
}
