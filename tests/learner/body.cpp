// What a learner refuses, and that nothing at all changes when it does; that it stays finite; that predicting teaches nothing.
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>
#include <vector>

#include <doctest/doctest.h>

#include "rig.hpp"

namespace {

using rig::housed;
using synapse::shape;
using synapse::status;
using synapse::task;
using synapse::tuning;

constexpr shape everything{.inputs = 5,
                           .outputs = 3,
                           .hidden = {9, 7},
                           .replay = 12,
                           .learns = task::regression,
                           .function = synapse::activation::tanh,
                           .batch = 4,
                           .slow = true,
                           .pending = 2,
                           .momentum = true,
                           .hidden_reserved = {20}};

constexpr shape classes_of_everything = [] {
    shape s = everything;
    s.learns = task::classification;
    s.format = synapse::sample_format::u8;
    s.policy = synapse::replay_policy::balanced;
    return s;
}();

constexpr tuning lively{.replay_ratio = 0.6f, .momentum = 0.5f, .gate_margin = 3.0f, .drift_threshold = 5.0f};

void live(housed<>& model, rig::surface& world, int steps) {
    for (int i = 0; i < steps; ++i) {
        world.next();
        REQUIRE(ok(model.step(world.x, world.y)));
    }
}

void live(housed<>& model, rig::clouds& world, int steps) {
    for (int i = 0; i < steps; ++i) {
        const auto label = static_cast<std::uint32_t>(i % 3);
        REQUIRE(ok(model.step(world(label), label)));
    }
}

// Checks that a call is refused with this status and leaves every byte of object and block as it was.
template <class Call>
void refused(housed<>& model, status expected, Call call) {
    const std::vector<std::byte> before = model.image();
    const auto answer = call();
    if constexpr (std::is_same_v<std::remove_const_t<decltype(answer)>, status>) {
        CHECK(answer == expected);
    } else {
        CHECK_FALSE(ok(answer));
        CHECK(answer.why() == expected);
    }
    CHECK(model.image() == before);
}

std::span<const float> numbers(const std::vector<float>& v) { return v; }
std::span<const std::uint32_t> labels(const std::vector<std::uint32_t>& v) { return v; }

}  // namespace

TEST_CASE("a step on numbers refuses wrong sizes, wrong numbers and the wrong task, and nothing changes") {
    housed<> model{everything, lively};
    REQUIRE(ok(model.born));
    rig::surface world{5, 3, 3};
    for (const int steps : {0, 1, 40}) {  // newborn, one sample old, in full life
        live(model, world, steps);
        world.next();
        const std::vector<float> x = world.x;
        const std::vector<float> y = world.y;
        for (const std::size_t wrong : {0u, 1u, 4u, 6u, 500u}) {
            refused(model, status::wrong_size, [&] { return model.step(std::vector<float>(wrong), numbers(y)); });
            if (wrong != 3) refused(model, status::wrong_size, [&] { return model.step(numbers(x), std::vector<float>(wrong)); });
        }
        for (const float bad : rig::bad_numbers) {
            for (std::size_t i = 0; i < x.size(); ++i) {
                std::vector<float> broken = x;
                broken[i] = bad;
                refused(model, status::not_finite, [&] { return model.step(numbers(broken), numbers(y)); });
            }
            for (std::size_t i = 0; i < y.size(); ++i) {
                std::vector<float> broken = y;
                broken[i] = bad;
                refused(model, status::not_finite, [&] { return model.step(numbers(x), numbers(broken)); });
            }
        }
        refused(model, status::out_of_range, [&] { return model.step(numbers(x), 0u); });
        refused(model, status::out_of_range, [&] { return model.step(numbers(x), labels({0, 1})); });
        refused(model, status::out_of_range, [&] { return model.classify(x); });
        refused(model, status::out_of_range, [&] { return model.forget(0u); });
    }
}

