#include <doctest/doctest.h>

#include <cstdint>

#include "train_continuous/defaults.hpp"

using train_continuous::reserve;

namespace {

synapse::shape born(std::uint32_t first, std::uint32_t second) {
    synapse::shape s;
    s.inputs = 6;
    s.outputs = 2;
    s.hidden[0] = first;
    s.hidden[1] = second;
    return s;
}

}  // namespace

TEST_CASE("defaults: each layer has room for its share of the limit") {
    synapse::shape s = born(32, 16);
    reserve(s, 480);
    CHECK(s.plastic);
    CHECK(s.hidden_reserved[0] == 320);
    CHECK(s.hidden_reserved[1] == 160);
    synapse::shape small = born(32, 32);
    CHECK_THROWS_AS(reserve(small, 63), console::usage_error);
    synapse::shape alone = born(10, 0);
    reserve(alone, 500000);
    CHECK(alone.hidden_reserved[0] == 500000);
    CHECK(alone.hidden_reserved[1] == 0);
}

TEST_CASE("defaults: half a million units fit into a machine, whatever the layers") {
    synapse::shape s = born(32, 32);
    reserve(s, 500000);
    CHECK(s.hidden_reserved[0] + s.hidden_reserved[1] == 500000);
    CHECK(s.hidden_reserved[1] >= 32);
    CHECK(train_continuous::weights_reserved(s) <= train_continuous::most_weights_reserved);
    // Layers that are born too large stay as they are: whether they fit is for the machine to say.
    synapse::shape wide = born(20000, 20000);
    reserve(wide, 40000);
    CHECK(wide.hidden_reserved[0] >= 20000);
    CHECK(wide.hidden_reserved[1] == 20000);
}

TEST_CASE("defaults: a wide layer learns at a lower rate, and what the user says counts more") {
    using train_continuous::tuning_of;
    train_continuous::options x;
    const float rate = tuning_of(x, synapse::task::regression).learning_rate;
    x.hidden = {800, 1024};
    CHECK(tuning_of(x, synapse::task::regression).learning_rate == rate);
    x.hidden = {32, 2000};
    CHECK(tuning_of(x, synapse::task::regression).learning_rate == doctest::Approx(static_cast<double>(rate) / 20));
    x.neurons = 100000;
    CHECK(tuning_of(x, synapse::task::regression).learning_rate == doctest::Approx(static_cast<double>(rate) / 1000));
    x.learning_rate = 0.5f;
    CHECK(tuning_of(x, synapse::task::regression).learning_rate == 0.5f);
}
