// A learner of a fixed shape: its memory, that it learns, that it remembers, and that its numbers never change.
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <doctest/doctest.h>

#include <synapse/core/arena.hpp>
#include <synapse/kernels/arithmetic.hpp>
#include <synapse/kernels/scalar.hpp>
#include <synapse/learner/learner.hpp>

#include "golden.hpp"
#include "rig.hpp"

namespace {

using rig::housed;
using synapse::shape;
using synapse::task;
using synapse::tuning;

template <class Arithmetic>
using packed = synapse::scalar_kernels<Arithmetic, 1>;

constexpr shape small{.inputs = 3, .outputs = 2, .hidden = {16}, .replay = 32};
constexpr shape full{.inputs = 7,
                     .outputs = 3,
                     .hidden = {11, 6},
                     .replay = 25,
                     .function = synapse::activation::tanh,
                     .batch = 3,
                     .slow = true,
                     .pending = 2,
                     .momentum = true,
                     .hidden_reserved = {19}};
constexpr shape sorting{.inputs = 16,
                        .outputs = 5,
                        .hidden = {24},
                        .replay = 40,
                        .learns = task::classification,
                        .batch = 5,
                        .slow = true,
                        .format = synapse::sample_format::u8,
                        .policy = synapse::replay_policy::balanced};

// bytes is a constant, and what a body of that shape asks for when it runs; nothing is hidden in it.
using small_learner = synapse::learner<small, packed<synapse::separate>>;
static_assert(small_learner::bytes > sizeof(float) * (3 * 16 + 16 + 16 * 2 + 2 + 32 * 5));
static_assert(small_learner::bytes < 4096);
static_assert(synapse::learner<full>::bytes == synapse::measure(synapse::learner_body<synapse::default_kernels>{full}));
static_assert(synapse::learner<full, packed<synapse::separate>>::bytes <=
              synapse::learner<full, synapse::scalar_kernels<synapse::separate, 16>>::bytes);
static_assert(synapse::learner<sorting>::bytes == synapse::measure(synapse::learner_body<synapse::default_kernels>{sorting}));

template <class Learner>
void teach_surface(Learner& model, int steps, std::uint64_t seed) {
    rig::surface world{model.form().inputs, model.form().outputs, seed};
    for (int i = 0; i < steps; ++i) {
        world.next();
        REQUIRE(ok(model.step(world.x, world.y)));
    }
}

template <class Learner>
void teach_clouds(Learner& model, int steps, std::uint64_t seed) {
    rig::clouds world{model.form().inputs, model.form().outputs, 0.8f, seed};
    for (int i = 0; i < steps; ++i) {
        const std::uint32_t label = world.source.below(model.form().outputs);
        REQUIRE(ok(model.step(world(label), label)));
    }
}

template <class Learner>
double accuracy(Learner& model, rig::clouds& world, std::uint32_t classes) {
    int right = 0;
    for (std::uint32_t i = 0; i < 400; ++i) right += *model.classify(world(i % classes)) == i % classes;
    return right / 400.0;
}

// The lives behind golden.hpp, for any kernel set.
template <class Kernels>
std::uint64_t regression_relu() {
    housed<Kernels> model{small, {.learning_rate = 0.03f, .replay_ratio = 0.5f, .seed = 11}};
    teach_surface(model, 2000, 21);
    return synapse::weights_hash(model);
}
template <class Kernels>
std::uint64_t regression_tanh_momentum() {
    housed<Kernels> model{full, {.learning_rate = 0.01f, .replay_ratio = 0.7f, .momentum = 0.8f, .seed = 12, .gate_margin = 1.5f}};
    teach_surface(model, 1000, 22);
    return synapse::weights_hash(model);
}
template <class Kernels>
std::uint64_t classification_u8() {
    housed<Kernels> model{sorting, {.learning_rate = 0.05f, .replay_ratio = 0.6f, .seed = 13}};
    teach_clouds(model, 2000, 23);
    return synapse::weights_hash(model);
}
template <class Kernels>
std::uint64_t classification_priority_sleep() {
    shape form = sorting;
    form.format = synapse::sample_format::f16;
    form.policy = synapse::replay_policy::priority;
    housed<Kernels> model{form, {.learning_rate = 0.05f, .replay_ratio = 0.2f, .seed = 14, .recent_labels = 0}};
    teach_clouds(model, 500, 24);
    CHECK(model.sleep(30).samples == 30);
    return synapse::weights_hash(model);
}

}  // namespace