TEST_CASE("a step on labels refuses wrong sizes, wrong numbers, wrong labels and the wrong task, and nothing changes") {
    housed<> model{classes_of_everything, lively};
    REQUIRE(ok(model.born));
    rig::clouds world{5, 3, 0.3f, 3};
    for (const int steps : {0, 1, 40}) {
        live(model, world, steps);
        const std::vector<float> x = world(1);
        for (const std::size_t wrong : {0u, 1u, 4u, 6u, 10u, 500u})
            refused(model, status::wrong_size, [&] { return model.step(std::vector<float>(wrong), 1u); });
        for (const float bad : rig::bad_numbers) {
            for (std::size_t i = 0; i < x.size(); ++i) {
                std::vector<float> broken = x;
                broken[i] = bad;
                refused(model, status::not_finite, [&] { return model.step(numbers(broken), 1u); });
                std::vector<float> batch = x;
                batch.insert(batch.end(), broken.begin(), broken.end());
                refused(model, status::not_finite, [&] { return model.step(numbers(batch), labels({1, 2})); });
            }
        }
        for (const std::uint32_t bad : {3u, 4u, 65536u, 0xffffffffu}) {
            refused(model, status::out_of_range, [&] { return model.step(numbers(x), bad); });
            refused(model, status::out_of_range, [&] { return model.step(std::vector<float>(10), labels({0, bad})); });
            refused(model, status::out_of_range, [&] { return model.forget(bad); });
        }
        refused(model, status::wrong_size, [&] { return model.step(numbers({}), labels({})); });              // nothing to learn
        refused(model, status::wrong_size, [&] { return model.step(numbers(x), labels({})); });               // a sample without label
        refused(model, status::wrong_size, [&] { return model.step(numbers(x), labels({0, 1})); });           // a label without sample
        refused(model, status::wrong_size, [&] { return model.step(std::vector<float>(10), labels({0})); });  // and the other way round
        refused(model, status::wrong_size, [&] {
            return model.step(std::vector<float>(25), labels({0, 1, 2, 0, 1}));
        });                                                                                                       // above shape.batch
        refused(model, status::wrong_size, [&] { return model.step(numbers(x), numbers({1.0f, 2.0f, 3.0f})); });  // numbers to a classifier
        CHECK(ok(model.step(std::vector<float>(20), labels({0, 1, 2, 0}))));  // a whole batch is no mistake
    }
}

TEST_CASE("predict and classify refuse the same and leave the answer untouched") {
    housed<> model{classes_of_everything, lively};
    rig::clouds world{5, 3, 0.3f, 3};
    for (const int steps : {0, 40}) {
        live(model, world, steps);
        const std::vector<float> x = world(1);
        std::vector<float> y(3, 42.0f);
        for (const std::size_t wrong : {0u, 2u, 4u, 6u, 100u}) {
            std::vector<float> longer(wrong, 42.0f);
            refused(model, status::wrong_size, [&] { return model.predict(std::vector<float>(wrong), y); });
            refused(model, status::wrong_size, [&] { return model.predict(x, longer); });
            refused(model, status::wrong_size, [&] { return model.classify(std::vector<float>(wrong)); });
            CHECK(longer == std::vector<float>(wrong, 42.0f));
        }
        for (const float bad : rig::bad_numbers) {
            std::vector<float> broken = x;
            broken[4] = bad;
            refused(model, status::not_finite, [&] { return model.predict(broken, y); });
            refused(model, status::not_finite, [&] { return model.classify(broken); });
        }
        CHECK(y == std::vector<float>(3, 42.0f));
    }
}

