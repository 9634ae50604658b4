// What an agent remembers of the last few steps: a leaky trace of its world model's hidden activity, which is temporal context
// without backpropagation through time, and the frames between an observation and the one that was to be predicted from it.
//
// There are two traces. The agent's state has heard of every action. The blind model has a context of its own, the trace of its own
// hidden activity: given the state, it would read actions that are still going on out of it, and know what it must not know.
#pragma once

#include <cstddef>
#include <cstdint>

#include <synapse/config.hpp>
#include <synapse/core/fields.hpp>
#include <synapse/core/status.hpp>
#include <synapse/kernels/kernel_set.hpp>
#include <synapse/memory/normalizer.hpp>

namespace synapse {

class internal_state {
public:
    constexpr internal_state() noexcept = default;
    // units of state; numbers of one frame besides the state: observations and actions; frames >= 1
    constexpr internal_state(std::uint32_t units, std::uint32_t observations, std::uint32_t actions, std::uint32_t frames) noexcept
        : units_{units}, observations_{observations}, actions_{actions}, frames_{frames} {}

    template <class Self, class Visitor>
    static constexpr void fields(Self& self, Visitor& visit) {
        const std::uint32_t width = self.width();
        visit.value("seen", self.seen_);
        visit.value("next", self.next_);
        visit.array("trace", role::state, self.trace_, vector_extent(self.units_, self.units_).within(limit));
        visit.array("context", role::state, self.context_, vector_extent(self.units_, self.units_).within(limit));
        visit.array("frame", role::state, self.frame_, extent{self.frames_, width, self.frames_, width}.within(normalizer::largest_input));
    }
    [[nodiscard]] status settle() const noexcept {
        return seen_ <= frames_ && (next_ < frames_ || frames_ == 0) ? status::ok : status::corrupt;
    }

    // The traces move towards the activity [units] of the world model and of the blind one, by `share` of the difference. @cost units
    SYNAPSE_OUTLINE void follow(const float* world, const float* blind, float share) noexcept {
        for (std::uint32_t i = 0; i < units_; ++i) trace_[i] += share * (world[i] - trace_[i]);
        for (std::uint32_t i = 0; i < units_; ++i) context_[i] += share * (blind[i] - context_[i]);
    }

    // Whether the oldest frame is `frames` steps old.
    [[nodiscard]] bool is_full() const noexcept { return seen_ == frames_; }
    // Of the oldest frame: (observation, mean action since, state then) into x, (observation, context then) into blind. is_full().
    // @cost frames * actions
    SYNAPSE_OUTLINE void recall(float* x, float* blind) const noexcept {
        const float* oldest = frame(next_);
        for (std::uint32_t i = 0; i < observations_; ++i) x[i] = blind[i] = oldest[i];
        float* action = x + observations_;
        for (std::uint32_t i = 0; i < actions_; ++i) action[i] = 0.0f;
        const float each = 1.0f / static_cast<float>(frames_);
        for (std::uint32_t f = 0; f < frames_; ++f) {
            const float* taken = frame(f) + observations_;
            for (std::uint32_t i = 0; i < actions_; ++i) action[i] += each * taken[i];
        }
        const float* state = oldest + observations_ + actions_;
        for (std::uint32_t i = 0; i < units_; ++i) action[actions_ + i] = state[i];
        for (std::uint32_t i = 0; i < units_; ++i) blind[observations_ + i] = state[units_ + i];
    }
    // The newest frame, in place of the oldest: observation, action and the present traces. @cost their numbers
    SYNAPSE_OUTLINE void remember(const float* observation, const float* action) noexcept {
        float* to = frame_ + std::size_t{next_} * width();
        for (std::uint32_t i = 0; i < observations_; ++i) to[i] = observation[i];
        for (std::uint32_t i = 0; i < actions_; ++i) to[observations_ + i] = action[i];
        for (std::uint32_t i = 0; i < units_; ++i) to[observations_ + actions_ + i] = trace_[i];
        for (std::uint32_t i = 0; i < units_; ++i) to[observations_ + actions_ + units_ + i] = context_[i];
        next_ = next_ + 1 == frames_ ? 0 : next_ + 1;
        if (seen_ < frames_) ++seen_;
    }
    // The stream has a gap: the frames are of another time. The traces fade by themselves.
    void interrupt() noexcept { seen_ = next_ = 0; }

    // The state [units], and the blind model's context [units].
    [[nodiscard]] const float* trace() const noexcept { return trace_; }
    [[nodiscard]] const float* context() const noexcept { return context_; }
    [[nodiscard]] constexpr std::uint32_t units() const noexcept { return units_; }

private:
    [[nodiscard]] constexpr std::uint32_t width() const noexcept { return observations_ + actions_ + 2 * units_; }
    [[nodiscard]] const float* frame(std::uint32_t i) const noexcept { return frame_ + std::size_t{i} * width(); }

    float* trace_ = nullptr;
    float* context_ = nullptr;
    float* frame_ = nullptr;
    std::uint32_t units_ = 0;
    std::uint32_t observations_ = 0;
    std::uint32_t actions_ = 0;
    std::uint32_t frames_ = 0;
    std::uint32_t seen_ = 0;
    std::uint32_t next_ = 0;
};

}  // namespace synapse
