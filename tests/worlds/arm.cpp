#include <doctest/doctest.h>

#include <cmath>
#include <cstring>
#include <initializer_list>
#include <limits>

#include "worlds/arm.hpp"

namespace {

using worlds::arm_parameters;
using worlds::arm_state;

constexpr double no_push[worlds::joints] = {};

arm_parameters frictionless() {
    arm_parameters p;
    for (int j = 0; j < worlds::joints; ++j) p.viscous[j] = p.coulomb[j] = 0;
    return p;
}

struct sample {
    arm_state s;
    double other[worlds::joints];
    double payload;
};

sample draw(synapse::random_generator& g) {
    const auto around = [&g](double size) { return size * static_cast<double>(g.symmetric()); };
    sample x{};
    for (int j = 0; j < worlds::joints; ++j) {
        x.s.q[j] = around(3.2);
        x.s.qd[j] = around(8);
        x.other[j] = around(30);
    }
    x.payload = std::fabs(around(1.5));
    return x;
}

}  // namespace

TEST_CASE("arm: energy is conserved without friction and torque") {
    for (const double payload : {0.0, 0.5}) {
        arm_parameters p = frictionless();
        p.payload = payload;
        arm_state s{{0.4, 1.1}, {0.5, -1.0}};
        const double start = worlds::energy(p, s);
        double worst = 0, fastest = 0;
        for (int i = 0; i < 10000; ++i) {
            REQUIRE(synapse::ok(worlds::advance(p, s, no_push, no_push)));
            worst = std::fmax(worst, std::fabs(worlds::energy(p, s) - start));
            fastest = std::fmax(fastest, std::fabs(s.qd[1]));
        }
        CHECK(fastest > 5.0);  // it does swing
        CHECK(worst < 1e-5);   // J, of some 10 J that move about
    }
}

TEST_CASE("arm: friction only takes energy, and the work of a push is what the energy gains") {
    arm_parameters p;
    arm_state s{{0.4, 1.1}, {2.0, -3.0}};
    double before = worlds::energy(p, s);
    for (int i = 0; i < 3000; ++i) {
        REQUIRE(synapse::ok(worlds::advance(p, s, no_push, no_push)));
        const double now = worlds::energy(p, s);
        REQUIRE(now <= before + 1e-9);
        before = now;
    }

    p = frictionless();
    s = {{0.3, -0.5}, {0.0, 0.0}};
    const double torque[] = {3.0, -1.0};
    const double push[] = {0.5, 0.25};
    const arm_state first = s;
    const double start = worlds::energy(p, s);
    for (int i = 0; i < 500; ++i) REQUIRE(synapse::ok(worlds::advance(p, s, torque, push)));
    const double work = 3.5 * (s.q[0] - first.q[0]) - 0.75 * (s.q[1] - first.q[1]);
    CHECK(std::fabs(work) > 0.5);
    CHECK(worlds::energy(p, s) - start == doctest::Approx(work).epsilon(1e-6));
}

TEST_CASE("arm: inverse dynamics is the inverse of forward dynamics") {
    synapse::random_generator g{3};
    for (int i = 0; i < 2000; ++i) {
        const sample x = draw(g);
        arm_parameters p;
        p.payload = x.payload;
        double torque[worlds::joints], back[worlds::joints];
        worlds::inverse_dynamics(p, x.s.q, x.s.qd, x.other, torque);
        worlds::acceleration(p, x.s, torque, no_push, back);
        for (int j = 0; j < worlds::joints; ++j) CHECK(back[j] == doctest::Approx(x.other[j]).epsilon(1e-9).scale(100));

        worlds::acceleration(p, x.s, x.other, no_push, back);
        worlds::inverse_dynamics(p, x.s.q, x.s.qd, back, torque);
        for (int j = 0; j < worlds::joints; ++j) CHECK(torque[j] == doctest::Approx(x.other[j]).epsilon(1e-9).scale(100));
    }
}

