#include <cmath>
#include <cstdint>
#include <vector>

#include <doctest/doctest.h>

#include <synapse/metrics/cut_flow.hpp>

#include "cases.hpp"

using cases::near;

namespace {

// x0[t] = e, x1[t] = 0.8 x0[t-1] + 0.6 e': one way only. Unit 2 is dead.
std::vector<float> one_way() {
    std::vector<float> pairs(synapse::triangle::size(6));
    for (const std::uint32_t i : {0u, 1u, 3u, 4u}) pairs[synapse::triangle::at(i, i)] = 1.0f;
    pairs[synapse::triangle::at(4, 0)] = 0.8f;
    return pairs;
}

float flow_into(synapse::cut_flow& system, std::uint32_t set) {
    system.begin(set);
    while (!system.finished()) REQUIRE(system.advance());
    return system.flow();
}

}  // namespace

TEST_CASE("what flows into a unit is what the others' past says of it beyond its own") {
    cases::housed system{synapse::cut_flow{3}};
    CHECK(system->load(one_way().data(), 0.0f) == 2);
    CHECK(system->live() == 2);
    CHECK(system->unit(1) == 1);
    for (std::uint32_t r = 0; r < 4; ++r) REQUIRE(system->prepare_row(r));
    CHECK(near(flow_into(*system, 0b10), -std::log(1.0 - 0.64)));
    CHECK(near(flow_into(*system, 0b01), 0.0));
}

TEST_CASE("sets of live units and of all units name the same") {
    std::vector<float> pairs(synapse::triangle::size(8));
    for (const std::uint32_t i : {1u, 3u}) pairs[synapse::triangle::at(i, i)] = pairs[synapse::triangle::at(4 + i, 4 + i)] = 2.0f;
    cases::housed system{synapse::cut_flow{4}};
    CHECK(system->load(pairs.data(), 0.0f) == 2);
    CHECK(system->named(0b10) == 0b1000);
    CHECK(system->named(0b01) == 0b0010);
    CHECK(system->living(0b1000) == 0b10);
    CHECK(system->living(0b0101) == 0);
}

TEST_CASE("shrinking weakens every link alike, and the indefinite is refused") {
    cases::housed system{synapse::cut_flow{3}};
    system->load(one_way().data(), 0.0f);
    system->shrink(0.5f);
    for (std::uint32_t r = 0; r < 4; ++r) REQUIRE(system->prepare_row(r));
    CHECK(near(flow_into(*system, 0b10), -std::log(1.0 - 0.16)));
    auto wrong = one_way();
    wrong[synapse::triangle::at(1, 0)] = 1.5f;
    system->load(wrong.data(), 0.0f);
    CHECK(system->prepare_row(0));
    CHECK_FALSE(system->prepare_row(1));
}

TEST_CASE("variances of any size are standardised without overflow") {
    for (const float scale : {2e-4f, 1.0f, 1e15f}) {
        auto pairs = one_way();
        for (float& x : pairs) x *= scale * scale;
        cases::housed system{synapse::cut_flow{3}};
        CHECK(system->load(pairs.data(), 0.0f) == 2);
        for (std::uint32_t r = 0; r < 4; ++r) REQUIRE(system->prepare_row(r));
        CHECK(near(flow_into(*system, 0b10), -std::log(1.0 - 0.64)));
    }
}