TEST_CASE("hold, resolve, observe and forget refuse bad input, and nothing changes") {
    housed<> model{everything, lively};
    rig::surface world{5, 3, 8};
    live(model, world, 30);
    const auto held = model.hold(world.x);
    REQUIRE(ok(held));
    for (const std::size_t wrong : {0u, 4u, 6u}) {
        const std::vector<float> x(wrong);
        refused(model, status::wrong_size, [&] { return model.hold(x); });
        refused(model, status::wrong_size, [&] { return model.observe(x); });
        refused(model, status::wrong_size, [&] { return model.forget(numbers(x)); });
        refused(model, status::wrong_size, [&] { return model.resolve(*held, numbers(x)); });
    }
    for (const float bad : rig::bad_numbers) {
        std::vector<float> x = world.x;
        x[2] = bad;
        refused(model, status::not_finite, [&] { return model.hold(x); });
        refused(model, status::not_finite, [&] { return model.observe(x); });
        refused(model, status::not_finite, [&] { return model.forget(numbers(x)); });
        refused(model, status::not_finite, [&] { return model.resolve(*held, numbers({1.0f, bad, 0.0f})); });
    }
    refused(model, status::out_of_range, [&] { return model.resolve(*held, 1u); });
    refused(model, status::not_found, [&] { return model.resolve(0, numbers(world.y)); });
    refused(model, status::not_found, [&] { return model.resolve(*held + 1, numbers(world.y)); });
    CHECK(ok(model.resolve(*held, numbers(world.y))));
    refused(model, status::not_found, [&] { return model.resolve(*held, numbers(world.y)); });

    shape without = everything;
    without.pending = 0;
    without.slow = false;
    housed<> plain{without};
    refused(plain, status::no_room, [&] { return plain.hold(world.x); });
    refused(plain, status::out_of_range, [&] { return plain.observe(world.x); });
    refused(plain, status::not_found, [&] { return plain.resolve(1, numbers(world.y)); });
}

TEST_CASE("a tuning with a flaw is refused whole; a good one is taken but for the seed") {
    housed<> model{everything, lively};
    rig::surface world{5, 3, 8};
    live(model, world, 30);
    refused(model, status::out_of_range, [&] { return model.retune({.learning_rate = 0.5f, .replay_ratio = 1.0f}); });
    refused(model, status::out_of_range, [&] { return model.retune({.learning_rate = rig::not_a_number}); });
    refused(model, status::out_of_range, [&] { return model.retune({.slow_every = 0}); });
    CHECK(model.tuned().learning_rate == lively.learning_rate);
    CHECK(ok(model.retune({.learning_rate = 0.5f, .seed = 99})));
    CHECK(model.tuned().learning_rate == 0.5f);
    CHECK(model.tuned().seed == lively.seed);
    CHECK(model.tuned().momentum == 0.0f);
}

TEST_CASE("a block that is a byte too small, empty or not aligned is refused; flaws are refused at birth") {
    CHECK(housed<>{everything}.born == status::ok);
    CHECK(housed<>{everything, {}, 1}.born == status::no_memory);
    CHECK(housed<>{everything, {}, 64}.born == status::no_memory);
    CHECK(housed<>{everything, {}, synapse::measure(synapse::learner_body<synapse::default_kernels>{everything})}.born ==
          status::no_memory);
    CHECK(housed<>{everything, {}, 0, 1}.born == status::no_memory);
    CHECK(housed<>{everything, {}, 0, 4}.born == status::no_memory);
    CHECK(housed<>{everything, {.learning_rate = -1.0f}}.born == status::out_of_range);
    shape flawed = everything;
    flawed.range_high = rig::infinity;
    CHECK(housed<>{flawed}.born == status::out_of_range);
}

