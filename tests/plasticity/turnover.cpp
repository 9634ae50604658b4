#include <cmath>
#include <cstdint>
#include <vector>

#include <doctest/doctest.h>

#include <synapse/kernels/default.hpp>
#include <synapse/plasticity/turnover.hpp>

#include "slowly_changing.hpp"

#include "../network/built.hpp"

using kernels = synapse::default_kernels;
using network_test::built;
using network_test::draw;
using plasticity_test::owned;
using plasticity_test::way;
using synapse::slots;
using synapse::unit_records;

namespace {

constexpr auto no_limit = synapse::enough_worth::of(1e30f);

synapse::topology small_net(bool momentum = false) {
    synapse::topology t;
    t.inputs = 4;
    t.outputs = 2;
    t.hidden[0] = 6;
    t.momentum = momentum;
    return t;
}

}  // namespace

TEST_CASE("the least useful unit is chosen among those old enough and free, the first of equals") {
    built<kernels> b{small_net()};
    b.draw_outputs(2);
    owned<unit_records> held{slots{6, 6}};
    unit_records& units = held.part;
    units.begin();
    CHECK(synapse::eligible_units(units, 10) == 0);
    CHECK(synapse::least_useful(b.net, 0, units, 10, no_limit) == synapse::no_unit);
    synapse::random_generator source{1};
    for (int i = 0; i < 20; ++i) {
        std::vector<float> h = draw(6, source);
        h[2] = h[4] = 1.0f;  // worthless
        units.observe(h.data());
    }
    CHECK(synapse::eligible_units(units, 10) == 6);
    CHECK(synapse::least_useful(b.net, 0, units, 10, no_limit) == 2);
    units.set_plasticity(2, 0.0f);
    CHECK(synapse::eligible_units(units, 10) == 5);
    CHECK(synapse::least_useful(b.net, 0, units, 10, no_limit) == 4);
    units.renew(4);
    CHECK(synapse::least_useful(b.net, 0, units, 10, no_limit) != 4);
    CHECK(synapse::least_useful(b.net, 0, units, 10, synapse::enough_worth::of(0.0f)) == synapse::no_unit);  // all are worth something
    CHECK(synapse::least_useful(b.net, 0, units, 20, no_limit) == synapse::no_unit);

    // Against the mean of all, the frozen and the young included.
    float mean = 0.0f;
    for (std::uint32_t j = 0; j < 6; ++j) mean += units.utility<kernels>(b.net.layer(1), j) / 6.0f;
    const std::uint32_t least = synapse::least_useful(b.net, 0, units, 10, no_limit);
    const float share = units.utility<kernels>(b.net.layer(1), least) / mean;
    CHECK(synapse::least_useful(b.net, 0, units, 10, synapse::enough_worth::of_mean(1.01f * share)) == least);
    CHECK(synapse::least_useful(b.net, 0, units, 10, synapse::enough_worth::of_mean(0.99f * share)) == synapse::no_unit);
    CHECK(synapse::least_useful(b.net, 0, units, 20, synapse::enough_worth::of_mean(1e30f)) == synapse::no_unit);
}

TEST_CASE("a retired unit leaves its mean behind and nothing else") {
    built<kernels> b{small_net(true)};
    b.draw_outputs(2);
    synapse::random_generator source{4};
    const std::vector<float> x = draw(4, source);
    const std::vector<float> before = b.predict(x);
    const float h = b.work.units(1, 1)[0][3];
    b.net.layer(1).velocities()(3, 1) = 5.0f;
    synapse::retire(b.net, 0, 3, h);  // its mean is what it answers to x
    const std::vector<float> after = b.predict(x);
    for (std::size_t j = 0; j < 2; ++j) CHECK(after[j] == doctest::Approx(static_cast<double>(before[j])).epsilon(1e-5));
    for (std::uint32_t j = 0; j < 2; ++j) CHECK(b.net.layer(1).weights()(3, j) == 0.0f);
    CHECK(b.net.layer(1).velocities()(3, 1) == 0.0f);
    CHECK(b.padding_is_zero());
}

TEST_CASE("retiring a unit of enormous weights keeps every number within bounds") {
    built<kernels> b{small_net()};
    b.net.layer(1).weights()(0, 0) = 1e19f;
    synapse::retire(b.net, 0, 0, 1e6f);
    CHECK(b.net.layer(1).bias()[0] == 0.0f);
    CHECK(b.net.layer(1).weights()(0, 0) == 0.0f);
    CHECK(b.net.admits(1, 0.1f));
}

TEST_CASE("credit: as many units as the rate says, one a step at most") {
    synapse::turnover_credit credit;
    int due = 0;
    for (int i = 0; i < 10000; ++i) due += credit.earn(50, 1e-3f) ? 1 : 0;
    CHECK(due >= 498);
    CHECK(due <= 501);
    synapse::turnover_credit greedy;
    due = 0;
    for (int i = 0; i < 10; ++i) due += greedy.earn(1000, 1.0f) ? 1 : 0;
    CHECK(due == 10);
    CHECK(ok(greedy.settle()));
    CHECK_FALSE(greedy.earn(0, 1.0f));
}

TEST_CASE("turnover keeps a network able to learn where backprop goes stale") {
    // A fifth of bench_plasticity's lives, changing five times as often, and few of them.
    double plain = 0.0, renewed = 0.0;
    for (std::uint64_t seed = 1; seed <= 4; ++seed) {
        plain += plasticity_test::last_tenth(20, way::backprop, seed, 200000, 2000) / 4;
        renewed += plasticity_test::last_tenth(20, way::turnover, seed, 200000, 2000) / 4;
    }
    MESSAGE("squared error: backprop " << plain << ", turnover " << renewed);
    CHECK(renewed < 0.7 * plain);
}

TEST_CASE("turnover is the same life on every kernel set and machine") {
    plasticity_test::slowly_changing world{5};
    plasticity_test::student s{20, way::turnover, 6};
    for (int i = 0; i < 30000; ++i) {
        world.next();
        REQUIRE(s.step(world) < 1e6f);
    }
    CHECK(s.replaced() > 20);
    CHECK(synapse::weights_hash(s.net()) == 0x261fe4ba11ad60c8ull);
}
