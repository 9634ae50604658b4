#include <doctest/doctest.h>

#include <cstddef>
#include <functional>
#include <string>

#include "dashboard/judgement.hpp"

namespace {

// A run of so many looks, each a group of one row.
dashboard::series run_of(std::size_t looks, const std::function<double(std::size_t)>& agency,
                         const std::function<double(std::size_t)>& error) {
    dashboard::series s;
    s.names = {"phi", "agency", "self_prediction_error", "error", "neurons"};
    s.columns.resize(5);
    for (std::size_t i = 0; i < looks; ++i) {
        s.first.push_back(static_cast<double>(i) * 100);
        s.last.push_back(static_cast<double>(i) * 100);
        const double values[] = {0.5, agency(i), 0.3, error(i), 64};
        for (std::size_t c = 0; c < 5; ++c) {
            dashboard::cell one;
            one.add(values[c]);
            s.columns[c].push_back(one);
        }
    }
    return s;
}

}  // namespace

TEST_CASE("judgement: a steady run is well and matures") {
    const auto j = dashboard::judge(run_of(
        200, [](std::size_t) { return 0.8; }, [](std::size_t) { return 0.1; }));
    CHECK(j.warnings.empty());
    CHECK(j.present.empty());
    REQUIRE(j.has_maturity);
    CHECK(j.maturity.is_mature());
}

TEST_CASE("judgement: warnings that come, go, and stand") {
    const auto j = dashboard::judge(run_of(
        200, [](std::size_t i) { return i > 50 && i < 80 ? 0.1 : 0.8; }, [](std::size_t i) { return i < 150 ? 0.1 : 0.9; }));
    REQUIRE(j.warnings.size() == 3);
    CHECK(j.warnings[0].raised);
    CHECK(j.warnings[0].text == "Agency 0.10 < 0.30: raise the learning rate");
    CHECK(j.warnings[0].step >= 5100);
    CHECK_FALSE(j.warnings[1].raised);
    CHECK(j.warnings[1].step == 8000);
    REQUIRE(j.present.size() == 1);
    CHECK(j.present[0].starts_with("Error 0.90 > "));
}

TEST_CASE("judgement: nothing to judge") {
    CHECK_FALSE(dashboard::judge({}).has_maturity);
    dashboard::series s = run_of(
        50, [](std::size_t) { return 0.8; }, [](std::size_t) { return 0.1; });
    s.names = {"a", "b", "c", "d", "e"};
    const auto j = dashboard::judge(s);
    CHECK(j.warnings.empty());
    CHECK_FALSE(j.has_maturity);
}