TEST_CASE("arm: the mass matrix is positive definite and is the kinetic energy's") {
    synapse::random_generator g{4};
    for (int i = 0; i < 2000; ++i) {
        const sample x = draw(g);
        arm_parameters p = frictionless();
        p.payload = x.payload;
        p.gravity = 0;
        const worlds::arm_terms t = worlds::terms(p, x.s.q, x.s.qd);
        CHECK(t.mass_11 > 0);
        CHECK(t.mass_22 > 0);
        CHECK(t.mass_11 * t.mass_22 - t.mass_12 * t.mass_12 > 0);

        // Symmetric as the equations of motion use it: the torque on one joint by a unit acceleration of the other.
        const double still[worlds::joints] = {};
        const double first[] = {1.0, 0.0}, second[] = {0.0, 1.0};
        double by_first[worlds::joints], by_second[worlds::joints];
        worlds::inverse_dynamics(p, x.s.q, still, first, by_first);
        worlds::inverse_dynamics(p, x.s.q, still, second, by_second);
        CHECK(by_first[1] == by_second[0]);

        // The same kinetic energy from the speeds of the rods' centres and of the payload, worked out apart.
        const double a = x.s.q[0], b = x.s.q[0] + x.s.q[1], u = x.s.qd[0], v = x.s.qd[0] + x.s.qd[1];
        const auto speed2 = [&](double along_first, double along_second) {
            const double vx = -along_first * std::sin(a) * u - along_second * std::sin(b) * v;
            const double vy = along_first * std::cos(a) * u + along_second * std::cos(b) * v;
            return vx * vx + vy * vy;
        };
        const double expected =
            0.5 * (p.mass[0] * speed2(p.centre[0], 0) + p.inertia[0] * u * u + p.mass[1] * speed2(p.length[0], p.centre[1]) +
                   p.inertia[1] * v * v + p.payload * speed2(p.length[0], p.length[1]));
        CHECK(worlds::energy(p, x.s) == doctest::Approx(expected).epsilon(1e-12));
    }
}

TEST_CASE("arm: gravity at rest is what the levers say, and nothing at all hanging down") {
    arm_parameters p;
    const double still[worlds::joints] = {};
    double torque[worlds::joints];
    const double stretched[] = {0.0, 0.0};
    worlds::inverse_dynamics(p, stretched, still, still, torque);
    CHECK(torque[1] == doctest::Approx(9.81 * 0.15));
    CHECK(torque[0] == doctest::Approx(9.81 * (0.175 + 0.35 + 0.15)));

    p.payload = 0.5;
    worlds::inverse_dynamics(p, stretched, still, still, torque);
    CHECK(torque[1] == doctest::Approx(9.81 * (0.15 + 0.5 * 0.30)));
    CHECK(torque[0] == doctest::Approx(9.81 * (0.175 + 0.35 + 0.15 + 0.5 * 0.65)));

    const double hanging[] = {-1.5707963267948966, 0.0};
    worlds::inverse_dynamics(p, hanging, still, still, torque);
    CHECK(std::fabs(torque[0]) < 1e-12);
    CHECK(std::fabs(torque[1]) < 1e-12);

    // Held by exactly those torques it stays where it is.
    arm_state s{{0.7, -0.4}, {0.0, 0.0}};
    worlds::inverse_dynamics(p, s.q, still, still, torque);
    for (int i = 0; i < 100; ++i) REQUIRE(synapse::ok(worlds::advance(p, s, torque, no_push)));
    CHECK(s.q[0] == doctest::Approx(0.7).epsilon(1e-9));
    CHECK(s.q[1] == doctest::Approx(-0.4).epsilon(1e-9));
}

TEST_CASE("arm: a second forward and the same second in reverse end at the start") {
    const arm_parameters p = frictionless();
    arm_state s{{0.2, 0.9}, {1.0, -2.0}};
    const arm_state start = s;
    for (int i = 0; i < 1000; ++i) REQUIRE(synapse::ok(worlds::advance(p, s, no_push, no_push)));
    for (double& v : s.qd) v = -v;
    for (int i = 0; i < 1000; ++i) REQUIRE(synapse::ok(worlds::advance(p, s, no_push, no_push)));
    for (int j = 0; j < worlds::joints; ++j) {
        CHECK(s.q[j] == doctest::Approx(start.q[j]).epsilon(1e-6));
        CHECK(s.qd[j] == doctest::Approx(-start.qd[j]).epsilon(1e-6));
    }
}

TEST_CASE("arm: torques beyond the limits are cut") {
    const arm_parameters p;
    double torque[] = {25.0, -11.0};
    worlds::limit_torque(p, torque);
    CHECK(torque[0] == 20.0);
    CHECK(torque[1] == -10.0);
    double within[] = {-19.5, 9.5};
    worlds::limit_torque(p, within);
    CHECK(within[0] == -19.5);
    CHECK(within[1] == 9.5);

    arm_state limited{{0.1, 0.2}, {0.3, 0.4}};
    arm_state asked_too_much = limited;
    const double limit[] = {20.0, -10.0};
    const double more[] = {1e6, -1e6};
    REQUIRE(synapse::ok(worlds::advance(p, limited, limit, no_push)));
    REQUIRE(synapse::ok(worlds::advance(p, asked_too_much, more, no_push)));
    CHECK(std::memcmp(&limited, &asked_too_much, sizeof limited) == 0);
}

