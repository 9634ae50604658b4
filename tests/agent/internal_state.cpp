#include <cstdint>

#include <doctest/doctest.h>

#include <synapse/agent/internal_state.hpp>

#include "../metrics/cases.hpp"

TEST_CASE("frames come back after their number of steps, with the mean of the actions since") {
    for (const std::uint32_t frames : {1u, 3u}) {
        CAPTURE(frames);
        cases::housed state{synapse::internal_state{2, 1, 1, frames}};
        for (std::uint32_t t = 0; t < 10; ++t) {
            CHECK(state->is_full() == (t >= frames));
            if (state->is_full()) {
                float x[4];
                float blind[3];
                state->recall(x, blind);
                const auto then = static_cast<float>(t - frames);
                CHECK(x[0] == then);
                CHECK(blind[0] == then);
                float mean = 0.0f;
                for (std::uint32_t f = 0; f < frames; ++f) mean += 10.0f * (then + static_cast<float>(f)) / static_cast<float>(frames);
                CHECK(x[1] == doctest::Approx(static_cast<double>(mean)));
                CHECK(x[2] == then);
                CHECK(x[3] == -then);
                CHECK(blind[1] == 2.0f * then);
                CHECK(blind[2] == 3.0f * then);
            }
            const auto now = static_cast<float>(t);
            const float world[2] = {now, -now};
            const float blind[2] = {2.0f * now, 3.0f * now};
            state->follow(world, blind, 1.0f);
            const float observation[1] = {now};
            const float action[1] = {10.0f * now};
            state->remember(observation, action);
        }
        state->interrupt();
        CHECK_FALSE(state->is_full());
        CHECK(state->trace()[0] == 9.0f);
    }
}

TEST_CASE("the traces leak") {
    cases::housed state{synapse::internal_state{1, 1, 1, 1}};
    const float one[1] = {1.0f};
    const float zero[1] = {};
    state->follow(one, zero, 0.25f);
    CHECK(state->trace()[0] == 0.25f);
    state->follow(one, one, 0.25f);
    CHECK(state->trace()[0] == 0.4375f);
    CHECK(state->context()[0] == 0.25f);
}
