#include <doctest/doctest.h>

#include <cmath>
#include <initializer_list>

#include "worlds/pendulum.hpp"

using worlds::pendulum;

TEST_CASE("pendulum: four steps as the published equations have them") {
    pendulum world{3.14159265358979323846 / 3, 0.5};
    CHECK(world.cost(5) == doctest::Approx(1.0966227112321508 + 0.025 + 0.004));
    for (const double torque : {2.0, -1.0, 0.5, 5.0}) REQUIRE(ok(world.step(torque)));
    CHECK(world.theta() == doctest::Approx(1.5453765079385877).epsilon(1e-13));
    CHECK(world.rate() == doctest::Approx(3.7861740639946335).epsilon(1e-13));
}

TEST_CASE("pendulum: the equations conserve energy, and the step keeps it near") {
    double s[2] = {1.0, 0.3};
    const double start = pendulum::energy(s[0], s[1]);
    for (int i = 0; i < 10000; ++i) {
        worlds::control::runge_kutta(s, 0.001, [](const double(&at)[2], double(&out)[2]) {
            out[0] = at[1];
            out[1] = pendulum::acceleration(at[0], 0);
        });
        REQUIRE(std::fabs(pendulum::energy(s[0], s[1]) - start) < 1e-9);
    }
    // From rest near the bottom: what the step loses or gains, it gives back.
    pendulum world{2.5, 0};
    const double low = pendulum::energy(2.5, 0);
    for (int i = 0; i < 10000; ++i) {
        REQUIRE(ok(world.step(0)));
        REQUIRE(std::fabs(pendulum::energy(world.theta(), world.rate()) - low) < 0.3);
    }
}

TEST_CASE("pendulum: the motor cannot hold it still at its side, and cannot lift it without a swing") {
    CHECK(pendulum::acceleration(3.14159265358979323846 / 2, -pendulum::action_limit) > 0);
    pendulum hanging{3.14159265358979323846, 0};
    double highest = -1;
    for (int i = 0; i < 400; ++i) {
        REQUIRE(ok(hanging.step(2)));
        highest = std::fmax(highest, std::cos(hanging.theta()));
    }
    CHECK(highest < 0);
    // Torque with the motion swings it up.
    pendulum swung{3.0, 0};
    highest = -1;
    for (int i = 0; i < 400; ++i) {
        REQUIRE(ok(swung.step(swung.rate() > 0 ? 2 : -2)));
        highest = std::fmax(highest, std::cos(swung.theta()));
    }
    CHECK(highest > 0.9);
    double y[3];
    swung.observe(y);
    CHECK(y[0] * y[0] + y[1] * y[1] == doctest::Approx(1));
    CHECK(y[2] == swung.rate());
    CHECK_FALSE(pendulum{0, 8.1}.sound());
}
