// The kernels on xsimd registers: the contract of kernel_set.hpp, the bits of scalar.hpp, at the speed of the machine.
// A guest on its floor: it needs the xsimd package and a desktop compiler, and nothing below default.hpp includes it.
//
// Sixteen lanes are 1, 2 or 4 registers, whatever the architecture; strides are multiples of 16, so no loop has a remainder.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <utility>

#include <xsimd/xsimd.hpp>

#include <synapse/config.hpp>
#include <synapse/kernels/arithmetic.hpp>
#include <synapse/kernels/kernel_set.hpp>
#include <synapse/kernels/math.hpp>
#include <synapse/kernels/scalar.hpp>

SYNAPSE_INTRINSICS_BEGIN
namespace synapse {

// True if a vector of this architecture multiplies and adds with the arithmetic's roundings in hardware.
template <class Arithmetic, class Architecture = xsimd::default_arch>
inline constexpr bool xsimd_offers = !Arithmetic::is_fused || (config::hardware_fma && (config::x86 || config::arm64));

template <class Arithmetic, class Architecture>
struct xsimd_operations {
    using value = xsimd::batch<float, Architecture>;
    static constexpr std::size_t width = value::size;

    static SYNAPSE_INLINE value constant(float x) noexcept { return value(x); }
    static SYNAPSE_INLINE value madd(const value& a, const value& b, const value& c) noexcept {
        if constexpr (Arithmetic::is_fused) {
            return fma(a, b, c);
        } else {
            const value product = a * b;
            return product + c;
        }
    }
    static SYNAPSE_INLINE value min(const value& a, const value& b) noexcept { return xsimd::min(a, b); }
    static SYNAPSE_INLINE value max(const value& a, const value& b) noexcept { return xsimd::max(a, b); }

private:
    // xsimd::fma multiplies and adds on some architectures (AVX-512 in xsimd 8), so the instructions are named here. The names
    // depend on a template argument and are looked up only where they are used.
    template <class Value>
    static SYNAPSE_INLINE Value fma(const Value& a, const Value& b, const Value& c) noexcept {
        if constexpr (config::arm64) {
            return Value(vfmaq_f32(c.data, a.data, b.data));
        } else if constexpr (width == 16) {
            return Value(_mm512_fmadd_ps(a.data, b.data, c.data));
        } else if constexpr (width == 8) {
            return Value(_mm256_fmadd_ps(a.data, b.data, c.data));
        } else {
            return Value(_mm_fmadd_ps(a.data, b.data, c.data));
        }
    }
};

template <class Arithmetic = separate, class Architecture = xsimd::default_arch>
struct xsimd_kernels {
    static_assert(xsimd_offers<Arithmetic, Architecture>,
                  "this target has no fused multiply-add: use separate, or fastest_kernels<fused>, which takes scalar_kernels here");

    using arithmetic = Arithmetic;
    static constexpr const char* name = "xsimd";
    static constexpr std::uint32_t lanes = partial_sums;

private:
    using scalar = scalar_kernels<Arithmetic, lanes>;
    using operations = xsimd_operations<Arithmetic, Architecture>;
    using value = typename operations::value;
    static constexpr std::uint32_t width = value::size;                 // floats in a register
    static constexpr std::uint32_t group = partial_sums / width;        // registers in sixteen lanes
    static_assert(width <= partial_sums && partial_sums % width == 0, "registers wider than the contract's 16 partial sums");
    static constexpr bool wide = width == 16;                           // AVX-512
    static constexpr bool many_registers = config::vector_registers >= 32;

    static constexpr std::uint32_t columns_max = many_registers ? 16 : 8;     // accumulators of a single sample
    static constexpr std::uint32_t tile_columns = many_registers ? 4 : 2;     // registers of columns in a tile of a batch
    static constexpr std::uint32_t tile_samples = many_registers ? 6 : 4;     // samples in a tile of a batch
    static constexpr std::uint32_t row_block = 4;                             // rows whose sums are folded together

