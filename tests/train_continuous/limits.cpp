#include <doctest/doctest.h>

#include "train_continuous/limits.hpp"

using namespace train_continuous;

TEST_CASE("limits: the time that is left is that to the first of them") {
    limits l;
    CHECK_FALSE(seconds_left(l, 5, 5, 5, 100));
    l.steps = 1000;
    CHECK(seconds_left(l, 500, 0, 5, 100) == 5.0);
    CHECK_FALSE(seconds_left(l, 500, 0, 5, 0));
    CHECK(seconds_left(l, 2000, 0, 5, 100) == 0.0);
    l.samples = 600;
    CHECK(seconds_left(l, 500, 500, 5, 100) == 1.0);
    l.seconds = 5.5;
    CHECK(seconds_left(l, 500, 500, 5, 100) == 0.5);
    CHECK(seconds_left(l, 500, 500, 7, 100) == 0.0);
    CHECK(seconds_left(l, 500, 500, 5, 0) == 0.5);
}
