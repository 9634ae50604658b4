#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <doctest/doctest.h>

#include <synapse/agent/predictor.hpp>
#include <synapse/core/random.hpp>
#include <synapse/kernels/default.hpp>

#include "../metrics/cases.hpp"

TEST_CASE("a predictor says in its own units what it says in the sensors', and shows its hidden activity") {
    using predictor = synapse::predictor<synapse::default_kernels>;
    constexpr synapse::shape form{.inputs = 2, .outputs = 2, .hidden = {8, 5}, .function = synapse::activation::tanh};
    predictor model{form};
    std::vector<cases::housed<predictor>::line> lines(synapse::measure(model) / 64 + 1);
    const auto block = std::as_writable_bytes(std::span{lines}).first(synapse::measure(model));
    REQUIRE(synapse::place(model, block) == synapse::status::ok);
    REQUIRE(model.born(block, {.learning_rate = 0.05f, .replay_ratio = 0.0f}) == synapse::status::ok);
    synapse::random_generator chance{1};
    for (int t = 0; t < 5000; ++t) {
        CHECK(model.admits_a_step());
        const float x[2] = {chance.symmetric(), chance.symmetric()};
        const float y[2] = {100.0f + x[0], 7.0f * x[1] * x[0]};
        REQUIRE(model.step(x, y) == synapse::status::ok);
    }
    const float x[2] = {0.3f, -0.6f};
    float y[2];
    REQUIRE(model.predict(x, y) == synapse::status::ok);
    model.ask(x);
    for (std::uint32_t i = 0; i < 2; ++i)
        CHECK(model.thought()[i] == doctest::Approx(static_cast<double>(model.scaled(y[i], i))).epsilon(1e-3));
    bool alive = false;
    for (std::uint32_t i = 0; i < 5; ++i) {
        CHECK(model.hidden()[i] >= -1.0f);
        CHECK(model.hidden()[i] <= 1.0f);
        alive = alive || model.hidden()[i] > 0.01f;
    }
    CHECK(alive);
}
