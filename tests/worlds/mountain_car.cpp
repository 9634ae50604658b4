#include <doctest/doctest.h>

#include <cmath>
#include <initializer_list>

#include "worlds/mountain_car.hpp"

using worlds::mountain_car;

TEST_CASE("mountain_car: five steps as the published equations have them") {
    mountain_car world{-0.5, 0};
    for (const double throttle : {1.0, 1.0, -1.0, 0.0, 1.0}) REQUIRE(ok(world.step(throttle)));
    double y[2];
    world.observe(y);
    CHECK(y[0] == doctest::Approx(-0.4957996374204934).epsilon(1e-13));
    CHECK(y[1] == doctest::Approx(0.0010458626473540712).epsilon(1e-13));
}

TEST_CASE("mountain_car: without throttle it keeps its energy, as nearly as its step of one allows") {
    mountain_car world{-0.8, 0};
    const double start = mountain_car::energy(-0.8, 0);
    const double depth = start - mountain_car::energy(-0.5235987755982988, 0);
    double fastest = 0;
    for (int i = 0; i < 5000; ++i) {
        REQUIRE(ok(world.step(0)));
        double y[2];
        world.observe(y);
        fastest = std::fmax(fastest, std::fabs(y[1]));
        REQUIRE(std::fabs(mountain_car::energy(y[0], y[1]) - start) < 0.1 * depth);
    }
    CHECK(fastest > 0.01);
}

TEST_CASE("mountain_car: full throttle alone does not get there, throttle with the motion does; a wall on the left") {
    mountain_car straight{-0.5, 0};
    for (int i = 0; i < 2000; ++i) {
        REQUIRE(ok(straight.step(1)));
        REQUIRE_FALSE(straight.over());
    }
    mountain_car clever{-0.5, 0};
    int steps = 0;
    for (double y[2] = {}; !clever.over(); ++steps) {
        clever.observe(y);
        REQUIRE(ok(clever.step(y[1] < 0 ? -1 : 1)));
        REQUIRE(steps < 300);
    }
    CHECK(steps > 80);
    mountain_car wall{-1.19, -0.07};
    REQUIRE(ok(wall.step(-1)));
    double y[2];
    wall.observe(y);
    CHECK(y[0] == mountain_car::left);
    CHECK(y[1] == 0);
    CHECK_FALSE(mountain_car{-1.3, 0}.sound());
    CHECK_FALSE(mountain_car{0, 0.08}.sound());
}
