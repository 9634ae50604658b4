#include <doctest/doctest.h>

#include <chrono>

#include "train_continuous/speedometer.hpp"

using train_continuous::speedometer;
using train_continuous::steady;

TEST_CASE("speedometer: the speed of the last second or two") {
    const auto at = [](int milliseconds) { return steady::time_point{} + std::chrono::milliseconds{milliseconds}; };
    speedometer speed;
    speed.start(at(0), 100);
    CHECK(speed.measure(at(0), 100) == 0);
    CHECK(speed.measure(at(500), 150) == doctest::Approx(100));
    CHECK(speed.measure(at(1000), 200) == doctest::Approx(100));  // a mark
    CHECK(speed.measure(at(2000), 1200) == doctest::Approx(550));  // since the start; another mark
    CHECK(speed.measure(at(2500), 1700) == doctest::Approx(1000));  // since the first mark
    CHECK(speed.measure(at(3000), 1700) == doctest::Approx(750));
    CHECK(speed.measure(at(4000), 1700) == doctest::Approx(250));
    CHECK(speed.measure(at(5000), 1700) == 0);
}
