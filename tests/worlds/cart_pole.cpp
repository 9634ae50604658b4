#include <doctest/doctest.h>

#include <cmath>
#include <initializer_list>
#include <limits>

#include "worlds/cart_pole.hpp"

using worlds::cart_pole;

TEST_CASE("cart_pole: five steps as the published equations have them") {
    cart_pole world{0.01, -0.02, 0.03, 0.04};
    for (const double force : {10.0, -10.0, 10.0, 10.0, -10.0}) REQUIRE(ok(world.step(force)));
    double y[4];
    world.observe(y);
    CHECK(y[0] == doctest::Approx(0.023525558663475683).epsilon(1e-13));
    CHECK(y[1] == doctest::Approx(0.17316263692575581).epsilon(1e-13));
    CHECK(y[2] == doctest::Approx(0.012433087822150324).epsilon(1e-13));
    CHECK(y[3] == doctest::Approx(-0.20950152868114708).epsilon(1e-13));
}

TEST_CASE("cart_pole: the equations conserve energy, and momentum along the track") {
    double s[4] = {0, 0.2, 2.0, -0.5};
    const double start = cart_pole::energy(s);
    const auto momentum = [&s] { return (cart_pole::cart + cart_pole::pole) * s[1] + cart_pole::pole * cart_pole::half_length * s[3] * std::cos(s[2]); };
    const double along = momentum();
    double fastest = 0;
    for (int i = 0; i < 10000; ++i) {
        worlds::control::runge_kutta(s, 0.001, [](const double(&at)[4], double(&out)[4]) { cart_pole::rate(at, 0, out); });
        fastest = std::fmax(fastest, std::fabs(s[3]));
        REQUIRE(std::fabs(cart_pole::energy(s) - start) < 1e-9);
        REQUIRE(std::fabs(momentum() - along) < 1e-9);
    }
    CHECK(fastest > 4);
}

TEST_CASE("cart_pole: without a hand it falls within its limits of angle; a steady push leaves the track") {
    cart_pole alone{0, 0, 0.01, 0};
    int steps = 0;
    while (!alone.over()) {
        REQUIRE(ok(alone.step(0)));
        REQUIRE(++steps < 200);
    }
    CHECK(steps > 30);
    CHECK(cart_pole{2.41, 0, 0, 0}.over());
    CHECK(cart_pole{-2.41, 0, 0, 0}.over());
    CHECK(cart_pole{0, 0, -0.21, 0}.over());
    CHECK_FALSE(cart_pole{2.39, 9, 0.2, 9}.over());
    CHECK_FALSE(cart_pole{0, std::numeric_limits<double>::quiet_NaN(), 0, 0}.sound());
    CHECK_FALSE(cart_pole{0, 0, 5, 0}.sound());
}

TEST_CASE("cart_pole: a plain controller balances it") {
    cart_pole world{0.05, 0, 0.1, 0};
    for (int i = 0; i < 5000; ++i) {
        double y[4];
        world.observe(y);
        REQUIRE(ok(world.step(0.5 * y[0] + 1.5 * y[1] + 40 * y[2] + 6 * y[3])));
        REQUIRE_FALSE(world.over());
    }
}
