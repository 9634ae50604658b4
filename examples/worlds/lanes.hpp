// Four doubles that are computed side by side. Every operation on them is the scalar one in each lane, so what a template computes
// with `lanes` has the bits that it has with `double`; only the time differs.
//
// They go by reference: how a vector is passed by value depends on what the machine is said to have.
#pragma once

#include <cmath>
#include <cstdint>

namespace worlds {

inline constexpr int lane_count = 4;

using lanes = double __attribute__((vector_size(lane_count * sizeof(double))));
using lane_integers = std::int64_t __attribute__((vector_size(lane_count * sizeof(std::int64_t))));  // also masks: all bits or none

// out = where ? a : b, lane by lane.
inline void select(const lane_integers& where, const lanes& a, const lanes& b, lanes& out) noexcept {
    out = reinterpret_cast<lanes>((where & reinterpret_cast<lane_integers>(a)) | (~where & reinterpret_cast<lane_integers>(b)));
}
inline bool all(const lane_integers& where) noexcept { return (where[0] & where[1] & where[2] & where[3]) != 0; }

// The two forms of each function that a template over the kind of number needs.
inline void square_root(double x, double& out) noexcept { out = std::sqrt(x); }
inline void square_root(const lanes& x, lanes& out) noexcept {
    for (int i = 0; i < lane_count; ++i) out[i] = std::sqrt(x[i]);
}

}  // namespace worlds
