// What the xsimd kernels ask of a register: the two arithmetics, sums across lanes, and the listing of lanes. A guest like
// xsimd.hpp. Where xsimd's own functions round differently from architecture to architecture, or are missing from its older
// releases, instructions and compilers' vectors are named here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>

#include <xsimd/xsimd.hpp>

#include <synapse/config.hpp>
#include <synapse/kernels/kernel_set.hpp>

SYNAPSE_INTRINSICS_BEGIN
namespace synapse {

namespace detail {
// Rows are found by bytes: one multiplication and no shift.
SYNAPSE_INLINE const float* bytes_after(const float* from, std::size_t bytes) noexcept {
    return reinterpret_cast<const float*>(reinterpret_cast<const std::byte*>(from) + bytes);
}
}  // namespace detail

// True if a vector of this architecture computes with the arithmetic's roundings in hardware, and tests have shown it: x86 and
// 64-bit Arm. (32-bit Arm's vectors know no denormals.)
template <class Arithmetic, class Architecture = xsimd::default_arch>
inline constexpr bool xsimd_offers = (config::x86 || config::arm64) && (!Arithmetic::is_fused || config::hardware_fma);

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
    static SYNAPSE_INLINE value divide(const value& a, const value& b) noexcept { return quotient(a, b); }
    static SYNAPSE_INLINE value min(const value& a, const value& b) noexcept { return xsimd::min(a, b); }
    static SYNAPSE_INLINE value max(const value& a, const value& b) noexcept { return xsimd::max(a, b); }
    static SYNAPSE_INLINE value held(const value& a, const value& most) noexcept { return max(value(0.0f) - most, min(most, a)); }

private:
    // xsimd::fma multiplies and adds on some architectures (AVX-512 in xsimd 8), and its division of floats on Arm is an
    // approximation, so these instructions are named here. The names depend on a template argument and are looked up only where
    // they are used.
    template <class Value>
    static SYNAPSE_INLINE Value quotient(const Value& a, const Value& b) noexcept {
        if constexpr (config::arm64) {
            return Value(vdivq_f32(a.data, b.data));
        } else {
            return a / b;
        }
    }
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

// A float register of an architecture.
template <class Architecture>
struct xsimd_registers {
    using value = xsimd::batch<float, Architecture>;
    static constexpr std::uint32_t width = value::size;           // floats in a register
    static constexpr std::uint32_t group = partial_sums / width;  // registers in sixteen lanes
    static_assert(width <= partial_sums && partial_sums % width == 0, "registers wider than the contract's 16 partial sums");
    static constexpr bool wide = config::x86 && width == 16;  // AVX-512: lanes can be pressed together

    // The sums of contract 3 for two or four rows of sixteen lanes, + 0 still to be added: row r's in lane place(r). The rows are
    // crossed, so that one addition halves the sums of several.
    template <std::uint32_t Rows>
    static SYNAPSE_INLINE value cross(const value (&sum)[Rows][group]) noexcept {
        if constexpr (width == 16) {
            const value four = cross_to_fours(sum);
            const value two = four + shuffle(four, four, std::index_sequence<2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13>{});
            return two + shuffle(two, two, std::index_sequence<1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14>{});
        } else if constexpr (width == 8) {
            using fours = std::index_sequence<0, 1, 2, 3, 8, 9, 10, 11>;
            using pairs = std::index_sequence<0, 1, 8, 9, 4, 5, 12, 13>;
            const value low = halve<4>(sum[0][0] + sum[0][1], sum[1][0] + sum[1][1], fours{});
            const value high = halve<4>(sum[2][0] + sum[2][1], sum[3][0] + sum[3][1], fours{});
            const value two = halve<2>(low, high, pairs{});
            return two + shuffle(two, two, std::index_sequence<1, 0, 3, 2, 5, 4, 7, 6>{});
        } else {
            value four[Rows];
            SYNAPSE_UNROLL
            for (std::uint32_t r = 0; r < Rows; ++r) four[r] = (sum[r][0] + sum[r][2]) + (sum[r][1] + sum[r][3]);
            using pairs = std::index_sequence<0, 1, 4, 5>;
            const value low = halve<2>(four[0], four[1], pairs{});
            if constexpr (Rows == 4) {
                return halve<1>(low, halve<2>(four[2], four[3], pairs{}), std::index_sequence<0, 2, 4, 6>{});
            } else {
                return low + shuffle(low, low, std::index_sequence<1, 0, 3, 2>{});
            }
        }
    }

    template <std::uint32_t Rows>
    static constexpr std::uint32_t place(std::uint32_t r) noexcept {
        static_assert(Rows == 4 || (Rows == 2 && width == 4));
        if (width == 16) return 4 * r;
        if (width == 8) return 4 * (r % 2) + 2 * (r / 2);
        return Rows == 4 ? r : 2 * r;
    }

    // The first half of that for four rows, to four lanes each: those of row r from 4 r on. AVX-512's, like all that follows.
    static SYNAPSE_INLINE value cross_to_fours(const value (&sum)[4][1]) noexcept {
        using eights = std::index_sequence<0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23>;
        using quarters = std::index_sequence<0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27>;
        return halve<4>(halve<8>(sum[0][0], sum[1][0], eights{}), halve<8>(sum[2][0], sum[3][0], eights{}), quarters{});
    }

