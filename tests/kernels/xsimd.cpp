#include <cstdint>
#include <string>
#include <type_traits>

#include <doctest/doctest.h>

#include <synapse/config.hpp>
#include <synapse/kernels/default.hpp>

#include "same_bits.hpp"

#if SYNAPSE_XSIMD

namespace {

// The build's own architecture and the narrower ones that it includes: other counts of registers in sixteen lanes.
template <class Narrower>
using or_default = std::conditional_t<Narrower::supported(), Narrower, xsimd::default_arch>;
using with_four_lanes = or_default<xsimd::sse2>;
using with_eight_lanes = or_default<xsimd::avx2>;

template <class Arithmetic, class Architecture>
void check_architecture() {
    if constexpr (synapse::xsimd_offers<Arithmetic, Architecture>) {
        using scalar = synapse::scalar_kernels<Arithmetic, 1>;
        using simd = synapse::xsimd_kernels<Arithmetic, Architecture>;
        same_bits::check<scalar, simd>();
        same_bits::check_tiles<scalar, simd>();
        same_bits::check_small<scalar, simd>();
        same_bits::check_roundings<simd>();
        same_bits::check_largest_bits<simd>();
    }
}

}  // namespace

TEST_CASE("xsimd kernels: the bits of the scalar definition") {
    check_architecture<synapse::separate, xsimd::default_arch>();
    check_architecture<synapse::fused, xsimd::default_arch>();
}

TEST_CASE("xsimd kernels: the same bits from narrower registers") {
    if constexpr (!std::is_same_v<with_four_lanes, xsimd::default_arch>) {
        check_architecture<synapse::separate, with_four_lanes>();
        check_architecture<synapse::fused, with_four_lanes>();
    }
    if constexpr (!std::is_same_v<with_eight_lanes, xsimd::default_arch>) {
        check_architecture<synapse::separate, with_eight_lanes>();
        check_architecture<synapse::fused, with_eight_lanes>();
    }
    CHECK(with_four_lanes::supported());
}

TEST_CASE("xsimd kernels: the default where they do the arithmetic in hardware") {
    CHECK(std::is_same_v<synapse::default_kernels, synapse::xsimd_kernels<synapse::separate>>);
    constexpr bool offered = synapse::xsimd_offers<synapse::fused>;
    CHECK(std::string{synapse::fastest_kernels<synapse::fused>::name} == (offered ? "xsimd" : "scalar"));
    CHECK(synapse::fastest_kernels<synapse::fused>::lanes == 16);
}

#endif
