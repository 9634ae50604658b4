#include <cstdint>

#include <doctest/doctest.h>

#include "train_continuous/companion.hpp"
#include "worlds/synthetic.hpp"

namespace {

synapse::agent_shape form() {
    synapse::agent_shape s;
    s.observations = worlds::synthetic_world::observations;
    s.actions = worlds::synthetic_world::actions;
    s.state = 8;
    s.hidden[0] = 16;
    return s;
}

}  // namespace

TEST_CASE("companion: a learner that still grows is not mature, however steady its agent") {
    train_continuous::companion mind{form(), {}};
    worlds::synthetic_world world{0.7, 3};
    constexpr std::uint64_t window = 1000;
    std::uint32_t units = 34;
    const auto live = [&](int windows, std::uint32_t grows) {
        const std::uint64_t until = mind.verdict().windows + static_cast<std::uint64_t>(windows);
        for (int t = 0; t < 100000 && mind.verdict().windows < until; ++t) {
            REQUIRE(mind.feel(world.observation(), world.action()) == synapse::status::ok);
            world.step();
            if (t % 500 == 0) units += grows;
            static_cast<void>(mind.has_matured(window, units));
        }
        REQUIRE(mind.verdict().windows == until);
    };
    live(2, 1);
    CHECK(mind.verdict().grown >= 1);
    CHECK_FALSE(mind.verdict().growth_slowed);
    CHECK_FALSE(mind.verdict().is_mature());
    live(2, 0);
    CHECK(mind.verdict().grown == 0);
    CHECK(mind.verdict().growth_slowed);
}
