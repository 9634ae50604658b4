#include <bit>
#include <cmath>
#include <cstdint>
#include <initializer_list>

#include <doctest/doctest.h>

#include <synapse/core/random.hpp>
#include <synapse/kernels/arithmetic.hpp>

namespace {

// A float with a random sign and mantissa and the given biased exponent; 0 draws a denormal.
float with_exponent(std::uint32_t exponent, synapse::random_generator& random) {
    return std::bit_cast<float>((random.next() & 0x807fffffu) | (exponent << 23));
}

}  // namespace

TEST_CASE("separate: rounds the product and the sum") {
    volatile float a = 1.0f + 0x1p-12f;
    volatile float c = -(1.0f + 0x1p-11f);
    CHECK(synapse::separate::madd(a, a, c) == 0.0f);
    synapse::random_generator random{1};
    for (int i = 0; i < 100000; ++i) {
        const float x = random.symmetric();
        const float y = random.symmetric();
        const float z = random.symmetric();
        volatile float product = x * y;
        REQUIRE(synapse::separate::madd(x, y, z) == product + z);
    }
}

TEST_CASE("fused: rounds once") {
    volatile float a = 1.0f + 0x1p-12f;
    volatile float c = -(1.0f + 0x1p-11f);
    CHECK(synapse::fused::madd(a, a, c) == 0x1p-24f);
    CHECK(synapse::fused::emulated(a, a, c) == 0x1p-24f);
    // A double's sum, rounded again, would be wrong: the exact value lies just above a tie between two floats.
    volatile float x = 1.0f + 0x1p-23f;
    volatile float tie = 0x1p-24f;
    volatile float trace = 0x1p-80f;
    const float up = synapse::fused::emulated(trace, 1.0f, synapse::fused::emulated(x, 1.0f, 0.0f));
    CHECK(up == x);
    CHECK(synapse::fused::madd(x, 1.0f, tie) == 1.0f + 0x1p-22f);
    static_assert(synapse::fused::madd(2.0f, 3.0f, 4.0f) == 10.0f);
}

TEST_CASE("fused: the emulation is IEEE 754's fusedMultiplyAdd, denormals and cancellation included") {
    synapse::random_generator random{2};
    for (int i = 0; i < 400000; ++i) {
        const float a = with_exponent(random.below(255), random);
        const float b = with_exponent(random.below(255), random);
        float c = with_exponent(random.below(255), random);
        // Often near the product, where cancellation and ties are.
        if ((i & 1) != 0) {
            int exponent = 0;
            static_cast<void>(std::frexp(static_cast<double>(a) * static_cast<double>(b), &exponent));
            const int biased = exponent + 126 + static_cast<int>(random.below(56)) - 28;
            if (biased < 0 || biased > 254) continue;
            c = with_exponent(static_cast<std::uint32_t>(biased), random);
            if ((i & 2) != 0) c = std::bit_cast<float>(std::bit_cast<std::uint32_t>(c) & 0xfffff800u);
        }
        const float expected = std::fma(a, b, c);
        if (!std::isfinite(expected)) continue;
        REQUIRE(std::bit_cast<std::uint32_t>(synapse::fused::emulated(a, b, c)) == std::bit_cast<std::uint32_t>(expected));
        REQUIRE(std::bit_cast<std::uint32_t>(synapse::fused::madd(a, b, c)) == std::bit_cast<std::uint32_t>(expected));
    }
}

TEST_CASE("fused: signs of zero") {
    for (const float a : {0.0f, -0.0f, 1.0f}) {
        for (const float b : {0.0f, -0.0f, -1.0f}) {
            for (const float c : {0.0f, -0.0f, 1.0f}) {
                const float expected = std::fma(a, b, c);
                CHECK(std::bit_cast<std::uint32_t>(synapse::fused::emulated(a, b, c)) == std::bit_cast<std::uint32_t>(expected));
                CHECK(std::bit_cast<std::uint32_t>(synapse::fused::madd(a, b, c)) == std::bit_cast<std::uint32_t>(expected));
            }
        }
    }
}
