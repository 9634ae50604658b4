// The kernel set that a learner uses unless told otherwise: the fastest one that this build offers for its target.
#pragma once

#include <synapse/config.hpp>
#include <synapse/kernels/arithmetic.hpp>
#include <synapse/kernels/helium.hpp>
#include <synapse/kernels/scalar.hpp>
#if SYNAPSE_XSIMD
#include <synapse/kernels/xsimd.hpp>
#endif

namespace synapse {

namespace detail {

// Padded to a cache line's worth of lanes on a desktop, so that a plain compiler can vectorise; packed on a microcontroller.
template <class Arithmetic>
using portable_kernels = scalar_kernels<Arithmetic, config::microcontroller ? 1 : partial_sums>;

#if SYNAPSE_XSIMD
template <class Arithmetic, bool = xsimd_offers<Arithmetic>>
struct fastest {
    using type = xsimd_kernels<Arithmetic>;
};
template <class Arithmetic>
struct fastest<Arithmetic, false> {
    using type = portable_kernels<Arithmetic>;
};
#elif SYNAPSE_HELIUM
template <class Arithmetic>
struct fastest {
    using type = helium_kernels<Arithmetic>;
};
#else
template <class Arithmetic>
struct fastest {
    using type = portable_kernels<Arithmetic>;
};
#endif

}  // namespace detail

// xsimd's where its registers do this arithmetic in hardware, Helium's where the build names it, else the scalar set.
template <class Arithmetic>
using fastest_kernels = typename detail::fastest<Arithmetic>::type;

using default_kernels = fastest_kernels<separate>;

}  // namespace synapse
