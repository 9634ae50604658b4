// One line of the metrics file: a JSON object whose members never change their names, null where nothing is known.
#pragma once

#include <string>

#include "console/json.hpp"
#include "train_continuous/progress.hpp"

namespace train_continuous {

// The agent's metrics, as the report and the metrics file both name them.
inline void add_agent_metrics(console::json& out, const progress& now) {
    out.member("phi", now.phi).member("agency", now.agency).member("integration", now.integration);
    out.member("confidence", now.confidence).member("self_prediction_error", now.self_prediction_error);
}

// @param unix_time  seconds since 1970
inline std::string metrics_line(const progress& now, double unix_time) {
    console::json out;
    out.open('{').member("time", unix_time).member("steps", now.steps).member("samples", now.learner.samples);
    out.member("replayed", now.learner.replayed).member("seconds", now.seconds).member("steps_per_second", now.steps_per_second);
    out.member("error", now.error()).member("loss", now.loss()).member("accuracy", now.accuracy());
    add_agent_metrics(out, now);
    return out.close('}').text();
}

}  // namespace train_continuous
