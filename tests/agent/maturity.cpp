#include <cstdint>
#include <type_traits>

#include <doctest/doctest.h>

#include <synapse/agent/maturity.hpp>

namespace {

constexpr synapse::maturity_tuning numbers{.window = 100};

struct life {
    synapse::maturity_monitor monitor;
    synapse::agent_report now;
    std::uint32_t units = 32;

    life() {
        now.phi.flag = synapse::phi_flag::measured;
        now.phi.share = 0.5f;
        now.agency.defined = true;
        now.agency.share = 0.8f;
        now.self_prediction = {0.2f, true};
    }
    bool run(int steps) {
        bool mature = false;
        for (int t = 0; t < steps; ++t) {
            ++now.steps;
            mature = monitor.look(now, units, numbers) || mature;
        }
        return mature;
    }
};

// Counts what a monitor names.
struct counting {
    int numbers = 0, groups = 0;
    void value(const char*, auto&) { ++numbers; }
    void group(const char*, auto& part) {
        ++groups;
        std::remove_reference_t<decltype(part)>::fields(part, *this);
    }
};

}  // namespace

TEST_CASE("when all four hold over a second window, the agent is mature") {
    life steady;
    CHECK_FALSE(steady.run(101));
    CHECK(steady.run(102));
    CHECK(steady.monitor.verdict().is_mature());
    CHECK(steady.monitor.verdict().windows == 2);
}

TEST_CASE("each of the four alone holds maturity back") {
    life phi;
    phi.run(150);
    phi.now.phi.share = 0.7f;
    CHECK_FALSE(phi.run(70));
    CHECK_FALSE(phi.monitor.verdict().phi_flat);
    CHECK(phi.monitor.verdict().agency_steady);
    CHECK(phi.run(202));  // it is flat again

    life agency;
    agency.now.agency.share = 0.6f;
    CHECK_FALSE(agency.run(1000));
    CHECK_FALSE(agency.monitor.verdict().agency_steady);

    life self;
    self.run(101);
    self.now.self_prediction.error = 0.4f;
    CHECK_FALSE(self.run(500));
    CHECK_FALSE(self.monitor.verdict().self_known);
    self.now.self_prediction.error = 0.1f;
    CHECK(self.run(202));

    life growing;
    for (int t = 0; t < 10; ++t) {
        ++growing.units;
        CHECK_FALSE(growing.run(50));
    }
    CHECK_FALSE(growing.monitor.verdict().growth_slowed);
    CHECK(growing.run(303));
}

TEST_CASE("without metrics there is no maturity, however long") {
    life blind;
    blind.now.agency.defined = false;
    CHECK_FALSE(blind.run(1000));
    CHECK(blind.monitor.verdict().windows == 0);
    life young;
    young.now.phi.flag = synapse::phi_flag::too_few_samples;
    CHECK_FALSE(young.run(1000));
    CHECK(synapse::maturity_tuning{.window = 1}.flaw() != nullptr);
    CHECK(synapse::maturity_tuning{.phi_band = -1.0f}.flaw() != nullptr);
    CHECK(synapse::maturity_tuning{.self_margin = 0.5f}.flaw() != nullptr);
    CHECK(synapse::maturity_tuning{}.flaw() == nullptr);
}

TEST_CASE("an open window is part of what is saved") {
    synapse::maturity_monitor monitor;
    counting seen;
    synapse::maturity_monitor::fields(monitor, seen);
    CHECK(seen.groups == 1);
    CHECK(seen.numbers == 20);
    CHECK(monitor.settle() == synapse::status::ok);
    synapse::maturity_verdict damaged;
    damaged.self_error = -1.0f;
    CHECK(damaged.settle() == synapse::status::corrupt);
}