    static SYNAPSE_INLINE value load(const float* p) noexcept { return value::load_aligned(p); }
    static SYNAPSE_INLINE value saturate(const value& x) noexcept { return xsimd::max(value(-limit), xsimd::min(value(limit), x)); }
    static SYNAPSE_INLINE value madd(const value& a, const value& b, const value& c) noexcept { return operations::madd(a, b, c); }

public:
    static std::uint32_t nonzero(std::uint32_t n, const float* x, std::uint32_t* index) noexcept { return compress(n, x, index); }

    static std::uint32_t nonzero(std::uint32_t n, batch_view<const float> x, std::uint32_t* index) noexcept {
        return scalar::nonzero(n, x, index);
    }

    static void forward(const dense_view& layer, row_list rows, const float* x, float* a) noexcept {
        const std::uint32_t registers = round_to_lanes(layer.outputs) / width;
        // As few passes as the registers allow, of even size: a lone narrow pass would wait on its own additions.
        const std::uint32_t passes = (registers + columns_max - 1) / columns_max;
        std::uint32_t done = 0;
        for (std::uint32_t pass = 0; pass < passes; ++pass) {
            const std::uint32_t count = (registers - done + (passes - pass) - 1) / (passes - pass);
            const std::uint32_t j = done * width;
            dispatch<columns_max>(count, [&](auto columns) { forward_columns<columns()>(layer, rows, x, a, j); });
            done += count;
        }
    }

    static void forward(const dense_view& layer, row_list rows, batch_view<const float> x, batch_view<float> a) noexcept {
        const std::uint32_t registers = round_to_lanes(layer.outputs) / width;
        for (std::uint32_t done = 0; done < registers;) {
            const std::uint32_t left = registers - done;
            const std::uint32_t count = left < tile_columns ? left : tile_columns;
            dispatch<tile_columns>(count, [&](auto columns) {
                for_samples(x.samples, [&](auto samples, std::uint32_t first) {
                    forward_tile<columns(), samples()>(layer, rows, x, a, first, done * width);
                });
            });
            done += count;
        }
    }

    static void backward(const dense_view& layer, row_list rows, const float* x, const float* delta, float rate, float* dx) noexcept {
        const std::uint32_t columns = round_to_lanes(layer.outputs);
        if (dx != nullptr) {
            for_row_blocks(rows, [&](auto block, const std::uint32_t* k) { fused_rows<block(), true>(layer, k, columns, x, delta, rate, dx); });
        } else {
            for_row_blocks(rows, [&](auto block, const std::uint32_t* k) { fused_rows<block(), false>(layer, k, columns, x, delta, rate, dx); });
        }
        add_row(columns, -rate, delta, layer.bias);
    }

    static void backward(const dense_view& layer, row_list rows, batch_view<const float> x, batch_view<const float> delta, float rate,
                         batch_view<float> dx) noexcept {
        const std::uint32_t columns = round_to_lanes(layer.outputs);
        for_row_blocks(rows, [&](auto block, const std::uint32_t* k) {
            if (dx.data != nullptr) {
                for_samples(x.samples, [&](auto samples, std::uint32_t first) {
                    dot_tile<block(), samples()>(layer, k, columns, delta, first, dx);
                });
            }
            update_rows<block()>(layer, k, columns, x, delta, rate);
        });
        for (std::uint32_t b = 0; b < x.samples; ++b) add_row(columns, -rate, delta[b], layer.bias);
    }

    static float dot(std::uint32_t n, const float* delta, const float* w) noexcept { return scalar::dot(n, delta, w); }

    static void momentum(std::uint32_t n, float momentum, float s, const float* delta, float* velocity, float* w) noexcept {
        const value factor(momentum);
        const value scale(s);
        std::uint32_t j = 0;
        for (; j + width <= n; j += width) {
            const value v = madd(factor, value::load_unaligned(velocity + j), scale * value::load_unaligned(delta + j));
            v.store_unaligned(velocity + j);
            if (w != nullptr) (value::load_unaligned(w + j) + v).store_unaligned(w + j);
        }
        scalar::momentum(n - j, momentum, s, delta + j, velocity + j, w == nullptr ? nullptr : w + j);
    }

    static void blend(std::uint32_t n, float share, const float* fast, float* slow) noexcept {
        const value factor(share);
        std::uint32_t j = 0;
        for (; j + width <= n; j += width) {
            const value old = value::load_unaligned(slow + j);
            madd(factor, value::load_unaligned(fast + j) - old, old).store_unaligned(slow + j);
        }
        scalar::blend(n - j, share, fast + j, slow + j);
    }

