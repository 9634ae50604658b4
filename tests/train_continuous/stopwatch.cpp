#include <doctest/doctest.h>

#include <chrono>
#include <thread>

#include "train_continuous/stopwatch.hpp"

using train_continuous::stopwatch;

namespace {

int nap() {
    std::this_thread::sleep_for(std::chrono::microseconds{200});
    return 1;
}

}  // namespace

TEST_CASE("stopwatch: nothing is known before a step was measured, and what is done is done") {
    stopwatch watch;
    CHECK_FALSE(watch.over(1.0).has_value());
    int done = 0;
    for (std::uint32_t i = 1; i < stopwatch::period; ++i) done += watch.step([&] { return watch.learner([] { return 1; }); });
    CHECK(done == static_cast<int>(stopwatch::period) - 1);
    CHECK_FALSE(watch.over(1.0).has_value());
    watch.step([&] { return nap(); });
    REQUIRE(watch.over(1.0).has_value());
    CHECK(watch.over(1.0)->learning() == 0.0);  // nobody learned
    CHECK_FALSE(watch.over(0.0).has_value());
}

TEST_CASE("stopwatch: sleeping counts as learning, what is done elsewhere does not, and no share is beyond the whole") {
    stopwatch watch;
    using clock = std::chrono::steady_clock;
    const clock::time_point start = clock::now();
    for (std::uint32_t i = 0; i < 3 * stopwatch::period; ++i) {
        watch.step([&] { return watch.learner(nap) + watch.agent(nap); });
    }
    watch.asleep([] { nap(); });
    watch.elsewhere([] { nap(); });
    const auto shares = watch.over(std::chrono::duration<double>(clock::now() - start).count());
    REQUIRE(shares.has_value());
    CHECK(shares->learner > 0.0);
    CHECK(shares->agent > 0.0);
    CHECK(shares->learning() <= 1.0 + 1e-9);
}

namespace {

// A system that takes the processor away when it is told to.
struct told {
    static inline long taken = 0;
    static long count() { return taken; }
};

}  // namespace

TEST_CASE("stopwatch: a step in which another had the processor is not counted, the next one is") {
    train_continuous::basic_stopwatch<told> watch;
    const auto live = [&](auto action) {
        for (std::uint32_t i = 1; i < stopwatch::period; ++i) watch.step([] { return 1; });
        watch.step(action);
    };
    live([&] {
        ++told::taken;
        return watch.learner(nap);
    });
    CHECK_FALSE(watch.over(1.0).has_value());
    live([&] { return watch.agent(nap); });
    REQUIRE(watch.over(1.0).has_value());
    CHECK(watch.over(1.0)->learner == 0.0);
    CHECK(watch.over(1.0)->agent > 0.5);
}
