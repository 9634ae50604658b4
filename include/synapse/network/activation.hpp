// What a unit does with its sum.
#pragma once

#include <cstdint>

namespace synapse {

enum class activation : std::uint8_t { linear, relu, tanh };

constexpr const char* name(activation a) noexcept {
    switch (a) {
        case activation::linear: return "linear";
        case activation::relu: return "relu";
        case activation::tanh: return "tanh";
    }
    return "unknown";
}

// a [n] := f(a), within +-limit. @cost n elements, loop-safe
template <class Kernels>
void activate(activation f, std::uint32_t n, float* a) noexcept {
    switch (f) {
        case activation::linear: Kernels::linear(n, a); break;
        case activation::relu: Kernels::relu(n, a); break;
        case activation::tanh: Kernels::tanh(n, a); break;
    }
}

// delta [n] := delta * f'(a), within +-limit, from the activation's output h [n]. @cost n elements, loop-safe
template <class Kernels>
void activate_backward(activation f, std::uint32_t n, const float* h, float* delta) noexcept {
    switch (f) {
        case activation::linear: Kernels::linear(n, delta); break;
        case activation::relu: Kernels::relu_backward(n, h, delta); break;
        case activation::tanh: Kernels::tanh_backward(n, h, delta); break;
    }
}

}  // namespace synapse
