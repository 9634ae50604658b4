// What an agent knows about itself and its world.
#pragma once

#include <cstdint>

#include <synapse/metrics/agency.hpp>
#include <synapse/metrics/confidence.hpp>
#include <synapse/metrics/integration.hpp>
#include <synapse/metrics/phi.hpp>
#include <synapse/metrics/self_prediction.hpp>

namespace synapse {

struct agent_report {
    std::uint64_t steps = 0;    // calls of observe that were accepted
    std::uint64_t samples = 0;  // pairs of observations learned from
    phi_result phi;
    agency_result agency;
    integration_result integration;
    confidence_result confidence;
    self_prediction_result self_prediction;
    float error = 0.0f;          // of the world model: squared error / variance of the observations' change
    float last_error = 0.0f;     // of the last step alone
    float learning_rate = 0.0f;  // at present
};

}  // namespace synapse
