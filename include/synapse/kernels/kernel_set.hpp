// What a kernel set must provide, and the numeric contract that makes every set give the same bits.
//
// THE CONTRACT. A dense layer stores weight[input][output] at `stride`, outputs contiguous. In every kernel set:
//   1. forward    a_j = b_j, then for each listed row k in list order: a_j = madd(x_k, W[k][j], a_j).
//   2. dx         dx_k = fold(p), where p_i = +0, then for each j in order: p_(j mod 16) = madd(delta_j, W[k][j], p_(j mod 16)).
//   3. fold       16 partial sums become one: add lane i+8 to i (i < 8), then i+4 to i, i+2 to i, i+1 to i; then add +0, so that
//                 a sum of zeros is +0 whatever their signs.
//   4. update     W[k][j] = madd(s_k, delta_j, W[k][j]) with s_k = -rate * x_k, after dx_k has been formed from the old row.
//                 b_j = madd(-rate, delta_j, b_j).
//   5. batches    as above for each sample; the updates of one weight are applied in the order of the samples.
//   madd is the set's arithmetic: `separate` or `fused` (arithmetic.hpp).
// Lists of rows: `nonzero` names the inputs that are not 0. Rows that are not listed are not written, and what is in them reaches no
// result: with relu half the weights are left alone, in both directions (the derivative of an inactive unit is 0, so no one needs
// its dx).
// Padding: columns outputs..stride-1 of weight, bias, a and delta are +0 and stay +0; they never change a result.
//
// Kernel functions are loop-safe, allocate nothing and check nothing: the layer above has checked sizes and finiteness.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <synapse/config.hpp>

namespace synapse {

// One dense layer as the kernels see it.
struct dense_view {
    float* weight;          // [inputs][stride]
    float* bias;            // [stride]
    std::uint32_t inputs;   // rows in use
    std::uint32_t outputs;  // columns in use
    std::uint32_t stride;   // a multiple of the set's lanes
};

// The number of a row. Half as wide on a microcontroller, whose layers are far below 65,536 units: shape.hpp sees to that.
using row_index = std::conditional_t<config::microcontroller, std::uint16_t, std::uint32_t>;

// The rows of a layer that take part in an operation, ascending.
struct row_list {
    const row_index* index;
    std::uint32_t count;
};

// Vectors of a mini-batch, one sample after another: sample b at data + b * stride.
template <class T>
struct batch_view {
    T* data;
    std::uint32_t samples;
    std::uint32_t stride;
    [[nodiscard]] constexpr T* operator[](std::uint32_t b) const noexcept { return data + std::size_t{b} * stride; }
};

// clang-format off
template <class Kernels>
concept kernel_set = requires(const dense_view& layer, row_list rows, const float* in, float* out, std::uint32_t n, row_index* index,
                              float number, batch_view<const float> ins, batch_view<float> outs) {
    typename Kernels::arithmetic;                                        // separate or fused
    { Kernels::name } -> std::convertible_to<const char*>;               // for reports; not part of the numbers
    { Kernels::lanes } -> std::convertible_to<std::uint32_t>;            // strides are multiples of this; 1 = no padding

    // Writes the positions of the nonzero elements of in [n] to index, which has room for n rounded up to lanes; returns how many.
    // -0 counts as zero.
    { Kernels::nonzero(n, in, index) } noexcept -> std::same_as<std::uint32_t>;
    // The same for a batch: positions that are nonzero in at least one sample.
    { Kernels::nonzero(n, ins, index) } noexcept -> std::same_as<std::uint32_t>;

    // out [stride] = pre-activations for the input in [inputs]; contract 1.
    { Kernels::forward(layer, rows, in, out) } noexcept;
    { Kernels::forward(layer, rows, ins, outs) } noexcept;

    // One fused pass: forms out = dx [inputs] at the listed rows (skipped when out is null), then updates these rows and the
    // bias with x and delta; contracts 2 to 5. Arguments: layer, rows, x, delta, rate, dx.
    { Kernels::backward(layer, rows, in, in, number, out) } noexcept;
    { Kernels::backward(layer, rows, ins, ins, number, outs) } noexcept;

    // forward, then relu, for the layer below another: also writes the positions of the active units to index, which has room for
    // stride; returns how many.
    { Kernels::forward_relu(layer, rows, in, out, index) } noexcept -> std::same_as<std::uint32_t>;
    // backward through a layer whose inputs are relu units and whose rows are all the active ones: listed exactly where in > 0, with
    // in padded by +0 to [inputs rounded up to lanes]. dx is what relu_backward would make of it, +0 at all other places of
    // [inputs rounded up to lanes]. It may be in itself where Kernels::in_place is there and true.
    { Kernels::backward_relu(layer, rows, in, in, number, out) } noexcept;

    // delta [n] = scale * (y - target), each error held within +-limit and then +-clip; returns the sum of madd(0.5 * error, error, sum)
    // in order, over the errors held within +-limit only. delta may be y or target. Arguments: n, y, target, scale, clip, delta.
    { Kernels::squared(n, in, in, number, number, out) } noexcept -> std::same_as<float>;

    // fold of contract 3 over delta [n] and one row of weights [n].
    { Kernels::dot(n, in, in) } noexcept -> std::same_as<float>;
    // velocity = madd(momentum, velocity, s * delta); weight = weight + velocity unless weight is null.
    // Arguments: n, momentum, s, delta, velocity, weight.
    { Kernels::momentum(n, number, number, in, out, out) } noexcept;
    // slow = madd(share, fast - slow, slow), elementwise. Arguments: n, share, fast, slow.
    { Kernels::blend(n, number, in, out) } noexcept;

    // Activations in place over [n], saturating at +-limit; and delta * derivative in place, given the activation's output h [n],
    // the result held within +-limit. So no step can leave the finite numbers (network.hpp says why).
    { Kernels::linear(n, out) } noexcept;
    { Kernels::close_delta(n, out) } noexcept;  // linear, then +0 from n to n rounded up to lanes: output deltas as backward wants them
    { Kernels::relu(n, out) } noexcept;
    { Kernels::relu_backward(n, in, out) } noexcept;
    { Kernels::tanh(n, out) } noexcept;
    { Kernels::tanh_backward(n, in, out) } noexcept;

    // The largest magnitude in [n] as its bit pattern: >= 0x7f800000 if any element is NaN or infinite; 0 for n = 0.
    { Kernels::largest_bits(n, in) } noexcept -> std::same_as<std::uint32_t>;
};
// clang-format on

// Whether a set's backward_relu may leave dx in the place of x.
template <class Kernels>
inline constexpr bool works_in_place = [] {
    if constexpr (requires { Kernels::in_place; }) return Kernels::in_place;
    return false;
}();

// Where activations and deltas saturate: far beyond any healthy value, far below where a sum of products could overflow.
inline constexpr float limit = 0x1p20f;

// Partial sums of a dot product over outputs; part of the contract, the same for every width of register.
inline constexpr std::uint32_t partial_sums = 16;

}  // namespace synapse
