#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <span>
#include <stdexcept>
#include <vector>

#include <doctest/doctest.h>

#include <synapse/agent/agent.hpp>
#include <synapse/checkpoint/load.hpp>
#include <synapse/checkpoint/save.hpp>
#include <synapse/checkpoint/stream.hpp>
#include <synapse/core/random.hpp>
#include <synapse/hosted/any_agent.hpp>
#include <synapse/kernels/scalar.hpp>

#include "worlds/synthetic.hpp"

namespace {

constexpr synapse::agent_shape small{.observations = 3, .actions = 3, .state = 4, .hidden = {8, 6}, .ahead = 2, .replay = 50};

// Everything that an agent says of itself, as bytes.
std::vector<std::byte> saved(const synapse::any_agent<>& agent) {
    std::vector<std::byte> bytes(1 << 20);
    synapse::span_sink sink{bytes};
    REQUIRE(synapse::save(static_cast<const synapse::agent_body<synapse::default_kernels>&>(agent), sink) == synapse::status::ok);
    bytes.resize(sink.written().size());
    return bytes;
}

template <class Agent>
void live(Agent& agent, worlds::synthetic_world& world, int steps) {
    for (int t = 0; t < steps; ++t) {
        REQUIRE(agent.observe(world.observation(), world.action()) == synapse::status::ok);
        world.step();
    }
}

}  // namespace

TEST_CASE("an agent's memory is one block, of a size that the compiler knows") {
    using tiny = synapse::agent<small>;
    static synapse::fixed_arena<tiny::bytes> memory;
    tiny agent{memory};
    worlds::synthetic_world world{0.7, 1};
    live(agent, world, 3000);
    CHECK(agent.latest().steps == 3000);
    CHECK(agent.latest().samples == 2998);
    const synapse::any_agent<> same{small};
    CHECK(same.bytes() - tiny::bytes < 64);
}

TEST_CASE("the same life gives the same bits, in scalar and in vector kernels") {
    synapse::any_agent<synapse::default_kernels> a{small};
    synapse::any_agent<synapse::scalar_kernels<>> b{small};
    worlds::synthetic_world world{0.5, 2};
    for (int t = 0; t < 4000; ++t) {
        REQUIRE(a.observe(world.observation(), world.action()) == synapse::status::ok);
        REQUIRE(b.observe(world.observation(), world.action()) == synapse::status::ok);
        world.step();
    }
    CHECK(synapse::weights_hash<synapse::agent_body<synapse::default_kernels>>(a) ==
          synapse::weights_hash<synapse::agent_body<synapse::scalar_kernels<>>>(b));
    CHECK(a.latest().phi.nats == b.latest().phi.nats);
    CHECK(a.latest().agency.share == b.latest().agency.share);
    CHECK(a.latest().confidence.skill == b.latest().confidence.skill);
    CHECK(a.latest().integration.share == b.latest().integration.share);
}

// One life for an agent of constants and for one of run-time numbers: the same bits, and each goes on from the other's checkpoint.
template <synapse::agent_shape Shape>
void agree(const synapse::agent_tuning& numbers, int steps) {
    using door = synapse::agent<Shape>;
    static synapse::fixed_arena<door::bytes> memory;
    static synapse::fixed_arena<door::bytes> elsewhere;
    door pinned{memory, numbers};
    synapse::any_agent<> free{Shape, numbers};
    worlds::synthetic_world world{0.6, 4};
    worlds::synthetic_world same{0.6, 4};
    live(pinned, world, steps);
    live(free, same, steps);
    CHECK(synapse::weights_hash(pinned.body()) == synapse::weights_hash(free.body()));
    CHECK(pinned.latest().phi.nats == free.latest().phi.nats);
    CHECK(pinned.latest().agency.share == free.latest().agency.share);
    CHECK(pinned.world_model().latest().neurons == free.world_model().latest().neurons);
    if constexpr (Shape.hidden_reserved[0] != 0) CHECK(pinned.world_model().latest().growth_events > 0);

    const std::vector<std::byte> bytes = saved(free);
    std::vector<std::byte> own(bytes.size() + 64);
    synapse::span_sink sink{own};
    REQUIRE(synapse::save(pinned, sink) == synapse::status::ok);
    own.resize(sink.written().size());
    CHECK(own == bytes);
    door heir{elsewhere};
    synapse::span_source source{bytes};
    REQUIRE(synapse::load(heir, source).outcome == synapse::status::ok);
    live(heir, world, 300);
    live(free, same, 300);
    CHECK(synapse::weights_hash(heir.body()) == synapse::weights_hash(free.body()));
}

