#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "worlds/lanes.hpp"

TEST_CASE("lanes: each is chosen by itself, and all means all") {
    const worlds::lanes a = {1.0, 2.0, 3.0, 4.0};
    const worlds::lanes b = {-1.0, 20.0, -3.0, std::numeric_limits<double>::quiet_NaN()};
    worlds::lanes out;
    worlds::select(a < b, a, b, out);  // nothing is below what is not a number
    CHECK((out[0] == -1.0));
    CHECK((out[1] == 2.0));
    CHECK((out[2] == -3.0));
    CHECK(std::isnan(out[3]));
    CHECK(worlds::all(a > 0.0));
    CHECK_FALSE(worlds::all(a > 1.0));
    CHECK_FALSE(worlds::all(b == b));
}

TEST_CASE("lanes: the square root is the scalar one") {
    const worlds::lanes x = {2.0, 0.0, 1e-300, 12345.678};
    worlds::lanes out;
    worlds::square_root(x, out);
    for (int i = 0; i < worlds::lane_count; ++i) {
        double alone = 0;
        worlds::square_root(x[i], alone);
        CHECK((out[i] == alone));
        CHECK(alone == std::sqrt(x[i]));
    }
}
