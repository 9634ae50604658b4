#include <initializer_list>
#include <limits>

#include <doctest/doctest.h>

#include <synapse/agent/tuning.hpp>

namespace {

template <class Change>
bool is_flawed(const Change& change) {
    synapse::agent_tuning numbers;
    change(numbers);
    return numbers.flaw() != nullptr && numbers.settle() == synapse::status::corrupt;
}

}  // namespace

TEST_CASE("every number of an agent's tuning has a range, and NaN is outside all of them") {
    CHECK(synapse::agent_tuning{}.flaw() == nullptr);
    const float nan = std::numeric_limits<float>::quiet_NaN();
    for (const float wrong : {nan, 0.0f, -1.0f, std::numeric_limits<float>::infinity()}) {
        CHECK(is_flawed([&](auto& t) { t.settled_rate = wrong; }));
        CHECK(is_flawed([&](auto& t) { t.settling_steps = wrong; }));
        CHECK(is_flawed([&](auto& t) { t.state_share = wrong; }));
        CHECK(is_flawed([&](auto& t) { t.variance_rate = wrong; }));
        CHECK(is_flawed([&](auto& t) { t.horizon = wrong; }));
        CHECK(is_flawed([&](auto& t) { t.integration_horizon = wrong; }));
        CHECK(is_flawed([&](auto& t) { t.tick_seconds = wrong; }));
        CHECK(is_flawed([&](auto& t) { t.learning.learning_rate = wrong; }));
        CHECK(is_flawed([&](auto& t) { t.phi.horizon = wrong; }));
    }
    CHECK(is_flawed([](auto& t) { t.state_share = 1.5f; }));
    CHECK(is_flawed([](auto& t) { t.phi.period = 0; }));
}

TEST_CASE("windows keep their length in seconds when the tick changes") {
    const synapse::agent_tuning plain;
    const auto fast = plain.for_tick(0.001f);
    CHECK(fast.horizon == doctest::Approx(10.0 * static_cast<double>(plain.horizon)));
    CHECK(fast.phi.horizon == doctest::Approx(10.0 * static_cast<double>(plain.phi.horizon)));
    CHECK(fast.settling_steps == doctest::Approx(10.0 * static_cast<double>(plain.settling_steps)));
    CHECK(fast.state_share == doctest::Approx(0.1 * static_cast<double>(plain.state_share)));
    CHECK(fast.tick_seconds == 0.001f);
    CHECK(fast.flaw() == nullptr);
    const auto slow = plain.for_tick(1000.0f);
    CHECK(slow.flaw() == nullptr);
    CHECK(slow.horizon == 1.0f);
    CHECK(slow.state_share == 1.0f);
}
