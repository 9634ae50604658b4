#include <doctest/doctest.h>

#include <synapse/checkpoint/fingerprint.hpp>
#include <synapse/kernels/default.hpp>
#include <synapse/kernels/scalar.hpp>

using namespace synapse;

TEST_CASE("fingerprint: one for each arithmetic, the same for every width and on every machine") {
    const std::uint32_t separate_bits = numeric_fingerprint<scalar_kernels<separate>>();
    const std::uint32_t fused_bits = numeric_fingerprint<scalar_kernels<fused>>();
    CHECK(separate_bits != fused_bits);
    CHECK(numeric_fingerprint<scalar_kernels<separate, 1>>() == separate_bits);
    CHECK(numeric_fingerprint<scalar_kernels<separate, 16>>() == separate_bits);
    CHECK(numeric_fingerprint<default_kernels>() == separate_bits);
    CHECK(separate_bits == 1989172984u);
    CHECK(fused_bits == 1927326455u);
}