TEST_CASE("arm: what is not finite is refused and moves nothing") {
    const arm_parameters p;
    const double infinity = std::numeric_limits<double>::infinity();
    const double nan = std::numeric_limits<double>::quiet_NaN();
    const arm_state before{{0.1, 0.2}, {0.3, 0.4}};
    arm_state s = before;
    const double good[] = {1.0, 1.0};
    for (const double bad : {nan, infinity, -infinity}) {
        const double first[] = {bad, 0.0}, second[] = {0.0, bad};
        CHECK(worlds::advance(p, s, first, no_push) == synapse::status::not_finite);
        CHECK(worlds::advance(p, s, second, no_push) == synapse::status::not_finite);
        CHECK(worlds::advance(p, s, good, first) == synapse::status::not_finite);
        CHECK(worlds::advance(p, s, good, second) == synapse::status::not_finite);
        CHECK(std::memcmp(&s, &before, sizeof s) == 0);
    }
    arm_state lost{{0.0, 0.0}, {1e200, 1e200}};
    const arm_state kept = lost;
    CHECK(worlds::advance(p, lost, good, no_push) == synapse::status::not_finite);
    CHECK(std::memcmp(&lost, &kept, sizeof lost) == 0);
}

TEST_CASE("arm: encoder noise has mean 0, variance 1, a normal's tails, and no memory") {
    synapse::random_generator g{11};
    constexpr int n = 400000;
    double sum = 0, square = 0, fourth = 0, lagged = 0, last = 0;
    int beyond = 0;
    for (int i = 0; i < n; ++i) {
        const double x = worlds::nearly_normal(g);
        sum += x;
        square += x * x;
        fourth += x * x * x * x;
        lagged += x * last;
        last = x;
        if (std::fabs(x) > 1.959964) ++beyond;
    }
    CHECK(std::fabs(sum / n) < 0.008);
    CHECK(square / n == doctest::Approx(1.0).epsilon(0.01));
    CHECK(fourth / n == doctest::Approx(2.9).epsilon(0.02));  // twelve uniforms: 3 - 1.2 / 12
    CHECK(std::fabs(lagged / n) < 0.008);
    CHECK(beyond / static_cast<double>(n) == doctest::Approx(0.05).epsilon(0.05));
}

TEST_CASE("arm: four side by side move as each would alone, bit for bit") {
    synapse::random_generator g{5};
    arm_parameters p;
    p.payload = 0.3;
    const double push[] = {0.1, -0.2};
    arm_state alone[4], together[4];
    for (int a = 0; a < 4; ++a) alone[a] = together[a] = draw(g).s;
    alone[3].qd[1] = together[3].qd[1] = 200.0;  // beyond a small turn in one tick
    arm_state* const arms[4] = {&together[0], &together[1], &together[2], &together[3]};
    for (int i = 0; i < 2000; ++i) {
        double torque[4][worlds::joints];
        for (auto& t : torque) {
            for (double& x : t) x = 25.0 * static_cast<double>(g.symmetric());
        }
        for (int a = 0; a < 4; ++a) {
            for (int k = 0; k < 5; ++k) REQUIRE(synapse::ok(worlds::advance(p, alone[a], torque[a], push)));
        }
        REQUIRE(synapse::ok(worlds::advance(p, arms, torque, push, 5)));
        REQUIRE(std::memcmp(alone, together, sizeof alone) == 0);
    }
}

TEST_CASE("arm: if one of four would leave the finite numbers, all stay where they are") {
    const arm_parameters p;
    arm_state at[4] = {{{0.1, 0.2}, {0.3, 0.4}}, {{0.1, 0.2}, {0.3, 0.4}}, {{0.1, 0.2}, {0.3, 0.4}}, {{0.1, 0.2}, {0.3, 0.4}}};
    arm_state* const arms[4] = {&at[0], &at[1], &at[2], &at[3]};
    double torque[4][worlds::joints] = {};
    torque[2][1] = std::numeric_limits<double>::quiet_NaN();
    CHECK(worlds::advance(p, arms, torque, no_push, 5) == synapse::status::not_finite);
    torque[2][1] = 0.0;
    const double bad_push[] = {0.0, std::numeric_limits<double>::infinity()};
    CHECK(worlds::advance(p, arms, torque, bad_push, 5) == synapse::status::not_finite);
    at[1].qd[0] = 1e200;
    arm_state before[4];
    std::memcpy(before, at, sizeof at);
    CHECK(worlds::advance(p, arms, torque, no_push, 5) == synapse::status::not_finite);
    CHECK(std::memcmp(before, at, sizeof at) == 0);
    at[1].qd[0] = 0.0;
    CHECK(worlds::advance(p, arms, torque, no_push, 5) == synapse::status::ok);
}