TEST_CASE("bytes, known when compiling, are what the arena must have; a larger arena serves as well") {
    static synapse::fixed_arena<small_learner::bytes> exact;
    static synapse::fixed_arena<small_learner::bytes + 1000> larger;
    for (std::byte& b : larger.span()) b = std::byte{0xee};  // memory need not be zero
    small_learner a{exact, {.seed = 5}};
    small_learner b{larger, {.seed = 5}};
    teach_surface(a, 300, 1);
    teach_surface(b, 300, 1);
    CHECK(rig::state(a).bytes == rig::state(b).bytes);
    for (const std::byte beyond : larger.span().subspan(small_learner::bytes)) REQUIRE(beyond == std::byte{0xee});
}

TEST_CASE("a tuning with a flaw gives a learner with the default tuning, not a dangerous one") {
    static synapse::fixed_arena<small_learner::bytes> memory;
    small_learner model{memory, {.learning_rate = rig::not_a_number, .seed = 77}};
    CHECK(model.tuned().learning_rate == tuning{}.learning_rate);
    CHECK(model.tuned().seed == tuning{}.seed);
    teach_surface(model, 10, 1);
}

TEST_CASE("the door and the body are one learner: the same bits for a shape given as a template and as a value") {
    static synapse::fixed_arena<synapse::learner<full>::bytes> memory;
    const tuning numbers{.replay_ratio = 0.5f, .momentum = 0.3f, .seed = 3};
    synapse::learner<full> fixed{memory, numbers};
    housed<> sized{full, numbers};
    CHECK(synapse::weights_hash(fixed) == synapse::weights_hash(sized));
    teach_surface(fixed, 500, 9);
    teach_surface(sized, 500, 9);
    CHECK(rig::state(fixed).bytes == rig::state(sized).bytes);
}

TEST_CASE("the same seed gives the same life, another seed another one") {
    const auto hash = [](std::uint64_t seed) {
        housed<> model{sorting, {.replay_ratio = 0.5f, .seed = seed}};
        teach_clouds(model, 300, 2);
        return synapse::weights_hash(model);
    };
    CHECK(hash(1) == hash(1));
    CHECK(hash(1) != hash(2));
    CHECK(hash(0) != hash(1));
    CHECK(hash(0xffffffffffffffffull) == hash(0xffffffffffffffffull));
}

TEST_CASE("the weights' hash is over the weights: one bit more or less is seen") {
    housed<> model{small};
    const std::uint64_t before = synapse::weights_hash(model);
    float& w = model.fast().layer(0).weights()(1, 2);
    const float was = w;
    w = std::nextafter(w, 1.0f);
    CHECK(synapse::weights_hash(model) != before);
    w = was;
    CHECK(synapse::weights_hash(model) == before);
}

TEST_CASE("the stride of the rows changes no bit") {
    using wide = synapse::scalar_kernels<synapse::separate, 16>;
    using narrow = synapse::scalar_kernels<synapse::separate, 4>;
    CHECK(regression_relu<packed<synapse::separate>>() == regression_relu<wide>());
    CHECK(regression_relu<packed<synapse::separate>>() == regression_relu<narrow>());
    CHECK(regression_tanh_momentum<packed<synapse::separate>>() == regression_tanh_momentum<wide>());
    CHECK(classification_u8<packed<synapse::separate>>() == classification_u8<wide>());
    CHECK(classification_priority_sleep<packed<synapse::separate>>() == classification_priority_sleep<wide>());
}