TEST_CASE("an exploding learning rate leaves every number finite: in the state, in the report, in each answer") {
    struct storm {
        float rate, clip, clamp;
        synapse::activation function;
    };
    for (const storm s : {storm{0.5f, 3.0f, 5.0f, synapse::activation::relu}, storm{10.0f, 3.0f, 5.0f, synapse::activation::tanh},
                          storm{1000.0f, 3.0f, 5.0f, synapse::activation::relu}, storm{1000.0f, 1e6f, 1e6f, synapse::activation::linear},
                          storm{1000.0f, 1e6f, 1e6f, synapse::activation::relu}}) {
        for (const float magnitude : {1e-15f, 1.0f, 1e15f}) {
            CAPTURE(s.rate);
            CAPTURE(magnitude);
            shape form = everything;
            form.function = s.function;
            housed<> model{form,
                           {.learning_rate = s.rate,
                            .replay_ratio = 0.5f,
                            .momentum = 0.9f,
                            .error_clip = s.clip,
                            .input_clamp = s.clamp,
                            .consistency = 1e6f}};
            rig::surface world{5, 3, 4};
            std::uint32_t answers_not_finite = 0;
            std::uint32_t learned = 0;
            for (int i = 0; i < 400; ++i) {
                for (float& v : world.x) v = magnitude * world.source.symmetric();
                for (float& v : world.y) v = magnitude * world.source.symmetric();
                const status done = model.step(world.x, world.y);
                REQUIRE((done == status::ok || done == status::diverged));
                learned += ok(done);
                std::vector<float> y(3);
                REQUIRE(ok(model.predict(world.x, y)));
                for (const float v : y) answers_not_finite += !synapse::is_finite(v);
            }
            CHECK(answers_not_finite == 0);
            CHECK(learned > 0);
            CHECK(rig::state(model).finite);
            CHECK(synapse::is_finite(model.latest().error));
            CHECK(synapse::is_finite(model.latest().loss));
        }
    }
}

TEST_CASE("a classifier under an exploding learning rate keeps answering with probabilities") {
    for (const auto scaling : {synapse::input_scaling::standardise, synapse::input_scaling::none}) {
        shape form = classes_of_everything;
        form.scaling = scaling;
        form.function = synapse::activation::relu;
        form.range_low = -1e15f;
        form.range_high = 1e15f;
        housed<> model{form, {.learning_rate = 1000.0f, .replay_ratio = 0.5f, .momentum = 0.9f, .consistency = 1e6f}};
        synapse::random_generator source{8};
        std::uint32_t wrong = 0;
        for (int i = 0; i < 500; ++i) {
            std::vector<float> x(5);
            for (float& v : x) v = 1e15f * source.symmetric();
            const status done = model.step(x, source.below(3));
            REQUIRE((done == status::ok || done == status::diverged));
            std::vector<float> p(3);
            REQUIRE(ok(model.predict(x, p)));
            const float sum = p[0] + p[1] + p[2];
            wrong += !(sum > 0.999f && sum < 1.001f);
            for (const float v : p) wrong += !(v >= 0.0f && v <= 1.0f);
        }
        CHECK(wrong == 0);
        CHECK(rig::state(model).finite);
    }
}

TEST_CASE("a step that could leave the finite numbers is refused with diverged, and nothing that it knows changes") {
    // So much at once that no bound can hold: 99 replayed samples for each new one at the highest rate and momentum.
    housed<> model{everything, {.replay_ratio = 0.5f}};
    rig::surface world{5, 3, 4};
    live(model, world, 50);
    REQUIRE(ok(model.retune({.learning_rate = 1000.0f, .replay_ratio = 0.99f, .momentum = 0.999f})));
    world.next();
    refused(model, status::diverged, [&] { return model.step(world.x, world.y); });
    REQUIRE(ok(model.retune({.replay_ratio = 0.5f})));  // and with calmer numbers it learns on
    CHECK(ok(model.step(world.x, world.y)));
}

TEST_CASE("predicting and classifying teach nothing: all that influences the future stays the same") {
    for (const auto answers : {synapse::answer::fast, synapse::answer::slow, synapse::answer::both}) {
        housed<> teacher{everything, lively};
        housed<> sorter{classes_of_everything, lively};
        rig::surface world{5, 3, 5};
        rig::clouds cloud{5, 3, 0.3f, 5};
        live(teacher, world, 60);
        live(sorter, cloud, 60);
        tuning changed = lively;
        changed.answers = answers;
        REQUIRE(ok(teacher.retune(changed)));
        REQUIRE(ok(sorter.retune(changed)));
        const auto before = rig::state(teacher).bytes;
        const auto before_sorting = rig::state(sorter).bytes;
        const std::uint64_t hash = synapse::weights_hash(teacher);
        std::vector<float> first(3);
        std::vector<float> y(3);
        world.next();
        REQUIRE(ok(teacher.predict(world.x, first)));
        for (int i = 0; i < 50; ++i) {
            const auto x = world.x;
            world.next();
            REQUIRE(ok(teacher.predict(world.x, y)));
            REQUIRE(ok(sorter.predict(cloud(0), y)));
            REQUIRE(ok(sorter.classify(cloud(1))));
            world.x = x;
        }
        REQUIRE(ok(teacher.predict(world.x, y)));
        CHECK(y == first);
        CHECK(rig::state(teacher).bytes == before);
        CHECK(rig::state(sorter).bytes == before_sorting);
        CHECK(synapse::weights_hash(teacher) == hash);
    }
}

