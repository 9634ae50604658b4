#include <doctest/doctest.h>

#include <cmath>
#include <string>

#include <synapse/hosted/formats/record_table.hpp>

using namespace synapse::formats;

namespace {

record_table some() {
    record_table t;
    t.begin(1000.5, 20);
    t.set("error", 0.25);
    t.set("a,\"b\"", 1e-300);
    t.begin(999.5, 10);
    t.set("error", record_table::missing);
    t.begin(record_table::missing, 10);
    t.set("loss", -3);
    return t;
}

}  // namespace

TEST_CASE("record table: rows by step, missing numbers stay missing") {
    record_table t = some();
    CHECK(t.first_time() == 999.5);
    t.sort();
    REQUIRE(t.rows().size() == 3);
    CHECK(t.rows()[0].time == 999.5);
    CHECK(std::isnan(t.rows()[1].time));
    CHECK(t.rows()[2].step == 20);
    CHECK(std::isnan(t.at(0, 0)));
    CHECK(t.at(2, 0) == 0.25);
    CHECK(std::isnan(t.at(2, 2)));
    CHECK(std::isnan(record_table{}.first_time()));
}

TEST_CASE("record table: what two files tell alike is one row") {
    record_table t;
    for (int twice = 0; twice < 2; ++twice) {
        t.begin(record_table::missing, 5);
        t.set("units", 7);
        t.begin(record_table::missing, 5);
        t.set("units", 8);
        t.set("later", 1);
    }
    t.begin(record_table::missing, 5);
    t.set("units", 7);
    t.set("later", record_table::missing);
    t.sort();
    REQUIRE(t.rows().size() == 2);
    CHECK(t.at(0, 0) == 7);
    CHECK(t.at(1, 0) == 8);
    record_table none;
    none.sort();
    CHECK(none.rows().empty());
}

TEST_CASE("record table: as CSV, JSON lines and for PlotJuggler") {
    record_table t = some();
    t.sort();
    CHECK(csv(t) == "step,time,error,\"a,\"\"b\"\"\",loss\n10,999.5,,,\n10,,,,-3\n20,1000.5,0.25,1e-300,\n");
    CHECK(jsonl(t) ==
          "{\"step\": 10, \"time\": 999.5, \"error\": null, \"a,\\\"b\\\"\": null, \"loss\": null}\n"
          "{\"step\": 10, \"time\": null, \"error\": null, \"a,\\\"b\\\"\": null, \"loss\": -3}\n"
          "{\"step\": 20, \"time\": 1000.5, \"error\": 0.25, \"a,\\\"b\\\"\": 1e-300, \"loss\": null}\n");
    CHECK(plotjuggler(t) == "time,step,error,\"a,\"\"b\"\"\",loss\n999.5,10,nan,nan,nan\n1000.5,20,0.25,1e-300,nan\n");
    CHECK(csv(record_table{}) == "step,time\n");
    CHECK(jsonl(record_table{}).empty());
}
