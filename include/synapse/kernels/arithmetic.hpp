// The two arithmetics. Every sum of products in a learner is a chain of madd, so this choice alone decides its bits.
#pragma once

#include <bit>
#include <cstdint>
#include <type_traits>

#include <synapse/config.hpp>

namespace synapse {

// Multiply, then add, each rounded. The default: the same bits from a part without an FPU up to AVX-512, and on
// Cortex-M4 and M33 fewer cycles than a fused instruction.
struct separate {
    static constexpr const char* name = "separate";
    static constexpr bool is_fused = false;
    // a * b + c, rounded twice. Needs -ffp-contract=off, which the build target carries.
    static constexpr float madd(float a, float b, float c) noexcept {
        const float product = a * b;
        return product + c;
    }
};

// One rounding (IEEE 754 fusedMultiplyAdd). 15-25 % faster on wide x86; slow, but the same bits, where it must be emulated.
struct fused {
    static constexpr const char* name = "fused";
    static constexpr bool is_fused = true;
    static constexpr float madd(float a, float b, float c) noexcept {
        if constexpr (config::hardware_fma) {
            if (!std::is_constant_evaluated()) return __builtin_fmaf(a, b, c);
        }
        return emulated(a, b, c);
    }

    // madd in double precision, of finite numbers: some C libraries' fmaf rounds twice. Public, so that a test can compare it.
    // @source Boldo, Melquiond 2008: rounded to odd in a wider format first, the second rounding is correct.
    static constexpr float emulated(float a, float b, float c) noexcept {
        const double product = static_cast<double>(a) * static_cast<double>(b);  // exact: 48 bits
        const double addend = static_cast<double>(c);
        const double sum = product + addend;
        const double part = sum - product;
        const double lost = (product - (sum - part)) + (addend - part);  // sum + lost is exact
        if (!(lost < 0.0 || lost > 0.0)) return static_cast<float>(sum);
        const std::uint64_t bits = std::bit_cast<std::uint64_t>(sum);
        if ((bits & 1u) != 0) return static_cast<float>(sum);
        // The exact value lies between sum and the odd neighbour on lost's side.
        const bool away = (lost > 0.0) == (sum > 0.0);
        return static_cast<float>(std::bit_cast<double>(away ? bits + 1 : bits - 1));
    }
};

}  // namespace synapse
