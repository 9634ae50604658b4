// What happens to a learner besides steps: sleep, late and missing answers, forgetting on request, roll-back, drift.
#include <cmath>
#include <cstdint>
#include <limits>
#include <span>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include <synapse/hosted/any_learner.hpp>

namespace {

using synapse::shape;
using synapse::status;
using synapse::task;
using synapse::tuning;
using learner = synapse::any_learner<>;

constexpr shape classifier_shape{.inputs = 8,
                                 .outputs = 4,
                                 .hidden = {16},
                                 .replay = 40,
                                 .learns = task::classification,
                                 .batch = 4,
                                 .slow = true,
                                 .pending = 3,
                                 .policy = synapse::replay_policy::balanced};

// A noisy point of class c.
struct cloud {
    synapse::random_generator source{5};
    std::vector<float> operator()(std::uint32_t c) {
        std::vector<float> x(8);
        for (std::size_t i = 0; i < x.size(); ++i) x[i] = (i % 4 == c ? 2.0f : 0.0f) + 0.3f * source.symmetric();
        return x;
    }
};

void teach(learner& model, cloud& world, int steps, std::uint32_t from = 0, std::uint32_t to = 4) {
    for (int i = 0; i < steps; ++i) {
        const std::uint32_t c = from + static_cast<std::uint32_t>(i) % (to - from);
        REQUIRE(ok(model.step(world(c), c)));
    }
}

constexpr float not_a_number = std::numeric_limits<float>::quiet_NaN();

}  // namespace

TEST_CASE("sleep replays exactly its budget, ends a cycle where the shape says, and needs no new data") {
    learner model{classifier_shape, {.replay_ratio = 0.0f, .sleep_rounds = 2}};
    CHECK(model.sleep(100).samples == 0);
    CHECK(model.sleep(100).finished);  // nothing to consolidate
    cloud world;
    teach(model, world, 200);
    REQUIRE(model.memory().size() == 40);
    const auto before = model.latest();
    std::uint32_t slept = 0;
    int finished = 0;
    for (int call = 0; call < 79; ++call) {
        const auto done = model.sleep(1);
        CHECK(done.samples == 1);
        slept += done.samples;
        finished += done.finished ? 1 : 0;
    }
    CHECK(finished == 0);
    CHECK(model.sleep(50).finished);  // the 80th sample ends the cycle, whatever the budget
    CHECK(model.latest().replayed == before.replayed + 80);
    CHECK(model.latest().samples == before.samples);
    CHECK(model.latest().error == before.error);
    CHECK(model.sleep(0).samples == 0);
    CHECK(slept == 79);
}

TEST_CASE("sleep in pieces is the same sleep, bit for bit, if the pieces are whole batches") {
    learner whole{classifier_shape};
    learner pieces{classifier_shape};
    cloud a;
    cloud b;
    teach(whole, a, 300);
    teach(pieces, b, 300);
    CHECK(whole.sleep(24).samples == 24);
    for (int i = 0; i < 6; ++i) CHECK(pieces.sleep(4).samples == 4);
    CHECK(synapse::weights_hash(whole) == synapse::weights_hash(pieces));
}

TEST_CASE("an answer that comes late teaches what it would have taught") {
    learner at_once{classifier_shape};
    learner later{classifier_shape};
    cloud world;
    for (std::uint32_t i = 0; i < 50; ++i) {
        const auto x = world(i % 4);
        REQUIRE(ok(at_once.step(x, i % 4)));
        const auto held = later.hold(x);
        REQUIRE(ok(held));
        REQUIRE(ok(later.resolve(*held, i % 4)));
        CHECK(later.resolve(*held, i % 4) == status::not_found);
    }
    CHECK(synapse::weights_hash(at_once) == synapse::weights_hash(later));
}

TEST_CASE("held samples give way to newer ones; bad ones are refused") {
    learner model{classifier_shape};
    cloud world;
    const auto first = model.hold(world(0));
    REQUIRE(ok(first));
    for (int i = 0; i < 3; ++i) REQUIRE(ok(model.hold(world(1))));
    CHECK(model.resolve(*first, 0u) == status::not_found);
    CHECK(model.resolve(0, 0u) == status::not_found);
    CHECK(model.hold(std::vector<float>(7)).why() == status::wrong_size);
    CHECK(model.hold(std::vector<float>(8, not_a_number)).why() == status::not_finite);
    const auto good = model.hold(world(2));
    REQUIRE(ok(good));
    CHECK(model.resolve(*good, 4u) == status::out_of_range);  // and is still held
    CHECK(model.resolve(*good, 2u) == status::ok);
    shape none = classifier_shape;
    none.pending = 0;
    learner without{none};
    CHECK(without.hold(world(0)).why() == status::no_room);
}