    static void relu(std::uint32_t n, float* a) noexcept {
        const value zero(0.0f);
        std::uint32_t j = 0;
        for (; j + width <= n; j += width) {
            const value v = value::load_unaligned(a + j);
            xsimd::min(value(limit), xsimd::select(v > zero, v, zero)).store_unaligned(a + j);
        }
        scalar::relu(n - j, a + j);
    }

    static void linear(std::uint32_t n, float* a) noexcept {
        std::uint32_t j = 0;
        for (; j + width <= n; j += width) saturate(value::load_unaligned(a + j)).store_unaligned(a + j);
        scalar::linear(n - j, a + j);
    }

    static void relu_backward(std::uint32_t n, const float* h, float* delta) noexcept {
        const value zero(0.0f);
        std::uint32_t j = 0;
        for (; j + width <= n; j += width) {
            const value d = saturate(value::load_unaligned(delta + j));
            xsimd::select(value::load_unaligned(h + j) > zero, d, zero).store_unaligned(delta + j);
        }
        scalar::relu_backward(n - j, h + j, delta + j);
    }

    static void tanh(std::uint32_t n, float* a) noexcept {
        std::uint32_t j = 0;
        for (; j + width <= n; j += width) math::tanh<operations>(value::load_unaligned(a + j)).store_unaligned(a + j);
        scalar::tanh(n - j, a + j);
    }

    static void tanh_backward(std::uint32_t n, const float* h, float* delta) noexcept {
        const value one(1.0f);
        std::uint32_t j = 0;
        for (; j + width <= n; j += width) {
            const value v = value::load_unaligned(h + j);
            saturate(value::load_unaligned(delta + j) * madd(-v, v, one)).store_unaligned(delta + j);
        }
        scalar::tanh_backward(n - j, h + j, delta + j);
    }

    static std::uint32_t largest_bits(std::uint32_t n, const float* x) noexcept { return scalar::largest_bits(n, x); }

private:
    static constexpr std::uint32_t round_to_lanes(std::uint32_t n) noexcept { return (n + lanes - 1) & ~(lanes - 1); }

    template <std::uint32_t N>
    using constant = std::integral_constant<std::uint32_t, N>;

    // Calls action with n, 1 <= n <= Max, as a compile-time constant.
    template <std::uint32_t Max, class Action>
    static SYNAPSE_INLINE void dispatch(std::uint32_t n, Action&& action) noexcept {
        if constexpr (Max == 1) {
            action(constant<1>{});
        } else {
            if (n == Max) {
                action(constant<Max>{});
            } else {
                dispatch<Max - 1>(n, action);
            }
        }
    }

    template <class Action>
    static SYNAPSE_INLINE void for_samples(std::uint32_t samples, Action&& action) noexcept {
        std::uint32_t first = 0;
        const std::uint32_t passes = (samples + tile_samples - 1) / tile_samples;
        for (std::uint32_t pass = 0; pass < passes; ++pass) {
            const std::uint32_t count = (samples - first + (passes - pass) - 1) / (passes - pass);
            dispatch<tile_samples>(count, [&](auto n) { action(n, first); });
            first += count;
        }
    }

    template <class Action>
    static SYNAPSE_INLINE void for_row_blocks(row_list rows, Action&& action) noexcept {
        std::uint32_t i = 0;
        for (; i + row_block <= rows.count; i += row_block) action(constant<row_block>{}, rows.index + i);
        for (; i < rows.count; ++i) action(constant<1>{}, rows.index + i);
    }

    // A pass over neighbouring columns, all their sums in registers.
    template <std::uint32_t Columns>
    static SYNAPSE_INLINE void forward_columns(const dense_view& layer, row_list rows, const float* SYNAPSE_RESTRICT x,
                                               float* SYNAPSE_RESTRICT a, std::uint32_t j) noexcept {
        value sum[Columns];
        for (std::uint32_t c = 0; c < Columns; ++c) sum[c] = load(layer.bias + j + c * width);
        const float* weight = layer.weight + j;
        for (std::uint32_t i = 0; i < rows.count; ++i) {
            const std::uint32_t k = rows.index[i];
            const float* w = weight + std::size_t{k} * layer.stride;
            const value xk(x[k]);
            for (std::uint32_t c = 0; c < Columns; ++c) sum[c] = madd(xk, load(w + c * width), sum[c]);
        }
        for (std::uint32_t c = 0; c < Columns; ++c) sum[c].store_aligned(a + j + c * width);
    }

