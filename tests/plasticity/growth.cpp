#include <string>

#include <doctest/doctest.h>

#include <synapse/plasticity/growth.hpp>

#include "slowly_changing.hpp"

using synapse::growth_event;
using synapse::growth_history;
using synapse::growth_reason;

TEST_CASE("history: the last events, the newest first; how many there ever were") {
    plasticity_test::owned<growth_history> held{3u};
    growth_history& history = held.part;
    CHECK(history.size() == 0);
    for (std::uint32_t i = 1; i <= 5; ++i) history.add({i * 100u, i % 2, growth_reason::bottleneck, 0.9f, 0.5f, i, i + 1});
    CHECK(history.events() == 5);
    REQUIRE(history.size() == 3);
    CHECK(history.back(0).step == 500);
    CHECK(history.back(2).step == 300);
    CHECK(history.back(0).layer == 1);
    CHECK(history.back(1).before == 4);
    CHECK(history.back(1).after == 5);
    CHECK(history.back(0).reason == growth_reason::bottleneck);
    CHECK(history.back(0).value == 0.9f);
    CHECK(history.back(0).threshold == 0.5f);
    CHECK(ok(history.settle()));
    growth_history nothing;
    nothing.add({});
    CHECK(nothing.events() == 1);
    CHECK(nothing.size() == 0);
    CHECK(ok(nothing.settle()));
}

TEST_CASE("reasons have the words of the log") {
    CHECK(std::string{name(growth_reason::activity)} == "High activation");
    CHECK(std::string{name(growth_reason::rising_error)} == "Rising error");
    CHECK(std::string{name(growth_reason::bottleneck)} == "Information bottleneck");
    CHECK(std::string{name(growth_reason::column)} == "New column");
    CHECK(std::string{name(static_cast<growth_reason>(200))} == "unknown");
}

TEST_CASE("a step of growth: the share, at least one, at most the room") {
    CHECK(synapse::growth_step(100, 0.1f, 1000) == 10);
    CHECK(synapse::growth_step(3, 0.1f, 1000) == 1);
    CHECK(synapse::growth_step(100, 0.1f, 4) == 4);
    CHECK(synapse::growth_step(100, 0.1f, 0) == 0);
    CHECK(synapse::growth_step(0xffffffffu, 10.0f, 7) == 7);
}
