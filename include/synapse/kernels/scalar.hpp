// The definition: plain C++ whose results every other kernel set must reproduce bit for bit. Also the set for
// microcontrollers, where its blocks of accumulators are sized for 32 single-precision registers.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <utility>

#include <synapse/config.hpp>
#include <synapse/kernels/arithmetic.hpp>
#include <synapse/kernels/kernel_set.hpp>
#include <synapse/kernels/math.hpp>

namespace synapse {

// Rows are padded to `Lanes` floats: 1 where memory is scarce. Padding never changes a result. Small: code before speed, the same bits.
template <class Arithmetic = separate, std::uint32_t Lanes = 1, bool Small = config::small_microcontroller>
struct scalar_kernels {
    using arithmetic = Arithmetic;
    using operations = math::scalar_operations<Arithmetic>;
    static constexpr const char* name = "scalar";
    static constexpr std::uint32_t lanes = Lanes;
    static constexpr bool in_place = true;

    static std::uint32_t nonzero(std::uint32_t n, const float* x, row_index* index) noexcept {
        std::uint32_t count = 0;
        for (std::uint32_t k = 0; k < n; ++k) {
            index[count] = static_cast<row_index>(k);  // overwritten unless x[k] counts: no branch to mispredict
            count += counts(x[k]);
        }
        return count;
    }

    static std::uint32_t nonzero(std::uint32_t n, batch_view<const float> x, row_index* index) noexcept {
        std::uint32_t count = 0;
        for (std::uint32_t k = 0; k < n; ++k) {
            bool any = false;
            for (std::uint32_t b = 0; b < x.samples; ++b) any |= counts(x[b][k]);
            index[count] = static_cast<row_index>(k);
            count += any;
        }
        return count;
    }

    static void forward(const dense_view& layer, row_list rows, const float* x, float* a) noexcept {
        std::uint32_t j = 0;
        if constexpr (unrolls) {
            for (; j + 16 <= layer.outputs; j += 16) forward_columns(std::make_index_sequence<16>{}, layer, rows, x, a, j);
        }
        for (; j + 8 <= layer.outputs; j += 8) forward_columns(std::make_index_sequence<8>{}, layer, rows, x, a, j);
        if constexpr (unrolls) {
            if (layer.outputs - j == 3) return forward_columns(std::make_index_sequence<3>{}, layer, rows, x, a, j);
        }
        for (; !Small && j + 2 <= layer.outputs; j += 2) forward_columns(std::make_index_sequence<2>{}, layer, rows, x, a, j);
        for (; j < layer.outputs; ++j) forward_columns(std::make_index_sequence<1>{}, layer, rows, x, a, j);
    }

    static void forward(const dense_view& layer, row_list rows, batch_view<const float> x, batch_view<float> a) noexcept {
        for (std::uint32_t b = 0; b < x.samples; ++b) forward(layer, rows, x[b], a[b]);
    }

    static void backward(const dense_view& layer, row_list rows, const float* x, const float* delta, float rate, float* dx) noexcept {
        std::uint32_t i = 0;
        if (unrolls && dx != nullptr) {
            if (layer.outputs == 1) return backward_few<1>(layer, rows, x, delta, rate, dx);
            if (layer.outputs == 2) return backward_few<2>(layer, rows, x, delta, rate, dx);
            if (layer.outputs == 3) return backward_few<3>(layer, rows, x, delta, rate, dx);
            if (layer.outputs == 4) return backward_few<4>(layer, rows, x, delta, rate, dx);
            for (; i + 2 <= rows.count; i += 2) backward_two(layer, rows.index[i], rows.index[i + 1], x, delta, rate, dx);
        }
        for (; i < rows.count; ++i) {
            const std::uint32_t k = rows.index[i];
            float* w = layer.weight + std::size_t{k} * layer.stride;
            const float s = -rate * x[k];
            if (dx != nullptr) {
                dx[k] = dot_and_add(layer.outputs, s, delta, w);
            } else {
                add(layer.outputs, s, delta, w);
            }
        }
        add(layer.outputs, -rate, delta, layer.bias);
    }

    static void backward(const dense_view& layer, row_list rows, batch_view<const float> x, batch_view<const float> delta, float rate,
                         batch_view<float> dx) noexcept {
        for (std::uint32_t i = 0; i < rows.count; ++i) {
            const std::uint32_t k = rows.index[i];
            float* w = layer.weight + std::size_t{k} * layer.stride;
            if (dx.data != nullptr) {
                for (std::uint32_t b = 0; b < x.samples; ++b) dx[b][k] = dot(layer.outputs, delta[b], w);
            }
            for (std::uint32_t b = 0; b < x.samples; ++b) add(layer.outputs, -rate * x[b][k], delta[b], w);
        }
        for (std::uint32_t b = 0; b < x.samples; ++b) add(layer.outputs, -rate, delta[b], layer.bias);
    }

