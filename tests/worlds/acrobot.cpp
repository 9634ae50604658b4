#include <doctest/doctest.h>

#include <cmath>
#include <initializer_list>

#include "worlds/acrobot.hpp"

using worlds::acrobot;

TEST_CASE("acrobot: three steps as the published equations have them") {
    acrobot world{0.1, -0.2, 0.3, -0.4};
    for (const double torque : {1.0, 0.0, -1.0}) REQUIRE(ok(world.step(torque)));
    double y[6];
    world.observe(y);
    CHECK(y[0] == doctest::Approx(std::cos(0.06441773305987063)).epsilon(1e-12));
    CHECK(y[1] == doctest::Approx(std::sin(0.06441773305987063)).epsilon(1e-12));
    CHECK(y[2] == doctest::Approx(std::cos(-0.02429095468805774)).epsilon(1e-12));
    CHECK(y[3] == doctest::Approx(std::sin(-0.02429095468805774)).epsilon(1e-12));
    CHECK(y[4] == doctest::Approx(-0.1865045922024773).epsilon(1e-12));
    CHECK(y[5] == doctest::Approx(0.38502176695412516).epsilon(1e-12));
}

TEST_CASE("acrobot: the equations conserve energy, and a torque's work is what it gains") {
    double s[4] = {1.2, -0.7, 0.5, 1.0};
    const double start = acrobot::energy(s);
    double fastest = 0;
    for (int i = 0; i < 10000; ++i) {
        worlds::control::runge_kutta(s, 0.001, [](const double(&at)[4], double(&out)[4]) { acrobot::rate(at, 0, out); });
        fastest = std::fmax(fastest, std::fabs(s[3]));
        REQUIRE(std::fabs(acrobot::energy(s) - start) < 1e-8);
    }
    CHECK(fastest > 2);
    double with_work[5] = {0.1, 0, 0, 0, 0};  // the last is the work of the torque
    for (int i = 0; i < 5000; ++i) {
        worlds::control::runge_kutta(with_work, 0.001, [](const double(&at)[5], double(&out)[5]) {
            const double arm[4] = {at[0], at[1], at[2], at[3]};
            double rate[4];
            acrobot::rate(arm, 0.7, rate);
            for (int j = 0; j < 4; ++j) out[j] = rate[j];
            out[4] = 0.7 * at[3];
        });
    }
    const double begin[4] = {0.1, 0, 0, 0};
    const double end[4] = {with_work[0], with_work[1], with_work[2], with_work[3]};
    CHECK(std::fabs(with_work[4]) > 0.01);
    CHECK(acrobot::energy(end) - acrobot::energy(begin) == doctest::Approx(with_work[4]).epsilon(1e-8));
}

TEST_CASE("acrobot: hangs still, and is over when the foot is high") {
    acrobot hanging{0, 0, 0, 0};
    for (int i = 0; i < 100; ++i) REQUIRE(ok(hanging.step(0)));
    double y[6];
    hanging.observe(y);
    CHECK(y[0] == 1);
    CHECK(y[4] == 0);
    CHECK_FALSE(hanging.over());
    CHECK(acrobot{3.1, 0, 0, 0}.over());
    CHECK_FALSE(acrobot{3.1, 3.1, 0, 0}.over());
    CHECK_FALSE(acrobot{0, 0, 13, 0}.sound());
    // A torque against the first link's motion pumps it up.
    acrobot swung{0.1, 0, 0, 0};
    int steps = 0;
    while (!swung.over() && steps < 1000) {
        swung.observe(y);
        REQUIRE(ok(swung.step(y[4] > 0 ? -1 : 1)));
        ++steps;
    }
    CHECK(steps < 1000);
}
