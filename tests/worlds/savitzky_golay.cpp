#include <doctest/doctest.h>

#include <cmath>
#include <initializer_list>
#include <type_traits>

#include "worlds/savitzky_golay.hpp"

static_assert(std::is_trivially_copyable_v<worlds::motion_fit>);

namespace {

constexpr double dt = 0.005;

// Reads q(t) at joint 0 and twice that at joint 1, and the torques held since the reading before, n = -1 for the first.
template <class Position, class Torque>
void feed(worlds::motion_fit& fit, int readings, Position position, Torque torque) {
    for (int n = 0; n < readings; ++n) {
        const double q[] = {position(n * dt), 2 * position(n * dt)};
        const double held[] = {torque(n - 1), -torque(n - 1)};
        fit.add(q, held);
    }
}

}  // namespace

TEST_CASE("savitzky_golay: weights are those of the least-squares parabola") {
    double value = 0, slope = 0, bend = 0, torque = 0;
    for (int k = 0; k < worlds::fit_window; ++k) {
        const double i = k - worlds::fit_half_width;
        value += worlds::fit.position[k];
        slope += worlds::fit.velocity[k] * i;
        bend += worlds::fit.acceleration[k] * i * i;
        CHECK(worlds::fit.position[k] == doctest::Approx(worlds::fit.position[worlds::fit_window - 1 - k]));
        CHECK(worlds::fit.velocity[k] == doctest::Approx(-worlds::fit.velocity[worlds::fit_window - 1 - k]));
    }
    for (int k = 0; k < worlds::fit_held_torques; ++k) {
        torque += worlds::fit.torque[k];
        CHECK(worlds::fit.torque[k] > 0);
        CHECK(worlds::fit.torque[k] == doctest::Approx(worlds::fit.torque[worlds::fit_held_torques - 1 - k]));
    }
    CHECK(value == doctest::Approx(1));
    CHECK(slope == doctest::Approx(1));
    CHECK(bend == doctest::Approx(2));
    CHECK(torque == doctest::Approx(1));
    // The published quadratic smoothing weights for 21 points: (329 - 5 i^2) / 3059.
    CHECK(worlds::fit.position[10] == doctest::Approx(329.0 / 3059));
    CHECK(worlds::fit.position[0] == doctest::Approx(-171.0 / 3059));
}

TEST_CASE("savitzky_golay: a parabola is recovered exactly, at the centre, at any rotation of the ring") {
    for (const int readings : {21, 22, 30, 41, 42, 100}) {
        worlds::motion_fit fit;
        feed(fit, readings, [](double t) { return 0.3 - 1.5 * t + 2.0 * t * t; }, [](int n) { return 4.0 + 0.1 * n; });
        REQUIRE(fit.ready());
        double x[6], torque[2];
        fit.centre(dt, x, torque);
        const double t = (readings - 1 - worlds::fit_half_width) * dt;
        CHECK(x[0] == doctest::Approx(0.3 - 1.5 * t + 2.0 * t * t).epsilon(1e-9));
        CHECK(x[1] == doctest::Approx(2 * (0.3 - 1.5 * t + 2.0 * t * t)).epsilon(1e-9));
        CHECK(x[2] == doctest::Approx(-1.5 + 4.0 * t).epsilon(1e-8));
        CHECK(x[4] == doctest::Approx(4.0).epsilon(1e-7));
        CHECK(x[5] == doctest::Approx(8.0).epsilon(1e-7));
        // A torque on a ramp, held from each reading to the next: its mean is that of the two intervals about the centre.
        const double mean = 4.0 + 0.1 * (readings - 1 - worlds::fit_half_width - 0.5);
        CHECK(torque[0] == doctest::Approx(mean).epsilon(1e-9));
        CHECK(torque[1] == doctest::Approx(-mean).epsilon(1e-9));
    }
}

TEST_CASE("savitzky_golay: the mean torque matches the fitted acceleration of a free mass, however the torque jumps") {
    // A unit mass under a held torque: fitted acceleration and mean torque must agree to rounding, which no other weights achieve.
    synapse::random_generator g{5};
    worlds::motion_fit fit;
    double q = 0.1, qd = -0.2, held = 0;
    for (int n = 0; n < 200; ++n) {
        const double positions[] = {q, -q};
        const double torques[] = {held, -held};
        fit.add(positions, torques);
        if (fit.ready()) {
            double x[6], torque[2];
            fit.centre(dt, x, torque);
            REQUIRE(x[4] == doctest::Approx(torque[0]).epsilon(1e-8).scale(1));
            REQUIRE(x[5] == doctest::Approx(torque[1]).epsilon(1e-8).scale(1));
        }
        held = 10 * static_cast<double>(g.symmetric());
        q += qd * dt + 0.5 * held * dt * dt;
        qd += held * dt;
    }
}

TEST_CASE("savitzky_golay: not ready before a whole window") {
    worlds::motion_fit fit;
    for (int n = 0; n < worlds::fit_window; ++n) {
        CHECK(!fit.ready());
        const double zero[2] = {};
        fit.add(zero, zero);
    }
    CHECK(fit.ready());
}
