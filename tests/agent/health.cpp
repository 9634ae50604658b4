#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <synapse/agent/health.hpp>
#include <synapse/agent/line.hpp>

namespace {

synapse::agent_report healthy() {
    synapse::agent_report r;
    r.samples = 1000;
    r.phi.flag = synapse::phi_flag::measured;
    r.phi.share = 0.5f;
    r.phi.cut = 0xff;
    r.agency.defined = true;
    r.agency.share = 0.75f;
    r.error = 0.2f;
    return r;
}

// The lines that come of so many looks at one report.
std::vector<std::string> looked(synapse::health_monitor& monitor, const synapse::agent_report& r, int times) {
    std::vector<std::string> lines;
    for (int t = 0; t < times; ++t) {
        synapse::health_warning events[synapse::ailments];
        const std::uint32_t n = monitor.look(r, {}, events);
        for (std::uint32_t i = 0; i < n; ++i) lines.emplace_back(events[i].line().text());
    }
    return lines;
}

}  // namespace

TEST_CASE("a warning names the metric, the limit and the remedy, and does not flicker") {
    synapse::health_monitor monitor;
    auto now = healthy();
    CHECK(looked(monitor, now, 100).empty());
    now.agency.share = 0.27f;
    CHECK(looked(monitor, now, 2).empty());  // patience
    CHECK(looked(monitor, now, 1) == std::vector<std::string>{"[Health] Agency 0.27 < 0.30: raise the learning rate"});
    CHECK(looked(monitor, now, 50).empty());  // said once
    now.agency.share = 0.35f;
    CHECK(looked(monitor, now, 10).empty());  // not yet well
    CHECK(monitor.is(synapse::ailment::agency_low));
    now.agency.share = 0.45f;
    CHECK(looked(monitor, now, 10) == std::vector<std::string>{"[Health] Agency 0.45 > 0.40: well again"});
    CHECK(monitor.is_well());
}

TEST_CASE("Phi and the error are compared with what is normal for them") {
    synapse::health_monitor monitor;
    auto now = healthy();
    CHECK(looked(monitor, now, 100).empty());
    now.phi.share = 0.2f;
    CHECK(looked(monitor, now, 3) ==
          std::vector<std::string>{"[Health] Phi 0.20 < 0.30, weakest cut 0x000000ff: check the connections of these units"});
    now.error = 0.4f;
    CHECK(looked(monitor, now, 3) ==
          std::vector<std::string>{"[Health] Error 0.40 > 0.30: forgetting; lower the learning rate, raise the replay ratio"});
    // However long it lasts, it does not become normal.
    CHECK(looked(monitor, now, 10000).empty());
    CHECK(monitor.is(synapse::ailment::phi_falling));
    now = healthy();
    CHECK(looked(monitor, now, 3).size() == 2);
    CHECK(monitor.is_well());
}

TEST_CASE("a warning about small numbers shows which is larger") {
    synapse::health_monitor monitor;
    auto now = healthy();
    now.error = 0.0002f;
    CHECK(looked(monitor, now, 100).empty());
    now.error = 0.0004f;
    CHECK(looked(monitor, now, 3) ==
          std::vector<std::string>{"[Health] Error 0.0004 > 0.0003: forgetting; lower the learning rate, raise the replay ratio"});
    now.error = 0.00023f;
    CHECK(looked(monitor, now, 1) == std::vector<std::string>{"[Health] Error 0.00023 < 0.00024: well again"});
}

TEST_CASE("what is undefined is no illness") {
    synapse::health_monitor monitor;
    CHECK(looked(monitor, healthy(), 100).empty());
    synapse::agent_report nothing;
    CHECK(looked(monitor, nothing, 100).empty());
    CHECK(monitor.is_well());
}

TEST_CASE("remedies stay within their bounds, and are taken back") {
    synapse::health_monitor monitor;
    synapse::homeostasis remedy;
    const synapse::homeostasis_bounds bounds;
    synapse::agent_tuning own;
    own.learning.replay_ratio = 0.5f;
    synapse::agent_tuning now = own;
    looked(monitor, healthy(), 100);
    CHECK_FALSE(remedy.apply(monitor, own, bounds, now));
    auto ill = healthy();
    ill.agency.share = 0.1f;
    looked(monitor, ill, 3);
    CHECK(remedy.apply(monitor, own, bounds, now));
    CHECK(remedy.lets_go());  // once
    for (int t = 0; t < 100; ++t) {
        static_cast<void>(remedy.apply(monitor, own, bounds, now));
        CHECK_FALSE(remedy.lets_go());
    }
    // The error rises too: it is not forgetting, there is more to learn.
    ill.error = 1.0f;
    looked(monitor, ill, 3);
    CHECK(monitor.is(synapse::ailment::error_rising));
    CHECK_FALSE(remedy.apply(monitor, own, bounds, now));
    CHECK(now.learning.learning_rate == doctest::Approx(2.0 * static_cast<double>(own.learning.learning_rate)));
    CHECK(now.flaw() == nullptr);
    ill = healthy();
    ill.error = 1.0f;
    looked(monitor, ill, 3);
    for (int t = 0; t < 100; ++t) static_cast<void>(remedy.apply(monitor, own, bounds, now));
    CHECK(now.learning.learning_rate == doctest::Approx(0.25 * static_cast<double>(own.learning.learning_rate)));
    CHECK(now.learning.replay_ratio == doctest::Approx(0.8));
    CHECK(now.flaw() == nullptr);
    looked(monitor, healthy(), 3);
    CHECK(monitor.is_well());
    for (int t = 0; t < 100; ++t) static_cast<void>(remedy.apply(monitor, own, bounds, now));
    CHECK(remedy.gain() == 1.0f);
    CHECK(now.learning.learning_rate == own.learning.learning_rate);
    CHECK(now.learning.replay_ratio == doctest::Approx(0.5));
    CHECK_FALSE(remedy.apply(monitor, own, bounds, now));
}

TEST_CASE("limits that contradict each other are named") {
    CHECK(synapse::health_tuning{}.flaw() == nullptr);
    CHECK(synapse::health_tuning{.agency_low = 0.5f, .agency_good = 0.4f}.flaw() != nullptr);
    CHECK(synapse::health_tuning{.agency_low = std::numeric_limits<float>::quiet_NaN()}.flaw() != nullptr);
    CHECK(synapse::health_tuning{.phi_fall = 0.9f, .phi_recovery = 0.8f}.flaw() != nullptr);
    CHECK(synapse::health_tuning{.error_rise = 1.1f, .error_recovery = 1.2f}.flaw() != nullptr);
    CHECK(synapse::health_tuning{.slow_looks = 0.0f}.flaw() != nullptr);
    CHECK(synapse::health_tuning{.patience = 0}.flaw() != nullptr);
}
