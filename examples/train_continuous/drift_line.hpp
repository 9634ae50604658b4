// A time that the error rose for good, as a line.
#pragma once

#include <cstdint>
#include <string>

#include <synapse/learner/tuning.hpp>

namespace train_continuous {

// "[Drift] The error rose for good at step 5021: sleeping". growth_said: growth events that had been told of before.
template <class Model>
std::string drift_line(const Model& model, std::uint64_t growth_said) {
    const std::string line = "[Drift] The error rose for good at step " + std::to_string(model.latest().last_drift_step);
    switch (model.tuned().on_drift) {
        case synapse::drift_response::note: return line;
        case synapse::drift_response::sleep: return line + ": sleeping";
        case synapse::drift_response::faster:
            return line + ": learning faster for " + std::to_string(model.tuned().drift_samples) + " steps";
        case synapse::drift_response::flush: return line + ": what was remembered is dropped";
        case synapse::drift_response::column:
            return line + (model.growth().events() != growth_said ? ": a column begins" : ": there is no room for a column");
    }
    return line;
}

}  // namespace train_continuous
