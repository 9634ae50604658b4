// tanh, exp, log and sigmoid of our own: the same operations, so the same bits, in every kernel set and on every target.
//
// Each is written once, over an Operations type that says what a value is (a float, or a register of them):
//     value                              the number type; has + - *
//     divide(a, b)                       a / b, correctly rounded
//     constant(float)                    that number in every lane
//     madd(a, b, c)                      a * b + c in the chosen arithmetic
//     min(a, b), max(a, b)               of finite numbers, not of two zeros of different signs
//     held(a, most)                      max(-most, min(most, a)), most > 0
//     positive(a, x, y)                  x where a > 0, else y
//     pow2(n)                            2^n for integral n in [-126, 127]
//     split(x, exponent)                 x > 0, normal: mantissa in [sqrt(1/2), sqrt(2)) and its exponent as a number
// Errors are stated against the exact value, in units of the last place of the float result, and tested over the whole range.
// Arguments must be finite.
#pragma once

#include <bit>
#include <cstdint>

#include <synapse/config.hpp>

namespace synapse::math {

// Operations on one float.
template <class Arithmetic>
struct scalar_operations {
    using value = float;
    static constexpr float constant(float x) noexcept { return x; }
    static constexpr float madd(float a, float b, float c) noexcept { return Arithmetic::madd(a, b, c); }
    static constexpr float divide(float a, float b) noexcept { return a / b; }
    static constexpr float min(float a, float b) noexcept { return a < b ? a : b; }
    static constexpr float max(float a, float b) noexcept { return a > b ? a : b; }
    // On a microcontroller a comparison of floats takes four instructions, or without an FPU a call. What is not a number stays so.
    static constexpr float held(float a, float most) noexcept {
        if constexpr (!config::microcontroller) return max(-most, min(most, a));
        const std::uint32_t bits = std::bit_cast<std::uint32_t>(a);
        const std::uint32_t largest = std::bit_cast<std::uint32_t>(most);
        if ((bits & 0x7fffffffu) > largest) [[unlikely]]
            return a != a ? a : std::bit_cast<float>((bits & 0x80000000u) | largest);
        return a;
    }
    static constexpr float positive(float a, float x, float y) noexcept { return a > 0.0f ? x : y; }
    static constexpr float pow2(float n) noexcept {
        return std::bit_cast<float>((static_cast<std::uint32_t>(static_cast<std::int32_t>(n)) + 127u) << 23);
    }
    static constexpr float split(float x, float& exponent) noexcept {
        // Offsetting by sqrt(1/2)'s bits makes the exponent field change where the mantissa passes sqrt(2).
        const std::uint32_t bits = std::bit_cast<std::uint32_t>(x);
        const std::uint32_t shifted = bits - 0x3f3504f3u;
        const std::int32_t e = static_cast<std::int32_t>(shifted) >> 23;
        exponent = static_cast<float>(e);
        return std::bit_cast<float>(bits - (static_cast<std::uint32_t>(e) << 23));
    }
};

// Hyperbolic tangent. Odd, within +-1, monotone to within 8 ulp, constant beyond |x| = 9.01 (1, or the float below it). At most 6 ulp.
// @source ours: x P(x^2) / Q(x^2), both of degree 4, fitted to the relative error (2.1e-8) on [0, 9.01].
template <class Operations>
constexpr typename Operations::value tanh(typename Operations::value x) noexcept {
    using ops = Operations;
    x = ops::held(x, ops::constant(9.01f));
    const auto t = x * x;
    auto p = ops::constant(1.3336885795e-08f);
    p = ops::madd(p, t, ops::constant(2.0596303377e-05f));
    p = ops::madd(p, t, ops::constant(3.4948129249e-03f));
    p = ops::madd(p, t, ops::constant(1.3380373193e-01f));
    p = ops::madd(p, t, ops::constant(1.0f));
    auto q = ops::constant(7.7692991184e-07f);
    q = ops::madd(q, t, ops::constant(3.2843662381e-04f));
    q = ops::madd(q, t, ops::constant(2.5874033946e-02f));
    q = ops::madd(q, t, ops::constant(4.6713688611e-01f));
    q = ops::madd(q, t, ops::constant(1.0f));
    return ops::held(ops::divide(x * p, q), ops::constant(1.0f));
}

// e^x. Arguments below -87.3 give 2^-126 (never a denormal), above 88 give e^88: no overflow. Monotone; at most 1.1 ulp inside.
// @source ours: x = n ln 2 + r with ln 2 in two parts, degree-6 polynomial in r (relative error 3.1e-9).
template <class Operations>
constexpr typename Operations::value exp(typename Operations::value x) noexcept {
    using ops = Operations;
    x = ops::max(ops::constant(-87.336544f), ops::min(ops::constant(88.0f), x));
    // Adding and taking away 1.5 * 2^23 rounds to an integer.
    const auto magic = ops::constant(12582912.0f);
    const auto n = ops::madd(x, ops::constant(1.44269504f), magic) - magic;
    auto r = ops::madd(n, ops::constant(-0.693359375f), x);
    r = ops::madd(n, ops::constant(2.12194440e-4f), r);
    auto p = ops::constant(1.3814598370e-03f);
    p = ops::madd(p, r, ops::constant(8.3687170503e-03f));
    p = ops::madd(p, r, ops::constant(4.1668388062e-02f));
    p = ops::madd(p, r, ops::constant(1.6666520630e-01f));
    p = ops::madd(p, r, ops::constant(4.9999993448e-01f));
    p = ops::madd(p, r * r, r);
    return (p + ops::constant(1.0f)) * ops::pow2(n);
}

// Natural logarithm of a positive normal number. Monotone; at most 0.9 ulp.
// @source ours: x = 2^e m, log m = f - f^2/2 + f^3 p(f), p of degree 7 (relative error 5.8e-9).
template <class Operations>
constexpr typename Operations::value log(typename Operations::value x) noexcept {
    using ops = Operations;
    auto e = ops::constant(0.0f);
    const auto f = ops::split(x, e) - ops::constant(1.0f);
    auto p = ops::constant(-7.6344915593e-02f);
    p = ops::madd(p, f, ops::constant(1.2761578943e-01f));
    p = ops::madd(p, f, ops::constant(-1.3160185211e-01f));
    p = ops::madd(p, f, ops::constant(1.4201757947e-01f));
    p = ops::madd(p, f, ops::constant(-1.6623357056e-01f));
    p = ops::madd(p, f, ops::constant(2.0001226970e-01f));
    p = ops::madd(p, f, ops::constant(-2.5000821042e-01f));
    p = ops::madd(p, f, ops::constant(3.3333331708e-01f));
    const auto square = f * f;
    auto y = p * f * square;
    y = ops::madd(e, ops::constant(-2.12194440e-4f), y);
    y = ops::madd(square, ops::constant(-0.5f), y);
    return ops::madd(e, ops::constant(0.693359375f), f + y);
}

// 1 / (1 + e^-x). At most 2.5 ulp for x > -87.
// @source ours, from exp of -|x| so that neither tail cancels.
template <class Operations>
constexpr typename Operations::value sigmoid(typename Operations::value x) noexcept {
    using ops = Operations;
    const auto e = exp<ops>(ops::min(x, ops::constant(0.0f) - x));
    const auto one = ops::constant(1.0f);
    return ops::divide(ops::positive(x, one, e), one + e);
}

}  // namespace synapse::math
