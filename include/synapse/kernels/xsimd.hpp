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
#include <synapse/kernels/xsimd_elements.hpp>
#include <synapse/kernels/xsimd_registers.hpp>
#include <synapse/kernels/xsimd_small.hpp>

SYNAPSE_INTRINSICS_BEGIN
namespace synapse {

template <class Arithmetic = separate, class Architecture = xsimd::default_arch>
struct xsimd_kernels : xsimd_elements<Arithmetic, Architecture> {
    static_assert(xsimd_offers<Arithmetic, Architecture>,
                  "this target's vectors do not do this arithmetic: use fastest_kernels, which takes scalar_kernels here");
    static_assert(sizeof(row_index) == sizeof(float), "rows are listed as wide as the numbers that they name");

    using arithmetic = Arithmetic;
    static constexpr const char* name = "xsimd";
    static constexpr std::uint32_t lanes = partial_sums;

private:
    using elements = xsimd_elements<Arithmetic, Architecture>;
    using elements::group;
    using elements::held_above_zero;
    using elements::load;
    using elements::madd;
    using elements::saturate;
    using elements::wide;
    using elements::width;
    using typename elements::operations;
    using typename elements::scalar;
    using typename elements::value;
    using typename elements::vectors;
    static constexpr bool many_registers = config::vector_registers >= 32;

    static constexpr std::uint32_t columns_max = many_registers ? 16 : 8;            // accumulators of a single sample
    static constexpr std::uint32_t tile_columns = many_registers ? 4 : 2;            // registers of columns in a tile of a batch
    static constexpr std::uint32_t tile_samples = many_registers ? 6 : 4;            // samples in a tile of a batch
    static constexpr std::uint32_t row_block = many_registers || group < 4 ? 4 : 2;  // rows whose sums are folded together
    static constexpr std::uint32_t held_columns = wide ? 4 : group;                  // registers of deltas that stay across rows

    enum class dx_form { none, plain, through_relu };

public:
    static std::uint32_t nonzero(std::uint32_t n, const float* x, row_index* index) noexcept {
        if constexpr (wide) {
            return vectors::list_nonzero(n, batch_view<const float>{x, 1, 0}, index);
        } else {
            return scalar::nonzero(n, x, index);
        }
    }

    static std::uint32_t nonzero(std::uint32_t n, batch_view<const float> x, row_index* index) noexcept {
        if constexpr (wide) {
            return vectors::list_nonzero(n, x, index);
        } else {
            std::uint32_t count = 0;
            std::uint32_t k = 0;
            for (; k + width <= n; k += width) {
                value largest = value(0.0f);
                for (std::uint32_t b = 0; b < x.samples; ++b) largest = xsimd::max(largest, xsimd::abs(value::load_unaligned(x[b] + k)));
                alignas(64) float any[width];
                largest.store_aligned(any);
                SYNAPSE_UNROLL
                for (std::uint32_t i = 0; i < width; ++i) {
                    index[count] = k + i;
                    count += any[i] != 0.0f;
                }
            }
            for (; k < n; ++k) {
                bool any = false;
                for (std::uint32_t b = 0; b < x.samples; ++b) any |= x[b][k] != 0.0f;
                index[count] = k;
                count += any;
            }
            return count;
        }
    }

    static SYNAPSE_INLINE void forward(const dense_view& layer, row_list rows, const float* x, float* a) noexcept {
        for_passes(layer, [&](auto columns, std::uint32_t j) SYNAPSE_INLINE_LAMBDA {
            forward_columns<columns()>(layer.weight + j, layer.bias + j, layer.stride, rows, x, a + j, j, layer.outputs, nullptr);
        });
    }