TEST_CASE("refused calls in between do not bend a life: the weights are those of a life without them") {
    housed<> pure{everything, lively};
    housed<> disturbed{everything, lively};
    rig::surface world{5, 3, 6};
    for (int i = 0; i < 200; ++i) {
        world.next();
        REQUIRE(ok(pure.step(world.x, world.y)));
        std::vector<float> broken = world.x;
        broken[static_cast<std::size_t>(i) % 5] = rig::not_a_number;
        CHECK_FALSE(ok(disturbed.step(numbers(broken), numbers(world.y))));
        CHECK_FALSE(ok(disturbed.observe(broken)));
        CHECK_FALSE(ok(disturbed.step(numbers(world.x), 1u)));
        REQUIRE(ok(disturbed.step(world.x, world.y)));
    }
    CHECK(rig::state(pure).bytes == rig::state(disturbed).bytes);
}

TEST_CASE("replay_ratio is honoured exactly over time, whatever its fraction and the batch") {
    for (const float ratio : {0.0f, 0.001f, 0.1f, 0.2f, 1.0f / 3.0f, 0.5f, 0.7f, 0.9f, 0.99f}) {
        for (const std::uint32_t batch : {1u, 4u}) {
            CAPTURE(ratio);
            shape form{.inputs = 2, .outputs = 1, .replay = 8, .batch = batch};
            housed<> model{form, {.learning_rate = 0.001f, .replay_ratio = ratio}};
            rig::surface world{2, 1, 6};
            const double owed = static_cast<double>(ratio) / (1.0 - static_cast<double>(ratio));
            for (int i = 0; i < 2001; ++i) {
                world.next();
                REQUIRE(ok(model.step(world.x, world.y)));
                // Nothing can be replayed with the first sample: the buffer was empty.
                const double difference = static_cast<double>(model.latest().replayed) - owed * i;
                if (!(difference < 0.01 && difference > -1.01)) FAIL_CHECK("after " << i << " steps " << model.latest().replayed);
            }
        }
    }
}

TEST_CASE("replay_weight: nothing at 0, and no replayed sample ever weighs more than a new one") {
    const auto hash = [](float ratio, float weight) {
        housed<> model{shape{.inputs = 3, .outputs = 2, .hidden = {8}, .replay = 20}, {.replay_ratio = ratio, .replay_weight = weight}};
        rig::surface world{3, 2, 6};
        live(model, world, 100);
        return synapse::weights_hash(model);
    };
    CHECK(hash(0.5f, 0.0f) == hash(0.0f, 1.0f));
    CHECK(hash(0.5f, 1.0f) != hash(0.0f, 1.0f));
    CHECK(hash(0.5f, 100.0f) == hash(0.5f, 1.0f));    // one replayed sample a step
    CHECK(hash(0.75f, 100.0f) == hash(0.75f, 3.0f));  // three
    CHECK(hash(0.75f, 3.0f) != hash(0.75f, 1.0f));
}