    static std::uint32_t forward_relu(const dense_view& layer, row_list rows, const float* x, float* a, row_index* active) noexcept {
        forward(layer, rows, x, a);
        return activate(layer.outputs, a, active);
    }

    static void backward_relu(const dense_view& layer, row_list rows, const float* x, const float* delta, float rate, float* dx) noexcept {
        for (std::uint32_t k = 0; dx != x && k < (layer.inputs + Lanes - 1) / Lanes * Lanes; ++k) dx[k] = 0.0f;
        backward(layer, rows, x, delta, rate, dx);
        for (std::uint32_t i = 0; i < rows.count; ++i) dx[rows.index[i]] = saturate(dx[rows.index[i]]);
    }

    static float squared(std::uint32_t n, const float* y, const float* target, float scale, float clip, float* delta) noexcept {
        float sum = 0.0f;
        for (std::uint32_t j = 0; j < n; ++j) {
            const float error = saturate(y[j] - target[j]);
            sum = Arithmetic::madd(0.5f * error, error, sum);
            delta[j] = scale * operations::held(error, clip);
        }
        return sum;
    }

    static float dot(std::uint32_t n, const float* delta, const float* w) noexcept {
        if constexpr (Small) {
            float p[partial_sums] = {};
            for (std::uint32_t j = 0; j < n; ++j) p[j % partial_sums] = Arithmetic::madd(delta[j], w[j], p[j % partial_sums]);
            return fold(p);
        } else {
            return dot_columns<false>(n, 0.0f, delta, const_cast<float*>(w));  // not written to
        }
    }

    static void momentum(std::uint32_t n, float momentum, float s, const float* delta, float* velocity, float* w) noexcept {
        for (std::uint32_t j = 0; j < n; ++j) {
            velocity[j] = Arithmetic::madd(momentum, velocity[j], s * delta[j]);
            if (w != nullptr) w[j] = w[j] + velocity[j];
        }
    }

    static void blend(std::uint32_t n, float share, const float* fast, float* slow) noexcept {
        for (std::uint32_t j = 0; j < n; ++j) slow[j] = Arithmetic::madd(share, fast[j] - slow[j], slow[j]);
    }

    static void relu(std::uint32_t n, float* a) noexcept {
        for (std::uint32_t j = 0; j < n; ++j) a[j] = operations::min(limit, a[j] > 0.0f ? a[j] : 0.0f);
    }

    static void close_delta(std::uint32_t n, float* delta) noexcept {
        linear(n, delta);
        for (std::uint32_t j = n; j % Lanes != 0; ++j) delta[j] = 0.0f;
    }

    static void linear(std::uint32_t n, float* a) noexcept {
        for (std::uint32_t j = 0; j < n; ++j) a[j] = saturate(a[j]);
    }

    static void relu_backward(std::uint32_t n, const float* h, float* delta) noexcept {
        for (std::uint32_t j = 0; j < n; ++j) delta[j] = h[j] > 0.0f ? saturate(delta[j]) : 0.0f;
    }

    static void tanh(std::uint32_t n, float* a) noexcept {
        for (std::uint32_t j = 0; j < n; ++j) a[j] = math::tanh<operations>(a[j]);
    }

    static void tanh_backward(std::uint32_t n, const float* h, float* delta) noexcept {
        for (std::uint32_t j = 0; j < n; ++j) delta[j] = saturate(delta[j] * Arithmetic::madd(-h[j], h[j], 1.0f));
    }

    static std::uint32_t largest_bits(std::uint32_t n, const float* x) noexcept {
        std::uint32_t largest = 0;
        for (std::uint32_t i = 0; i < n; ++i) {
            const std::uint32_t bits = std::bit_cast<std::uint32_t>(x[i]) & 0x7fffffffu;
            largest = bits > largest ? bits : largest;
        }
        return largest;
    }

protected:
    // relu over [n], and the positions of the active units.
    static SYNAPSE_INLINE std::uint32_t activate(std::uint32_t n, float* a, row_index* active) noexcept {
        std::uint32_t count = 0;
        for (std::uint32_t j = 0; j < n; ++j) {
            active[count] = static_cast<row_index>(j);
            count += a[j] > 0.0f;
            a[j] = operations::min(limit, a[j] > 0.0f ? a[j] : 0.0f);
        }
        return count;
    }

