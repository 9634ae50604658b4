#include "worlds/watched_arm.hpp"

#include <memory>

#include <doctest/doctest.h>

using namespace worlds;

TEST_CASE("after a staged fault arm, agent and watch are as before, to the bit; the fault was felt") {
    const auto watch = std::make_unique<fault_watch>();
    watched_arm hurt{5, 10};
    watched_arm spared{5, 10};
    const auto other = std::make_unique<fault_watch>();
    hurt.work(2, *watch, [] {});
    spared.work(2, *other, [] {});
    int looks = 0;
    float least = 1.0f;
    hurt.stage(fault::collision, *watch, [&](const staged_fault& staged, int) {
        CHECK(staged.what() == fault::collision);
        ++looks;
        least = hurt.latest().confidence.confidence < least ? hurt.latest().confidence.confidence : least;
    });
    CHECK(looks == staged_fault::steps / static_cast<int>(fault_watch::every));
    CHECK(least < spared.latest().confidence.confidence);
    CHECK(watch->remembered().looks == other->remembered().looks);
    hurt.work(3, *watch, [] {});
    spared.work(3, *other, [] {});
    CHECK(hurt.outcome() == synapse::status::ok);
    CHECK(hurt.latest().steps == spared.latest().steps);
    CHECK(hurt.latest().agency.share == spared.latest().agency.share);
    CHECK(hurt.latest().confidence.z2 == spared.latest().confidence.z2);
    CHECK(watch->remembered().average[3][2] == other->remembered().average[3][2]);
}
