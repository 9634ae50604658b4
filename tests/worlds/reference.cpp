#include <doctest/doctest.h>

#include <cmath>
#include <cstring>
#include <type_traits>

#include "worlds/reference.hpp"

static_assert(std::is_trivially_copyable_v<worlds::multi_sine>);

TEST_CASE("reference: velocity and acceleration are the derivatives of the position") {
    for (std::uint64_t seed = 1; seed <= 5; ++seed) {
        const worlds::multi_sine m = worlds::make_multi_sine(seed);
        for (double t = 0.5; t < 30; t += 0.37) {
            constexpr double h = 1e-4;
            const worlds::motion before = m.at(t - h), now = m.at(t), after = m.at(t + h);
            for (int j = 0; j < worlds::joints; ++j) {
                CHECK(now.qd[j] == doctest::Approx((after.q[j] - before.q[j]) / (2 * h)).epsilon(1e-5).scale(1));
                CHECK(now.qdd[j] == doctest::Approx((after.qd[j] - before.qd[j]) / (2 * h)).epsilon(1e-5).scale(1));
            }
        }
    }
}

TEST_CASE("reference: moves through most of its reach and never beyond, slow enough for the arm") {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        const worlds::multi_sine m = worlds::make_multi_sine(seed);
        for (int j = 0; j < worlds::joints; ++j) {
            double sum = 0;
            for (int i = 0; i < worlds::sines_per_joint; ++i) {
                sum += m.amplitude[j][i];
                CHECK(m.hertz[j][i] >= 0.1);
                CHECK(m.hertz[j][i] <= 0.8);
            }
            double low = 1e9, high = -1e9;
            for (double t = 0; t < 120; t += 0.05) {
                const double q = m.at(t).q[j];
                low = std::fmin(low, q);
                high = std::fmax(high, q);
            }
            CHECK(high <= m.centre[j] + sum + 1e-12);
            CHECK(low >= m.centre[j] - sum - 1e-12);
            CHECK(high - low > 1.2 * sum);
        }
    }
}

TEST_CASE("reference: a seed names one motion, another seed another") {
    const worlds::multi_sine a = worlds::make_multi_sine(1), b = worlds::make_multi_sine(1), c = worlds::make_multi_sine(2);
    CHECK(std::memcmp(&a, &b, sizeof a) == 0);
    CHECK(std::memcmp(&a, &c, sizeof a) != 0);
}

TEST_CASE("reference: smooth after a month of simulated time") {
    const worlds::multi_sine m = worlds::make_multi_sine(3);
    const double t = 2592000.0;
    const worlds::motion now = m.at(t), after = m.at(t + 0.005);
    for (int j = 0; j < worlds::joints; ++j) {
        CHECK(after.q[j] - now.q[j] == doctest::Approx(0.005 * now.qd[j] + 0.0000125 * now.qdd[j]).epsilon(1e-3).scale(0.01));
    }
}
