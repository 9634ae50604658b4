#include "worlds/fault_watch.hpp"

#include <memory>

#include <doctest/doctest.h>

#include <synapse/core/random.hpp>

using namespace worlds;

namespace {

// What agents report: healthy, or with one metric for each fault out of its place.
synapse::agent_report report_of(fault what, synapse::random_generator& chance) {
    synapse::agent_report out;
    out.agency.share = (what == fault::collision ? 0.4f : 0.75f) + 0.05f * chance.symmetric();
    out.agency.counterfactual = 0.8f + 0.05f * chance.symmetric();
    out.self_prediction.error = (what == fault::drifting_sensor ? 0.6f : 0.3f) + 0.05f * chance.symmetric();
    out.confidence.confidence = (what == fault::stuck_joint ? 0.4f : 0.9f) + 0.05f * chance.symmetric();
    out.confidence.realised = 0.85f + 0.05f * chance.symmetric();
    out.confidence.z2 = 1.0f + 0.1f * chance.symmetric();
    out.integration.share = 0.55f + 0.05f * chance.symmetric();
    return out;
}

std::unique_ptr<fault_watch> taught() {
    auto watch = std::make_unique<fault_watch>();
    synapse::random_generator chance{1};
    const auto look = [&](fault what, int looks) {
        for (int i = 0; i < looks; ++i) {
            watch->look(report_of(what, chance));
            REQUIRE(watch->teach(what) == synapse::status::ok);
        }
    };
    for (int round = 0; round < 10; ++round) {
        for (const fault what : {fault::stuck_joint, fault::drifting_sensor, fault::collision}) {
            watch->remember({});
            look(fault::none, 150);
            look(what, 60);
        }
    }
    watch->remember({});
    watch->clear();
    for (int i = 0; i < 2000; ++i) {
        watch->look(report_of(fault::none, chance));
        watch->calibrate();
    }
    watch->clear();
    return watch;
}

}  // namespace

TEST_CASE("a taught watch is calm before a healthy machine, and raises one alarm and names the fault before an ill one") {
    const auto watch = taught();
    for (const fault what : {fault::stuck_joint, fault::drifting_sensor, fault::collision}) {
        CAPTURE(name(what));
        synapse::random_generator chance{2};
        watch->remember({});
        watch->clear();
        for (int i = 0; i < 1000; ++i) {
            watch->look(report_of(fault::none, chance));
            REQUIRE_FALSE(watch->watch());
        }
        int alarms = 0;
        int first = -1;
        for (int i = 0; i < 100; ++i) {
            watch->look(report_of(what, chance));
            if (watch->watch()) {
                ++alarms;
                first = i;
                CHECK(watch->named() == fault::none);  // not yet
            }
        }
        CHECK(alarms == 1);
        CHECK(first < 40);
        CHECK(watch->alarm());
        CHECK(watch->named() == what);
        watch->clear();
        CHECK_FALSE(watch->alarm());
        CHECK(watch->named() == fault::none);
    }
}

TEST_CASE("what a watch remembers of the past can be put back") {
    fault_watch watch;
    synapse::random_generator chance{4};
    for (int i = 0; i < 50; ++i) watch.look(report_of(fault::none, chance));
    const fault_watch::past before = watch.remembered();
    for (int i = 0; i < 50; ++i) watch.look(report_of(fault::collision, chance));
    CHECK(watch.remembered().average[0][1] < before.average[0][1]);
    CHECK(watch.remembered().looks == 100);
    watch.remember(before);
    CHECK(watch.remembered().looks == 50);
    CHECK(watch.remembered().average[0][1] == before.average[0][1]);
}
