#include <doctest/doctest.h>

#include <string>

#include "dashboard/run_log.hpp"
#include "scratch.hpp"

namespace {
using kind = dashboard::log_event::kind;
const std::string step_10 = "Step      10 | \u03a6=n/a | Agency=n/a | Time: 0s | 10 steps/s\n";
const std::string step_90 = "Step      90 | \u03a6=n/a | Agency=n/a | Time: 1s | 10 steps/s\n";
}  // namespace

TEST_CASE("run log: events at the step of the status line before them, and the summary") {
    const scratch s;
    s.write("training.log",
            "[Neurogenesis] Growing layer_0: Rising error (4.56 > 1.10)\n" + step_10 +
                "[Checkpoint] Saved to checkpoints/a.syn (auto)\nnoise\n[Health] Agency 0.27 < 0.30: raise the learning rate\n");
    dashboard::run_log log{s.path("training.log")};
    CHECK(log.poll());
    REQUIRE(log.events().size() == 3);
    CHECK(log.events()[0].step == 0);
    CHECK(log.events()[0].what == kind::growth);
    CHECK(log.events()[0].text == "Growing layer_0: Rising error (4.56 > 1.10)");
    CHECK(log.events()[1].step == 10);
    CHECK(log.events()[2].what == kind::health);
    CHECK(log.summary().empty());
    s.append("training.log", "[Maturity] all\n\nTRAINING SUMMARY\nTotal steps: 10\n\nTo resume:\n  train_continuous --resume a\n");
    CHECK(log.poll());
    CHECK(log.summary().size() == 3);
    CHECK(log.is_mature());
    SUBCASE("a run that goes on is not over") {
        s.append("training.log", "[Checkpoint] Resumed from a.syn at step 10\n" + step_90);
        CHECK(log.poll());
        CHECK(log.summary().empty());
        CHECK(log.events().back().what == kind::resumed);
        CHECK(log.step() == 90);
    }
    SUBCASE("resumed from before: what came after that did not happen") {
        s.append("training.log", step_90 + "[Neurogenesis] late\n[Checkpoint] Resumed from a.syn at step 20\n");
        CHECK(log.poll());
        CHECK(log.events().back().step == 20);
        CHECK(log.events()[log.events().size() - 2].text == "all");
    }
    SUBCASE("another life in the same log") {
        s.append("training.log", step_90 + "[Neurogenesis] late\n" + step_10 + "[Neurogenesis] anew\n");
        CHECK(log.poll());
        REQUIRE(log.events().size() == 1);
        CHECK(log.events()[0].text == "anew");
    }
}

TEST_CASE("run log: bounded, and deaf to nonsense") {
    const scratch s;
    std::string text = "Step\nStep x\n[Checkpoint] Resumed from x at step y\n";
    for (int i = 0; i < 5000; ++i) text += "[Neurogenesis] " + std::to_string(i) + std::string(1000, '.') + "\n";
    s.write("training.log", text);
    dashboard::run_log log{s.path("training.log")};
    CHECK(log.poll());
    CHECK(log.events().size() <= dashboard::run_log::most_events);
    CHECK(log.events().back().text.starts_with("4999."));
    CHECK(log.events().back().text.size() <= 400);
    dashboard::run_log none{s.path("none")};
    CHECK_FALSE(none.poll());
}
