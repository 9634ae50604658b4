#include <doctest/doctest.h>

#include <synapse/network/topology.hpp>

TEST_CASE("topology: a zero ends the list of hidden layers") {
    CHECK(synapse::topology{.inputs = 3, .outputs = 2}.hidden_layers() == 0);
    CHECK(synapse::topology{.inputs = 3, .outputs = 2, .hidden = {4, 5}}.hidden_layers() == 2);
    CHECK(synapse::topology{.inputs = 3, .outputs = 2, .hidden = {4, 0, 5}}.hidden_layers() == 1);
    constexpr synapse::topology full{.inputs = 3, .outputs = 2, .hidden = {1, 2, 3, 4, 5, 6, 7}};
    static_assert(full.hidden_layers() == synapse::max_hidden_layers);
    CHECK(full.hidden_layers() + 1 == synapse::max_layers);
}

TEST_CASE("topology: a layer is reserved at least as wide as it starts") {
    const synapse::topology t{.inputs = 3, .outputs = 2, .hidden = {4, 5, 6}, .hidden_reserved = {10, 2}};
    CHECK(t.reserved(0) == 10);
    CHECK(t.reserved(1) == 5);
    CHECK(t.reserved(2) == 6);
}
