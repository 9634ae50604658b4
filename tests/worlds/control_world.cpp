#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <limits>
#include <type_traits>

#include "worlds/acrobot.hpp"
#include "worlds/cart_pole.hpp"
#include "worlds/control_world.hpp"
#include "worlds/mountain_car.hpp"
#include "worlds/pendulum.hpp"

namespace {

template <class World>
void seen(const World& world, double (&out)[World::observations]) {
    world.observe(out);
}

}  // namespace

TEST_CASE_TEMPLATE("control_world: sound, seeded, and deaf to what is no action", World, worlds::cart_pole, worlds::pendulum, worlds::mountain_car,
                   worlds::acrobot) {
    static_assert(std::is_trivially_copyable_v<World>);
    synapse::random_generator chance{3}, again{3}, other{4}, noise{5};
    World a, b, c;
    a.reset(chance);
    b.reset(again);
    c.reset(other);
    CHECK(std::memcmp(&a, &b, sizeof a) == 0);
    CHECK(std::memcmp(&a, &c, sizeof a) != 0);
    CHECK_FALSE(a.over());

    for (const double bad : {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity()}) {
        CHECK(a.step(bad) == synapse::status::not_finite);
        CHECK(std::memcmp(&a, &b, sizeof a) == 0);
    }
    // Beyond the limit counts as the limit.
    CHECK(ok(a.step(1e300)));
    CHECK(ok(b.step(World::action_limit)));
    CHECK(std::memcmp(&a, &b, sizeof a) == 0);

    std::uint64_t ended = 0;
    for (int i = 0; i < 20000; ++i) {
        REQUIRE(ok(a.step(World::action_limit * (i % 400 < 200 ? 1.0 : static_cast<double>(noise.symmetric())))));
        REQUIRE(a.sound());
        double y[World::observations];
        seen(a, y);
        for (const double v : y) REQUIRE(std::isfinite(v));
        if (a.over()) {
            ++ended;
            a.reset(chance);
        }
    }
    CHECK(a.sound());
    if constexpr (std::is_same_v<World, worlds::cart_pole>) CHECK(ended > 100);
}

TEST_CASE("control_world: Runge and Kutta's method is of the fourth order") {
    const auto error = [](int steps) {
        double s[2] = {1, 0};
        for (int i = 0; i < steps; ++i) {
            worlds::control::runge_kutta(s, 1.0 / steps, [](const double(&at)[2], double(&out)[2]) {
                out[0] = at[1];
                out[1] = -at[0];
            });
        }
        return std::fabs(s[0] - std::cos(1.0));
    };
    CHECK(error(10) < 1e-6);
    CHECK(error(10) / error(20) == doctest::Approx(16).epsilon(0.15));
}

TEST_CASE("control_world: an angle is wrapped, a number held") {
    CHECK(worlds::control::wrapped(3.0) == 3.0);
    CHECK(worlds::control::wrapped(4.0) == doctest::Approx(4.0 - 6.283185307179586));
    CHECK(worlds::control::wrapped(-10.0) == doctest::Approx(-10.0 + 12.566370614359172));
    CHECK(worlds::control::held(-3, 2) == -2);
    CHECK(worlds::control::held(1, 2) == 1);
}
