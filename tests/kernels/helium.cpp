#include <cstdint>

#include <doctest/doctest.h>

#include <synapse/config.hpp>
#include <synapse/kernels/default.hpp>
#include <synapse/kernels/helium.hpp>

#include "same_bits.hpp"

#if SYNAPSE_HELIUM

TEST_CASE_TEMPLATE("helium kernels: the bits of the scalar definition, denormals and all", Arithmetic, synapse::separate, synapse::fused) {
    using scalar = synapse::scalar_kernels<Arithmetic, 1>;
    using helium = synapse::helium_kernels<Arithmetic>;
    same_bits::check<scalar, helium>();
    same_bits::check_tiles<scalar, helium>();
    same_bits::check_roundings<helium>();
    same_bits::check_largest_bits<helium>();
}

TEST_CASE("helium kernels: the default of a build that names them") {
    CHECK(std::is_same_v<synapse::default_kernels, synapse::helium_kernels<synapse::separate>>);
    CHECK(std::is_same_v<synapse::fastest_kernels<synapse::fused>, synapse::helium_kernels<synapse::fused>>);
}

#endif
