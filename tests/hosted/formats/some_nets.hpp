// Learners of several kinds, taught a little, and their nets.
#pragma once

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "../../checkpoint/oracle.hpp"

#include <synapse/hosted/any_learner.hpp>
#include <synapse/hosted/checkpoint_reader.hpp>
#include <synapse/hosted/dense_net.hpp>

namespace formats_test {

inline const synapse::shape forms[] = {
    {.inputs = 3, .outputs = 2, .hidden = {7, 5}, .replay = 9},
    {.inputs = 3, .outputs = 2, .hidden = {20}, .function = synapse::activation::tanh, .slow = true},
    {.inputs = 3, .outputs = 2},
    {.inputs = 4, .outputs = 5, .hidden = {16, 8, 8}, .replay = 9, .learns = synapse::task::classification, .slow = true},
    {.inputs = 4, .outputs = 3, .hidden = {6}, .learns = synapse::task::classification, .scaling = synapse::input_scaling::none},
};

// Of a classifier's classes the last is never seen.
inline void teach(synapse::any_learner<>& model, int samples) {
    synapse::random_generator dice{1};
    std::vector<float> x(model.form().inputs), y(model.form().outputs);
    for (int i = 0; i < samples; ++i) {
        for (float& number : x) number = 3.0f * dice.symmetric() + 1.0f;
        for (std::size_t j = 0; j < y.size(); ++j) y[j] = 5.0f + x[j % x.size()] * x[0];
        REQUIRE((model.is_classifier() ? model.step(x, x[0] > 1.0f ? 1u : 0u) : model.step(x, y)) == synapse::status::ok);
    }
}

inline synapse::dense_net net_in(synapse::any_learner<>& model, const std::string& system = "fast") {
    synapse::checkpoint_reader in;
    REQUIRE(in.open(checkpoint_test::saved(model)) == synapse::status::ok);
    return synapse::net_of(in, system);
}

}  // namespace formats_test
