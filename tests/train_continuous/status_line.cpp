#include <doctest/doctest.h>

#include <string>

#include "console/terminal.hpp"
#include "train_continuous/status_line.hpp"

using train_continuous::live_status;
using train_continuous::progress;

namespace {

progress somewhere() {
    progress now;
    now.steps = 1234567;
    now.seconds = 9252;
    now.steps_per_second = 185948;
    now.learner.samples = 1234000;
    now.learner.error = 0.012345f;
    now.neurons = 64;
    now.phi = 0.452;
    now.agency = 0.723;
    return now;
}

}  // namespace

TEST_CASE("status line: the format that other programs read") {
    CHECK(train_continuous::status_line(somewhere()) ==
          "Step 1234567 | \u03a6=0.452 | Agency=0.723 | Time: 2h 34m 12s | Error=0.01235 | 185,948 steps/s");
    progress young;
    young.steps = 1234;
    young.seconds = 154;
    CHECK(train_continuous::status_line(young) == "Step    1234 | \u03a6=n/a | Agency=n/a | Time: 2m 34s | 0 steps/s");
}

TEST_CASE("status line: a terminal of eighty characters is told all of it too") {
    progress now = somewhere();
    CHECK(live_status(now, 200) == train_continuous::status_line(now) + " | 64 neurons");
    now.seconds_since_save = 154.0;
    now.seconds_left = 18000.0;
    CHECK(live_status(now, 200) == train_continuous::status_line(now) + " | 64 neurons | saved 2m 34s ago | ETA 5h 0m 0s");
    CHECK(live_status(now, 79) == "Step 1234567 | \u03a6=0.452 | Agency=0.723 | Err=0.0123 185k/s 64n saved 2m ETA 5h");
    CHECK(console::characters(live_status(now, 79)) <= 79);
}
