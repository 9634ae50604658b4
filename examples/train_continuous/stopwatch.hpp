// Where the time goes: of one step in 61 (a prime, so that it meets whatever happens every so many steps in all its phases), how much
// was learning. The other sixty cost a decrement.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <span>

#include <synapse/core/status.hpp>

namespace train_continuous {

class stopwatch {
public:
    using clock = std::chrono::steady_clock;
    static constexpr std::uint32_t period = 61;

    stopwatch() {
        for (int i = 0; i < 64; ++i) {
            const clock::time_point start = clock::now();
            look_ = std::min(look_, clock::now() - start);
        }
    }

    // A whole step. Inside it, what the learner does, and what the agent does.
    template <class Action>
    auto step(Action action) {
        if (--until_ != 0) return action();
        until_ = period;
        running_ = true;
        looks_ = 1;
        const clock::time_point start = clock::now();
        const auto result = action();
        steps_ += clock::now() - start - looks_ * look_;
        running_ = false;
        return result;
    }
    template <class Action>
    auto learner(Action action) {
        return timed(learner_, action);
    }
    template <class Action>
    auto agent(Action action) {
        return timed(agent_, action);
    }

    // What is done between steps, always measured: a sleep, in which the learner learns, or anything else.
    template <class Action>
    void asleep(Action action) {
        whole(asleep_, action);
    }
    template <class Action>
    void elsewhere(Action action) {
        whole(elsewhere_, action);
    }

    // Shares of the time.
    struct shares {
        double learner = 0;  // its predictions, steps and sleep
        double agent = 0;    // its three models and their metrics
        [[nodiscard]] double learning() const noexcept { return learner + agent; }
    };
    // Of a run of so many seconds; nothing before the first step that was measured.
    [[nodiscard]] std::optional<shares> over(double seconds) const {
        if (steps_ == clock::duration::zero() || !(seconds > 0)) return std::nullopt;
        const double asleep = in_seconds(asleep_) / seconds;
        const double left = 1.0 - asleep - in_seconds(elsewhere_) / seconds;
        const double stepping = (left > 0 ? left : 0) / in_seconds(steps_);
        return shares{stepping * in_seconds(learner_) + asleep, stepping * in_seconds(agent_)};
    }

private:
    static double in_seconds(clock::duration d) { return std::chrono::duration<double>(d).count(); }
    template <class Action>
    auto timed(clock::duration& sum, Action action) {
        if (!running_) return action();
        const clock::time_point start = clock::now();
        const auto result = action();
        sum += clock::now() - start - look_;
        looks_ += 2;
        return result;
    }
    template <class Action>
    void whole(clock::duration& sum, Action action) {
        const clock::time_point start = clock::now();
        action();
        sum += clock::now() - start;
    }

    std::uint32_t until_ = period;
    bool running_ = false;
    int looks_ = 0;                                        // at the clock, within the step that is being measured
    clock::duration look_ = std::chrono::milliseconds{1};  // what one costs, and is taken out again
    clock::duration steps_{}, learner_{}, agent_{}, asleep_{}, elsewhere_{};
};

// A learner, as a world asks and teaches it, under the stopwatch. It refers to both.
template <class Learner>
class timed_learner {
public:
    timed_learner(Learner& learner, stopwatch& watch) noexcept : learner_{&learner}, watch_{&watch} {}

    [[nodiscard]] synapse::status predict(std::span<const float> x, std::span<float> y) {
        return watch_->learner([&] { return learner_->predict(x, y); });
    }
    [[nodiscard]] synapse::status step(std::span<const float> x, std::span<const float> y) {
        return watch_->learner([&]() -> synapse::status { return learner_->step(x, y); });
    }
    [[nodiscard]] decltype(auto) retune(const auto& numbers) { return learner_->retune(numbers); }
    [[nodiscard]] const auto& tuned() const noexcept { return learner_->tuned(); }
    [[nodiscard]] decltype(auto) form() const noexcept { return learner_->form(); }
    [[nodiscard]] decltype(auto) latest() const noexcept { return learner_->latest(); }
    [[nodiscard]] auto& memory() noexcept { return learner_->memory(); }

private:
    Learner* learner_;
    stopwatch* watch_;
};

}  // namespace train_continuous
