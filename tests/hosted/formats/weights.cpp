#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "../../checkpoint/oracle.hpp"

#include <synapse/hosted/any_learner.hpp>
#include <synapse/hosted/dense_net.hpp>
#include <synapse/hosted/formats/npz.hpp>
#include <synapse/hosted/formats/safetensors.hpp>
#include <synapse/hosted/formats/weights.hpp>

using namespace checkpoint_test;
using namespace synapse::formats;

namespace {

array matrix(std::string name, std::uint64_t rows, std::uint64_t cols) {
    array a{std::move(name), {rows, cols}, {}};
    for (std::uint64_t i = 0; i < rows * cols; ++i) a.values.push_back(0.25f * static_cast<float>(i) - 0.5f);
    return a;
}
array vector_of(std::string name, std::uint64_t n) {
    array a = matrix(std::move(name), 1, n);
    a.shape = {n};
    return a;
}

void teach(any_learner<>& model, int samples) {
    random_generator dice{1};
    std::vector<float> x(model.form().inputs), y(model.form().outputs);
    for (int i = 0; i < samples; ++i) {
        for (float& number : x) number = 3.0f * dice.symmetric() + 1.0f;
        for (std::size_t j = 0; j < y.size(); ++j) y[j] = 5.0f + x[j % x.size()] * x[0];
        REQUIRE((model.is_classifier() ? model.step(x, x[0] > 1.0f ? 1u : 0u) : model.step(x, y)) == status::ok);
    }
}

}  // namespace

TEST_CASE("weights: rows that are inputs, rows that are outputs, found out from the sizes") {
    const dense_net ours = net_of(std::vector<array>{matrix("w1", 3, 4), vector_of("b1", 4), matrix("w2", 4, 2), vector_of("b2", 2)});
    CHECK(ours.inputs() == 3);
    CHECK(ours.outputs() == 2);
    CHECK(ours.layers[0].function == activation::relu);
    CHECK(ours.layers[1].function == activation::linear);
    CHECK(ours.layers[0].weight == matrix("", 3, 4).values);
    const dense_net theirs =
        net_of(std::vector<array>{matrix("0.weight", 4, 3), vector_of("0.bias", 4), matrix("2.weight", 2, 4), vector_of("2.bias", 2)},
               {.function = activation::tanh});
    CHECK(theirs.inputs() == 3);
    CHECK(theirs.layers[0].weight[1] == matrix("", 4, 3).values[3]);
    CHECK(theirs.layers[0].function == activation::tanh);
    // The bias tells where the layers do not; where nothing tells it has to be said.
    CHECK(net_of(std::vector<array>{matrix("w", 4, 3), vector_of("b", 4)}).inputs() == 3);
    CHECK_THROWS_WITH_AS(net_of(std::vector<array>{matrix("w", 3, 3), vector_of("b", 3)}),
                         "rows may be inputs or outputs, the sizes do not tell: it has to be said", format_error);
    CHECK(net_of(std::vector<array>{matrix("w", 3, 3), vector_of("b", 3)}, {.layout = weight_layout::output_major}).layers[0].weight[1] ==
          matrix("", 3, 3).values[3]);
}

TEST_CASE("weights: layers in the order of their numbers, statistics by their names") {
    std::vector<array> arrays;
    for (int l = 12; l-- > 0;)
        arrays.push_back(matrix("layer" + std::to_string(l), static_cast<std::uint64_t>(l + 2), static_cast<std::uint64_t>(l + 3)));
    CHECK_THROWS_AS(net_of(arrays), format_error);   // too many
    arrays.erase(arrays.begin() + 3, arrays.end());  // 11, 10, 9
    const dense_net net = net_of(arrays);
    CHECK(net.inputs() == 11);
    CHECK(net.outputs() == 14);
    std::vector<array> scaled{matrix("w", 3, 2), vector_of("b", 2), vector_of("the_input_mean", 3), vector_of("output_scale", 2),
                              array{"lr", {}, {0.1f}}};
    const dense_net with = net_of(scaled);
    CHECK(with.input_mean == scaled[2].values);
    CHECK(with.input_scale == std::vector<float>{1, 1, 1});
    CHECK(with.output_mean == std::vector<float>{0, 0});
    scaled[2] = vector_of("input_mean", 4);
    CHECK_THROWS_AS(net_of(scaled), format_error);
}

TEST_CASE("weights: what is no dense net is refused") {
    CHECK_THROWS_AS(net_of(std::vector<array>{}), format_error);
    CHECK_THROWS_AS(net_of(std::vector<array>{vector_of("b", 3)}), format_error);
    CHECK_THROWS_AS(net_of(std::vector<array>{matrix("w", 3, 2), vector_of("b", 2), vector_of("c", 2)}), format_error);
    CHECK_THROWS_AS(net_of(std::vector<array>{matrix("w1", 3, 2), matrix("w2", 3, 4)}), format_error);
    CHECK_THROWS_AS(net_of(std::vector<array>{array{"w", {2, 2, 2}, std::vector<float>(8)}}), format_error);
    CHECK_THROWS_AS(net_of(std::vector<array>{array{"w", {0, 0xffffffffu}, {}}}, {.layout = weight_layout::output_major}), format_error);
    array nan = matrix("w", 3, 2);
    nan.values[2] = NAN;
    CHECK_THROWS_AS(net_of(std::vector<array>{nan}), format_error);
}

TEST_CASE("weights: our own exports come back as the learner that they were") {
    const shape forms[] = {
        {.inputs = 3, .outputs = 2, .hidden = {7, 5}, .replay = 9},
        {.inputs = 1, .outputs = 1, .hidden = {1}, .function = activation::tanh},
        {.inputs = 4, .outputs = 3, .learns = task::classification, .slow = true},
        {.inputs = 4, .outputs = 3, .hidden = {6}, .learns = task::classification, .momentum = true, .scaling = input_scaling::none},
    };
    for (const shape& form : forms) {
        any_learner<> model{form, {.input_clamp = 3.0f}};
        teach(model, 200);
        checkpoint_reader in;
        REQUIRE(in.open(saved(model)) == status::ok);
        const dense_net truth = synapse::net_of(in);
        for (const auto& arrays : {read_npz(npz(arrays_of(in))), read_safetensors(safetensors(arrays_of(in)))}) {
            const dense_net net = net_of(arrays);
            REQUIRE(net.layers.size() == truth.layers.size());
            for (std::size_t l = 0; l < net.layers.size(); ++l) {
                CHECK(net.layers[l].weight == truth.layers[l].weight);
                CHECK(net.layers[l].bias == truth.layers[l].bias);
                CHECK(net.layers[l].function == truth.layers[l].function);
            }
            CHECK(net.input_mean == truth.input_mean);
            CHECK(net.input_scale == truth.input_scale);
            CHECK(net.input_clamp == truth.input_clamp);
            CHECK(net.output_mean == truth.output_mean);
            CHECK(net.output_scale == truth.output_scale);
            CHECK(net.known == truth.known);
            if (!form.slow) CHECK_THROWS_AS(net_of(arrays, {.system = "slow"}), format_error);
        }
    }
}
