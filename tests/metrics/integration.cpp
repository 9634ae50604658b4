#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include <doctest/doctest.h>

#include <synapse/core/bytes.hpp>
#include <synapse/core/random.hpp>
#include <synapse/metrics/integration.hpp>

#include "cases.hpp"
#include "vectors.hpp"

using cases::near;

namespace {

synapse::integration_result integration_of(const synapse::module_sizes& modules, const float* pairs, float shrinkage = 0.0f,
                                           std::uint32_t budget = 0xffffffffu) {
    cases::housed search{synapse::integration_search{modules}};
    search->begin(pairs, shrinkage);
    while (!search->advance(budget)) {
    }
    return search->found();
}

}  // namespace

TEST_CASE("integration is what its definition says, to 1e-5") {
    for (const auto& c : vectors::integration_cases) {
        CAPTURE(c.name);
        synapse::module_sizes modules;
        for (std::uint32_t m = 0; m < 5; ++m) modules.size[m] = c.sizes[m];
        for (const std::uint32_t budget : {0xffffffffu, 1u}) {
            const auto measured = integration_of(modules, c.pairs, 0.0f, budget);
            CHECK(measured.flag == synapse::integration_flag::measured);
            CHECK(near(measured.share, c.share));
            CHECK(near(measured.total_correlation, c.total));
            CHECK(near(measured.normalised, c.normalised));
            CHECK(near(measured.o_information, c.o_information));
        }
    }
}

TEST_CASE("copies but for a thousandth: the share to 1e-5; the nats as far as float32 can tell 1.001 from 1") {
    // Three variables of covariance 1 and variance 1 + e: log det R = 2 log(1 - r) + log(1 + 2 r), 1 - r = e / (1 + e). An error of x in
    // what is given is one of x / e in the nats.
    const auto total = [](double variance) {
        const double r = 1.0 / variance;
        return -0.5 * (2.0 * std::log((variance - 1.0) / variance) + std::log1p(2.0 * r));
    };
    const auto share = [](double variance) {
        const double r = 1.0 / variance;
        return 2.0 * r * r / (1.0 + r);  // R^2 of one by the other two
    };
    const float variance = 1.001f;
    const float copies[] = {variance, 1.0f, variance, 1.0f, 1.0f, variance};
    const auto measured = integration_of({{1, 1, 1}}, copies);
    CHECK(near(measured.share, share(1.001)));
    CHECK(measured.o_information > 2.9f);                                          // they repeat one another
    CHECK(std::fabs(total(static_cast<double>(variance)) - total(1.001)) > 4e-5);  // lost before anything was computed
    CHECK(near(measured.total_correlation, total(1.001), 3 * 0x1p-24 / 1e-3));
    // In units in which the numbers are exact nothing is lost on the way in.
    const float exact[] = {1001.0f, 1000.0f, 1001.0f, 1000.0f, 1000.0f, 1001.0f};
    CHECK(near(integration_of({{1, 1, 1}}, exact).total_correlation, total(1.001), 0x1p-24 / 1e-3));
}

TEST_CASE("a module that nothing happens in is flagged, and what is singular is shrunk") {
    const float dead[] = {1.0f, 0.5f, 1.0f, 0.0f, 0.0f, 0.0f};
    const auto one_dead = integration_of({{1, 1, 1}}, dead);
    CHECK(one_dead.flag == synapse::integration_flag::dead_module);
    CHECK(one_dead.share == 0.0f);
    const auto partly = integration_of({{1, 2}}, dead);  // the dead variable is left out of its module
    CHECK(partly.flag == synapse::integration_flag::measured);
    CHECK(near(partly.share, 0.25));
    const float copies[] = {1.0f, 1.0f, 1.0f, 1.0f, 1.0f, 1.0f};
    const auto collapsed = integration_of({{1, 1, 1}}, copies);
    CHECK(collapsed.flag == synapse::integration_flag::measured);
    CHECK(collapsed.share > 0.99f);
    CHECK(collapsed.o_information > 1.0f);
}

TEST_CASE("numbers that are no covariance give a number all the same") {
    synapse::random_generator chance{4};
    for (int trial = 0; trial < 100; ++trial) {
        std::vector<float> wrong(synapse::triangle::size(6));
        for (float& x : wrong) x = chance.symmetric() * (trial % 2 == 0 ? 1e25f : 1.0f);
        const auto measured = integration_of({{2, 2, 2}}, wrong.data());
        CHECK(synapse::is_finite(measured.share));
        CHECK(measured.share >= 0.0f);
        CHECK(measured.share <= 1.0f);
    }
}

TEST_CASE("the meter follows a stream whose modules lose and find each other") {
    cases::housed meter{synapse::integration_meter{synapse::module_sizes{{2, 1, 2}}}};
    synapse::random_generator chance{9};
    const auto live = [&](int steps, float tie) {
        for (int t = 0; t < steps; ++t) {
            const float shared = chance.symmetric();
            float x[5];
            for (float& unit : x) unit = shared + 0.5f * chance.symmetric();
            x[2] = tie * shared + 0.5f * chance.symmetric();
            REQUIRE(meter->push(x, 2000.0f, 1e-3f, 256) == synapse::status::ok);
        }
    };
    live(50, 1.0f);
    CHECK(meter->latest().flag == synapse::integration_flag::too_few_samples);
    live(8000, 1.0f);
    CHECK(meter->latest().flag == synapse::integration_flag::measured);
    CHECK(meter->latest().share > 0.5f);
    live(20000, 0.0f);
    CHECK(meter->latest().share < 0.01f);
    CHECK(meter->latest().cut == 0b010);
    live(20000, 1.0f);
    CHECK(meter->latest().share > 0.5f);

    const float wrong[5] = {0.0f, 0.0f, std::numeric_limits<float>::quiet_NaN(), 0.0f, 0.0f};
    const std::uint32_t count = meter->stream().count();
    CHECK(meter->push(wrong, 2000.0f, 1e-3f, 256) == synapse::status::not_finite);
    CHECK(meter->stream().count() == count);
}

TEST_CASE("sizes of modules end at the first zero") {
    CHECK(synapse::module_sizes{{3, 2}}.count() == 2);
    CHECK(synapse::module_sizes{{3, 2}}.variables() == 5);
    CHECK(synapse::module_sizes{{1, 1, 1, 1, 1}}.count() == 5);
    CHECK(synapse::module_sizes{}.count() == 0);
}