TEST_CASE("a mini-batch of labels counts as one step and as many samples, and is owed replays for each") {
    shape form{.inputs = 5, .outputs = 3, .hidden = {8}, .replay = 20, .learns = task::classification, .batch = 4};
    housed<> model{form, {.replay_ratio = 0.5f}};
    rig::clouds world{5, 3, 0.3f, 2};
    for (int i = 0; i < 25; ++i) {
        std::vector<float> x;
        for (std::uint32_t c = 0; c < 3; ++c) {
            const auto one = world(c);
            x.insert(x.end(), one.begin(), one.end());
        }
        REQUIRE(ok(model.step(numbers(x), labels({0, 1, 2}))));
    }
    CHECK(model.latest().steps == 25);
    CHECK(model.latest().samples == 75);
    CHECK(model.latest().replayed == 72);
    CHECK(model.memory().seen() == 75);
}

TEST_CASE("the error is measured before the sample is learned") {
    shape form{.inputs = 1, .outputs = 3, .learns = task::classification};
    housed<> model{form, {.learning_rate = 1.0f}};
    const std::vector<float> x{1.0f};
    for (const std::uint32_t label : {1u, 2u, 0u}) {  // a label never seen cannot have been predicted
        REQUIRE(ok(model.step(numbers(x), label)));
        CHECK(model.latest().last_error == 1.0f);
    }
    CHECK(model.latest().correct == 0);
    CHECK(model.latest().error == 1.0f);

    housed<> regression{shape{.inputs = 1, .outputs = 1, .scaling = synapse::input_scaling::none}};
    for (int i = 0; i < 100; ++i) REQUIRE(ok(regression.step(x, std::vector<float>{i % 2 == 0 ? 4.0f : 6.0f})));
    std::vector<float> y(1);
    REQUIRE(ok(regression.predict(x, y)));
    const float deviation = regression.target_statistics().deviation(0);
    const float expected = (y[0] - 7.0f) / deviation * ((y[0] - 7.0f) / deviation);
    REQUIRE(ok(regression.step(x, std::vector<float>{7.0f})));
    CHECK(regression.latest().last_error == doctest::Approx(static_cast<double>(expected)).epsilon(1e-4));
}

TEST_CASE("before the first sample every class is equally likely, and a number is predicted as the mean of none") {
    housed<> sorter{classes_of_everything};
    std::vector<float> p(3);
    REQUIRE(ok(sorter.predict(std::vector<float>(5, 1.0f), p)));
    for (const float v : p) CHECK(v == 1.0f / 3.0f);
    CHECK(*sorter.classify(std::vector<float>(5, 1.0f)) == 0);
    housed<> teacher{everything};
    std::vector<float> y(3, 9.0f);
    REQUIRE(ok(teacher.predict(std::vector<float>(5, 1.0f), y)));
    CHECK(y == std::vector<float>(3, 0.0f));
}

TEST_CASE("classes never seen have probability 0 and are never chosen") {
    housed<> model{classes_of_everything};
    rig::clouds world{5, 3, 0.3f, 5};
    for (std::uint32_t i = 0; i < 40; ++i) REQUIRE(ok(model.step(world(i % 2), i % 2)));
    CHECK(model.knows(0));
    CHECK(model.knows(1));
    CHECK_FALSE(model.knows(2));
    CHECK_FALSE(model.knows(3));
    for (int i = 0; i < 20; ++i) {
        std::vector<float> p(3);
        const auto x = world(2);
        REQUIRE(ok(model.predict(x, p)));
        CHECK(p[2] == 0.0f);
        CHECK(*model.classify(x) != 2);
    }
}

TEST_CASE("zero inputs, constant inputs and inputs of wildly different size are all learned from without harm") {
    for (const float unit : {0.0f, 1e-30f, 1e-10f, 1e10f, 1e15f}) {
        housed<> model{everything, lively};
        synapse::random_generator source{2};
        for (int i = 0; i < 100; ++i) {
            const std::vector<float> x{0.0f, 7.0f, unit * source.symmetric(), source.symmetric(), unit};
            const std::vector<float> y{unit, unit * source.symmetric(), 0x1p-149f};
            REQUIRE(ok(model.step(x, y)));
            std::vector<float> answer(3);
            REQUIRE(ok(model.predict(x, answer)));
            for (const float v : answer) REQUIRE(synapse::is_finite(v));
        }
        CHECK(rig::state(model).finite);
    }
}
