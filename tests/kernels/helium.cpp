#include <cstdint>
#include <type_traits>

#include <doctest/doctest.h>

#include <synapse/config.hpp>
#include <synapse/kernels/default.hpp>
#include <synapse/kernels/helium.hpp>

#include "same_bits.hpp"

#if SYNAPSE_HELIUM

namespace {

template <class Arithmetic>
void check_bits() {
    using scalar = synapse::scalar_kernels<Arithmetic, 1>;
    using helium = synapse::helium_kernels<Arithmetic>;
    same_bits::check<scalar, helium>();
    same_bits::check_tiles<scalar, helium>();
    same_bits::check_roundings<helium>();
    same_bits::check_largest_bits<helium>();
}

std::uint32_t fpscr() {
    std::uint32_t bits;
    __asm__ volatile("vmrs %0, fpscr" : "=r"(bits));
    return bits;
}
void set_fpscr(std::uint32_t bits) { __asm__ volatile("vmsr fpscr, %0" : : "r"(bits)); }

}  // namespace

TEST_CASE("helium kernels: the bits of the scalar definition, denormals and all") {
    check_bits<synapse::separate>();
    check_bits<synapse::fused>();
}

TEST_CASE("helium kernels: a caller's flags are as they were") {
    using kernels = synapse::helium_kernels<synapse::fused>;
    constexpr std::uint32_t flushed = 1u << 7 | 1u << 3;
    for (const std::uint32_t before : {std::uint32_t{0}, std::uint32_t{1u << 7}, std::uint32_t{1u << 3}, flushed}) {
        for (const float tiny : {1.0f, 0x1p-130f}) {  // the second makes the scalar set do it again
            float weight[2 * 20], bias[20] = {}, x[2] = {0.5f, 0.25f}, a[20], delta[20], dx[2];
            for (float& w : weight) w = tiny;
            for (float& d : delta) d = 0.5f;
            const synapse::row_index index[] = {0, 1};
            const synapse::dense_view layer{weight, bias, 2, 20, 20};
            const std::uint32_t others = fpscr() & ~flushed;
            set_fpscr(others | before);
            kernels::forward(layer, {index, 2}, x, a);
            CHECK((fpscr() & flushed) == before);
            set_fpscr(others | before);
            kernels::backward(layer, {index, 2}, x, delta, 0.0f, dx);
            CHECK((fpscr() & flushed) == before);
            set_fpscr(others);
            for (const float v : a) CHECK(v == 0.75f * tiny);
            for (const float v : dx) CHECK(v == 10.0f * tiny);
        }
    }
}

TEST_CASE("helium kernels: the default of a build that names them") {
    CHECK(std::is_same_v<synapse::default_kernels, synapse::helium_kernels<synapse::separate>>);
    CHECK(std::is_same_v<synapse::fastest_kernels<synapse::fused>, synapse::helium_kernels<synapse::fused>>);
}

#endif
