#include <cstdint>

#include <doctest/doctest.h>

#include <synapse/agent/shape.hpp>

namespace {

constexpr synapse::agent_shape sound{.observations = 4, .actions = 2, .state = 8, .hidden = {16, 12}};

// A copy of the sound shape with one thing changed.
template <class Change>
bool is_flawed(const Change& change) {
    synapse::agent_shape form = sound;
    change(form);
    return form.flaw() != nullptr;
}

}  // namespace

TEST_CASE("the three learners' shapes follow from the agent's") {
    static_assert(sound.flaw() == nullptr);
    CHECK(sound.world().inputs == 14);
    CHECK(sound.world().outputs == 4);
    CHECK(sound.blind().inputs == 12);
    CHECK(sound.blind().outputs == 4);
    CHECK(sound.self().inputs == 14);
    CHECK(sound.self().outputs == 8);
    CHECK(sound.world().hidden[1] == 12);
    CHECK(sound.modules().variables() == 14);
    CHECK(sound.modules().count() == 3);
}

TEST_CASE("every flaw of a shape is named") {
    CHECK(synapse::agent_shape{}.flaw() != nullptr);
    CHECK(is_flawed([](auto& f) { f.observations = 0; }));
    CHECK(is_flawed([](auto& f) { f.actions = 0; }));
    CHECK(is_flawed([](auto& f) { f.observations = 0xffffffffu; }));
    CHECK(is_flawed([](auto& f) { f.state = 1; }));
    CHECK(is_flawed([](auto& f) { f.state = 33; }));
    CHECK(is_flawed([](auto& f) { f.state = 13; }));  // above the last hidden layer
    CHECK(is_flawed([](auto& f) { f.hidden[0] = 0; }));
    CHECK(is_flawed([](auto& f) { f.ahead = 0; }));
    CHECK(is_flawed([](auto& f) { f.phi_lag = 0; }));
    CHECK(is_flawed([](auto& f) { f.rank_memory = 0; }));
    CHECK(is_flawed([](auto& f) { f.replay = 0xffffffffu; }));
    CHECK(is_flawed([](auto& f) { f.function = static_cast<synapse::activation>(9); }));
}

TEST_CASE("a shape takes in a checkpoint of the same shape, whatever was reserved") {
    synapse::agent_shape other = sound;
    CHECK(sound.accepts(other));
    synapse::agent_shape growing = sound;
    growing.hidden_reserved[0] = other.hidden_reserved[0] = 40;
    growing.hidden_reserved[1] = 30;
    CHECK(other.accepts(growing));
    CHECK_FALSE(other.accepts(sound));  // units that grow have records
    other = sound;
    other.actions = 3;
    CHECK_FALSE(sound.accepts(other));
    other = sound;
    other.ahead = 2;
    CHECK_FALSE(sound.accepts(other));
    other = sound;
    other.state = 7;
    CHECK_FALSE(sound.accepts(other));
}
