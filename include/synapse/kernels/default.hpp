// The kernel set that a learner uses unless told otherwise: the fastest one that this build offers for its target.
#pragma once

#include <synapse/config.hpp>
#include <synapse/kernels/arithmetic.hpp>
#include <synapse/kernels/scalar.hpp>
#if SYNAPSE_XSIMD
#include <synapse/kernels/xsimd.hpp>
#endif

namespace synapse {

#if SYNAPSE_XSIMD
template <class Arithmetic>
using fastest_kernels = xsimd_kernels<Arithmetic>;
#else
// Padded to a cache line's worth of lanes on a desktop, so that a plain compiler can vectorise; packed on a microcontroller.
template <class Arithmetic>
using fastest_kernels = scalar_kernels<Arithmetic, config::microcontroller ? 1 : 16>;
#endif

using default_kernels = fastest_kernels<separate>;

}  // namespace synapse
