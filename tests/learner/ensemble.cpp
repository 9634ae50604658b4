// Several answers made one: who is believed, on which evidence, and that the learner's own answer is the mix it promises.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <vector>

#include <doctest/doctest.h>

#include <synapse/hosted/any_learner.hpp>

namespace {

using synapse::answer;
using synapse::shape;
using synapse::task;
using synapse::tuning;
using learner = synapse::any_learner<>;

// Two numbers, the class being whether they have the same sign: what no linear readout can know.
struct signs {
    synapse::random_generator source{7};
    float x[2] = {};
    std::uint32_t label = 0;
    void next() {
        for (float& v : x) v = source.symmetric();
        label = x[0] * x[1] > 0.0f ? 1 : 0;
    }
};

constexpr shape classifier{
    .inputs = 2, .outputs = 2, .hidden = {24}, .learns = task::classification, .slow = true, .readout = 40, .readout_offset = 1.0f};

double wrong(learner& model, int samples, bool turned = false) {
    signs world;
    int errors = 0;
    for (int i = 0; i < samples; ++i) {
        world.next();
        const std::uint32_t label = turned ? 1 - world.label : world.label;
        const auto said = model.classify(world.x);
        REQUIRE(ok(said));
        errors += *said != label ? 1 : 0;
        REQUIRE(ok(model.step(world.x, label)));
    }
    return static_cast<double>(errors) / samples;
}

std::vector<float> answered(learner& model, std::span<const float> x, answer who) {
    tuning numbers = model.tuned();
    const answer before = numbers.answers;
    numbers.answers = who;
    REQUIRE(ok(model.retune(numbers)));
    std::vector<float> y(model.form().outputs);
    REQUIRE(ok(model.predict(x, y)));
    numbers.answers = before;
    REQUIRE(ok(model.retune(numbers)));
    return y;
}

}  // namespace

TEST_CASE("the whole is at least as right as the best alone, whichever that is") {
    // Learning fast by descent or hardly at all: the network wins, or the readout does.
    for (const float rate : {0.1f, 0.0001f}) {
        CAPTURE(rate);
        tuning numbers{.learning_rate = rate, .replay_ratio = 0.0f, .answers = answer::evidence};
        learner all{classifier, numbers};
        const double together = wrong(all, 3000);
        numbers.answers = answer::fast;
        shape alone = classifier;
        alone.readout = 0;
        learner network{alone, numbers};
        const double by_descent = wrong(network, 3000);
        tuning idle = numbers;
        idle.learning_rate = 1e-9f;
        idle.answers = answer::evidence;
        learner readout{classifier, idle};
        const double closed_form = wrong(readout, 3000);
        CHECK(together <= std::min(by_descent, closed_form) + 0.01);
        CHECK(together < 0.25);
    }
}

TEST_CASE("answers by evidence are the experts' probabilities, weighed and summing to 1") {
    learner model{classifier, {.learning_rate = 0.05f, .answers = answer::evidence}};
    static_cast<void>(wrong(model, 500));
    signs world;
    for (int i = 0; i < 30; ++i) {
        world.next();
        const auto all = answered(model, world.x, answer::evidence);
        CHECK(all[0] + all[1] == doctest::Approx(1.0).epsilon(1e-5));
        const auto fast = answered(model, world.x, answer::fast);
        const auto slow = answered(model, world.x, answer::slow);
        float weight[3];
        model.belief().weigh(model.tuned().evidence_sharpness, weight);
        // What the mix adds to the two systems is the readout's share: a probability.
        const float rest = (all[0] - weight[0] * fast[0] - weight[1] * slow[0]) / weight[2];
        CHECK(rest >= -1e-3f);
        CHECK(rest <= 1.0f + 1e-3f);
    }
}

TEST_CASE("before anything is known all classes are alike, and one system alone answers for itself") {
    learner model{classifier, {.answers = answer::evidence}};
    const float x[2] = {0.3f, -0.2f};
    for (const float p : answered(model, x, answer::evidence)) CHECK(p == 0.5f);
    shape one = classifier;
    one.slow = false;
    one.readout = 0;
    learner alone{one, {.answers = answer::evidence}};
    static_cast<void>(wrong(alone, 200));
    CHECK(answered(alone, x, answer::evidence) == answered(alone, x, answer::fast));
}

