#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <initializer_list>
#include <limits>
#include <type_traits>
#include <vector>

#include "worlds/arm_experiment.hpp"
#include "worlds/arm_tracking.hpp"

static_assert(std::is_trivially_copyable_v<worlds::arm_tracking_state>);
static_assert(std::is_trivially_copyable_v<worlds::linear_model>);

namespace {

constexpr std::uint64_t seeds = 6;

double median(std::vector<double> v) {
    std::sort(v.begin(), v.end());
    const std::size_t n = v.size();
    return n % 2 != 0 ? v[n / 2] : 0.5 * (v[n / 2 - 1] + v[n / 2]);
}

std::vector<worlds::arm_outcome> run(std::uint32_t replay) {
    std::vector<worlds::arm_outcome> outcomes;
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
        outcomes.push_back(worlds::run_arm_experiment(seed, worlds::arm_shape(replay), worlds::arm_tuning(seed), replay != 0));
        REQUIRE(synapse::ok(outcomes.back().ended));
        CHECK(outcomes.back().refused == 0);
    }
    return outcomes;
}

template <class Figure>
std::vector<double> each(const std::vector<worlds::arm_outcome>& outcomes, Figure figure) {
    std::vector<double> v;
    for (const worlds::arm_outcome& o : outcomes) v.push_back(figure(o));
    return v;
}

double over_pd(const worlds::arm_outcome& o) { return o.minute.pd / o.minute.learner; }

struct broken_model {
    void predict(const double (&)[worlds::model_inputs], double (&torque)[worlds::joints]) const {
        torque[0] = 0;
        torque[1] = std::numeric_limits<double>::quiet_NaN();
    }
    void learn(const double (&)[worlds::model_inputs], const double (&)[worlds::joints]) const {}
};

}  // namespace

TEST_CASE("arm_tracking: without replay, 8-fold below PD in the median after a minute and 5-fold in every seed") {
    const auto outcomes = run(0);
    const auto ratios = each(outcomes, over_pd);
    CHECK(median(ratios) >= 8);
    CHECK(*std::min_element(ratios.begin(), ratios.end()) >= 5);
    for (const worlds::arm_outcome& o : outcomes) {
        CHECK(o.minute.pd > 0.05);  // the task stays as hard as it was
        CHECK(o.minute.pd < 0.08);
        CHECK(o.minute.linear < o.minute.pd / 5);
        CHECK(o.minute.learner < o.minute.linear);
        CHECK(o.minute.model < o.minute.learner);
    }
}

TEST_CASE("arm_tracking: with replay, 20-fold and 10-fold, near the exact model, and back within 5 s of a payload") {
    const auto outcomes = run(worlds::arm_replay_samples);
    const auto ratios = each(outcomes, over_pd);
    CHECK(median(ratios) >= 20);
    CHECK(*std::min_element(ratios.begin(), ratios.end()) >= 10);
    CHECK(median(each(outcomes, [](const worlds::arm_outcome& o) { return o.minute.learner / o.minute.model; })) <= 1.6);
    CHECK(median(each(outcomes, [](const worlds::arm_outcome& o) { return o.after_5_to_10; })) <= 3);
    for (const worlds::arm_outcome& o : outcomes) {
        CHECK(o.recovery_seconds <= 5);
        CHECK(o.changes >= 1);
    }
}

TEST_CASE("arm_tracking: a seed is one life, bit for bit; a copy of the state continues it") {
    worlds::linear_model a_model, b_model;
    worlds::arm_tracking<worlds::linear_model> a{7, a_model}, b{7, b_model};
    for (int i = 0; i < 14000; ++i) REQUIRE(synapse::ok(a.step()));

    for (int i = 0; i < 5000; ++i) REQUIRE(synapse::ok(b.step()));
    worlds::linear_model c_model = b_model;
    worlds::arm_tracking<worlds::linear_model> c{99, c_model};
    c.state() = b.state();
    for (int i = 0; i < 9000; ++i) REQUIRE(synapse::ok(c.step()));
    CHECK(std::memcmp(&a.state(), &c.state(), sizeof a.state()) == 0);
    CHECK(std::memcmp(&a_model, &c_model, sizeof a_model) == 0);

    // The learner's arm, given the linear model, lives the linear arm's life; other seeds live other lives.
    CHECK(a.errors().learner == a.errors().linear);
    worlds::linear_model d_model;
    worlds::arm_tracking<worlds::linear_model> d{8, d_model};
    for (int i = 0; i < 14000; ++i) REQUIRE(synapse::ok(d.step()));
    CHECK(a.errors().pd != d.errors().pd);
}