    static constexpr float saturate(float x) noexcept { return operations::held(x, limit); }

    static SYNAPSE_OUTLINE float fold(float (&p)[partial_sums]) noexcept {
        if constexpr (Small) {
            for (std::uint32_t j = 0; j < 4; ++j) p[j] = (p[j] + p[j + 8]) + (p[j + 4] + p[j + 12]);
            return ((p[0] + p[2]) + (p[1] + p[3])) + 0.0f;
        }
        const float a = (p[0] + p[8]) + (p[4] + p[12]);
        const float b = (p[1] + p[9]) + (p[5] + p[13]);
        const float c = (p[2] + p[10]) + (p[6] + p[14]);
        const float d = (p[3] + p[11]) + (p[7] + p[15]);
        return ((a + c) + (b + d)) + 0.0f;
    }

    template <bool Update>
    static SYNAPSE_INLINE void one_column(float s, float delta, float& w, float& p) noexcept {
        float old = w;
        p = Arithmetic::madd(delta, old, p);
        SYNAPSE_IN_ORDER(p, old);
        if constexpr (Update) w = Arithmetic::madd(s, delta, old);
    }

private:
    static constexpr std::uint32_t half = partial_sums / 2;
    static constexpr std::uint32_t few = 4;
    // For a processor that has registers for it and does one thing at a time: fewer loads and less counting, in more text. A wider one's
    // compiler does better with the plain loops.
    static constexpr bool unrolls = Lanes == 1 && !Small;

    static constexpr bool counts(float x) noexcept { return (std::bit_cast<std::uint32_t>(x) & 0x7fffffffu) != 0; }

    // sizeof...(I) neighbouring outputs at once: one load of x serves them all and the sums stay in registers.
    template <std::size_t... I>
    static SYNAPSE_INLINE void forward_columns(std::index_sequence<I...>, const dense_view& layer, row_list rows,
                                               const float* SYNAPSE_RESTRICT x, float* SYNAPSE_RESTRICT a, std::uint32_t j) noexcept {
        float sum[] = {layer.bias[j + I]...};
        for (std::uint32_t i = 0; i < rows.count; ++i) {
            const std::uint32_t k = rows.index[i];
            const float* w = layer.weight + std::size_t{k} * layer.stride + j;
            float xk = x[k];
            const auto column = [&](float& at, float weight) SYNAPSE_INLINE_LAMBDA {
                at = Arithmetic::madd(xk, weight, at);
                SYNAPSE_IN_ORDER(at, xk);
            };
            (column(sum[I], w[I]), ...);
        }
        ((a[j + I] = sum[I]), ...);
    }

    static void add(std::uint32_t n, float s, const float* SYNAPSE_RESTRICT delta, float* SYNAPSE_RESTRICT w) noexcept {
        std::uint32_t j = 0;
        for (; !Small && j + 4 <= n; j += 4) add_columns(std::make_index_sequence<4>{}, s, delta + j, w + j);
        for (; j < n; ++j) w[j] = Arithmetic::madd(s, delta[j], w[j]);
    }

    template <std::size_t... I>
    static SYNAPSE_INLINE void add_columns(std::index_sequence<I...>, float s, const float* SYNAPSE_RESTRICT delta,
                                           float* SYNAPSE_RESTRICT w) noexcept {
        ((w[I] = Arithmetic::madd(s, delta[I], w[I])), ...);
    }

    static float dot_and_add(std::uint32_t n, float s, const float* delta, float* w) noexcept { return dot_columns<true>(n, s, delta, w); }

    // All rows of a layer of so few outputs that delta stays in registers.
    template <std::uint32_t Outputs>
    static SYNAPSE_OUTLINE void backward_few(const dense_view& layer, row_list rows, const float* x, const float* SYNAPSE_RESTRICT delta,
                                             float rate, float* dx) noexcept {
        float d[few];
        for (std::uint32_t j = 0; j < Outputs; ++j) d[j] = delta[j];
        for (std::uint32_t i = 0; i < rows.count; ++i) {
            const std::uint32_t k = rows.index[i];
            dx[k] = few_columns<true>(Outputs, -rate * x[k], d, layer.weight + std::size_t{k} * layer.stride);
        }
        add(Outputs, -rate, d, layer.bias);
    }

