#include <doctest/doctest.h>

#include <limits>
#include <type_traits>

#include <synapse/hosted/any_learner.hpp>

#include "worlds/arm_learner.hpp"

using learner_type = synapse::any_learner<>;
using model_type = worlds::learned_model<learner_type>;
static_assert(worlds::inverse_model<model_type>);
static_assert(std::is_trivially_copyable_v<worlds::drift_watch>);
static_assert(std::is_trivially_copyable_v<model_type::memory>);
static_assert(worlds::arm_shape().flaw() == nullptr);
static_assert(worlds::arm_shape(0).flaw() == nullptr);
static_assert(worlds::arm_tuning().flaw() == nullptr);

namespace {

// Lives `steps` steps of a map with an offset; random inputs of an arm's sizes.
void live(model_type& model, synapse::random_generator& g, double offset, int steps) {
    for (int i = 0; i < steps; ++i) {
        double x[worlds::model_inputs], y[worlds::joints];
        for (int k = 0; k < worlds::model_inputs; ++k) x[k] = (1 + 3 * (k / 2)) * static_cast<double>(g.symmetric());
        y[0] = offset + 2 * x[0] + 0.5 * x[4];
        y[1] = -offset + x[1] * x[1];
        model.learn(x, y);
    }
}

}  // namespace

TEST_CASE("arm_learner: drift is noticed at a jump, not before ten seconds, not twice in a second, not in noise") {
    worlds::drift_watch watch;
    synapse::random_generator g{1};
    for (int i = 0; i < 20000; ++i) {
        const double e = static_cast<double>(g.symmetric());
        CHECK(!watch.add(e * e));
    }
    int steps = 0;
    while (!watch.add(10.0)) REQUIRE(++steps < 40);
    CHECK(watch.alarms() == 1);
    CHECK(watch.since() == 0);
    for (std::uint64_t i = 0; i < worlds::drift_watch::patience_steps; ++i) CHECK(!watch.add(1e6));
    CHECK(watch.add(1e6));
    CHECK(watch.alarms() == 2);

    worlds::drift_watch young;
    for (int i = 0; i < 1000; ++i) CHECK(!young.add(0.001));
    for (int i = 0; i < 1000; ++i) CHECK(!young.add(100.0));
}

TEST_CASE("arm_learner: when the arm changes, the old is forgotten, replay is thinned for 20 s, and a restored run goes on the same") {
    learner_type learner{worlds::arm_shape(), worlds::arm_tuning(3)};
    model_type model{learner};
    synapse::random_generator g{4};
    live(model, g, 0.0, 4000);
    CHECK(learner.memory().size() == 4000);
    CHECK(model.changes() == 0);
    CHECK(learner.tuned().replay_ratio == 0.8f);

    live(model, g, 20.0, 300);
    CHECK(model.changes() >= 1);
    CHECK(learner.memory().size() <= 300);
    CHECK(learner.tuned().replay_ratio == 0.5f);
    CHECK(learner.tuned().replay_weight == doctest::Approx(1.0));

    learner_type other{worlds::arm_shape(), worlds::arm_tuning(3)};
    model_type resumed{other};
    resumed.restore(model.remembered());
    CHECK(resumed.changes() == model.changes());
    CHECK(other.tuned().replay_ratio == 0.5f);

    const std::uint64_t changes = model.changes();
    live(model, g, 20.0, static_cast<int>(model_type::careful_steps) + 300);
    CHECK(model.changes() == changes);
    CHECK(learner.tuned().replay_ratio == 0.8f);
    CHECK(learner.tuned().replay_weight == doctest::Approx(4.0));
    CHECK(model.refused() == 0);
}

TEST_CASE("arm_learner: a learner without replay is left as it is") {
    learner_type learner{worlds::arm_shape(0), worlds::arm_tuning(3)};
    model_type model{learner};
    synapse::random_generator g{4};
    live(model, g, 0.0, 4000);
    live(model, g, 20.0, 300);
    CHECK(model.changes() == 0);
    CHECK(learner.tuned().replay_ratio == 0.8f);
}

TEST_CASE("arm_learner: a sample that is not finite is counted and teaches nothing; a motion that is not finite gets no torque") {
    learner_type learner{worlds::arm_shape(), worlds::arm_tuning()};
    model_type model{learner};
    synapse::random_generator g{5};
    live(model, g, 3.0, 100);
    const auto steps = learner.latest().steps;
    const auto hash = synapse::weights_hash(learner);
    const double x[] = {0, 0, 0, std::numeric_limits<double>::quiet_NaN(), 0, 0};
    const double good[] = {0, 0, 0, 0, 0, 0};
    const double y[] = {1, 1};
    const double bad[] = {1, std::numeric_limits<double>::infinity()};
    model.learn(x, y);
    model.learn(good, bad);
    CHECK(model.refused() == 2);
    CHECK(learner.latest().steps == steps);
    CHECK(synapse::weights_hash(learner) == hash);
    double torque[] = {9.0, 9.0};
    model.predict(x, torque);
    CHECK(torque[0] == 0);
    CHECK(torque[1] == 0);
    model.predict(good, torque);
    CHECK(torque[0] != 0);
}
