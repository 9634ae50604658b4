#include <cmath>
#include <cstdint>
#include <vector>

#include <doctest/doctest.h>

#include <synapse/core/random.hpp>
#include <synapse/kernels/default.hpp>
#include <synapse/network/readout.hpp>

#include "built.hpp"

namespace {

using network_test::draw;
using network_test::placed;
using packed = synapse::scalar_kernels<synapse::separate, 1>;

constexpr synapse::readout_form form{.inputs = 4, .outputs = 2, .features = 200, .offset = 1.0f, .ridge = 0.1f};

// Two bumps of the plane and a product: nothing that is linear in x.
std::vector<float> answer(const std::vector<float>& x) {
    return {std::sin(2.0f * x[0]) * x[1], std::exp(-x[2] * x[2]) - 0.5f * std::fabs(x[3])};
}

}  // namespace

TEST_CASE("a nonlinear function is learned in one pass, whatever the order") {
    placed<synapse::readout<packed>> r{form};
    r.part.begin(1);
    synapse::random_generator random{2};
    float y[2];
    for (int part = 0; part < 2; ++part) {  // first where x[0] < 0, then elsewhere
        for (int i = 0; i < 3000; ++i) {
            auto x = draw(4, random, 1.5f);
            x[0] = part == 0 ? -std::fabs(x[0]) : std::fabs(x[0]);
            r.part.predict(x.data(), y);
            r.part.learn(answer(x).data(), 1.0f);
        }
    }
    double error = 0, spread = 0;
    for (int i = 0; i < 1000; ++i) {
        auto x = draw(4, random, 1.5f);
        x[0] = -std::fabs(x[0]);  // what was learned first
        const auto t = answer(x);
        r.part.predict(x.data(), y);
        for (int j = 0; j < 2; ++j) {
            error += std::pow(static_cast<double>(y[j] - t[static_cast<std::size_t>(j)]), 2);
            spread += std::pow(static_cast<double>(t[static_cast<std::size_t>(j)]), 2);
        }
    }
    CHECK(error / spread < 0.1);
    CHECK(r.part.solver().restarts() == 0);
}

TEST_CASE("labels are told apart, and a new one does not hide the old ones") {
    placed<synapse::readout<packed>> r{synapse::readout_form{.inputs = 4, .outputs = 3, .features = 60, .offset = 1.0f}};
    r.part.begin(3);
    synapse::random_generator random{4};
    float y[3];
    const auto label_of = [](const std::vector<float>& x) { return x[0] * x[0] + x[1] * x[1] > 1.0f ? 0u : x[2] * x[3] > 0.0f ? 1u : 2u; };
    const auto right = [&](const std::vector<float>& x) {
        r.part.predict(x.data(), y);
        std::uint32_t best = 0;
        for (std::uint32_t j = 1; j < 3; ++j) best = y[j] > y[best] ? j : best;
        return best == label_of(x);
    };
    for (std::uint32_t label = 0; label < 3; ++label) {  // one class after another
        for (int i = 0; i < 1500;) {
            const auto x = draw(4, random, 1.3f);
            if (label_of(x) != label) continue;
            static_cast<void>(right(x));
            r.part.learn(label, 1.0f);
            ++i;
        }
    }
    int correct = 0;
    for (int i = 0; i < 2000; ++i) correct += right(draw(4, random, 1.3f));
    CHECK(correct > 1700);
    r.part.forget(1);
    const std::vector<float> x{0.1f, 0.1f, 1.0f, 1.0f};
    r.part.predict(x.data(), y);
    CHECK(y[1] == 0.0f);
}

TEST_CASE("the seed decides everything, and every kernel set gives the same bits") {
    placed<synapse::readout<packed>> a{form};
    placed<synapse::readout<synapse::default_kernels>> b{form};
    a.part.begin(5);
    b.part.begin(5);
    const auto life = [](auto& part) {
        synapse::random_generator random{6};
        float y[2];
        for (int i = 0; i < 200; ++i) {
            const auto x = draw(4, random, 2.0f);
            part.predict(x.data(), y);
            part.learn(answer(x).data(), 0.999f);
        }
        return synapse::weights_hash(part);
    };
    const std::uint64_t hash = life(a.part);
    CHECK(life(b.part) == hash);
    a.part.begin(5);
    CHECK(life(a.part) == hash);
    a.part.begin(6);
    CHECK(life(a.part) != hash);
}

TEST_CASE("no readout needs no memory") {
    CHECK(synapse::measure(synapse::readout<packed>{}) == 0);
    CHECK(synapse::measure(synapse::readout<packed>{synapse::readout_form{.inputs = 5, .outputs = 2}}) == 0);
    CHECK_FALSE(synapse::readout<packed>{}.present());
    CHECK(synapse::readout<packed>{form}.present());
    CHECK(synapse::measure(synapse::readout<packed>{form}) < 4 * (200 * 201 / 2 + 200 * 2) + 4000);
}
