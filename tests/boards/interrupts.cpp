// An interrupt that comes at any instruction of a learning step, reads the prediction that was published last and sees only whole ones;
// and what was learned is, to the bit, what is learned undisturbed.
#include <cstdint>

#include <doctest/doctest.h>

#include <synapse/core/bytes.hpp>
#include <synapse/core/fields.hpp>
#include <synapse/core/published.hpp>
#include <synapse/synapse.hpp>

#include "board.hpp"

namespace {

constexpr synapse::shape form{.inputs = 6,
                              .outputs = 3,
                              .hidden = {32, 32},
                              .replay = 64,
                              .slow = true,
                              .format = synapse::sample_format::u8,
                              .hidden_reserved = {40, 40},
                              .plastic = true};
using model_type = synapse::learner<form>;
synapse::fixed_arena<model_type::bytes> memory;

struct prediction {
    std::uint32_t step;
    float y[3];
    std::uint64_t check;

    static std::uint64_t check_of(std::uint32_t step, const float (&y)[3]) {
        synapse::fnv1a64 hash;
        hash.add(static_cast<float>(step));
        for (const float v : y) hash.add(v);
        return hash.value();
    }
    [[nodiscard]] bool is_whole() const { return check == check_of(step, y); }
};

synapse::published<prediction> shown;
volatile prediction bare;  // without protection: what the interrupt would see

struct {
    std::uint32_t calls, read, refused, torn, backwards, bare_torn, last_step;
    float disturbance;
} seen;

// Learns `steps` samples, publishing a prediction before each.
std::uint64_t live(std::uint32_t steps) {
    model_type model{
        memory, {.replay_ratio = 0.5f, .grow_active_share = 0.1f, .grow_error_above = 0.0f, .growth_window = 200, .turnover_rate = 0.001f}};
    synapse::random_generator world{5};
    for (std::uint32_t i = 1; i <= steps; ++i) {
        float x[6];
        for (float& v : x) v = world.symmetric();
        const float y[3] = {x[0] * x[1], x[2] - x[3], x[4] * x[5]};
        prediction next{};
        next.step = i;
        REQUIRE(ok(model.predict(x, next.y)));
        next.check = prediction::check_of(i, next.y);
        shown.set(next);
        bare.step = next.step;
        for (int j = 0; j < 3; ++j) bare.y[j] = next.y[j];
        bare.check = next.check;
        REQUIRE(ok(model.step(x, y)));
    }
    return synapse::weights_hash(model);
}

}  // namespace

extern "C" void timer_interrupt() {
    ++seen.calls;
    board::start_timer(31 + 2 * (seen.calls % 97));  // another odd period each time
    prediction now{};
    if (const synapse::status s = shown.read(now); s == synapse::status::ok) {
        ++seen.read;
        seen.torn += !now.is_whole();
        seen.backwards += now.step < seen.last_step;
        seen.last_step = now.step;
    } else if (s != synapse::status::not_found) {
        ++seen.refused;
    }
    prediction raw{};
    raw.step = bare.step;
    for (int j = 0; j < 3; ++j) raw.y[j] = bare.y[j];
    raw.check = bare.check;
    seen.bare_torn += raw.step != 0 && !raw.is_whole();
    seen.disturbance = 1.5f * seen.disturbance + now.y[0];  // uses the FPU's registers
    if (!(seen.disturbance > -1e3f && seen.disturbance < 1e3f)) seen.disturbance = 1.0f;
}

TEST_CASE("an interrupt at any instruction of learning sees whole predictions and disturbs nothing") {
    constexpr std::uint32_t steps = 3000;
    const std::uint64_t undisturbed = live(steps);
    seen = {};
    board::start_timer(31);
    const std::uint64_t disturbed = live(steps);
    board::start_timer(0);
    MESSAGE(seen.calls, " interrupts, ", seen.read, " whole predictions read, ", seen.bare_torn, " times would a bare one have been torn");
    CHECK(disturbed == undisturbed);
    CHECK(seen.calls > 5 * steps);
    CHECK(seen.read > 5 * steps);
    CHECK(seen.refused == 0);
    CHECK(seen.torn == 0);
    CHECK(seen.bare_torn > 0);  // so the interrupts did come in the middle of it
    CHECK(seen.last_step == steps);
}
