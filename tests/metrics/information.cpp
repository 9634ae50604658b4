#include <cmath>

#include <doctest/doctest.h>

#include <synapse/metrics/information.hpp>

#include "cases.hpp"

namespace information = synapse::information;

TEST_CASE("nats as a share of variance, exact for small ones too") {
    for (double nats = 1e-12; nats < 20.0; nats *= 1.7) {
        const double share = -std::expm1(-2.0 * nats);
        CHECK(std::fabs(static_cast<double>(information::share_of(static_cast<float>(nats))) - share) < 2e-6 * share);
    }
    CHECK(information::share_of(0.0f) == 0.0f);
    CHECK(information::share_of(-1.0f) == 0.0f);
    CHECK(information::share_of(1e30f) == 1.0f);
}

TEST_CASE("the newest sample's share: an exact average, then an exponential one") {
    CHECK(information::newest_share(1, 10.0f) == 1.0f);
    CHECK(information::newest_share(4, 10.0f) == 0.25f);
    CHECK(information::newest_share(1000, 10.0f) == 0.1f);
    CHECK(information::newest_share(0xffffffffu, 1e9f) > 0.0f);
}

TEST_CASE("clip holds a number between two others") {
    CHECK(information::clip(2.0f, 0.0f, 1.0f) == 1.0f);
    CHECK(information::clip(-2.0f, 0.0f, 1.0f) == 0.0f);
    CHECK(information::clip(0.3f, 0.0f, 1.0f) == 0.3f);
}