TEST_CASE("a sample without an answer pulls the fast system towards the slow one, and nothing else") {
    learner model{classifier_shape, {.learning_rate = 0.01f, .slow_decay = 0.99f, .slow_every = 1}};
    cloud world;
    teach(model, world, 100, 0, 2);
    teach(model, world, 30, 2, 4);
    const auto x = world(0);
    const auto distance = [&] {
        std::vector<float> fast(4);
        std::vector<float> slow(4);
        tuning numbers = model.tuned();
        numbers.answers = synapse::answer::fast;
        REQUIRE(ok(model.retune(numbers)));
        REQUIRE(ok(model.predict(x, fast)));
        numbers.answers = synapse::answer::slow;
        REQUIRE(ok(model.retune(numbers)));
        REQUIRE(ok(model.predict(x, slow)));
        float sum = 0.0f;
        for (std::size_t i = 0; i < 4; ++i) sum += std::fabs(fast[i] - slow[i]);
        return sum;
    };
    const float before = distance();
    REQUIRE(before > 0.01f);
    const auto samples = model.latest().samples;
    for (int i = 0; i < 200; ++i) REQUIRE(ok(model.observe(x)));
    CHECK(distance() < 0.5f * before);
    CHECK(model.latest().samples == samples);
    CHECK(model.latest().unlabelled == 200);
    CHECK(model.memory().size() == 40);
}

TEST_CASE("observe refuses what it cannot use") {
    learner model{classifier_shape};
    const auto hash = synapse::weights_hash(model);
    CHECK(model.observe(std::vector<float>(9)) == status::wrong_size);
    CHECK(model.observe(std::vector<float>(8, not_a_number)) == status::not_finite);
    shape fast_only = classifier_shape;
    fast_only.slow = false;
    learner without{fast_only};
    CHECK(without.observe(std::vector<float>(8)) == status::out_of_range);
    CHECK(synapse::weights_hash(model) == hash);
    CHECK(model.latest().unlabelled == 0);
}

TEST_CASE("a class forgotten on request is gone from the buffer and from every answer") {
    learner model{classifier_shape};
    cloud world;
    teach(model, world, 400);
    const std::uint32_t stored = model.memory().class_stored(2);
    REQUIRE(stored > 0);
    const auto done = model.forget(2u);
    REQUIRE(ok(done));
    CHECK(done->removed == stored);
    CHECK(done->remaining == 40 - stored);
    CHECK(model.memory().size() == 40 - stored);
    CHECK_FALSE(model.knows(2));
    for (std::uint32_t i = 0; i < model.memory().size(); ++i) CHECK(model.memory().label(i) != 2);
    for (int i = 0; i < 50; ++i) {
        std::vector<float> y(4);
        const auto x = world(2);
        CHECK(*model.classify(x) != 2);
        REQUIRE(ok(model.predict(x, y)));
        CHECK(y[2] == 0.0f);
    }
    CHECK(model.forget(4u).why() == status::out_of_range);
    CHECK(model.forget(2u)->removed == 0);
    teach(model, world, 200);  // and may be learned again
    CHECK(model.knows(2));
    CHECK(*model.classify(world(2)) == 2);
}

TEST_CASE("a class can be expected before its first sample, and forgotten again") {
    learner model{classifier_shape, {}};
    cloud world;
    CHECK(model.expect(4) == synapse::status::out_of_range);
    CHECK_FALSE(model.knows(2));
    REQUIRE(ok(model.expect(2)));
    CHECK(model.knows(2));
    REQUIRE(ok(model.step(world(0), 0)));
    float p[4];
    REQUIRE(ok(model.predict(world(0), p)));
    CHECK(p[2] > 0.0f);
    CHECK(p[1] == 0.0f);
    REQUIRE(ok(model.forget(2u)));
    CHECK_FALSE(model.knows(2));
}