    template <std::uint32_t Columns, std::uint32_t Samples>
    static SYNAPSE_INLINE void forward_tile(const dense_view& layer, row_list rows, batch_view<const float> x, batch_view<float> a,
                                            std::uint32_t first, std::uint32_t j) noexcept {
        value sum[Samples][Columns];
        const float* in[Samples];
        for (std::uint32_t s = 0; s < Samples; ++s) {
            in[s] = x[first + s];
            for (std::uint32_t c = 0; c < Columns; ++c) sum[s][c] = load(layer.bias + j + c * width);
        }
        const float* weight = layer.weight + j;
        for (std::uint32_t i = 0; i < rows.count; ++i) {
            const std::uint32_t k = rows.index[i];
            const float* row = weight + std::size_t{k} * layer.stride;
            value w[Columns];
            for (std::uint32_t c = 0; c < Columns; ++c) w[c] = load(row + c * width);
            for (std::uint32_t s = 0; s < Samples; ++s) {
                const value xk(in[s][k]);
                for (std::uint32_t c = 0; c < Columns; ++c) sum[s][c] = madd(xk, w[c], sum[s][c]);
            }
        }
        for (std::uint32_t s = 0; s < Samples; ++s) {
            for (std::uint32_t c = 0; c < Columns; ++c) sum[s][c].store_aligned(a[first + s] + j + c * width);
        }
    }

    // Contracts 2 and 4 in one pass over Block rows.
    template <std::uint32_t Block, bool Propagate>
    static SYNAPSE_INLINE void fused_rows(const dense_view& layer, const std::uint32_t* k, std::uint32_t columns,
                                          const float* SYNAPSE_RESTRICT x, const float* SYNAPSE_RESTRICT delta, float rate,
                                          float* SYNAPSE_RESTRICT dx) noexcept {
        float* w[Block];
        value scale[Block];
        value sum[Block][group];
        for (std::uint32_t r = 0; r < Block; ++r) {
            w[r] = layer.weight + std::size_t{k[r]} * layer.stride;
            scale[r] = value(-rate * x[k[r]]);
            for (std::uint32_t g = 0; g < group; ++g) sum[r][g] = value(0.0f);
        }
        for (std::uint32_t j = 0; j < columns; j += partial_sums) {
            for (std::uint32_t g = 0; g < group; ++g) {
                const std::uint32_t at = j + g * width;
                const value d = load(delta + at);
                for (std::uint32_t r = 0; r < Block; ++r) {
                    const value old = load(w[r] + at);
                    if constexpr (Propagate) sum[r][g] = madd(d, old, sum[r][g]);
                    madd(scale[r], d, old).store_aligned(w[r] + at);
                }
            }
        }
        if constexpr (Propagate) fold_rows<Block>(sum, k, dx);
    }

    template <std::uint32_t Block, std::uint32_t Samples>
    static SYNAPSE_INLINE void dot_tile(const dense_view& layer, const std::uint32_t* k, std::uint32_t columns,
                                        batch_view<const float> delta, std::uint32_t first, batch_view<float> dx) noexcept {
        if constexpr (!wide && Samples > 1) {  // too few registers for sums of several samples: one after another
            dot_tile<Block, 1>(layer, k, columns, delta, first, dx);
            dot_tile<Block, Samples - 1>(layer, k, columns, delta, first + 1, dx);
        } else {
            const float* w[Block];
            value sum[Samples][Block][group];
            for (std::uint32_t r = 0; r < Block; ++r) {
                w[r] = layer.weight + std::size_t{k[r]} * layer.stride;
                for (std::uint32_t s = 0; s < Samples; ++s) {
                    for (std::uint32_t g = 0; g < group; ++g) sum[s][r][g] = value(0.0f);
                }
            }
            for (std::uint32_t j = 0; j < columns; j += partial_sums) {
                for (std::uint32_t g = 0; g < group; ++g) {
                    const std::uint32_t at = j + g * width;
                    value old[Block];
                    for (std::uint32_t r = 0; r < Block; ++r) old[r] = load(w[r] + at);
                    for (std::uint32_t s = 0; s < Samples; ++s) {
                        const value d = load(delta[first + s] + at);
                        for (std::uint32_t r = 0; r < Block; ++r) sum[s][r][g] = madd(d, old[r], sum[s][r][g]);
                    }
                }
            }
            for (std::uint32_t s = 0; s < Samples; ++s) fold_rows<Block>(sum[s], k, dx[first + s]);
        }
    }