TEST_CASE("an agent of constants learns the same bits as one of run-time numbers, and they read each other's checkpoints") {
    agree<small>({}, 3000);
    agree<synapse::agent_shape{.observations = 3,
                               .actions = 3,
                               .state = 4,
                               .hidden = {8},
                               .hidden_reserved = {14},
                               .replay = 20,
                               .function = synapse::activation::relu}>(
        {.learning =
             {.replay_ratio = 0.5f, .grow_active_share = 0.1f, .grow_error_above = 0.0f, .growth_window = 200, .growth_pause = 300}},
        3000);
}

TEST_CASE("a bad frame changes nothing at all") {
    synapse::any_agent<> agent{small};
    worlds::synthetic_world world{0.5, 3};
    live(agent, world, 700);
    const auto before = saved(agent);
    float o[3] = {1.0f, 2.0f, 3.0f};
    float a[3] = {1.0f, 2.0f, 3.0f};
    for (const float wrong : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity(), 1e16f}) {
        o[1] = wrong;
        CHECK(agent.observe(o, a) == synapse::status::not_finite);
        float next[3] = {5.0f, 5.0f, 5.0f};
        CHECK(agent.predict(o, a, next) == synapse::status::not_finite);
        CHECK(next[0] == 5.0f);
        o[1] = 2.0f;
        a[2] = wrong;
        CHECK(agent.observe(o, a) == synapse::status::not_finite);
        a[2] = 3.0f;
    }
    CHECK(agent.observe(std::span<const float>{o, 2}, a) == synapse::status::wrong_size);
    CHECK(agent.observe(o, std::span<const float>{a, 2}) == synapse::status::wrong_size);
    synapse::agent_tuning wrong;
    wrong.horizon = 0.0f;
    CHECK(agent.retune(wrong) == synapse::status::out_of_range);
    CHECK(saved(agent) == before);
}

TEST_CASE("predictions come in the sensors' units, with a variance that is right on average") {
    synapse::any_agent<> agent{synapse::agent_shape{.observations = 3, .actions = 3, .state = 8, .hidden = {32}}};
    worlds::synthetic_world world{0.5, 4};
    live(agent, world, 20000);
    double z2 = 0.0;
    double error2 = 0.0;
    constexpr int measured = 5000;
    for (int t = 0; t < measured; ++t) {
        float next[3];
        float variance[3];
        REQUIRE(agent.predict(world.observation(), world.action(), next, variance) == synapse::status::ok);
        REQUIRE(agent.observe(world.observation(), world.action()) == synapse::status::ok);
        world.step();
        for (int i = 0; i < 3; ++i) {
            const double e = static_cast<double>(world.observation()[i]) - static_cast<double>(next[i]);
            error2 += e * e / (3.0 * measured);
            z2 += e * e / static_cast<double>(variance[i]) / (3.0 * measured);
        }
    }
    CHECK(error2 == doctest::Approx(0.5).epsilon(0.1));  // what the others do cannot be known
    CHECK(z2 == doctest::Approx(1.0).epsilon(0.1));
    float next[2];
    CHECK(agent.predict(world.observation(), world.action(), next) == synapse::status::wrong_size);
}

TEST_CASE("a life goes on from a checkpoint, bit for bit, in the middle of a search too") {
    synapse::any_agent<> first{small};
    worlds::synthetic_world world{0.5, 5};
    live(first, world, 2048 + 20);  // a search for the weakest cut has just begun
    const auto bytes = saved(first);
    synapse::any_agent<> second{small};
    worlds::synthetic_world other{0.1, 6};
    live(second, other, 100);
    synapse::span_source source{bytes};
    const auto loaded = synapse::load(second.body(), source);
    REQUIRE(loaded.outcome == synapse::status::ok);
    CHECK(saved(second) == bytes);
    worlds::synthetic_world twin = world;
    for (const int steps : {1, 30, 100, 500, 3000}) {
        live(first, world, steps);
        live(second, twin, steps);
        CHECK(saved(first) == saved(second));
    }
}

