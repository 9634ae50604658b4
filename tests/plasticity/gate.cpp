#include <doctest/doctest.h>

#include <synapse/plasticity/gate.hpp>

TEST_CASE("the gate speaks only after a whole horizon, and only of harm") {
    synapse::gate g;
    for (int i = 0; i < 99; ++i) CHECK_FALSE(g.hurts(10.0f, 1.0f, 1.5f, 100.0f));
    CHECK(g.hurts(10.0f, 1.0f, 1.5f, 100.0f));
    CHECK(g.fast_loss() == doctest::Approx(10.0));
    CHECK(g.slow_loss() == doctest::Approx(1.0));
}

TEST_CASE("a fast system that is better, or worse within the margin, is left alone") {
    synapse::gate better;
    synapse::gate within;
    for (int i = 0; i < 1000; ++i) {
        CHECK_FALSE(better.hurts(0.5f, 1.0f, 1.1f, 50.0f));
        CHECK_FALSE(within.hurts(1.4f, 1.0f, 1.5f, 50.0f));
    }
}

TEST_CASE("reset forgets the comparison") {
    synapse::gate g;
    for (int i = 0; i < 50; ++i) static_cast<void>(g.hurts(5.0f, 1.0f, 1.5f, 10.0f));
    g.reset();
    CHECK(g.fast_loss() == 0.0f);
    CHECK_FALSE(g.hurts(5.0f, 1.0f, 1.5f, 10.0f));
}
