// The sizes of a network, fixed at construction: how many layers, how wide, how wide they may become.
#pragma once

#include <cstdint>

#include <synapse/network/activation.hpp>

namespace synapse {

inline constexpr std::uint32_t max_hidden_layers = 7;
inline constexpr std::uint32_t max_layers = max_hidden_layers + 1;

struct topology {
    std::uint32_t inputs = 0;
    std::uint32_t outputs = 0;
    std::uint32_t hidden[max_hidden_layers] = {};           // units at the start; a zero ends the list
    std::uint32_t hidden_reserved[max_hidden_layers] = {};  // units that a layer may grow to; 0: as many as at the start
    activation function = activation::relu;                 // of hidden units; outputs are linear
    bool momentum = false;

    [[nodiscard]] constexpr std::uint32_t hidden_layers() const noexcept {
        std::uint32_t n = 0;
        while (n < max_hidden_layers && hidden[n] != 0) ++n;
        return n;
    }
    [[nodiscard]] constexpr std::uint32_t reserved(std::uint32_t layer) const noexcept {
        return hidden_reserved[layer] > hidden[layer] ? hidden_reserved[layer] : hidden[layer];
    }
};

}  // namespace synapse