    // Contract 5 for Block rows: each weight stays in a register while every sample's update is added to it.
    template <std::uint32_t Block>
    static SYNAPSE_INLINE void update_rows(const dense_view& layer, const std::uint32_t* k, std::uint32_t columns,
                                           batch_view<const float> x, batch_view<const float> delta, float rate) noexcept {
        const std::uint32_t registers = columns / width;
        for (std::uint32_t done = 0; done < registers;) {
            const std::uint32_t left = registers - done;
            const std::uint32_t count = left < tile_columns ? left : tile_columns;
            dispatch<tile_columns>(count, [&](auto tile) {
                constexpr std::uint32_t Columns = tile();
                float* w[Block];
                value sum[Block][Columns];
                for (std::uint32_t r = 0; r < Block; ++r) {
                    w[r] = layer.weight + std::size_t{k[r]} * layer.stride + done * width;
                    for (std::uint32_t c = 0; c < Columns; ++c) sum[r][c] = load(w[r] + c * width);
                }
                for (std::uint32_t b = 0; b < x.samples; ++b) {
                    const float* from = delta[b] + done * width;
                    value d[Columns];
                    for (std::uint32_t c = 0; c < Columns; ++c) d[c] = load(from + c * width);
                    for (std::uint32_t r = 0; r < Block; ++r) {
                        const value scale(-rate * x[b][k[r]]);
                        for (std::uint32_t c = 0; c < Columns; ++c) sum[r][c] = madd(scale, d[c], sum[r][c]);
                    }
                }
                for (std::uint32_t r = 0; r < Block; ++r) {
                    for (std::uint32_t c = 0; c < Columns; ++c) sum[r][c].store_aligned(w[r] + c * width);
                }
            });
            done += count;
        }
    }

    static SYNAPSE_INLINE void add_row(std::uint32_t columns, float s, const float* SYNAPSE_RESTRICT delta, float* SYNAPSE_RESTRICT w) noexcept {
        const value scale(s);
        for (std::uint32_t j = 0; j < columns; j += width) madd(scale, load(delta + j), load(w + j)).store_aligned(w + j);
    }

    // Contract 3 for each of Block rows: 16 lanes to 4 by halving, then four rows' last lanes are crossed and added together.
    template <std::uint32_t Block>
    static SYNAPSE_INLINE void fold_rows(const value (&sum)[Block][group], const std::uint32_t* k, float* SYNAPSE_RESTRICT dx) noexcept {
        alignas(64) float quarter[Block][4];
        for (std::uint32_t r = 0; r < Block; ++r) fold_to_four(sum[r], quarter[r]);
        for (std::uint32_t r = 0; r < Block; ++r) dx[k[r]] = (quarter[r][0] + quarter[r][2]) + (quarter[r][1] + quarter[r][3]);
    }

    static SYNAPSE_INLINE void fold_to_four(const value (&sum)[group], float (&out)[4]) noexcept {
        alignas(64) float lane[partial_sums];
        for (std::uint32_t g = 0; g < group; ++g) sum[g].store_aligned(lane + g * width);
        for (std::uint32_t i = 0; i < 8; ++i) lane[i] += lane[i + 8];
        for (std::uint32_t i = 0; i < 4; ++i) out[i] = lane[i] + lane[i + 4];
    }

    static SYNAPSE_INLINE std::uint32_t compress(std::uint32_t n, const float* x, std::uint32_t* index) noexcept {
        return scalar::nonzero(n, x, index);
    }
};

static_assert(kernel_set<xsimd_kernels<>>);

}  // namespace synapse
SYNAPSE_INTRINSICS_END
