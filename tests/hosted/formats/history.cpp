#include <doctest/doctest.h>

#include <cmath>
#include <string>
#include <string_view>

#include "../../checkpoint/oracle.hpp"

#include <synapse/hosted/any_learner.hpp>
#include <synapse/hosted/formats/history.hpp>

using namespace checkpoint_test;
using namespace synapse::formats;

namespace {

double cell(const record_table& t, std::size_t row, std::string_view name) {
    for (std::size_t c = 0; c < t.columns().size(); ++c) {
        if (t.columns()[c] == name) return t.at(row, c);
    }
    return record_table::missing;
}

}  // namespace

TEST_CASE("history: growth events and the moment of saving, of a learner that grew") {
    any_learner<> model{shape{.inputs = 2, .outputs = 1, .hidden = {4}, .replay = 50, .hidden_reserved = {64}, .plastic = true},
                        {.replay_ratio = 0.5f}};
    random_generator dice{3};
    for (int i = 0; i < 20000 && model.growth().events() < 3; ++i) {
        const float x[2] = {dice.symmetric(), dice.symmetric()}, y[1] = {std::sin(8.0f * x[0]) * x[1]};
        REQUIRE(model.step(x, y) == status::ok);
    }
    REQUIRE(model.growth().events() == 3);
    checkpoint_reader in;
    REQUIRE(in.open(saved(model)) == status::ok);
    record_table t;
    add_history(t, in);
    REQUIRE(t.rows().size() == 4);
    for (std::uint32_t i = 0; i < 3; ++i) {
        const growth_event e = model.growth().back(2 - i);
        CHECK(t.rows()[i].step == static_cast<double>(e.step));
        CHECK(cell(t, i, "layer_0/units") == e.after);
        CHECK(cell(t, i, "growth/reason") == static_cast<double>(e.reason));
        CHECK(cell(t, i, "growth/value") == static_cast<double>(e.value));
        CHECK(std::isnan(cell(t, i, "error")));
    }
    CHECK(t.rows()[3].step == static_cast<double>(model.latest().steps));
    CHECK(cell(t, 3, "error") == static_cast<double>(model.latest().error));
    CHECK(cell(t, 3, "neurons") == model.growth().back(0).after);
    CHECK(std::isnan(cell(t, 3, "accuracy")));  // a regression has none
}

TEST_CASE("history: metrics files of both kinds") {
    record_table t;
    add_metrics(t,
                "{\"time\": 12.5, \"steps\": 3, \"error\": 0.5, \"accuracy\": null, \"word\": \"x\"}\n\n{\"time\": 13, \"steps\": 4, "
                "\"phi\": 1e-3}\r\n{\"time\": 14, \"st");
    REQUIRE(t.rows().size() == 2);
    CHECK(t.rows()[0].time == 12.5);
    CHECK(t.rows()[1].step == 4);
    CHECK(cell(t, 0, "error") == 0.5);
    CHECK(cell(t, 1, "phi") == 1e-3);
    CHECK(t.columns().size() == 2);
    record_table c;
    add_metrics(c, "time,steps,error,accuracy\n12.5,3,0.5,\n13,4,,1\n14,");
    REQUIRE(c.rows().size() == 2);
    CHECK(c.rows()[0].step == 3);
    CHECK(std::isnan(cell(c, 1, "error")));
    CHECK(cell(c, 1, "accuracy") == 1);
}

TEST_CASE("history: what is no metrics file is refused, with the line") {
    const auto refuses = [](const char* text, const char* why) {
        record_table t;
        CHECK_THROWS_WITH_AS(add_metrics(t, text), why, format_error);
    };
    refuses("", "no line of metrics");
    refuses("time,steps\n1,2\n1,2,3\n", "line 3: 3 cells under 2 names");
    refuses("some,words\n1,2\n", "line 1: neither a JSON object nor names of columns with time, step or steps among them");
    refuses("{\"time\": 1}\n[1]\n", "line 2: no object");
    refuses("{\"time\": 1}\n{\"time\": }\n", "line 2: no JSON at byte 9");
}
