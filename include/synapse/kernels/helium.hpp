// The kernels on the vectors of floats of Armv8.1-M (Helium; Cortex-M55, M85): the contract of kernel_set.hpp, the bits of scalar.hpp.
//
// These vectors always flush denormals, which would be other bits, but say so: a denormal that was read sets IDC in the FPSCR, a result that
// was flushed sets UFC. So nothing that they made is kept before the flags were looked at, and where one is set the scalar set does the same
// again. Both happen in healthy networks next to never. Flags that were set before a call are set again behind it; an interrupt's are its own,
// for the processor stacks the FPSCR.
//
// Built with +nomve.fp, so that the compiler makes no such vectors of anyone's plain loops, and written in assembly for that reason.
// A build for a part that has them says SYNAPSE_HELIUM=1.
#pragma once

#include <synapse/config.hpp>

#if SYNAPSE_HELIUM

#include <cstddef>
#include <cstdint>

#include <synapse/kernels/kernel_set.hpp>
#include <synapse/kernels/scalar.hpp>

namespace synapse {

namespace helium {

// Four floats in a register, by their bits.
using quad = std::uint32_t __attribute__((vector_size(16), aligned(4), may_alias));

SYNAPSE_INLINE quad load(const float* p) noexcept { return *reinterpret_cast<const quad*>(p); }
SYNAPSE_INLINE void store(float* p, quad v) noexcept { *reinterpret_cast<quad*>(p) = v; }

// sum = madd(a, b, sum) in each lane. Volatile, as are the flags' reads: these stay in order.
template <class Arithmetic, class Factor>
SYNAPSE_INLINE void madd(quad& sum, quad a, Factor b) noexcept {
    if constexpr (Arithmetic::is_fused) {
        if constexpr (sizeof b == sizeof a) {
            SYNAPSE_HELIUM_ASM("vfma.f32 %q0, %q1, %q2", : "+w"(sum) : "w"(a), "w"(b));
        } else {
            SYNAPSE_HELIUM_ASM("vfma.f32 %q0, %q1, %2", : "+w"(sum) : "w"(a), "r"(b));
        }
    } else {
        quad product;
        if constexpr (sizeof b == sizeof a) {
            SYNAPSE_HELIUM_ASM("vmul.f32 %q0, %q1, %q2", : "=w"(product) : "w"(a), "w"(b));
        } else {
            SYNAPSE_HELIUM_ASM("vmul.f32 %q0, %q1, %2", : "=w"(product) : "w"(a), "r"(b));
        }
        SYNAPSE_HELIUM_ASM("vadd.f32 %q0, %q0, %q1", : "+w"(sum) : "w"(product));
    }
}

SYNAPSE_INLINE quad plus(quad a, quad b) noexcept {
    SYNAPSE_HELIUM_ASM("vadd.f32 %q0, %q0, %q1", : "+w"(a) : "w"(b));
    return a;
}

SYNAPSE_INLINE quad zero() noexcept {
    quad none;
    SYNAPSE_HELIUM_ASM("vmov.i32 %q0, #0", : "=w"(none));
    return none;
}

// The flags that tell of a flushed number, watched from construction to destruction.
class flush_watch {
public:
    SYNAPSE_INLINE flush_watch() noexcept : before_{read()} {
        if ((before_ & flushed) != 0) write(before_ & ~flushed);
    }
    SYNAPSE_INLINE ~flush_watch() {
        if ((before_ & flushed) != 0) write(read() | (before_ & flushed));
    }
    flush_watch(const flush_watch&) = delete;
    flush_watch& operator=(const flush_watch&) = delete;

    // Whether anything was since the last forget().
    [[nodiscard]] static SYNAPSE_INLINE bool saw_any() noexcept { return __builtin_expect((read() & flushed) != 0, 0); }
    static SYNAPSE_INLINE void forget() noexcept { write(read() & ~flushed); }

private:
    static constexpr std::uint32_t flushed = 1u << 7 | 1u << 3;  // IDC, UFC
    static SYNAPSE_INLINE std::uint32_t read() noexcept {
        std::uint32_t bits;
        SYNAPSE_HELIUM_ASM("vmrs %0, fpscr", : "=r"(bits));
        return bits;
    }
    static SYNAPSE_INLINE void write(std::uint32_t bits) noexcept { SYNAPSE_HELIUM_ASM("vmsr fpscr, %0", : : "r"(bits)); }

