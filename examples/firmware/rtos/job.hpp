// What the recipes of this folder do, whichever RTOS carries them: control a machine and learn it meanwhile. Yours are the two functions of
// `machine`; the rest may stay.
#pragma once

#include <cstdint>

#include <synapse/core/published.hpp>
#include <synapse/core/random.hpp>
#include <synapse/core/shared_counter.hpp>

#include "two_tasks.hpp"

namespace job {

inline constexpr synapse::shape form{.inputs = 4,
                                     .outputs = 2,
                                     .hidden = {24},
                                     .replay = 64,
                                     .format = synapse::sample_format::u8,
                                     .scaling = synapse::input_scaling::none,
                                     .range_low = -1.0f};

// Stands for sensors and motors.
class machine {
public:
    void sense(float (&x)[4]) noexcept {
        for (float& v : x) v = noise_.symmetric();
    }
    // What the motors did to it.
    void respond(const float (&x)[4], float (&y)[2]) const noexcept {
        y[0] = x[0] * x[1];
        y[1] = x[2] - 0.5f * x[3];
    }

private:
    synapse::random_generator noise_{7};
};

struct summary {
    std::uint32_t periods = 0;
    std::uint32_t renewed = 0;  // times that something learned was taken over
    std::uint32_t lost = 0;     // samples that the idle task had no time for
    float error = 1.0f;         // squared, of the predictions that were used; over about 500 periods
    std::uint32_t faults = 0;   // what should not happen
};

inline two_tasks<form, 6 * 1024> mind;
inline synapse::shared_counter refused;    // pieces of work that failed in the idle task
inline synapse::published<summary> shown;  // for whoever tells it on

// The control task, once a period.
inline void control() noexcept {
    static machine robot;
    static summary now;
    float x[4], y[2], wanted[2];
    const synapse::status renewed = mind.renew();
    now.renewed += ok(renewed);
    now.faults += !ok(renewed) && renewed != synapse::status::not_found;
    robot.sense(x);
    if (ok(mind.predict(x, wanted))) {
        robot.respond(x, y);
        const float e0 = y[0] - wanted[0], e1 = y[1] - wanted[1];
        now.error += 0.002f * (e0 * e0 + e1 * e1 - now.error);
        now.lost += !mind.tell(x, y);
    } else {
        ++now.faults;
    }
    ++now.periods;
    shown.set(now);
}

// The idle task, as often as it can.
inline void idle() noexcept {
    if (!ok(mind.learn())) refused.set(refused.own() + 1);
}

// Whether the job is being done: what is learned arrives, and the answers are good.
inline bool goes_well(const summary& s) noexcept { return s.faults == 0 && refused.get() == 0 && s.renewed >= 5 && s.error < 0.05f; }

}  // namespace job
