// The ring of a checkpoint's growth history, in order.
#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "../checkpoint/oracle.hpp"

#include <synapse/hosted/any_learner.hpp>
#include <synapse/hosted/growth_events.hpp>

using namespace checkpoint_test;

TEST_CASE("growth events: those that the learner remembers, the oldest first, also when the ring has gone round") {
    any_learner<> model{
        shape{.inputs = 2, .outputs = 3, .hidden = {4}, .learns = task::classification, .hidden_reserved = {400}, .plastic = true},
        {.max_units = 400}};
    const auto told = [&] {
        checkpoint_reader in;
        REQUIRE(in.open(saved(model)) == status::ok);
        return growth_events_in(in);
    };
    CHECK(told().empty());
    for (std::uint32_t i = 1; i <= growth_history::most + 5; ++i) {
        REQUIRE(model.begin_column(1) == status::ok);
        const auto events = told();
        REQUIRE(events.size() == model.growth().size());
        for (std::uint32_t k = 0; k < events.size(); ++k) {
            const growth_event e = model.growth().back(static_cast<std::uint32_t>(events.size()) - 1 - k);
            CHECK(events[k].step == e.step);
            CHECK(events[k].before == e.before);
            CHECK(events[k].after == e.after);
            CHECK(events[k].reason == e.reason);
        }
    }
    any_learner<> rigid{shape{.inputs = 2, .outputs = 1, .hidden = {4}}};
    checkpoint_reader in;
    REQUIRE(in.open(saved(rigid)) == status::ok);
    CHECK(growth_events_in(in).empty());
}