    std::uint32_t before_;
};

}  // namespace helium

template <class Arithmetic = separate>
struct helium_kernels : scalar_kernels<Arithmetic, 1> {
    using scalar = scalar_kernels<Arithmetic, 1>;
    static constexpr const char* name = "helium";

    static SYNAPSE_OUTLINE void forward(const dense_view& layer, row_list rows, const float* x, float* a) noexcept {
        const helium::flush_watch watch;
        std::uint32_t j = 0;
        for (; j + 16 <= layer.outputs; j += 16) forward_columns<4>(layer, rows, x, a, j);
        for (; j + 4 <= layer.outputs; j += 4) forward_columns<1>(layer, rows, x, a, j);
        if (j < layer.outputs) scalar::forward(columns(layer, j, layer.outputs - j), rows, x, a + j);
    }

    static void forward(const dense_view& layer, row_list rows, batch_view<const float> x, batch_view<float> a) noexcept {
        for (std::uint32_t b = 0; b < x.samples; ++b) forward(layer, rows, x[b], a[b]);
    }

    static SYNAPSE_OUTLINE void backward(const dense_view& layer, row_list rows, const float* x, const float* delta, float rate,
                                         float* dx) noexcept {
        if (layer.outputs < block) return scalar::backward(layer, rows, x, delta, rate, dx);
        const helium::flush_watch watch;
        for (std::uint32_t i = 0; i < rows.count; ++i) {
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
        scalar::backward(layer, rows, x, delta, rate, dx);
    }

    static std::uint32_t forward_relu(const dense_view& layer, row_list rows, const float* x, float* a, row_index* active) noexcept {
        forward(layer, rows, x, a);
        return scalar::activate(layer.outputs, a, active);
    }

    static void backward_relu(const dense_view& layer, row_list rows, const float* x, const float* delta, float rate, float* dx) noexcept {
        for (std::uint32_t k = 0; dx != x && k < layer.inputs; ++k) dx[k] = 0.0f;
        backward(layer, rows, x, delta, rate, dx);
        for (std::uint32_t i = 0; i < rows.count; ++i) dx[rows.index[i]] = scalar::saturate(dx[rows.index[i]]);
    }

private:
    using quad = helium::quad;
    using watch_type = helium::flush_watch;
    static constexpr std::uint32_t block = partial_sums;

    static dense_view columns(const dense_view& layer, std::uint32_t from, std::uint32_t count) noexcept {
        return {layer.weight + from, layer.bias + from, layer.inputs, count, layer.stride};
    }

    // 4 * Quads neighbouring outputs at once.
    template <std::uint32_t Quads>
    static SYNAPSE_INLINE void forward_columns(const dense_view& layer, row_list rows, const float* x, float* a, std::uint32_t j) noexcept {
        quad sum[Quads];
        SYNAPSE_UNROLL
        for (std::uint32_t q = 0; q < Quads; ++q) sum[q] = helium::load(layer.bias + j + 4 * q);
        for (std::uint32_t i = 0; i < rows.count; ++i) {
            const std::uint32_t k = rows.index[i];
            const float* w = layer.weight + std::size_t{k} * layer.stride + j;
            const float xk = x[k];
            SYNAPSE_UNROLL
            for (std::uint32_t q = 0; q < Quads; ++q) helium::madd<Arithmetic>(sum[q], helium::load(w + 4 * q), xk);
        }
        if (watch_type::saw_any()) return forward_again(columns(layer, j, 4 * Quads), rows, x, a + j);
        SYNAPSE_UNROLL
        for (std::uint32_t q = 0; q < Quads; ++q) helium::store(a + j + 4 * q, sum[q]);
    }

    static SYNAPSE_OUTLINE void forward_again(const dense_view& layer, row_list rows, const float* x, float* a) noexcept {
        scalar::forward(layer, rows, x, a);
        watch_type::forget();
    }

    static SYNAPSE_INLINE void add(std::uint32_t n, float s, const float* delta, float* w) noexcept {
        std::uint32_t j = 0;
        for (; j + 16 <= n; j += 16) add_columns<4>(s, delta + j, w + j);
        for (; j + 4 <= n; j += 4) add_columns<1>(s, delta + j, w + j);
        for (; j < n; ++j) w[j] = Arithmetic::madd(s, delta[j], w[j]);
    }

    template <std::uint32_t Quads>
    static SYNAPSE_INLINE void add_columns(float s, const float* delta, float* w) noexcept {
        quad sum[Quads];
        SYNAPSE_UNROLL
        for (std::uint32_t q = 0; q < Quads; ++q) {
            sum[q] = helium::load(w + 4 * q);
            helium::madd<Arithmetic>(sum[q], helium::load(delta + 4 * q), s);
        }
        if (watch_type::saw_any()) return add_again(4 * Quads, s, delta, w);
        SYNAPSE_UNROLL
        for (std::uint32_t q = 0; q < Quads; ++q) helium::store(w + 4 * q, sum[q]);
    }

    static SYNAPSE_OUTLINE void add_again(std::uint32_t n, float s, const float* delta, float* w) noexcept {
        for (std::uint32_t j = 0; j < n; ++j) w[j] = Arithmetic::madd(s, delta[j], w[j]);
        watch_type::forget();
    }

    // Contracts 2 and 4 in one pass, n >= 16. Partial sums are kept as they were until the flags were read.
    static SYNAPSE_INLINE float dot_and_add(std::uint32_t n, float s, const float* delta, float* w) noexcept {
        float p[partial_sums];
        std::uint32_t j = n < 2 * block ? block : 2 * block;
        if (n < 2 * block) {
            sum_columns<1, true>(p, s, delta, w);
        } else {
            sum_columns<2, true>(p, s, delta, w);
        }
        for (; j + 2 * block <= n; j += 2 * block) sum_columns<2, false>(p, s, delta + j, w + j);
        for (; j + block <= n; j += block) sum_columns<1, false>(p, s, delta + j, w + j);
        if (j == n) {
            const quad folded =
                helium::plus(helium::plus(helium::load(p), helium::load(p + 8)), helium::plus(helium::load(p + 4), helium::load(p + 12)));
            if (!watch_type::saw_any()) {
                float four[4];
                helium::store(four, folded);
                return ((four[0] + four[2]) + (four[1] + four[3])) + 0.0f;
            }
        }
        return rest(n, j, p, s, delta, w);
    }

    // The columns from j on, fewer than a block, and the fold.
    static SYNAPSE_OUTLINE float rest(std::uint32_t n, std::uint32_t j, float (&p)[partial_sums], float s, const float* delta,
                                      float* w) noexcept {
        for (std::uint32_t i = 0; j + i < n; ++i) scalar::template one_column<true>(s, delta[j + i], w[j + i], p[i]);
        const float result = scalar::fold(p);
        watch_type::forget();
        return result;
    }

    // So many blocks. First: the sums begin here.
    template <std::uint32_t Blocks, bool First>
    static SYNAPSE_INLINE void sum_columns(float (&p)[partial_sums], float s, const float* delta, float* w) noexcept {
        SYNAPSE_UNROLL
        for (std::uint32_t q = 0; q < block; q += 4) {
            quad sum = First ? helium::zero() : helium::load(p + q);
            quad made[Blocks];
            SYNAPSE_UNROLL
            for (std::uint32_t j = 0; j < Blocks; ++j) {
                const quad d = helium::load(delta + j * block + q);
                made[j] = helium::load(w + j * block + q);
                helium::madd<Arithmetic>(sum, made[j], d);
                helium::madd<Arithmetic>(made[j], d, s);
            }
            if (watch_type::saw_any()) {
                if (First) helium::store(p + q, helium::zero());
                sum_again(Blocks, p + q, s, delta + q, w + q);
                continue;
            }
            helium::store(p + q, sum);
            SYNAPSE_UNROLL
            for (std::uint32_t j = 0; j < Blocks; ++j) helium::store(w + j * block + q, made[j]);
        }
    }

    static SYNAPSE_OUTLINE void sum_again(std::uint32_t blocks, float* p, float s, const float* delta, float* w) noexcept {
        for (std::uint32_t j = 0; j < blocks * block; j += block) {
            for (std::uint32_t i = 0; i < 4; ++i) scalar::template one_column<true>(s, delta[j + i], w[j + i], p[i]);
        }
        watch_type::forget();
    }
};

static_assert(kernel_set<helium_kernels<>>);

}  // namespace synapse

#endif