TEST_CASE("the kernel set changes no bit: the build's default, with xsimd where there is one, learns what the scalar definition learns") {
    CHECK(regression_relu<synapse::default_kernels>() == regression_relu<packed<synapse::separate>>());
    CHECK(regression_tanh_momentum<synapse::default_kernels>() == regression_tanh_momentum<packed<synapse::separate>>());
    CHECK(classification_u8<synapse::default_kernels>() == classification_u8<packed<synapse::separate>>());
    CHECK(classification_priority_sleep<synapse::default_kernels>() == classification_priority_sleep<packed<synapse::separate>>());
    using fused = synapse::fastest_kernels<synapse::fused>;
    CHECK(regression_relu<fused>() == regression_relu<packed<synapse::fused>>());
    CHECK(classification_u8<fused>() == classification_u8<packed<synapse::fused>>());
}

TEST_CASE("fixed lives end with the weights that are written down, whatever compiled them") {
    CHECK(regression_relu<synapse::default_kernels>() == golden::regression_relu);
    CHECK(regression_tanh_momentum<synapse::default_kernels>() == golden::regression_tanh_momentum);
    CHECK(classification_u8<synapse::default_kernels>() == golden::classification_u8);
    CHECK(classification_priority_sleep<synapse::default_kernels>() == golden::classification_priority_sleep);
    CHECK(regression_relu<packed<synapse::fused>>() == golden::regression_fused);
}

TEST_CASE("learns a sine from single samples, with momentum and without, relu and tanh") {
    struct way {
        synapse::activation function;
        std::uint32_t units;
        float rate, momentum;
    };
    for (const way w : {way{synapse::activation::tanh, 24, 0.05f, 0.0f}, way{synapse::activation::relu, 64, 0.02f, 0.0f},
                        way{synapse::activation::tanh, 24, 0.01f, 0.8f}}) {
        housed<> model{
            shape{.inputs = 1, .outputs = 1, .hidden = {w.units}, .replay = 200, .function = w.function, .momentum = w.momentum > 0.0f},
            {.learning_rate = w.rate, .replay_ratio = 0.5f, .momentum = w.momentum}};
        synapse::random_generator source{5};
        for (int i = 0; i < 15000; ++i) {
            const std::vector<float> x{3.0f * source.symmetric()};
            REQUIRE(ok(model.step(x, std::vector<float>{std::sin(x[0])})));
        }
        double sum = 0;
        for (int i = -30; i <= 30; ++i) {
            const std::vector<float> x{static_cast<float>(i) * 0.1f};
            std::vector<float> y(1);
            REQUIRE(ok(model.predict(x, y)));
            sum += std::pow(static_cast<double>(y[0]) - std::sin(i * 0.1), 2);
        }
        CHECK(std::sqrt(sum / 61) < 0.06);
        CHECK(model.latest().error < 0.02f);
    }
}

TEST_CASE("units do not matter: a world in other units of input and target is learned as well") {
    const auto error = [](float input_unit, float target_unit, float offset) {
        housed<> model{small, {.learning_rate = 0.03f, .replay_ratio = 0.5f}};
        rig::surface world{3, 2, 31};
        for (int i = 0; i < 3000; ++i) {
            world.next();
            for (float& v : world.x) v = input_unit * v + offset;
            for (float& v : world.y) v = target_unit * v;
            REQUIRE(ok(model.step(world.x, world.y)));
        }
        return model.latest().error;
    };
    const float plain = error(1.0f, 1.0f, 0.0f);
    CHECK(plain < 0.1f);
    CHECK(error(1e-3f, 1e6f, 0.0f) < 1.2f * plain);
    CHECK(error(1e6f, 1e-3f, 0.0f) < 1.2f * plain);
    CHECK(error(1.0f, 1.0f, 100.0f) < 1.2f * plain);
}

