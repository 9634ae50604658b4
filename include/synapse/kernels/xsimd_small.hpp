// backward_relu for layers so small that what counts is how soon dx is there: the layer below waits for it, and its own weights lie
// in L1 anyway. A guest like xsimd.hpp, for registers of sixteen lanes.
//
// The dot products of all rows come first, sixteen at a time and branch-free, active or not; dx is stored as one register, which the
// layer below can load at once (a load over several fresh narrow stores would wait for them). Only then the listed rows are updated,
// in the shadow of the layer below. The operations on each number are those of the contract, so the bits are too.
#pragma once

#include <cstddef>
#include <cstdint>

#include <synapse/config.hpp>
#include <synapse/kernels/kernel_set.hpp>
#include <synapse/kernels/xsimd_registers.hpp>

SYNAPSE_INTRINSICS_BEGIN
namespace synapse {

template <class Arithmetic, class Architecture>
struct xsimd_small {
    using operations = xsimd_operations<Arithmetic, Architecture>;
    using vectors = xsimd_registers<Architecture>;
    using value = typename operations::value;

    static constexpr std::uint32_t inputs_max = 64;
    static constexpr std::uint32_t registers_max = 4;  // of outputs

    // True if backward_relu here may do the layer.
    static constexpr bool fits(const dense_view& layer) noexcept {
        return layer.inputs <= inputs_max && layer.inputs % partial_sums == 0 && layer.outputs != 0 &&
               layer.outputs <= registers_max * partial_sums;
    }

    // As a kernel set's; the layer fits.
    static SYNAPSE_INLINE void backward_relu(const dense_view& layer, row_list rows, const float* x, const float* delta, float rate,
                                             float* dx) noexcept {
        if (layer.outputs <= 4) {
            backward<1, true>(layer, rows, x, delta, rate, dx);
        } else if (layer.outputs <= partial_sums) {
            backward<1, false>(layer, rows, x, delta, rate, dx);
        } else if (layer.outputs <= 2 * partial_sums) {
            backward<2, false>(layer, rows, x, delta, rate, dx);
        } else if (layer.outputs <= 3 * partial_sums) {
            backward<3, false>(layer, rows, x, delta, rate, dx);
        } else {
            backward<4, false>(layer, rows, x, delta, rate, dx);
        }
    }

private:
    static_assert(vectors::width == partial_sums, "a row of a register's width is one partial sum in each lane");
    static constexpr std::uint32_t width = vectors::width;

    static SYNAPSE_INLINE value load(const float* p) noexcept { return value::load_aligned(p); }
    static SYNAPSE_INLINE value madd(const value& a, const value& b, const value& c) noexcept { return operations::madd(a, b, c); }
    static SYNAPSE_INLINE value saturate(const value& x) noexcept { return xsimd::max(value(-limit), xsimd::min(value(limit), x)); }

    template <std::uint32_t Columns, bool Four>
    static SYNAPSE_INLINE void backward(const dense_view& layer, row_list rows, const float* x, const float* delta, float rate,
                                        float* dx) noexcept {
        dots_then_updates<Columns, Four>(layer.weight, layer.bias, layer.stride, layer.inputs, rows.index, rows.count, x, delta, rate, dx);
    }

    // Columns: registers of outputs. Four: at most four outputs, so that of the sixteen partial sums only the first four are not +0 and
    // the first two steps of the fold add nothing; four rows then share a register from the start.
    template <std::uint32_t Columns, bool Four>
    SYNAPSE_OUTLINE static void dots_then_updates(float* SYNAPSE_RESTRICT weight, float* SYNAPSE_RESTRICT bias, std::size_t stride,
                                                  std::uint32_t inputs, const row_index* SYNAPSE_RESTRICT index, std::uint32_t count,
                                                  const float* SYNAPSE_RESTRICT x, const float* SYNAPSE_RESTRICT delta, float rate,
                                                  float* SYNAPSE_RESTRICT dx) noexcept {
        value d[Columns];
        SYNAPSE_UNROLL
        for (std::uint32_t c = 0; c < Columns; ++c) d[c] = load(delta + c * width);
        const value repeated = Four ? vectors::repeat_four(delta) : d[0];
        const std::size_t row_bytes = stride * sizeof(float);
        const float* w = weight;
        for (std::uint32_t first = 0; first < inputs; first += partial_sums) {
            value quarter[4];  // of rows b, b + 4, b + 8, b + 12: four lanes each
            SYNAPSE_UNROLL
            for (std::uint32_t b = 0; b < 4; ++b) {
                const float* row[4];
                SYNAPSE_UNROLL
                for (std::uint32_t r = 0; r < 4; ++r) row[r] = detail::bytes_after(w, r * (4 * row_bytes));
                if constexpr (Four) {
                    quarter[b] = repeated * vectors::first_fours(row);
                } else {
                    value sum[4][1];
                    SYNAPSE_UNROLL
                    for (std::uint32_t r = 0; r < 4; ++r) sum[r][0] = products<Columns>(d, row[r]);
                    quarter[b] = vectors::cross_to_fours(sum);
                }
                w = detail::bytes_after(w, row_bytes);
            }
            w = detail::bytes_after(w, 12 * row_bytes);
            saturate(vectors::plus_zero_where_positive(load(x + first), vectors::cross_fours(quarter))).store_aligned(dx + first);
        }
        update<Columns>(weight, row_bytes, index, count, x, d, -rate);
        add<Columns>(bias, value(-rate), d);
    }

    // Contract 2 before the fold. A first product needs no sum to be added to: only the sign of a zero differs, and the fold ends with + 0.
    template <std::uint32_t Columns>
    static SYNAPSE_INLINE value products(const value (&d)[Columns], const float* w) noexcept {
        value sum = d[0] * load(w);
        SYNAPSE_UNROLL
        for (std::uint32_t c = 1; c < Columns; ++c) sum = madd(d[c], load(w + c * width), sum);
        return sum;
    }

    // Contract 4 for the listed rows. Four places are read before a row is written, whose address they could be for all the processor knows.
    template <std::uint32_t Columns>
    static SYNAPSE_INLINE void update(float* weight, std::size_t row_bytes, const row_index* index, std::uint32_t count, const float* x,
                                      const value (&d)[Columns], float minus_rate) noexcept {
        const value factor(minus_rate);
        const auto row = [&](std::size_t k)
                             SYNAPSE_INLINE_LAMBDA { return const_cast<float*>(detail::bytes_after(weight, k * row_bytes)); };
        const row_index* k = index;
        const row_index* const end = k + count;
        for (; end - k >= 4; k += 4) {
            const std::size_t k0 = k[0];
            const std::size_t k1 = k[1];
            const std::size_t k2 = k[2];
            const std::size_t k3 = k[3];
            add<Columns>(row(k0), value(x[k0]) * factor, d);
            add<Columns>(row(k1), value(x[k1]) * factor, d);
            add<Columns>(row(k2), value(x[k2]) * factor, d);
            add<Columns>(row(k3), value(x[k3]) * factor, d);
        }
        for (; k != end; ++k) add<Columns>(row(*k), value(x[*k]) * factor, d);
    }

    template <std::uint32_t Columns>
    static SYNAPSE_INLINE void add(float* w, const value& scale, const value (&d)[Columns]) noexcept {
        SYNAPSE_UNROLL
        for (std::uint32_t c = 0; c < Columns; ++c) madd(scale, d[c], load(w + c * width)).store_aligned(w + c * width);
    }
};

}  // namespace synapse
SYNAPSE_INTRINSICS_END