    // The second half for four such registers: the sum of lanes 4 r to 4 r + 3 of register b in lane 4 r + b.
    static SYNAPSE_INLINE value cross_fours(const value (&four)[4]) noexcept {
        using twos = std::index_sequence<0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29>;
        using ones = std::index_sequence<0, 2, 16, 18, 4, 6, 20, 22, 8, 10, 24, 26, 12, 14, 28, 30>;
        return halve<1>(halve<2>(four[0], four[1], twos{}), halve<2>(four[2], four[3], twos{}), ones{});
    }

    // The first four numbers at each of four places; of one place four times.
    template <class Number>
    static SYNAPSE_INLINE value first_fours(const Number* const (&at)[4]) noexcept {
        auto all = _mm512_castps128_ps512(_mm_load_ps(at[0]));
        all = _mm512_insertf32x4(all, _mm_load_ps(at[1]), 1);
        all = _mm512_insertf32x4(all, _mm_load_ps(at[2]), 2);
        return value(_mm512_insertf32x4(all, _mm_load_ps(at[3]), 3));
    }
    template <class Number>
    static SYNAPSE_INLINE value repeat_four(const Number* at) noexcept {
        return value(_mm512_broadcast_f32x4(_mm_load_ps(at)));
    }

    // The first n elements, n <= 16: of a register, the others +0; from and to memory, the others neither read nor written.
    template <class Value>
    static SYNAPSE_INLINE Value first(std::uint32_t n, const Value& y) noexcept {
        return Value(_mm512_maskz_mov_ps(first_lanes(n), y.data));
    }
    template <class Number>
    static SYNAPSE_INLINE value load_first(std::uint32_t n, const Number* from) noexcept {
        return value(_mm512_maskz_loadu_ps(first_lanes(n), from));
    }
    template <class Value>
    static SYNAPSE_INLINE void store_first(std::uint32_t n, const Value& y, float* to) noexcept {
        _mm512_mask_storeu_ps(to, first_lanes(n), y.data);
    }

    // y + 0 where x > 0, else +0.
    template <class Value>
    static SYNAPSE_INLINE Value plus_zero_where_positive(const Value& x, const Value& y) noexcept {
        const Value zero(0.0f);
        return Value(_mm512_maskz_add_ps(_mm512_cmp_ps_mask(x.data, zero.data, 30), y.data, zero.data));  // 30: greater
    }

    // The positions of x's positive elements, counted from `first`, pressed together; writes sixteen, returns how many count.
    template <class Value, class Lane = std::int32_t>
    static SYNAPSE_INLINE std::uint32_t list_positive(const Value& x, std::uint32_t first, row_index* index) noexcept {
        return list_places<Lane>(_mm512_cmp_ps_mask(x.data, Value(0.0f).data, 30), first, index);  // 30: greater
    }

    // The positions that are nonzero in at least one sample; index has room for n rounded up to sixteen.
    template <class Number, class Lane = std::int32_t>
    static SYNAPSE_INLINE std::uint32_t list_nonzero(std::uint32_t n, batch_view<const Number> x, row_index* index) noexcept {
        const auto zero = _mm512_set1_ps(Number{});
        std::uint32_t count = 0;
        for (std::uint32_t k = 0; k < n; k += 16) {
            const std::uint16_t here = first_lanes(n - k < 16 ? n - k : 16);
            std::uint16_t mask = 0;
            for (std::uint32_t b = 0; b < x.samples; ++b) {
                mask =
                    static_cast<std::uint16_t>(mask | _mm512_cmp_ps_mask(_mm512_maskz_loadu_ps(here, x[b] + k), zero, 4));  // 4: not equal
            }
            // A full list is written without waiting for the comparison: the branch is predicted, and dense inputs are the rule.
            const auto place = places<Lane>(k);
            if (mask == here) {
                _mm512_storeu_si512(index + count, place);
                count += n - k < 16 ? n - k : 16;
            } else {
                count += list_places<Lane>(mask, k, index + count);
            }
        }
        return count;
    }

private:
    static constexpr std::uint16_t first_lanes(std::uint32_t n) noexcept { return static_cast<std::uint16_t>((1u << n) - 1u); }

    // The places At of two registers, plus the places Step further on.
    template <std::size_t Step, std::size_t... At>
    static SYNAPSE_INLINE value halve(const value& a, const value& b, std::index_sequence<At...> at) noexcept {
        return shuffle(a, b, at) + shuffle(a, b, std::index_sequence<At + Step...>{});
    }

    template <std::size_t... At>
    static SYNAPSE_INLINE value shuffle(const value& a, const value& b, std::index_sequence<At...>) noexcept {
        return value(__builtin_shufflevector(a.data, b.data, At...));
    }

    // first, first + 1, ...
    template <class Lane>
    static SYNAPSE_INLINE auto places(std::uint32_t first) noexcept {
        alignas(64) static constexpr Lane from_zero[16] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
        return _mm512_add_epi32(_mm512_load_si512(static_cast<const Lane*>(from_zero)), _mm512_set1_epi32(static_cast<Lane>(first)));
    }

    template <class Lane, class Mask>
    static SYNAPSE_INLINE std::uint32_t list_places(Mask mask, std::uint32_t first, row_index* index) noexcept {
        // Zen 5's compress waits for what was in its destination even if all of it is overwritten: this is a register just cleared.
        auto cleared = _mm512_set1_epi32(Lane{});
        SYNAPSE_OPAQUE(cleared);
        _mm512_storeu_si512(index, _mm512_mask_compress_epi32(cleared, mask, places<Lane>(first)));
        return static_cast<std::uint32_t>(__builtin_popcount(mask));
    }
};

}  // namespace synapse
SYNAPSE_INTRINSICS_END