TEST_CASE("learns to tell four classes apart, in every format and policy of its memory") {
    for (const auto format :
         {synapse::sample_format::f32, synapse::sample_format::f16, synapse::sample_format::u8, synapse::sample_format::bit}) {
        for (const auto policy : {synapse::replay_policy::fifo, synapse::replay_policy::reservoir, synapse::replay_policy::balanced,
                                  synapse::replay_policy::priority}) {
            CAPTURE(format);
            CAPTURE(policy);
            housed<> model{shape{.inputs = 8,
                                 .outputs = 4,
                                 .hidden = {16},
                                 .replay = 60,
                                 .learns = task::classification,
                                 .batch = 2,
                                 .format = format,
                                 .policy = policy},
                           {.replay_ratio = 0.3f}};
            rig::clouds world{8, 4, 0.5f, 3};
            for (int i = 0; i < 600; ++i) {
                const std::uint32_t label = world.source.below(4);
                REQUIRE(ok(model.step(world(label), label)));
            }
            CHECK(accuracy(model, world, 4) > 0.97);
            CHECK(model.latest().accuracy() > 0.85f);
        }
    }
}

TEST_CASE("the probabilities mean what they say: on an even mixture they are even") {
    housed<> model{shape{.inputs = 1, .outputs = 3, .learns = task::classification}, {.learning_rate = 0.01f, .recent_labels = 0}};
    synapse::random_generator source{4};
    for (int i = 0; i < 6000; ++i) {
        const std::uint32_t d = source.below(10);
        REQUIRE(ok(model.step(std::vector<float>{1.0f}, d < 5 ? 0u : d < 8 ? 1u : 2u)));  // 50, 30, 20 %
    }
    std::vector<float> p(3);
    REQUIRE(ok(model.predict(std::vector<float>{1.0f}, p)));
    CHECK(p[0] == doctest::Approx(0.5).epsilon(0.2));
    CHECK(p[1] == doctest::Approx(0.3).epsilon(0.25));
    CHECK(p[2] == doctest::Approx(0.2).epsilon(0.3));
}

TEST_CASE("one class after the other: with replay and the slow system far less is forgotten; the slow system alone helps too") {
    // The slow system's pace suits a life of 1,500 steps; the default is for longer ones.
    const auto remembered = [](std::uint32_t replay, float slow_decay, synapse::answer answers, std::uint64_t seed) {
        housed<> model{shape{.inputs = 12,
                             .outputs = 6,
                             .hidden = {32},
                             .replay = replay,
                             .learns = task::classification,
                             .batch = 4,
                             .slow = slow_decay > 0.0f,
                             .policy = synapse::replay_policy::balanced},
                       {.learning_rate = 0.05f, .replay_ratio = 0.75f, .seed = seed, .slow_decay = slow_decay, .answers = answers}};
        rig::clouds world{12, 6, 1.2f, seed};
        for (std::uint32_t part = 0; part < 3; ++part) {
            for (std::uint32_t i = 0; i < 500; ++i) {
                const std::uint32_t label = 2 * part + i % 2;
                REQUIRE(ok(model.step(world(label), label)));
            }
        }
        return accuracy(model, world, 6);
    };
    double with = 0;
    double slow_alone = 0;
    double without = 0;
    for (std::uint64_t seed = 1; seed <= 5; ++seed) {
        const double kept = remembered(60, 0.99f, synapse::answer::fast, seed);
        const double lost = remembered(0, 0.0f, synapse::answer::fast, seed);
        CHECK(kept > lost + 0.05);
        with += kept / 5;
        slow_alone += remembered(0, 0.998f, synapse::answer::slow, seed) / 5;
        without += lost / 5;
    }
    CHECK(with > without + 0.15);
    CHECK(with > 0.88);
    CHECK(slow_alone > without + 0.05);
}
