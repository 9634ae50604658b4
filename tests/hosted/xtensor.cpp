// xtensor views of checkpoints and live learners: the same numbers in the same place, and expressions as samples.
#include <doctest/doctest.h>

#include <cstdint>
#include <stdexcept>

#include "../checkpoint/oracle.hpp"

#include <synapse/hosted/any_learner.hpp>
#include <synapse/hosted/xtensor.hpp>

#if __has_include(<xtensor/core/xmath.hpp>)
#include <xtensor/core/xmath.hpp>
#else
#include <xtensor/xmath.hpp>
#endif

using namespace checkpoint_test;

namespace {

const shape form{.inputs = 3, .outputs = 2, .hidden = {7, 5}, .replay = 9};

void teach(any_learner<>& model, int samples) {
    random_generator dice{1};
    for (int i = 0; i < samples; ++i) {
        float x[3] = {dice.symmetric(), dice.symmetric(), dice.symmetric()};
        float y[2] = {x[0], x[1] * x[2]};
        REQUIRE(model.step(x, y) == status::ok);
    }
}

}  // namespace

TEST_CASE("xtensor: views of a checkpoint lie in its bytes and are aligned") {
    for (std::uint32_t odd = 1; odd < 9; ++odd) {
        any_learner<> model{shape{.inputs = 3, .outputs = 2, .hidden = {odd, 5}, .replay = 9}};
        teach(model, 30);
        checkpoint_reader in;
        REQUIRE(in.open(saved(model)) == status::ok);
        for (const auto& t : in.tensors()) {
            CHECK(reinterpret_cast<std::uintptr_t>(t.bytes.data()) % t.size_of_element() == 0);
            if (t.dtype != "<f4") continue;
            const auto view = xtensor_view<float>(t);
            CHECK(static_cast<const void*>(view.data()) == static_cast<const void*>(t.bytes.data()));
            REQUIRE(view.shape(0) == t.rows);
            REQUIRE(view.shape(1) == t.cols);
            for (std::size_t i = 0; i < t.rows; ++i) {
                for (std::size_t j = 0; j < t.cols; ++j) CHECK(static_cast<double>(view(i, j)) == t[i * t.cols + j]);
            }
        }
        const auto& live = model.fast().layer(0).weights();
        const auto weight = xtensor_view<float>(*in.find_tensor("model_state_dict/fast/layer_0/weight"));
        for (std::uint32_t i = 0; i < live.rows; ++i) {
            for (std::uint32_t j = 0; j < live.cols; ++j) CHECK(weight(i, j) == live(i, j));
        }
    }
}

TEST_CASE("xtensor: a view of another type is refused, a copy is not") {
    any_learner<> model{shape{.inputs = 2, .outputs = 1, .replay = 4, .format = sample_format::f16}};
    const float x[2] = {0.5f, -2.0f};
    const float y[1] = {1.0f};
    REQUIRE(model.step(x, y) == status::ok);
    checkpoint_reader in;
    REQUIRE(in.open(saved(model)) == status::ok);
    const auto* halves = in.find_tensor("replay_buffer/samples");
    REQUIRE(halves != nullptr);
    CHECK_THROWS_AS(xtensor_view<float>(*halves), std::invalid_argument);
    CHECK_THROWS_AS(xtensor_view<std::uint64_t>(*in.find_tensor("model_state_dict/fast/layer_0/bias")), std::invalid_argument);
    const auto copy = values(*halves);
    CHECK(copy(0, 0) == 0.5f);
    CHECK(copy(0, 1) == -2.0f);
}

TEST_CASE("xtensor: a live learner's arrays by the names of its checkpoint, written through and refreshed") {
    any_learner<> model{form};
    teach(model, 50);
    checkpoint_reader in;
    REQUIRE(in.open(saved(model)) == status::ok);
    const auto arrays = named_arrays(static_cast<learner_body<default_kernels>&>(model));
    std::size_t seen = 0;
    for (const auto& t : in.tensors()) {
        const named_array* a = find(arrays, t.name);
        REQUIRE_MESSAGE(a != nullptr, t.name);
        if (const auto* m = a->as<float>()) {
            const auto view = xtensor_view(*m);
            REQUIRE(view.shape(0) == t.rows);
            for (std::size_t i = 0; i < t.rows; ++i) {
                for (std::size_t j = 0; j < t.cols; ++j) CHECK(static_cast<double>(view(i, j)) == t[i * t.cols + j]);
            }
            ++seen;
        }
    }
    CHECK(seen >= 6);
    CHECK(arrays.size() == in.tensors().size());
    CHECK(find(arrays, "nothing") == nullptr);
    auto weight = xtensor_view(*find(arrays, "model_state_dict/fast/layer_0/weight")->as<float>());
    weight(2, 6) = 0.25f;
    refresh(static_cast<learner_body<default_kernels>&>(model));
    CHECK(model.fast().layer(0).weights()(2, 6) == 0.25f);
    const auto numbers = named_numbers(static_cast<learner_body<default_kernels>&>(model));
    bool steps_found = false;
    for (const auto& n : numbers) {
        if (n.name == "report/steps") steps_found = *std::get<std::uint64_t*>(n.at) == 50;
    }
    CHECK(steps_found);
}

TEST_CASE("xtensor: expressions as samples") {
    any_learner<> by_span{form}, by_expression{form};
    random_generator dice{3};
    for (int i = 0; i < 40; ++i) {
        const float a = dice.symmetric(), b = dice.symmetric(), c = dice.symmetric();
        const float x[3] = {2.0f * a, 2.0f * b, 2.0f * c};
        const float y[2] = {a + 1.0f, b + 1.0f};
        REQUIRE(by_span.step(x, y) == status::ok);
        const xt::xtensor<float, 1> one{a, b, c}, two{a, b};
        REQUIRE(step(by_expression, 2.0f * one, two + 1.0f) == status::ok);
    }
    CHECK(weights_hash(static_cast<learner_body<default_kernels>&>(by_span)) == weights_hash(static_cast<learner_body<default_kernels>&>(by_expression)));
    const xt::xtensor<float, 1> question{0.1f, 0.2f, 0.3f};
    xt::xtensor<float, 1> answer;
    REQUIRE(predict(by_expression, question, answer) == status::ok);
    float expected[2];
    const float q[3] = {0.1f, 0.2f, 0.3f};
    REQUIRE(by_span.predict(q, expected) == status::ok);
    CHECK(answer(0) == expected[0]);
    CHECK(answer(1) == expected[1]);
    const auto before = weights_hash(static_cast<learner_body<default_kernels>&>(by_expression));
    const xt::xtensor<float, 1> too_long{1.0f, 2.0f, 3.0f, 4.0f};
    const xt::xtensor<float, 2> table{{1.0f, 2.0f, 3.0f}};
    CHECK(step(by_expression, too_long, answer) == status::wrong_size);
    CHECK(step(by_expression, table, answer) == status::wrong_size);
    CHECK(step(by_expression, question, 1u) == status::out_of_range);
    CHECK(predict(by_expression, too_long, answer) == status::wrong_size);
    CHECK(answer(0) == expected[0]);
    CHECK(weights_hash(static_cast<learner_body<default_kernels>&>(by_expression)) == before);
}