TEST_CASE("a checkpoint of another shape, or a damaged one, is refused and changes nothing") {
    synapse::any_agent<> agent{small};
    worlds::synthetic_world world{0.5, 5};
    live(agent, world, 300);
    auto bytes = saved(agent);
    auto other_form = small;
    other_form.state = 5;
    synapse::any_agent<> other{other_form};
    const auto before = saved(other);
    synapse::span_source source{bytes};
    CHECK(synapse::load(other.body(), source).outcome == synapse::status::wrong_shape);
    CHECK(saved(other) == before);
    synapse::any_agent<> twin{small};
    const auto fresh = saved(twin);
    for (std::size_t at = 40; at < bytes.size(); at += 997) {
        bytes[at] ^= std::byte{0x10};
        synapse::span_source damaged{bytes};
        CHECK(synapse::load(twin.body(), damaged).outcome != synapse::status::ok);
        bytes[at] ^= std::byte{0x10};
    }
    CHECK(saved(twin) == fresh);
}

TEST_CASE("after a gap nothing is learned across it") {
    synapse::any_agent<> agent{small};
    worlds::synthetic_world world{0.5, 6};
    live(agent, world, 100);
    CHECK(agent.latest().samples == 98);
    agent.interrupt();
    live(agent, world, 2);
    CHECK(agent.latest().samples == 98);
    live(agent, world, 1);
    CHECK(agent.latest().samples == 99);
}

TEST_CASE("learning rates settle, and a new tuning is taken over at once") {
    synapse::agent_tuning numbers;
    numbers.learning.learning_rate = 0.05f;
    numbers.settled_rate = 0.001f;
    numbers.settling_steps = 500.0f;
    synapse::any_agent<> agent{small, numbers};
    worlds::synthetic_world world{0.5, 7};
    CHECK(agent.latest().learning_rate == 0.05f);
    live(agent, world, 1024);
    CHECK(agent.latest().learning_rate < 0.02f);
    live(agent, world, 20000);
    CHECK(agent.latest().learning_rate == doctest::Approx(0.001));
    numbers.settled_rate = 0.004f;
    REQUIRE(agent.retune(numbers) == synapse::status::ok);
    CHECK(agent.latest().learning_rate == doctest::Approx(0.004));
}

TEST_CASE("shapes and tunings with a flaw are no agents") {
    CHECK_THROWS_AS(synapse::any_agent<>(synapse::agent_shape{}), std::invalid_argument);
    synapse::agent_tuning wrong;
    wrong.state_share = 2.0f;
    CHECK_THROWS_AS(synapse::any_agent<>(small, wrong), std::invalid_argument);
}

TEST_CASE("dead sensors and motors are borne: every metric is a number") {
    synapse::any_agent<> agent{small};
    const float nothing[3] = {};
    for (int t = 0; t < 3000; ++t) REQUIRE(agent.observe(nothing, nothing) == synapse::status::ok);
    const auto felt = agent.latest();
    CHECK(felt.phi.share == 0.0f);
    CHECK(felt.agency.share == 0.0f);
    CHECK_FALSE(felt.agency.defined);
    CHECK(felt.integration.share == 0.0f);
    CHECK(felt.integration.flag == synapse::integration_flag::dead_module);
    CHECK(felt.confidence.confidence >= 0.0f);
    CHECK(felt.confidence.confidence <= 1.0f);
    CHECK(felt.self_prediction.error >= 0.0f);
}

TEST_CASE("the models inside may grow: the state stays, and a checkpoint takes the grown ones along") {
    auto form = small;
    form.hidden_reserved[0] = 20;
    form.hidden_reserved[1] = 16;
    synapse::agent_tuning numbers;
    numbers.learning.grow_active_share = 0.0f;  // any active unit is reason enough
    numbers.learning.grow_error_above = 0.0f;
    numbers.learning.growth_pause = 300;
    synapse::any_agent<> agent{form, numbers};
    worlds::synthetic_world world{0.5, 8};
    live(agent, world, 4000);
    CHECK(agent.world_model().fast().units() > 8 + 6 + 3);
    CHECK(agent.latest().agency.share > 0.2f);
    const auto bytes = saved(agent);
    synapse::any_agent<> twin{form};
    synapse::span_source source{bytes};
    REQUIRE(synapse::load(twin.body(), source).outcome == synapse::status::ok);
    worlds::synthetic_world same = world;
    live(agent, world, 500);
    live(twin, same, 500);
    CHECK(saved(agent) == saved(twin));
}
