// A net out of a checkpoint answers as the learner did, and a learner that adopts a net answers as the net.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <vector>

#include "../checkpoint/oracle.hpp"

#include <synapse/hosted/any_learner.hpp>
#include <synapse/hosted/dense_net.hpp>

using namespace checkpoint_test;

namespace {

void teach(any_learner<>& model, int samples) {
    random_generator dice{1};
    std::vector<float> x(model.form().inputs), y(model.form().outputs);
    for (int i = 0; i < samples; ++i) {
        for (float& number : x) number = 3.0f * dice.symmetric() + 1.0f;
        if (model.is_classifier()) {
            REQUIRE(model.step(x, x[0] > 1.0f ? 1u : x[1] > 1.0f ? 2u : 0u) == status::ok);
        } else {
            for (std::size_t j = 0; j < y.size(); ++j) y[j] = 5.0f + x[j % x.size()] * x[0];
            REQUIRE(model.step(x, y) == status::ok);
        }
    }
}

double furthest(any_learner<>& model, const dense_net& net) {
    random_generator dice{9};
    std::vector<float> x(model.form().inputs), y(model.form().outputs);
    double worst = 0;
    for (int i = 0; i < 50; ++i) {
        for (float& number : x) number = 30.0f * dice.symmetric();  // beyond the clamp too
        REQUIRE(model.predict(x, y) == status::ok);
        const auto answer = net.forward(x);
        for (std::size_t j = 0; j < y.size(); ++j) worst = std::max(worst, std::fabs(answer[j] - static_cast<double>(y[j])) / (1.0 + std::fabs(answer[j])));
    }
    return worst;
}

dense_net read(any_learner<>& model, const char* system = "fast") {
    checkpoint_reader in;
    REQUIRE(in.open(saved(model)) == status::ok);
    return net_of(in, system);
}

const shape forms[] = {
    {.inputs = 3, .outputs = 2, .hidden = {7, 5}, .replay = 9},
    {.inputs = 3, .outputs = 2, .hidden = {20}, .function = activation::tanh},
    {.inputs = 3, .outputs = 2},
    {.inputs = 4, .outputs = 5, .hidden = {16, 8, 8}, .replay = 9, .learns = task::classification, .slow = true},
    {.inputs = 4, .outputs = 3, .hidden = {6}, .learns = task::classification, .momentum = true, .scaling = input_scaling::none},
};

}  // namespace

TEST_CASE("dense net: a checkpoint's net answers as its learner") {
    for (const shape& form : forms) {
        any_learner<> model{form};
        teach(model, 300);
        CHECK(furthest(model, read(model)) < 1e-5);
    }
    any_learner<> slow{forms[3], {.answers = answer::slow}};
    teach(slow, 300);
    CHECK(furthest(slow, read(slow, "slow")) < 1e-5);
    CHECK(furthest(slow, read(slow, "fast")) > 1e-3);
    any_learner<> other{forms[0]};
    checkpoint_reader in;
    REQUIRE(in.open(saved(other)) == status::ok);
    CHECK_THROWS_AS(net_of(in, "slow"), std::invalid_argument);
    CHECK(systems_in(in) == std::vector<std::string>{"fast"});
}

TEST_CASE("dense net: shape and tuning as the checkpoint says") {
    any_learner<> model{forms[3], {.learning_rate = 0.125f, .seed = 0xffffffffffffff01u}};
    teach(model, 20);
    checkpoint_reader in;
    REQUIRE(in.open(saved(model)) == status::ok);
    CHECK(shape_of(in).accepts(forms[3]));
    CHECK(shape_of(in).hidden[2] == 8);
    CHECK(tuning_of(in).learning_rate == 0.125f);
    CHECK(tuning_of(in).seed == 0xffffffffffffff01u);
    CHECK(tuning_of(in).input_clamp == tuning{}.input_clamp);
    CHECK(tuning_of(in).flaw() == nullptr);
}

TEST_CASE("dense net: a learner that adopts a net answers as it did, and learns on") {
    for (const shape& form : forms) {
        any_learner<> teacher{form};
        teach(teacher, 300);
        const dense_net net = read(teacher);
        shape pupil_form = shape_for(net);
        pupil_form.scaling = form.scaling;
        pupil_form.slow = true;
        any_learner<> pupil{pupil_form};
        adopt(pupil, net);
        CHECK(furthest(pupil, net) < 2e-5);
        CHECK(pupil.fast().layer(0).weights()(0, 0) == pupil.slow().layer(0).weights()(0, 0));
        teach(pupil, 100);
        CHECK(pupil.latest().samples == 100);
    }
    // A net of raw numbers, from elsewhere: no statistics, hidden weights chosen.
    dense_net plain;
    plain.layers.push_back({2, 2, {1, 0, 0, 1}, {0, 0.5f}, activation::relu});
    plain.layers.push_back({2, 1, {2, -1}, {0.25f}, activation::linear});
    any_learner<> pupil{shape_for(plain)};
    adopt(pupil, plain);
    const float x[2] = {1.5f, -0.25f};
    float y[1];
    REQUIRE(pupil.predict(x, y) == status::ok);
    CHECK(y[0] == doctest::Approx(2 * 1.5 - 0.25 + 0.25));
}

TEST_CASE("dense net: what does not fit is refused and changes nothing") {
    any_learner<> model{forms[0]};
    teach(model, 30);
    const dense_net good = read(model);
    any_learner<> pupil{forms[0]};
    const auto before = saved(pupil);
    const auto refused = [&](const dense_net& net) {
        CHECK_THROWS_AS(adopt(static_cast<learner_body<default_kernels>&>(pupil), net), std::invalid_argument);
        CHECK(saved(pupil) == before);
    };
    refused({});
    dense_net bad = good;
    bad.layers.pop_back();
    refused(bad);
    bad = good;
    bad.layers[1].weight[3] = NAN;
    refused(bad);
    bad = good;
    bad.layers[1].weight[3] = 1e21f;
    refused(bad);
    bad = good;
    bad.layers[0].function = activation::tanh;
    refused(bad);
    bad = good;
    bad.layers[2].function = activation::relu;
    refused(bad);
    bad = good;
    bad.known = {true, true};
    refused(bad);
    bad = good;
    bad.input_mean[0] = INFINITY;
    refused(bad);
    bad = good;
    bad.layers[1].bias.push_back(0.0f);
    refused(bad);
    CHECK_THROWS_AS(static_cast<void>(good.forward(std::vector<float>(2))), std::invalid_argument);
    any_learner<> raw{shape{.inputs = 3, .outputs = 2, .hidden = {7, 5}, .scaling = input_scaling::none}};
    CHECK_THROWS_AS(adopt(static_cast<learner_body<default_kernels>&>(raw), good), std::invalid_argument);
}
