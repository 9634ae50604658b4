#include "worlds/staged_fault.hpp"

#include <doctest/doctest.h>

using namespace worlds;

TEST_CASE("a staged fault hurts the arm while it lasts, shows when it can be seen, and leaves the arm whole") {
    for (const fault what : {fault::stuck_joint, fault::drifting_sensor, fault::collision}) {
        CAPTURE(name(what));
        synapse::random_generator chance{3};
        const staged_fault staged{what, chance};
        CHECK(staged.what() == what);
        feeling_arm arm{1};
        const auto hurt = [&] {
            return arm.held[0] || arm.held[1] || arm.drift[0] != 0 || arm.drift[1] != 0 || arm.push[0] != 0 || arm.push[1] != 0;
        };
        CHECK_FALSE(hurt());
        CHECK_FALSE(staged.shows(0));
        staged.apply(arm, 10);
        CHECK(hurt());
        staged.apply(arm, staged_fault::second);
        CHECK(hurt() == (what != fault::collision));  // which is over after 0.4 s at most
        CHECK(staged.shows(2 * staged_fault::second));
        CHECK(staged.shows(11 * staged_fault::second) == (what != fault::collision));
        staged.apply(arm, staged_fault::steps);
        CHECK_FALSE(hurt());
    }
}

TEST_CASE("faults differ in joint, direction and strength, and a drift ends where it should") {
    synapse::random_generator chance{3};
    bool joint_used[joints] = {};
    bool backwards = false;
    bool forwards = false;
    for (int i = 0; i < 40; ++i) {
        const staged_fault staged{fault::drifting_sensor, chance};
        feeling_arm arm{1};
        staged.apply(arm, staged_fault::steps - 1);
        for (int j = 0; j < joints; ++j) {
            joint_used[j] = joint_used[j] || arm.drift[j] != 0;
            backwards = backwards || arm.drift[j] < 0;
            forwards = forwards || arm.drift[j] > 0;
            CHECK(arm.drift[j] * arm.drift[j] <= 0.6 * 0.6);
        }
        CHECK((arm.drift[0] == 0) != (arm.drift[1] == 0));
    }
    CHECK(joint_used[0]);
    CHECK(joint_used[1]);
    CHECK(backwards);
    CHECK(forwards);
}
