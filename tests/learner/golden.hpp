// The weights' fingerprints after fixed lives. They are the same for every compiler, level of optimisation, kernel set and machine;
// a change of the algorithm changes them, and then, having been understood, they are written down anew.
#pragma once

#include <cstdint>

namespace golden {

inline constexpr std::uint64_t regression_relu = 0xd562dd3b3880da20;
inline constexpr std::uint64_t regression_tanh_momentum = 0x4e81735f5e966301;
inline constexpr std::uint64_t classification_u8 = 0xaf2a0c95eb0d61e7;
inline constexpr std::uint64_t classification_priority_sleep = 0xc5b012bed4cbfacb;
inline constexpr std::uint64_t regression_fused = 0xfdb8e7b7b7a88c4d;

}  // namespace golden