TEST_CASE("a regression is answered by evidence too: closed form at once, descent where the readout cannot follow") {
    shape form{.inputs = 2, .outputs = 1, .hidden = {32}, .slow = true, .readout = 8, .readout_offset = 1.0f};
    const auto error = [](const shape& s, const tuning& t, bool linear) {
        learner model{s, t};
        signs world;
        double sum = 0;
        for (int i = 0; i < 6000; ++i) {
            world.next();
            const float y[1] = {linear ? 2.0f * world.x[0] - world.x[1] : 3.0f * world.x[0] * world.x[1]};
            float said[1];
            REQUIRE(ok(model.predict(world.x, said)));
            if (i >= 3000) sum += static_cast<double>((said[0] - y[0]) * (said[0] - y[0])) / 3000;
            REQUIRE(ok(model.step(world.x, y)));
        }
        return sum;
    };
    const tuning by_evidence{.replay_ratio = 0.0f, .answers = answer::evidence};
    const tuning by_descent{.replay_ratio = 0.0f};
    tuning idle = by_evidence;
    idle.learning_rate = 1e-9f;
    for (const bool linear : {true, false}) {
        CAPTURE(linear);
        const double best = std::min(error(form, by_descent, linear), error(form, idle, linear));
        CHECK(error(form, by_evidence, linear) <= 1.1 * best + 1e-6);
    }
}

TEST_CASE("judges are held out: kept for every class, stored nowhere else, and forgotten on request") {
    shape form = classifier;
    form.inputs = 2;
    form.replay = 30;
    form.judges = 12;
    form.policy = synapse::replay_policy::balanced;
    learner model{form, {.replay_ratio = 0.5f, .answers = answer::evidence}};
    static_cast<void>(wrong(model, 600));
    const auto& judges = model.judges();
    CHECK(judges.size() == 12);
    CHECK(judges.class_stored(0) == 6);
    float judge[2];
    float stored[2];
    for (std::uint32_t i = 0; i < judges.size(); ++i) {
        judges.read(i, -5.0f, 5.0f, judge);
        for (std::uint32_t k = 0; k < model.memory().size(); ++k) {
            model.memory().read(k, -5.0f, 5.0f, stored);
            CHECK_FALSE((judge[0] == stored[0] && judge[1] == stored[1]));
        }
    }
    const std::uint32_t of_class = model.memory().class_stored(1);
    const auto done = model.forget(1u);
    REQUIRE(ok(done));
    CHECK(done->removed == of_class + 6);
    CHECK(done->remaining == model.memory().size() + 6);
    const float x[2] = {0.5f, 0.5f};
    CHECK(answered(model, x, answer::evidence)[1] == 0.0f);
    judges.read(0, -5.0f, 5.0f, judge);
    CHECK(model.forget(std::span<const float>{judge})->removed == 1);
    CHECK(model.judges().size() == 5);
}

TEST_CASE("when classes come one after the other, judges keep belief with who remembers") {
    // Two classes a part, which the network alone tells apart well; without replay it forgets the parts before, and the readout
    // forgets nothing.
    shape form{
        .inputs = 6, .outputs = 8, .hidden = {32}, .learns = task::classification, .readout = 20, .readout_offset = 1.0f, .judges = 32};
    const auto accuracy = [](const shape& s) {
        learner model{s, {.learning_rate = 0.1f, .answers = answer::evidence, .recent_labels = 0}};
        synapse::random_generator source{3};
        float x[6];
        const auto draw = [&](std::uint32_t part) {
            for (std::uint32_t k = 0; k < 4; ++k) x[k] = k == part ? 1.0f : 0.0f;
            x[4] = source.symmetric();
            x[5] = source.symmetric();
            return 2 * part + (x[4] * x[5] > 0.0f ? 1u : 0u);
        };
        for (std::uint32_t part = 0; part < 4; ++part) {
            for (int i = 0; i < 2000; ++i) {
                const std::uint32_t label = draw(part);
                REQUIRE(ok(model.step(x, label)));
            }
        }
        int right = 0;
        for (std::uint32_t i = 0; i < 2000; ++i) {
            const std::uint32_t label = draw(i % 4);
            right += *model.classify(x) == label ? 1 : 0;
        }
        return right / 2000.0;
    };
    shape unjudged = form;
    unjudged.judges = 0;
    CHECK(accuracy(form) > accuracy(unjudged) + 0.1);
}

TEST_CASE("shapes and numbers that make no sense are refused with a sentence") {
    shape form = classifier;
    form.readout = 65536;
    CHECK(form.flaw() != nullptr);
    form = classifier;
    form.readout_offset = -1.0f;
    CHECK(form.flaw() != nullptr);
    form = classifier;
    form.readout_ridge = 0.0f;
    CHECK(form.flaw() != nullptr);
    form = classifier;
    form.slow = false;
    form.readout = 0;
    form.judges = 5;
    CHECK(form.flaw() != nullptr);
    CHECK(tuning{.evidence_keep = 1.5f}.flaw() != nullptr);
    CHECK(tuning{.evidence_sharpness = -0.1f}.flaw() != nullptr);
    CHECK(tuning{.readout_keep = 0.4f}.flaw() != nullptr);
    CHECK(tuning{.initial_gain = -1.0f}.flaw() != nullptr);
    learner model{classifier};
    CHECK(model.retune({.readout_keep = 2.0f}) == synapse::status::out_of_range);
    CHECK(model.tuned().readout_keep == 1.0f);
}