TEST_CASE("a sample forgotten on request is gone from the buffer in every format") {
    for (const auto format : {synapse::sample_format::f32, synapse::sample_format::f16, synapse::sample_format::u8}) {
        shape form = classifier_shape;
        form.format = format;
        learner model{form};
        cloud world;
        teach(model, world, 40);
        const auto secret = std::vector<float>{2.9f, -0.9f, 2.2f, 0.8f, -0.4f, 1.2f, 2.4f, -0.2f};
        REQUIRE(ok(model.step(secret, 1u)));
        // A standardised input drifts a little until it is stored coarsely: allow it a twentieth of a deviation.
        const float tolerance = format == synapse::sample_format::u8 ? 0.05f : 1e-3f;
        const std::uint32_t size = model.memory().size();
        const auto done = model.forget(std::span<const float>{secret}, tolerance);
        REQUIRE(ok(done));
        CHECK(done->removed == 1);
        CHECK(done->remaining == size - 1);
        CHECK(model.forget(std::span<const float>{secret}, tolerance)->removed == 0);
        CHECK(model.forget(std::span<const float>{secret}.first(3)).why() == status::wrong_size);
        CHECK(model.forget(std::vector<float>(8, not_a_number)).why() == status::not_finite);
    }
}

TEST_CASE("learning that hurts is undone: after a burst of garbage the gate returns to what was known") {
    const auto right_after_garbage = [](float margin) {
        learner model{
            classifier_shape,
            {.learning_rate = 0.2f, .replay_ratio = 0.0f, .slow_decay = 0.999f, .slow_every = 1, .gate_margin = margin, .gate_horizon = 5}};
        cloud world;
        teach(model, world, 1500);
        synapse::random_generator chance{9};
        std::vector<float> garbage(8);
        for (int i = 0; i < 60; ++i) {  // a broken sensor
            for (float& g : garbage) g = 3.0f * chance.symmetric();
            REQUIRE(ok(model.step(garbage, chance.below(4))));
        }
        int right = 0;
        for (std::uint32_t i = 0; i < 40; ++i) {
            const auto x = world(i % 4);
            right += *model.classify(x) == i % 4 ? 1 : 0;
            REQUIRE(ok(model.step(x, i % 4)));
        }
        return std::pair{right, model.latest().rollbacks};
    };
    const auto [free_right, free_rollbacks] = right_after_garbage(0.0f);
    const auto [gated_right, gated_rollbacks] = right_after_garbage(1.2f);
    CHECK(free_rollbacks == 0);
    CHECK(gated_rollbacks > 0);
    CHECK(gated_right >= free_right + 3);
}

TEST_CASE("a changed world is noticed, and answered as the tuning says") {
    const auto live = [](synapse::drift_response response) {
        learner model{classifier_shape, {.replay_ratio = 0.5f, .drift_threshold = 10.0f, .on_drift = response, .drift_samples = 200}};
        cloud world;
        teach(model, world, 500);
        CHECK(model.latest().drifts == 0);
        for (std::uint32_t i = 0; i < 60; ++i) REQUIRE(ok(model.step(world(i % 4), (i + 1) % 4)));  // the labels have turned
        return model.latest();
    };
    for (const auto response : {synapse::drift_response::note, synapse::drift_response::sleep, synapse::drift_response::faster}) {
        const auto report = live(response);
        CHECK(report.drifts == 1);
        CHECK(report.last_drift_step > 500);
        CHECK(report.wants_sleep == (response == synapse::drift_response::sleep ? 1 : 0));
    }
    // Stale experience dropped, the new world is learned sooner.
    CHECK(live(synapse::drift_response::flush).drifts >= 1);
    const auto recovered = [](synapse::drift_response response) {
        learner model{classifier_shape, {.replay_ratio = 0.8f, .drift_threshold = 10.0f, .on_drift = response}};
        cloud world;
        teach(model, world, 500);
        int right = 0;
        for (std::uint32_t i = 0; i < 300; ++i) {
            const auto x = world(i % 4);
            right += *model.classify(x) == (i + 1) % 4 ? 1 : 0;
            REQUIRE(ok(model.step(x, (i + 1) % 4)));
        }
        return right;
    };
    CHECK(recovered(synapse::drift_response::flush) > recovered(synapse::drift_response::note));
}

TEST_CASE("sleep ends the wish for sleep") {
    learner model{classifier_shape, {.replay_ratio = 0.5f, .drift_threshold = 10.0f, .on_drift = synapse::drift_response::sleep}};
    cloud world;
    teach(model, world, 500);
    for (std::uint32_t i = 0; i < 60; ++i) REQUIRE(ok(model.step(world(i % 4), (i + 1) % 4)));
    REQUIRE(model.latest().wants_sleep == 1);
    CHECK_FALSE(model.sleep(10).finished);
    CHECK(model.latest().wants_sleep == 1);
    CHECK(model.sleep(1000).finished);
    CHECK(model.latest().wants_sleep == 0);
}
