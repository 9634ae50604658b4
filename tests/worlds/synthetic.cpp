#include <cstdint>
#include <initializer_list>

#include <doctest/doctest.h>

#include "worlds/synthetic.hpp"

TEST_CASE("own effects and the others' have the shares that were asked for") {
    using worlds::own_effect;
    for (const own_effect effect : {own_effect::linear, own_effect::tanh, own_effect::square, own_effect::sine}) {
        for (const double ratio : {0.0, 0.3, 1.0}) {
            CAPTURE(static_cast<int>(effect));
            CAPTURE(ratio);
            worlds::synthetic_world world{ratio, 3, effect};
            double variance[3] = {};
            double mean[3] = {};
            constexpr int steps = 40000;
            for (int t = 0; t < steps; ++t) {
                const float before[3] = {world.observation()[0], world.observation()[1], world.observation()[2]};
                world.step();
                const double flow[3] = {0.6 * static_cast<double>(before[0]) - 0.3 * static_cast<double>(before[1]),
                                        0.3 * static_cast<double>(before[0]) + 0.6 * static_cast<double>(before[1]),
                                        0.5 * static_cast<double>(before[2])};
                for (int i = 0; i < 3; ++i) {
                    const double news = static_cast<double>(world.observation()[i]) - flow[i];
                    mean[i] += news / steps;
                    variance[i] += news * news / steps;
                }
            }
            for (int i = 0; i < 3; ++i) {
                CHECK(mean[i] == doctest::Approx(0.0).scale(1.0).epsilon(0.03));
                CHECK(variance[i] == doctest::Approx(1.0).epsilon(0.05));
            }
        }
    }
}

TEST_CASE("the same seed is the same world") {
    worlds::synthetic_world a{0.5, 9};
    worlds::synthetic_world b{0.5, 9};
    worlds::synthetic_world c{0.5, 10};
    bool differs = false;
    for (int t = 0; t < 100; ++t) {
        for (int i = 0; i < 3; ++i) CHECK(a.observation()[i] == b.observation()[i]);
        a.step();
        b.step();
        c.step();
        differs = differs || a.observation()[0] < c.observation()[0] || a.observation()[0] > c.observation()[0];
    }
    CHECK(differs);
}
