#include <cmath>
#include <cstdint>

#include <doctest/doctest.h>

#include "worlds/feeling_arm.hpp"

namespace {

struct moved {
    double mean_speed[2] = {};
    double torque[2] = {};
};

moved run(worlds::feeling_arm& arm, int steps) {
    moved out;
    for (int t = 0; t < steps; ++t) {
        REQUIRE(arm.step() == synapse::status::ok);
        for (int j = 0; j < 2; ++j) {
            out.mean_speed[j] += std::fabs(static_cast<double>(arm.observation()[2 + j])) / steps;
            out.torque[j] += std::fabs(static_cast<double>(arm.action()[j])) / steps;
        }
    }
    return out;
}

}  // namespace

TEST_CASE("the arm moves, its motors work within their limits, and the same seed is the same life") {
    worlds::feeling_arm arm{4};
    worlds::feeling_arm twin{4};
    const moved free = run(arm, 4000);
    run(twin, 4000);
    for (int j = 0; j < 2; ++j) {
        CHECK(free.mean_speed[j] > 0.3);
        CHECK(free.torque[j] > 0.5);
        CHECK(free.torque[j] < arm.parameters.torque_limit[j]);
        CHECK(arm.observation()[j] == twin.observation()[j]);
    }
}

TEST_CASE("a held joint stands, a cut one falls, and a drifting sensor reads what is not so") {
    worlds::feeling_arm held{4};
    run(held, 1000);
    held.held[0] = held.held[1] = true;
    run(held, 50);
    const moved still = run(held, 1000);
    CHECK(still.mean_speed[0] < 0.2);  // noise of the encoder

    worlds::feeling_arm cut{4};
    run(cut, 1000);
    cut.actuator[0] = cut.actuator[1] = 0.0;
    run(cut, 4000);
    // It hangs: the first link straight down, -pi / 2 from the horizontal.
    const double angle = static_cast<double>(cut.observation()[0]);
    CHECK(std::cos(angle + 1.5707963) > 0.9);

    worlds::feeling_arm drifting{4};
    worlds::feeling_arm sound{4};
    run(drifting, 1000);
    run(sound, 1000);
    drifting.drift[1] = 0.5;
    REQUIRE(drifting.step() == synapse::status::ok);
    REQUIRE(sound.step() == synapse::status::ok);
    CHECK(static_cast<double>(drifting.observation()[1] - sound.observation()[1]) == doctest::Approx(0.5).epsilon(0.01));
}
