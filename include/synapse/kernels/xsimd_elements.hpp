// What the xsimd kernels do number by number: activations, their derivatives, deltas, momentum, blending. A guest like xsimd.hpp.
#pragma once

#include <cstdint>

#include <xsimd/xsimd.hpp>

#include <synapse/config.hpp>
#include <synapse/kernels/kernel_set.hpp>
#include <synapse/kernels/math.hpp>
#include <synapse/kernels/scalar.hpp>
#include <synapse/kernels/xsimd_registers.hpp>

SYNAPSE_INTRINSICS_BEGIN
namespace synapse {

template <class Arithmetic, class Architecture>
struct xsimd_elements {
    static float squared(std::uint32_t n, const float* y, const float* target, float scale, float clip, float* delta) noexcept {
        if constexpr (wide) {
            float sum = 0.0f;
            for (std::uint32_t j = 0; j < n; j += width) {
                const std::uint32_t count = n - j < width ? n - j : width;
                const value error = saturate(vectors::load_first(count, y + j) - vectors::load_first(count, target + j));
                const value clipped = xsimd::max(value(-clip), xsimd::min(value(clip), error));
                vectors::store_first(count, value(scale) * clipped, delta + j);
                alignas(64) float errors[width];
                error.store_aligned(errors);
                for (std::uint32_t i = 0; i < count; ++i) sum = Arithmetic::madd(0.5f * errors[i], errors[i], sum);
            }
            return sum;
        } else {
            return scalar::squared(n, y, target, scale, clip, delta);
        }
    }

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
        std::uint32_t j = 0;
        for (; j + width <= n; j += width) {
            held_above_zero(value::load_unaligned(a + j)).store_unaligned(a + j);
        }
        scalar::relu(n - j, a + j);
    }

    static void linear(std::uint32_t n, float* a) noexcept {
        std::uint32_t j = 0;
        for (; j + width <= n; j += width) saturate(value::load_unaligned(a + j)).store_unaligned(a + j);
        scalar::linear(n - j, a + j);
    }

    static void close_delta(std::uint32_t n, float* delta) noexcept {
        std::uint32_t j = 0;
        if constexpr (wide) {
            for (; j + width <= n; j += width) saturate(load(delta + j)).store_aligned(delta + j);
            if (j != n) saturate(vectors::first(n - j, load(delta + j))).store_aligned(delta + j);
        } else {
            for (std::uint32_t k = n; k % partial_sums != 0; ++k) delta[k] = 0.0f;
            for (; j < n; j += width) saturate(load(delta + j)).store_aligned(delta + j);
        }
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

protected:
    using scalar = scalar_kernels<Arithmetic, partial_sums>;
    using operations = xsimd_operations<Arithmetic, Architecture>;
    using vectors = xsimd_registers<Architecture>;
    using value = typename operations::value;
    static constexpr std::uint32_t width = vectors::width;
    static constexpr std::uint32_t group = vectors::group;
    static constexpr bool wide = vectors::wide;

    static SYNAPSE_INLINE value load(const float* p) noexcept { return value::load_aligned(p); }
    static SYNAPSE_INLINE value saturate(const value& x) noexcept { return xsimd::max(value(-limit), xsimd::min(value(limit), x)); }
    static SYNAPSE_INLINE value held_above_zero(const value& x) noexcept {
        return xsimd::min(value(limit), xsimd::select(x > value(0.0f), x, value(0.0f)));
    }
    static SYNAPSE_INLINE value madd(const value& a, const value& b, const value& c) noexcept { return operations::madd(a, b, c); }
};

}  // namespace synapse
SYNAPSE_INTRINSICS_END
