// Where the time goes: of one step in 61 (a prime, so that it meets whatever happens every so many steps in all its phases), how much
// was learning. The other sixty cost a decrement. A step during which the system gave the processor to somebody else says nothing about
// the program and is not counted: one such pause of 4 ms is as long as a thousand steps.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <span>

#include <sys/resource.h>

#include <synapse/core/status.hpp>

namespace train_continuous {

// Times that this thread has lost the processor to another: waiting for data is not among them, it is time that is not learned in.
struct thread_pauses {
    static long count() {
        rusage used{};
        ::getrusage(RUSAGE_THREAD, &used);
        return used.ru_nivcsw;
    }
};

template <class Pauses>
class basic_stopwatch {
public:
    using clock = std::chrono::steady_clock;
    static constexpr std::uint32_t period = 61;

    // A whole step. Inside it, what the learner does, and what the agent does.
    template <class Action>
    auto step(Action action) {
        if (--until_ != 0) return action();
        until_ = period;
        running_ = true;
        now_ = {};
        const long pauses = Pauses::count();
        const clock::time_point start = clock::now();
        const auto result = action();
        const clock::time_point end = clock::now();
        const clock::time_point again = clock::now();
        running_ = false;
        if (Pauses::count() != pauses) return result;
        sum_.add(now_);
        sum_.step += end - start;
        sum_.look += again - end;
        ++sum_.steps;
        return result;
    }
    template <class Action>
    auto learner(Action action) {
        return timed(now_.learner, now_.learner_looks, action);
    }
    template <class Action>
    auto agent(Action action) {
        return timed(now_.agent, now_.agent_looks, action);
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
        if (sum_.steps == 0 || !(seconds > 0)) return std::nullopt;
        // What a look at the clock costs, in the middle of all this, is taken out again: a section has one in it, and one before it.
        const double look = in_seconds(sum_.look) / static_cast<double>(sum_.steps);
        const auto without = [look](clock::duration d, std::uint64_t looks) {
            return std::max(0.0, in_seconds(d) - static_cast<double>(looks) * look);
        };
        const double step = without(sum_.step, sum_.steps + 2 * (sum_.learner_looks + sum_.agent_looks));
        const double learner = without(sum_.learner, sum_.learner_looks);
        const double agent = without(sum_.agent, sum_.agent_looks);
        const double whole = std::max(step, learner + agent);
        const double asleep = in_seconds(asleep_) / seconds;
        const double left = std::max(0.0, 1.0 - asleep - in_seconds(elsewhere_) / seconds);
        if (!(whole > 0)) return std::nullopt;
        return shares{left * learner / whole + asleep, left * agent / whole};
    }

private:
    struct sums {
        clock::duration step{}, learner{}, agent{}, look{};
        std::uint64_t steps = 0, learner_looks = 0, agent_looks = 0;

        void add(const sums& x) {
            learner += x.learner;
            agent += x.agent;
            learner_looks += x.learner_looks;
            agent_looks += x.agent_looks;
        }
    };

    static double in_seconds(clock::duration d) { return std::chrono::duration<double>(d).count(); }
    template <class Action>
    auto timed(clock::duration& sum, std::uint64_t& looks, Action action) {
        if (!running_) return action();
        const clock::time_point start = clock::now();
        const auto result = action();
        sum += clock::now() - start;
        ++looks;
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
    sums now_;  // of the step that is being measured
    sums sum_;  // of all that were
    clock::duration asleep_{}, elsewhere_{};
};
using stopwatch = basic_stopwatch<thread_pauses>;

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
