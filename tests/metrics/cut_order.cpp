#include <cstdint>
#include <vector>

#include <doctest/doctest.h>

#include <synapse/metrics/cut_flow.hpp>
#include <synapse/metrics/cut_order.hpp>

#include "cases.hpp"

namespace {

// The order of n units in two rings, unit i in ring i % 2, of correlation r, and a link of strength `weak` between them.
std::vector<std::uint32_t> order_of(std::uint32_t n, float r, float weak) {
    std::vector<float> pairs(synapse::triangle::size(2 * n));
    for (std::uint32_t i = 0; i < 2 * n; ++i) pairs[synapse::triangle::at(i, i)] = 1.0f;
    for (std::uint32_t i = 0; i < n; ++i) pairs[synapse::triangle::at(n + i, (i + 2) % n)] = r;
    pairs[synapse::triangle::at(n, 1)] = weak;
    cases::housed system{synapse::cut_flow{n}};
    cases::housed order{synapse::cut_order{n}};
    system->load(pairs.data(), 0.0f);
    for (std::uint32_t row = 0; row < 2 * n; ++row) REQUIRE(system->prepare_row(row));
    order->begin(*system);
    int slices = 1;
    while (!order->advance(*system)) ++slices;
    CHECK(slices < 200);
    std::vector<std::uint32_t> out(n);
    for (std::uint32_t i = 0; i < n; ++i) out[i] = (*order)[i];
    return out;
}

bool is_permutation(const std::vector<std::uint32_t>& order) {
    std::vector<int> seen(order.size());
    for (const std::uint32_t i : order) {
        if (i >= order.size() || seen[i]++ != 0) return false;
    }
    return true;
}

}  // namespace

TEST_CASE("groups that are weakly coupled, or not at all, stand apart in the order") {
    for (const float weak : {0.0f, 0.2f}) {
        CAPTURE(weak);
        const auto order = order_of(24, 0.7f, weak);
        CHECK(is_permutation(order));
        for (std::uint32_t i = 1; i < 12; ++i) CHECK(order[i] % 2 == order[0] % 2);
        for (std::uint32_t i = 13; i < 24; ++i) CHECK(order[i] % 2 == order[12] % 2);
    }
}

TEST_CASE("without any coupling there is still an order") { CHECK(is_permutation(order_of(20, 0.0f, 0.0f))); }
