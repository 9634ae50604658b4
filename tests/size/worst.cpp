// Firmware whose longest step and deepest stack are looked for: a life in which all that may come on top of a step does. LEARNER: replays,
// consolidates, grows and recycles units; with PLAIN it only replays. Otherwise an agent of STATE units of internal state with its metrics; with GROWS its models replay, grow and recycle, too.
#include <cstdint>

#include <synapse/synapse.hpp>

#include "../twin/life.hpp"
#include "board.hpp"

#ifndef STATE
#define STATE 16
#endif
#ifndef RATIO
#define RATIO 0.2f
#endif

// The places between which instructions are counted.
extern "C" [[gnu::noinline]] void stretch_begin() { asm volatile("" ::: "memory"); }
extern "C" [[gnu::noinline]] void stretch_end() { asm volatile("" ::: "memory"); }

namespace {

constexpr std::uint32_t steps = 12000;

constexpr synapse::tuning eventful(float replay_ratio) {
    return {.replay_ratio = replay_ratio,
            .gate_margin = 1.5f,
            .drift_threshold = 20.0f,
            .on_drift = synapse::drift_response::faster,
            .grow_active_share = 0.1f,
            .grow_error_above = 0.0f,
            .growth_window = 1000,
            .turnover_rate = 0.001f};
}

#ifdef LEARNER
constexpr synapse::shape form{.inputs = 6,
                              .outputs = 3,
                              .hidden = {32, 32},
                              .replay = 64,
#ifdef PLAIN
                              .format = synapse::sample_format::u8};
#else
                              .slow = true,
                              .format = synapse::sample_format::u8,
                              .hidden_reserved = {40, 40},
                              .plastic = true};
#endif
using model_type = synapse::learner<form>;
synapse::fixed_arena<model_type::bytes> memory;
model_type model{memory, eventful(RATIO)};

synapse::status step(const life::sensors& now) { return model.step(now.x, now.y); }
synapse::status predict(const life::sensors& now) {
    float y[3];
    return model.predict(now.x, y);
}
#ifdef PLAIN
bool is_eventful() { return model.latest().replayed != 0; }
#else
bool is_eventful() { return model.latest().growth_events != 0 && model.latest().recycled != 0 && model.latest().replayed != 0; }
#endif
#else
#ifdef GROWS
constexpr synapse::agent_shape form{.observations = 6, .actions = 2, .state = STATE, .hidden = {32}, .hidden_reserved = {40}, .replay = 64};
constexpr synapse::agent_tuning numbers{.learning = eventful(RATIO)};
#else
constexpr synapse::agent_shape form{.observations = 6, .actions = 2, .state = STATE, .hidden = {32}};
constexpr synapse::agent_tuning numbers{};
#endif
using agent_type = synapse::agent<form>;
synapse::fixed_arena<agent_type::bytes> memory;
agent_type model{memory, numbers};

synapse::status step(const life::sensors& now) { return model.observe(now.x, {now.pixels + 8, 2}); }
synapse::status predict(const life::sensors&) { return synapse::status::ok; }
bool is_eventful() {
    const synapse::report& r = model.world_model().latest();
    const bool measured = model.latest().phi.flag == synapse::phi_flag::measured;
#ifdef GROWS
    return measured && r.growth_events != 0 && r.recycled != 0 && r.replayed != 0;
#else
    return measured && r.growth_events == 0;
#endif
}
#endif

}  // namespace

extern "C" std::uint32_t stack_top;

int main() {
    board::lock_heap();
    const auto depth = reinterpret_cast<std::uintptr_t>(&stack_top) - reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0));
    life::sensors now;
    board::repaint_stack();
    for (std::uint32_t i = 0; i < steps; ++i) {
        now.read(i);
        stretch_begin();
        const synapse::status done = step(now);
        stretch_end();
        if (!ok(done) || !ok(predict(now))) return 1;
    }
    board::print("RAM ");
    board::print(static_cast<std::uint32_t>(sizeof memory + sizeof model));
    board::print(" stack ");
    board::print(static_cast<std::uint32_t>(board::stack_bytes_used() - depth));
    board::print("\n");
    const std::uint32_t flags = board::take_float_exceptions() & (board::invalid | board::divided_by_zero | board::overflow);
    return flags == 0 && is_eventful() ? 0 : 2;
}
