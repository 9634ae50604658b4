// The two arithmetics. Every sum of products in a learner is a chain of madd, so this choice alone decides its bits.
#pragma once

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
    static constexpr float madd(float a, float b, float c) noexcept { return __builtin_fmaf(a, b, c); }
};

}  // namespace synapse