    // Rows k and l in one pass: one load of delta serves both. Four partial sums of each at a time, those that fold adds first.
    static SYNAPSE_INLINE void backward_two(const dense_view& layer, std::uint32_t k, std::uint32_t l, const float* x,
                                            const float* SYNAPSE_RESTRICT delta, float rate, float* dx) noexcept {
        const float s = -rate * x[k];
        const float t = -rate * x[l];
        const std::uint32_t n = layer.outputs;
        const std::uint32_t rest = n % partial_sums;
        float first[4], second[4];
        for (std::uint32_t q = 0; q < 4; ++q) {
            const float* SYNAPSE_RESTRICT d = delta + q;
            float* SYNAPSE_RESTRICT v = layer.weight + std::size_t{k} * layer.stride + q;
            float* SYNAPSE_RESTRICT w = layer.weight + std::size_t{l} * layer.stride + q;
            float p0 = 0.0f, p1 = 0.0f, p2 = 0.0f, p3 = 0.0f, r0 = 0.0f, r1 = 0.0f, r2 = 0.0f, r3 = 0.0f;
            const auto columns = [&](std::uint32_t j, float& p, float& r) SYNAPSE_INLINE_LAMBDA {
                one_column<true>(s, d[j], v[j], p);
                one_column<true>(t, d[j], w[j], r);
            };
            for (std::uint32_t i = n / partial_sums; i != 0; --i) {
                columns(0, p0, r0);
                columns(4, p1, r1);
                columns(8, p2, r2);
                columns(12, p3, r3);
                d += partial_sums, v += partial_sums, w += partial_sums;
            }
            if (rest != 0) {
                if (rest > q) columns(0, p0, r0);
                if (rest > q + 4) columns(4, p1, r1);
                if (rest > q + 8) columns(8, p2, r2);
                if (rest > q + 12) columns(12, p3, r3);
            }
            first[q] = (p0 + p2) + (p1 + p3);
            second[q] = (r0 + r2) + (r1 + r3);
        }
        dx[k] = ((first[0] + first[2]) + (first[1] + first[3])) + 0.0f;
        dx[l] = ((second[0] + second[2]) + (second[1] + second[3])) + 0.0f;
    }

    // Contract 2, and 4 in the same pass when Update. Eight partial sums at a time: sixteen and their operands fill all registers.
    template <bool Update>
    static SYNAPSE_INLINE float dot_columns(std::uint32_t n, float s, const float* SYNAPSE_RESTRICT delta,
                                            float* SYNAPSE_RESTRICT w) noexcept {
        if (n <= few) return few_columns<Update>(n, s, delta, w);
        float p[partial_sums];
        for (std::uint32_t first = 0; first < partial_sums; first += half) {
            sum_columns<Update>(std::make_index_sequence<half>{}, first, n, s, delta, w, p + first);
        }
        return fold(p);
    }

    // A layer of up to four outputs, as the last one often is: what fold adds beyond them is zeros, which change no sum but a zero's sign,
    // and that the last addition settles.
    template <bool Update>
    static SYNAPSE_INLINE float few_columns(std::uint32_t n, float s, const float* SYNAPSE_RESTRICT delta,
                                            float* SYNAPSE_RESTRICT w) noexcept {
        float p0 = 0.0f, p1 = 0.0f, p2 = 0.0f, p3 = 0.0f;
        if (n > 0) one_column<Update>(s, delta[0], w[0], p0);
        if (n > 1) one_column<Update>(s, delta[1], w[1], p1);
        if (n > 2) one_column<Update>(s, delta[2], w[2], p2);
        if (n > 3) one_column<Update>(s, delta[3], w[3], p3);
        return ((p0 + p2) + (p1 + p3)) + 0.0f;
    }

    // The columns first .. first + 7 of every sixteen; writes their partial sums to p.
    template <bool Update, std::size_t... I>
    static SYNAPSE_INLINE void sum_columns(std::index_sequence<I...>, std::uint32_t first, std::uint32_t n, float s,
                                           const float* SYNAPSE_RESTRICT delta, float* SYNAPSE_RESTRICT w,
                                           float* SYNAPSE_RESTRICT p) noexcept {
        float sum[] = {(static_cast<void>(I), 0.0f)...};
        std::uint32_t j = first;
        for (; j + half <= n; j += partial_sums) ((one_column<Update>(s, delta[j + I], w[j + I], sum[I])), ...);
        ((p[I] = sum[I]), ...);
        for (std::uint32_t i = 0; j < n && i < half; ++i, ++j) one_column<Update>(s, delta[j], w[j], p[i]);
    }
};

static_assert(kernel_set<scalar_kernels<>>);

}  // namespace synapse
