#include <cstdint>
#include <span>
#include <type_traits>

#include <doctest/doctest.h>

#include <synapse/core/random.hpp>
#include <synapse/hosted/any_learner.hpp>
#include <synapse/kernels/scalar.hpp>
#include <synapse/learner/learner.hpp>
#include <synapse/learner/pinned_shape.hpp>

namespace {

using synapse::shape;
using synapse::tuning;

constexpr shape small{.inputs = 2, .outputs = 1, .hidden = {4}};
constexpr shape wider{.inputs = 5, .outputs = 3, .hidden = {9}};
constexpr shape three_wide{.inputs = 3, .outputs = 3, .hidden = {9}};
constexpr shape deeper{.inputs = 2, .outputs = 1, .hidden = {4, 4}};
constexpr shape rich{.inputs = 3,
                     .outputs = 2,
                     .hidden = {6, 5},
                     .replay = 20,
                     .function = synapse::activation::tanh,
                     .batch = 3,
                     .slow = true,
                     .pending = 2,
                     .momentum = true,
                     .format = synapse::sample_format::f16,
                     .policy = synapse::replay_policy::priority};
constexpr shape classes{.inputs = 3,
                        .outputs = 4,
                        .hidden = {6},
                        .replay = 20,
                        .learns = synapse::task::classification,
                        .batch = 2,
                        .format = synapse::sample_format::u8,
                        .policy = synapse::replay_policy::balanced};
constexpr shape bare_classes{
    .inputs = 3, .outputs = 4, .hidden = {6}, .learns = synapse::task::classification, .scaling = synapse::input_scaling::none};
constexpr shape followed{.inputs = 3, .outputs = 3, .hidden = {9, 7}, .replay = 20, .slow = true};
constexpr shape growing{.inputs = 3, .outputs = 2, .hidden = {6, 5}, .hidden_reserved = {9, 9}, .plastic = true};
constexpr shape only_growing{.inputs = 3, .outputs = 2, .hidden = {6, 5}, .hidden_reserved = {9, 9}, .plastic = true, .turnover = false};
constexpr shape linear{.inputs = 3, .outputs = 2};

template <shape Shape>
using body = typename synapse::learner<Shape>::body;

// Sizes are run-time numbers: learners that differ in nothing else share their code.
static_assert(std::is_same_v<body<small>, body<wider>>);
static_assert(!std::is_same_v<body<small>, body<deeper>>);
static_assert(sizeof(body<small>) < sizeof(body<rich>));
static_assert(sizeof(body<rich>) < sizeof(synapse::learner_body<synapse::default_kernels>));

// The same life for a learner of constants and for one of run-time numbers: the same weights and the same answers.
template <shape Shape, class Kernels = synapse::default_kernels>
void agree(const tuning& numbers) {
    using door = synapse::learner<Shape, Kernels>;
    static synapse::fixed_arena<door::bytes> memory;
    door pinned{memory, numbers};
    synapse::any_learner<Kernels> free{Shape, numbers};
    synapse::random_generator world{5};
    float x[3];
    float y[4];
    for (int i = 0; i < 400; ++i) {
        for (float& v : x) v = world.symmetric();
        for (float& v : y) v = world.symmetric();
        const std::span<const float> in{x, Shape.inputs};
        if constexpr (Shape.learns == synapse::task::classification) {
            const std::uint32_t label = world.below(Shape.outputs);
            REQUIRE(ok(pinned.step(in, label)));
            REQUIRE(ok(free.step(in, label)));
        } else {
            REQUIRE(ok(pinned.step(in, std::span<const float>{y, Shape.outputs})));
            REQUIRE(ok(free.step(in, std::span<const float>{y, Shape.outputs})));
        }
        if (i % 20 == 0) CHECK(static_cast<typename door::body&>(pinned).sleep(3).samples == free.sleep(3).samples);
    }
    CHECK(synapse::weights_hash(pinned) == synapse::weights_hash(free));
    CHECK(pinned.latest().error == free.latest().error);
    float a[4] = {};
    float b[4] = {};
    REQUIRE(ok(pinned.predict({x, Shape.inputs}, {a, Shape.outputs})));
    REQUIRE(ok(free.predict({x, Shape.inputs}, {b, Shape.outputs})));
    for (std::uint32_t j = 0; j < Shape.outputs; ++j) CHECK(a[j] == b[j]);
    CHECK(pinned.form().inputs == Shape.inputs);
    const bool slow = Shape.slow;  // a copy: clang 14 lets doctest take a reference to a wrong place in Shape
    CHECK(pinned.form().slow == slow);
}

}  // namespace

TEST_CASE("what a shape has not is not there; what it has learns the same bits as in a learner of run-time numbers") {
    agree<small>({});
    agree<three_wide>({});
    agree<deeper>({});
    agree<rich>({.replay_ratio = 0.5f, .momentum = 0.3f, .answers = synapse::answer::both, .gate_margin = 1.5f});
    agree<classes>({.replay_ratio = 0.5f});
    agree<bare_classes>({});
    agree<linear>({});
}

TEST_CASE("deltas in the place of their units, where nobody asks for both: the same bits in fewer bytes") {
    using packed = synapse::scalar_kernels<synapse::separate, 1>;
    static_assert(synapse::learner<deeper, packed>::body::network_type::in_place);
    static_assert(!synapse::learner<rich, packed>::body::network_type::in_place);
    static_assert(!synapse::learner<growing, packed>::body::network_type::in_place);
    agree<deeper, packed>({});
    agree<followed, packed>({.replay_ratio = 0.5f, .answers = synapse::answer::both, .gate_margin = 1.5f});
    agree<followed, synapse::scalar_kernels<synapse::fused, 16>>({.replay_ratio = 0.5f});
    agree<bare_classes, packed>({});
    agree<growing, packed>({.grow_error_above = 0.0f, .turnover_rate = 0.1f});
    agree<only_growing, packed>({.grow_error_above = 0.0f, .growth_window = 20, .growth_pause = 30});
    static_assert(sizeof(body<only_growing>) < sizeof(body<growing>));
}

TEST_CASE("what is not there is refused in words") {
    static synapse::fixed_arena<synapse::learner<small>::bytes> memory;
    synapse::learner<small> door{memory};
    synapse::learner<small>::body& model = door;  // the door itself refuses to compile: tests/compile_fail
    const float x[2] = {1, 2};
    CHECK(model.hold(x).why() == synapse::status::no_room);
    CHECK(model.observe(x) == synapse::status::out_of_range);
    CHECK(model.step(x, 1u) == synapse::status::out_of_range);
    CHECK(model.classify(x).why() == synapse::status::out_of_range);
    CHECK(model.sleep(10).samples == 0);
    CHECK(model.sleep(10).finished);
    CHECK(model.latest().steps == 0);
}
