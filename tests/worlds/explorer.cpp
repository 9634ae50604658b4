#include <doctest/doctest.h>

#include <cstring>
#include <type_traits>

#include "worlds/explorer.hpp"

TEST_CASE_TEMPLATE("explorer: seeded, sound, within its limit, and every episode is counted", World, worlds::cart_pole, worlds::pendulum,
                   worlds::mountain_car, worlds::acrobot) {
    using explorer = worlds::explorer<World>;
    static_assert(std::is_trivially_copyable_v<explorer>);
    explorer a{3}, b{3}, other{4};
    std::uint64_t ended = 0;
    double own = 0;
    for (int i = 0; i < 20000; ++i) {
        REQUIRE(static_cast<double>(a.action()) <= World::action_limit);
        REQUIRE(static_cast<double>(a.action()) >= -World::action_limit);
        own += static_cast<double>(a.action()) * static_cast<double>(a.action());
        const bool over = a.step();
        REQUIRE(over == b.step());
        static_cast<void>(other.step());
        if (other.world().over()) other.begin_again();
        CHECK(over == a.world().over());
        if (over) {
            ++ended;
            a.begin_again();
            b.begin_again();
        }
        REQUIRE(a.sound());
    }
    CHECK(std::memcmp(&a, &b, sizeof a) == 0);
    CHECK(std::memcmp(&a, &other, sizeof a) != 0);
    CHECK(a.steps() == 20000);
    CHECK(a.episodes() == ended);
    CHECK(a.longest() <= 20000);
    CHECK(own > 0.01 * 20000 * World::action_limit * World::action_limit);
    // The pendulum never ends; of the others each does, by a fall or at its goal.
    if constexpr (std::is_same_v<World, worlds::pendulum>) {
        CHECK(ended == 0);
    } else {
        CHECK(ended >= 20);
    }
}

TEST_CASE("explorer: who steers does what the problem asks for") {
    worlds::cart_pole cart{0.3, 0.0, 0.1, 0.0};
    for (int i = 0; i < 2000; ++i) {
        double y[worlds::cart_pole::observations];
        cart.observe(y);
        REQUIRE(ok(cart.step(worlds::steer(cart, y))));
        REQUIRE_FALSE(cart.over());
    }
    worlds::pendulum hanging{3.1, 0.0};
    double height = -1;
    for (int i = 0; i < 400; ++i) {
        double y[worlds::pendulum::observations];
        hanging.observe(y);
        height = y[0];
        REQUIRE(ok(hanging.step(worlds::steer(hanging, y))));
    }
    CHECK(height > 0.99);  // swung up, and held
    worlds::mountain_car car{-0.5, 0.0};
    for (int i = 0; i < 300 && !car.over(); ++i) {
        double y[worlds::mountain_car::observations];
        car.observe(y);
        REQUIRE(ok(car.step(worlds::steer(car, y))));
    }
    CHECK(car.over());
    worlds::acrobot foot{0.0, 0.05, 0.0, 0.0};
    for (int i = 0; i < 500 && !foot.over(); ++i) {
        double y[worlds::acrobot::observations];
        foot.observe(y);
        REQUIRE(ok(foot.step(worlds::steer(foot, y))));
    }
    CHECK(foot.over());
}
