#include <cstdint>
#include <set>

#include <doctest/doctest.h>

#include <synapse/network/workspace.hpp>

#include "built.hpp"

using synapse::topology;
using synapse::workspace;

TEST_CASE("workspace: room for each level at its reserved width") {
    const topology t{.inputs = 5, .outputs = 3, .hidden = {4, 20}, .hidden_reserved = {40}};
    network_test::placed<workspace> memory{t, 2u, 16u};
    workspace& work = memory.part;
    CHECK(work.batch() == 2);
    CHECK(work.units(0, 2).stride == 16);
    CHECK(work.units(1, 2).stride == 48);
    CHECK(work.units(2, 2).stride == 32);
    CHECK(work.units(3, 2).stride == 16);
    CHECK(work.units(1, 1).samples == 1);
    CHECK(work.delta(1, 2).stride == 48);
    CHECK(work.input(1) == work.units(0, 2)[1]);
    CHECK(work.output(1) == work.units(3, 2)[1]);
    CHECK(work.output_delta(1) == work.delta(3, 2)[1]);
}

TEST_CASE("workspace: packed where lanes are 1") {
    const topology t{.inputs = 5, .outputs = 3, .hidden = {4}};
    constexpr std::size_t floats = 5 + 4 + 3 + 2 * 4;
    const std::size_t bytes = synapse::measure(workspace{t, 1, 1});
    constexpr std::size_t needed = floats * sizeof(float) + (5 + 4) * sizeof(synapse::row_index);
    CHECK(bytes >= needed);
    CHECK(bytes <= needed + 7 * synapse::config::block_alignment);
}

TEST_CASE("workspace: the arrays of a pass do not overlap, neighbouring deltas neither") {
    const topology t{.inputs = 5, .outputs = 3, .hidden = {4, 7, 6}};
    network_test::placed<workspace> memory{t, 3u, 8u};
    workspace& work = memory.part;
    std::set<const void*> seen;
    const auto take = [&](const auto* first, std::size_t n) {
        const auto* const bytes = reinterpret_cast<const std::byte*>(first);
        for (std::size_t i = 0; i < n * sizeof *first; ++i) CHECK(seen.insert(bytes + i).second);
    };
    for (std::uint32_t l = 0; l <= 4; ++l) {
        take(work.units(l, 3).data, 3 * work.units(l, 3).stride);
        if (l < 4) take(work.rows(l), work.units(l, 3).stride);
    }
    take(work.delta(0, 3).data, 3 * work.delta(0, 3).stride);
    take(work.delta(1, 3).data, 3 * work.delta(1, 3).stride);
    CHECK(work.delta(2, 3).data == work.delta(0, 3).data);
}

TEST_CASE("workspace: in place, hidden deltas lie where their units do, and outputs keep both") {
    const topology t{.inputs = 5, .outputs = 3, .hidden = {4, 7, 6}};
    using in_place = synapse::basic_workspace<synapse::network_pins{}, true>;
    network_test::placed<in_place> memory{t, 1u, 8u};
    in_place& work = memory.part;
    for (std::uint32_t l = 1; l <= 3; ++l) {
        CHECK(work.delta(l, 1).data == work.units(l, 1).data);
        CHECK(work.delta(l, 1).stride == work.units(l, 1).stride);
    }
    CHECK(work.delta(4, 1).data != work.units(4, 1).data);
    CHECK(work.delta(4, 1).data == work.output_delta(0));
    CHECK(synapse::measure(work) < synapse::measure(workspace{t, 1, 8}));
}

TEST_CASE("workspace: without hidden layers, deltas are as wide as the outputs") {
    const topology t{.inputs = 500, .outputs = 3};
    network_test::placed<workspace> memory{t, 1u, 1u};
    CHECK(memory.part.delta(1, 1).stride == 3);
    CHECK(memory.part.output(0) == memory.part.units(1, 1).data);
}