TEST_CASE("arm_tracking: nothing happens for 60 s, then 0.5 kg, then payloads and pushes for ever") {
    worlds::arm_world world{5};
    double lightest = 1, heaviest = 0, hardest = 0;
    for (std::uint32_t i = 0; i < 3600 * worlds::control_hertz; ++i) {
        const worlds::arm_instant now = world.next();
        if (i < 60 * worlds::control_hertz) {
            REQUIRE(now.payload == 0);
            REQUIRE(now.push[0] == 0);
        } else if (i < 80 * worlds::control_hertz) {
            REQUIRE(now.payload == 0.5);
        }
        if (i >= 60 * worlds::control_hertz) lightest = std::fmin(lightest, now.payload);
        heaviest = std::fmax(heaviest, now.payload);
        hardest = std::fmax(hardest, std::fabs(now.push[0]));
    }
    CHECK(world.seconds() == doctest::Approx(3600));
    CHECK(world.payload_changes() > 30);
    CHECK(world.pushes() > 30);
    CHECK(world.payload_changes() + world.pushes() < 200);
    CHECK(lightest == 0);
    CHECK(heaviest <= 0.5);
    CHECK(hardest > 2);
    CHECK(hardest <= 6);

    worlds::event_schedule once;
    once.longest_gap = 0;
    worlds::arm_world quiet{5, once};
    for (std::uint32_t i = 0; i < 600 * worlds::control_hertz; ++i) (void)quiet.next();
    CHECK(quiet.payload_changes() == 1);
    CHECK(quiet.pushes() == 0);
}

TEST_CASE("arm_tracking: a push disturbs every arm, and it passes") {
    worlds::arm_world world{3};
    worlds::tracked_arm arm{world.reference().at(0)};
    worlds::exact_model exact;
    worlds::arm_instant now{};
    for (int i = 0; i < 4000; ++i) {
        now = world.next();
        REQUIRE(synapse::ok(arm.step(now, exact)));
    }
    const double before = arm.error().over();
    for (int i = 0; i < 40; ++i) {
        now = world.next();
        now.push[0] = 5;
        REQUIRE(synapse::ok(arm.step(now, exact)));
    }
    CHECK(arm.error().over(2) > 5 * before);
    for (int i = 0; i < 600; ++i) REQUIRE(synapse::ok(arm.step(world.next(), exact)));
    CHECK(arm.error().over(20) < 1.5 * before);
}

TEST_CASE("arm_tracking: a model that answers NaN stops the arm with a status, and moves nothing") {
    worlds::arm_world world{1};
    worlds::tracked_arm arm{world.reference().at(0)};
    broken_model broken;
    const worlds::arm_state before = arm.state();
    CHECK(arm.step(world.next(), broken) == synapse::status::not_finite);
    CHECK(std::memcmp(&before, &arm.state(), sizeof before) == 0);

    worlds::arm_tracking<broken_model> tracking{1, broken};
    CHECK(tracking.step() == synapse::status::not_finite);
}

TEST_CASE("arm_tracking: the sliding error is that of the steps in its window") {
    worlds::sliding_rms rms;
    CHECK(rms.over() == 0);
    std::vector<double> squares;
    synapse::random_generator g{2};
    for (std::uint32_t n = 1; n <= 9013; ++n) {
        squares.push_back(static_cast<double>(g.uniform()));
        rms.add(squares.back());
        for (const std::uint32_t tenths : {1u, 5u, 200u}) {
            // Whole bins of 20 steps, the one being filled included.
            const std::uint32_t begun = (n - 1) / 20;
            const std::uint32_t first = begun + 1 > tenths ? (begun + 1 - tenths) * 20 : 0;
            if (n % 97 != 0 && n > 50) continue;
            double sum = 0;
            for (std::uint32_t i = first; i < n; ++i) sum += squares[i];
            REQUIRE(rms.over(tenths) == doctest::Approx(std::sqrt(sum / (n - first))).epsilon(1e-12));
        }
    }
}

TEST_CASE("arm_tracking: bytes that no run leaves are found out") {
    worlds::linear_model model;
    worlds::arm_tracking<worlds::linear_model> run{3, model};
    CHECK(run.state().sound());
    for (int i = 0; i < 1500; ++i) {
        REQUIRE(synapse::ok(run.step()));
        REQUIRE(run.state().sound());
    }
    // Whatever stands in the place of an index is out of its range.
    int found = 0;
    for (std::size_t at = 0; at + 4 <= sizeof run.state(); at += 4) {
        worlds::arm_tracking_state damaged = run.state();
        std::memset(reinterpret_cast<unsigned char*>(&damaged) + at, 0xff, 4);
        if (!damaged.sound()) ++found;
    }
    CHECK(found >= 4 * 4);  // of each arm: a position's upper half, and three indices at least
}
