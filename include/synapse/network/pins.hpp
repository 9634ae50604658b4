// What of a network's topology is known when it is compiled; by default nothing, and it may have any.
#pragma once

#include <cstdint>

#include <synapse/network/activation.hpp>
#include <synapse/network/topology.hpp>

namespace synapse {

struct network_pins {
    std::uint32_t layers = max_layers;  // at most
    bool any = true;                    // the rest is not known
    activation function = activation::relu;
    bool momentum = true;
    bool single = false;   // one sample at a time
    bool turnover = true;  // units may make room for new ones that look where errors point
    bool twins = true;     // new units may come in pairs
    bool watched = true;   // hidden units' answers are wanted beside their deltas
};

}  // namespace synapse