    static SYNAPSE_INLINE std::uint32_t forward_relu(const dense_view& layer, row_list rows, const float* x, float* a,
                                                     row_index* active) noexcept {
        std::uint32_t count = 0;
        for_passes(layer, [&](auto columns, std::uint32_t j) SYNAPSE_INLINE_LAMBDA {
            count += forward_columns<columns(), true>(layer.weight + j, layer.bias + j, layer.stride, rows, x, a + j, j, layer.outputs,
                                                      active + count);
        });
        return count;
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

    static SYNAPSE_INLINE void backward(const dense_view& layer, row_list rows, const float* x, const float* delta, float rate,
                                        float* dx) noexcept {
        if (dx != nullptr) {
            backward_as<dx_form::plain>(layer, rows, x, delta, rate, dx);
        } else {
            backward_as<dx_form::none>(layer, rows, x, delta, rate, dx);
        }
    }

    static SYNAPSE_INLINE void backward_relu(const dense_view& layer, row_list rows, const float* x, const float* delta, float rate,
                                             float* dx) noexcept {
        if constexpr (wide) {
            using small = xsimd_small<Arithmetic, Architecture>;
            if (small::fits(layer)) return small::backward_relu(layer, rows, x, delta, rate, dx);
        }
        const value zero(0.0f);
        for (std::uint32_t k = 0; k < layer.inputs; k += partial_sums) {
            SYNAPSE_UNROLL
            for (std::uint32_t g = 0; g < group; ++g) zero.store_aligned(dx + k + g * width);
        }
        backward_as<dx_form::through_relu>(layer, rows, x, delta, rate, dx);
    }

    static void backward(const dense_view& layer, row_list rows, batch_view<const float> x, batch_view<const float> delta, float rate,
                         batch_view<float> dx) noexcept {
        const std::uint32_t registers = round_to_lanes(layer.outputs) / width;
        for_row_blocks(rows, [&](const row_index* k) {
            if (dx.data != nullptr) {
                for_samples(x.samples,
                            [&](auto samples, std::uint32_t first) { dot_tile<samples()>(layer, k, registers, delta, first, dx); });
            }
            update_rows(layer, k, registers, x, delta, rate);
        });
        for (std::uint32_t b = 0; b < x.samples; ++b) add_row(registers, -rate, delta[b], layer.bias);
    }

    static float dot(std::uint32_t n, const float* delta, const float* w) noexcept {
        value sum[group];
        SYNAPSE_UNROLL
        for (std::uint32_t g = 0; g < group; ++g) sum[g] = value(0.0f);
        std::uint32_t j = 0;
        for (; j + partial_sums <= n; j += partial_sums) {
            SYNAPSE_UNROLL
            for (std::uint32_t g = 0; g < group; ++g) {
                sum[g] = madd(value::load_unaligned(delta + j + g * width), value::load_unaligned(w + j + g * width), sum[g]);
            }
        }
        alignas(64) float lane[partial_sums];
        SYNAPSE_UNROLL
        for (std::uint32_t g = 0; g < group; ++g) sum[g].store_aligned(lane + g * width);
        for (; j < n; ++j) lane[j % partial_sums] = Arithmetic::madd(delta[j], w[j], lane[j % partial_sums]);
        return fold(lane);
    }

private:
    static constexpr std::uint32_t round_to_lanes(std::uint32_t n) noexcept { return (n + lanes - 1) & ~(lanes - 1); }

    template <std::uint32_t N>
    using constant = std::integral_constant<std::uint32_t, N>;

    // Calls action with n, 1 <= n <= Max, as a compile-time constant. The smallest are found first: they have the least time to lose.
    template <std::uint32_t Max, std::uint32_t Least = 1, class Action>
    static SYNAPSE_INLINE void dispatch(std::uint32_t n, Action&& action) noexcept {
        if constexpr (Least == Max) {
            action(constant<Max>{});
        } else {
            if (n == Least) {
                action(constant<Least>{});
            } else {
                dispatch<Max, Least + 1>(n, action);
            }
        }
    }

    // Calls action with a number of neighbouring registers of columns, and where they begin, until all have been.
    template <class Action>
    static SYNAPSE_INLINE void for_passes(const dense_view& layer, Action&& action) noexcept {
        const std::uint32_t registers = round_to_lanes(layer.outputs) / width;
        if (registers == 0) return;
        if (registers <= columns_max) {
            dispatch<columns_max>(registers, [&](auto columns) SYNAPSE_INLINE_LAMBDA { action(columns, 0); });
            return;
        }
        // As few passes as the registers allow, of even size: a lone narrow pass would wait on its own additions.
        std::uint32_t left = registers;
        for (std::uint32_t j = 0; left != 0;) {
            const std::uint32_t passes = (left + columns_max - 1) / columns_max;
            const std::uint32_t count = (left + passes - 1) / passes;
            dispatch<columns_max>(count, [&](auto columns) SYNAPSE_INLINE_LAMBDA { action(columns, j); });
            j += count * width;
            left -= count;
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

    // Calls action with row_block rows at a time. A last block that is not full repeats its last row: kernels load all rows of a
    // block before they store one, so the repetitions do the same work over again.
    template <class Action>
    static SYNAPSE_INLINE void for_row_blocks(row_list rows, Action&& action) noexcept {
        std::uint32_t i = 0;
        for (; i + row_block <= rows.count; i += row_block) action(rows.index + i);
        if (i == rows.count) return;
        std::uint32_t last[row_block];
        SYNAPSE_UNROLL
        for (std::uint32_t r = 0; r < row_block; ++r) last[r] = rows.index[i + r < rows.count ? i + r : rows.count - 1];
        action(last);
    }

    // A pass over neighbouring columns, all their sums in registers; with Relu returns how many of them it listed as active.
    // weight and bias begin at the first of the columns, which is number j of the layer.
    template <std::uint32_t Columns, bool Relu = false>
    SYNAPSE_OUTLINE static std::uint32_t forward_columns(const float* SYNAPSE_RESTRICT weight, const float* SYNAPSE_RESTRICT bias,
                                                         std::size_t stride, row_list rows, const float* SYNAPSE_RESTRICT x,
                                                         float* SYNAPSE_RESTRICT a, std::uint32_t j, std::uint32_t outputs,
                                                         row_index* active) noexcept {
        value sum[Columns];
        SYNAPSE_UNROLL
        for (std::uint32_t c = 0; c < Columns; ++c) sum[c] = load(bias + c * width);
        const std::size_t row_bytes = stride * sizeof(float);
        const auto add = [&](std::size_t k) SYNAPSE_INLINE_LAMBDA {
            const float* w = detail::bytes_after(weight, k * row_bytes);
            const value xk(x[k]);
            SYNAPSE_UNROLL
            for (std::uint32_t c = 0; c < Columns; ++c) sum[c] = madd(xk, load(w + c * width), sum[c]);
        };
        const row_index* k = rows.index;
        const row_index* const end = k + rows.count;
        if constexpr (Columns <= 4) {  // so little work in a row that the loop would cost as much
            for (; end - k >= 4; k += 4) {
                add(k[0]);
                add(k[1]);
                add(k[2]);
                add(k[3]);
            }
        }
        for (; k != end; ++k) add(*k);
        std::uint32_t listed = 0;
        SYNAPSE_UNROLL
        for (std::uint32_t c = 0; c < Columns; ++c) {
            if constexpr (Relu) {
                if constexpr (wide) listed += vectors::list_positive(sum[c], j + c * width, active + listed);
                sum[c] = held_above_zero(sum[c]);
            }
            sum[c].store_aligned(a + c * width);
        }
        if constexpr (Relu && !wide) {
            const std::uint32_t count = outputs - j < Columns * width ? outputs - j : Columns * width;
            for (std::uint32_t i = 0; i < count; ++i) {
                active[listed] = j + i;
                listed += a[i] != 0.0f;
            }
        }
        return listed;
    }

    template <std::uint32_t Columns, std::uint32_t Samples>
    static SYNAPSE_INLINE void forward_tile(const dense_view& layer, row_list rows, batch_view<const float> x, batch_view<float> a,
                                            std::uint32_t first, std::uint32_t j) noexcept {
        value sum[Samples][Columns];
        const float* in[Samples];
        SYNAPSE_UNROLL
        for (std::uint32_t s = 0; s < Samples; ++s) {
            in[s] = x[first + s];
            SYNAPSE_UNROLL
            for (std::uint32_t c = 0; c < Columns; ++c) sum[s][c] = load(layer.bias + j + c * width);
        }
        const float* weight = layer.weight + j;
        for (std::uint32_t i = 0; i < rows.count; ++i) {
            const std::uint32_t k = rows.index[i];
            const float* row = weight + std::size_t{k} * layer.stride;
            value w[Columns];
            SYNAPSE_UNROLL
            for (std::uint32_t c = 0; c < Columns; ++c) w[c] = load(row + c * width);
            SYNAPSE_UNROLL
            for (std::uint32_t s = 0; s < Samples; ++s) {
                const value xk(in[s][k]);
                SYNAPSE_UNROLL
                for (std::uint32_t c = 0; c < Columns; ++c) sum[s][c] = madd(xk, w[c], sum[s][c]);
            }
        }
        SYNAPSE_UNROLL
        for (std::uint32_t s = 0; s < Samples; ++s) {
            SYNAPSE_UNROLL
            for (std::uint32_t c = 0; c < Columns; ++c) sum[s][c].store_aligned(a[first + s] + j + c * width);
        }
    }

    // Contracts 2 and 4 in one pass over a block of rows.
    template <dx_form Form>
    static SYNAPSE_INLINE void fused_rows(const dense_view& layer, const row_index* k, const float* SYNAPSE_RESTRICT x,
                                          const float* SYNAPSE_RESTRICT delta, float rate, float* SYNAPSE_RESTRICT dx) noexcept {
        const std::uint32_t columns = round_to_lanes(layer.outputs);
        float* w[row_block];
        value scale[row_block];
        value sum[row_block][group];
        SYNAPSE_UNROLL
        for (std::uint32_t r = 0; r < row_block; ++r) {
            w[r] = layer.weight + std::size_t{k[r]} * layer.stride;
            scale[r] = value(-rate * x[k[r]]);
            SYNAPSE_UNROLL
            for (std::uint32_t g = 0; g < group; ++g) sum[r][g] = value(0.0f);
        }
        for (std::uint32_t j = 0; j < columns; j += partial_sums) {
            SYNAPSE_UNROLL
            for (std::uint32_t g = 0; g < group; ++g) {
                const std::uint32_t at = j + g * width;
                move_rows<Form>(w, at, scale, load(delta + at), [&](std::uint32_t r) SYNAPSE_INLINE_LAMBDA -> value& { return sum[r][g]; });
            }
        }
        if constexpr (Form != dx_form::none) fold_rows<Form>(sum, k, dx);
    }

    // One register of columns in each row of a block: the sums of dx, then the update.
    template <dx_form Form, class Sum>
    static SYNAPSE_INLINE void move_rows(float* const (&w)[row_block], std::uint32_t at, const value (&scale)[row_block], const value& d,
                                         Sum&& sum) noexcept {
        value old[row_block];
        SYNAPSE_UNROLL
        for (std::uint32_t r = 0; r < row_block; ++r) old[r] = load(w[r] + at);
        SYNAPSE_UNROLL
        for (std::uint32_t r = 0; r < row_block; ++r) {
            if constexpr (Form != dx_form::none) sum(r) = madd(d, old[r], sum(r));
            madd(scale[r], d, old[r]).store_aligned(w[r] + at);
        }
    }

    template <dx_form Form>
    static SYNAPSE_INLINE void backward_as(const dense_view& layer, row_list rows, const float* x, const float* delta, float rate,
                                           float* dx) noexcept {
        const std::uint32_t registers = round_to_lanes(layer.outputs) / width;
        if (registers != 0 && registers <= held_columns) {
            dispatch<held_columns / group>(registers / group, [&](auto groups) SYNAPSE_INLINE_LAMBDA {
                update_held<groups() * group, Form>(layer.weight, layer.stride, rows.index, rows.count, x, delta, rate, dx);
            });
        } else {
            update_streamed<Form>(layer, rows.index, rows.count, x, delta, rate, dx);
        }
        add_row(registers, -rate, delta, layer.bias);
    }

    template <dx_form Form>
    SYNAPSE_OUTLINE static void update_streamed(dense_view layer, const row_index* index, std::uint32_t count, const float* x,
                                                const float* delta, float rate, float* dx) noexcept {
        for_row_blocks({index, count}, [&](const row_index* k) SYNAPSE_INLINE_LAMBDA { fused_rows<Form>(layer, k, x, delta, rate, dx); });
    }

    // The same for a layer so narrow that its deltas stay in registers from row to row.
    template <std::uint32_t Columns, dx_form Form>
    SYNAPSE_OUTLINE static void update_held(float* SYNAPSE_RESTRICT weight, std::size_t stride, const row_index* index, std::uint32_t count,
                                            const float* SYNAPSE_RESTRICT x, const float* SYNAPSE_RESTRICT delta, float rate,
                                            float* SYNAPSE_RESTRICT dx) noexcept {
        const value minus_rate(-rate);
        value d[Columns];
        SYNAPSE_UNROLL
        for (std::uint32_t c = 0; c < Columns; ++c) d[c] = load(delta + c * width);
        for_row_blocks({index, count}, [&](const row_index* k) SYNAPSE_INLINE_LAMBDA {
            float* w[row_block];
            value scale[row_block];
            value sum[row_block][group];
            SYNAPSE_UNROLL
            for (std::uint32_t r = 0; r < row_block; ++r) {
                w[r] = weight + k[r] * stride;
                scale[r] = value(x[k[r]]) * minus_rate;
            }
            SYNAPSE_UNROLL
            for (std::uint32_t c = 0; c < Columns; ++c) {
                value old[row_block];
                SYNAPSE_UNROLL
                for (std::uint32_t r = 0; r < row_block; ++r) old[r] = load(w[r] + c * width);
                SYNAPSE_UNROLL
                for (std::uint32_t r = 0; r < row_block; ++r) {
                    // A first product needs no sum to be added to: only the sign of a zero differs, and the fold ends with + 0.
                    if constexpr (Form != dx_form::none)
                        sum[r][c % group] = c < group ? d[c] * old[r] : madd(d[c], old[r], sum[r][c % group]);
                    madd(scale[r], d[c], old[r]).store_aligned(w[r] + c * width);
                }
            }
            if constexpr (Form != dx_form::none) fold_rows<Form>(sum, k, dx);
        });
    }

    template <std::uint32_t Samples>
    static SYNAPSE_INLINE void dot_tile(const dense_view& layer, const row_index* k, std::uint32_t registers, batch_view<const float> delta,
                                        std::uint32_t first, batch_view<float> dx) noexcept {
        if constexpr (!wide && Samples > 1) {  // too few registers for sums of several samples: one after another
            dot_tile<1>(layer, k, registers, delta, first, dx);
            dot_tile<Samples - 1>(layer, k, registers, delta, first + 1, dx);
        } else {
            const float* w[row_block];
            value sum[Samples][row_block][group];
            SYNAPSE_UNROLL
            for (std::uint32_t r = 0; r < row_block; ++r) {
                w[r] = layer.weight + std::size_t{k[r]} * layer.stride;
                SYNAPSE_UNROLL
                for (std::uint32_t s = 0; s < Samples; ++s) {
                    SYNAPSE_UNROLL
                    for (std::uint32_t g = 0; g < group; ++g) sum[s][r][g] = value(0.0f);
                }
            }
            for (std::uint32_t c = 0; c < registers; c += group) {
                SYNAPSE_UNROLL
                for (std::uint32_t g = 0; g < group; ++g) {
                    const std::uint32_t at = (c + g) * width;
                    value old[row_block];
                    SYNAPSE_UNROLL
                    for (std::uint32_t r = 0; r < row_block; ++r) old[r] = load(w[r] + at);
                    SYNAPSE_UNROLL
                    for (std::uint32_t s = 0; s < Samples; ++s) {
                        const value d = load(delta[first + s] + at);
                        SYNAPSE_UNROLL
                        for (std::uint32_t r = 0; r < row_block; ++r) sum[s][r][g] = madd(d, old[r], sum[s][r][g]);
                    }
                }
            }
            SYNAPSE_UNROLL
            for (std::uint32_t s = 0; s < Samples; ++s) fold_rows<dx_form::plain>(sum[s], k, dx[first + s]);
        }
    }

    // Contract 5 for a block of rows: each weight stays in a register while every sample's update is added to it.
    static SYNAPSE_INLINE void update_rows(const dense_view& layer, const row_index* k, std::uint32_t registers, batch_view<const float> x,
                                           batch_view<const float> delta, float rate) noexcept {
        for (std::uint32_t done = 0; done < registers;) {
            const std::uint32_t left = registers - done;
            const std::uint32_t count = left < tile_columns ? left : tile_columns;
            dispatch<tile_columns>(count, [&](auto tile) {
                constexpr std::uint32_t Columns = tile();
                float* w[row_block];
                value sum[row_block][Columns];
                SYNAPSE_UNROLL
                for (std::uint32_t r = 0; r < row_block; ++r) {
                    w[r] = layer.weight + std::size_t{k[r]} * layer.stride + done * width;
                    SYNAPSE_UNROLL
                    for (std::uint32_t c = 0; c < Columns; ++c) sum[r][c] = load(w[r] + c * width);
                }
                for (std::uint32_t b = 0; b < x.samples; ++b) {
                    const float* from = delta[b] + done * width;
                    value d[Columns];
                    SYNAPSE_UNROLL
                    for (std::uint32_t c = 0; c < Columns; ++c) d[c] = load(from + c * width);
                    SYNAPSE_UNROLL
                    for (std::uint32_t r = 0; r < row_block; ++r) {
                        const value scale(-rate * x[b][k[r]]);
                        SYNAPSE_UNROLL
                        for (std::uint32_t c = 0; c < Columns; ++c) sum[r][c] = madd(scale, d[c], sum[r][c]);
                    }
                }
                SYNAPSE_UNROLL
                for (std::uint32_t r = 0; r < row_block; ++r) {
                    SYNAPSE_UNROLL
                    for (std::uint32_t c = 0; c < Columns; ++c) sum[r][c].store_aligned(w[r] + c * width);
                }
            });
            done += count;
        }
    }

    static SYNAPSE_INLINE void add_row(std::uint32_t registers, float s, const float* SYNAPSE_RESTRICT delta,
                                       float* SYNAPSE_RESTRICT w) noexcept {
        const value scale(s);
        for (std::uint32_t c = 0; c < registers; ++c)
            madd(scale, load(delta + c * width), load(w + c * width)).store_aligned(w + c * width);
    }

    // Contract 3 for the rows of a block.
    template <dx_form Form>
    static SYNAPSE_INLINE void fold_rows(const value (&sum)[row_block][group], const row_index* k, float* SYNAPSE_RESTRICT dx) noexcept {
        const value whole = vectors::cross(sum) + value(0.0f);
        alignas(64) float out[width];
        (Form == dx_form::through_relu ? saturate(whole) : whole).store_aligned(out);
        SYNAPSE_UNROLL
        for (std::uint32_t r = 0; r < row_block; ++r) dx[k[r]] = out[vectors::template place<row_block>(r)];
    }

    static SYNAPSE_INLINE float fold(float (&lane)[partial_sums]) noexcept {
        SYNAPSE_UNROLL
        for (std::uint32_t i = 0; i < 8; ++i) lane[i] += lane[i + 8];
        SYNAPSE_UNROLL
        for (std::uint32_t i = 0; i < 4; ++i) lane[i] += lane[i + 4];
        return ((lane[0] + lane[2]) + (lane[1] + lane[3])) + 0.0f;
    }
};

static_assert(kernel_set<xsimd_kernels<>>);

}  // namespace synapse
SYNAPSE_INTRINSICS_END
