// Floor 0. The only file of the library that reads macros: everything above asks for these constants instead.
//
// What a build may define before including synapse (all optional):
//   SYNAPSE_XSIMD            1: the default kernels use xsimd; 0: they never do. Default 0: the core needs no package.
//                            The build target synapse::hosted defines it as 1 where xsimd is found.
//   SYNAPSE_HELIUM           1: the default kernels use the vectors of floats of Cortex-M55 and M85, to the same bits (gcc; clang builds the
//                            scalar ones). Default 0: with +nomve.fp, as it has to be, a program cannot tell whether its part has them.
//   SYNAPSE_ASSERT(test)     called on a wrong program, never on wrong data. Default: nothing; no memory safety depends on it.
//   SYNAPSE_ALLOW_FAST_MATH  admit -ffast-math, and Helium's floats on Cortex-M55, and give up "the same bits on every machine".
#pragma once

#include <cstddef>
#include <cstdint>

#if defined(__cplusplus) && __cplusplus < 202002L
#error "synapse needs C++20: compile with -std=c++20 or later; in Meson: default_options: ['cpp_std=c++20']"
#endif

#if defined(__FAST_MATH__) && !defined(SYNAPSE_ALLOW_FAST_MATH)
#error "synapse: -ffast-math changes results from machine to machine; drop it, or define SYNAPSE_ALLOW_FAST_MATH to accept that"
#endif

// Compilers use the vectors of floats of Armv8.1-M (Cortex-M55, M85) unasked, and those flush denormals whatever the FPSCR says.
#if defined(__ARM_FEATURE_MVE) && !defined(SYNAPSE_ALLOW_FAST_MATH)
#if (__ARM_FEATURE_MVE & 2) != 0
#error "synapse: Helium's floats flush denormals, which changes results; build with -mcpu=...+nomve.fp, or define SYNAPSE_ALLOW_FAST_MATH"
#endif
#endif

#ifndef SYNAPSE_XSIMD
#define SYNAPSE_XSIMD 0
#endif

#ifndef SYNAPSE_HELIUM
#define SYNAPSE_HELIUM 0
#endif
#if SYNAPSE_HELIUM && defined(__clang__)  // its assembler takes such instructions only where the compiler may make them itself
#undef SYNAPSE_HELIUM
#define SYNAPSE_HELIUM 0
#endif
#if SYNAPSE_HELIUM && !defined(__ARM_FEATURE_MVE)
#error "synapse: SYNAPSE_HELIUM is for parts with MVE: -mcpu=cortex-m55+nomve.fp or cortex-m85+nomve.fp"
#endif
// One of these vectors' instructions, which the assembler is told to take although the compiler makes none.
#define SYNAPSE_HELIUM_ASM(instruction, ...) __asm__ volatile(".arch_extension mve.fp\n\t" instruction __VA_ARGS__)

#ifndef SYNAPSE_ASSERT
#define SYNAPSE_ASSERT(test) static_cast<void>(0)
#endif

// Functions marked so neither allocate, lock, throw nor call the system: safe in a control loop.
// A clang with the real-time sanitizer checks it; elsewhere it documents. The GNU spelling: the other one may not stand before a function.
#if defined(__has_cpp_attribute)
#if __has_cpp_attribute(clang::nonblocking)
#define SYNAPSE_LOOP_SAFE __attribute__((nonblocking))
#endif
#endif
#ifndef SYNAPSE_LOOP_SAFE
#define SYNAPSE_LOOP_SAFE
#endif

// For the innermost kernels only, whose speed depends on their sizes being seen by the compiler.
#if defined(__GNUC__) || defined(__clang__)
#define SYNAPSE_INLINE inline __attribute__((always_inline))
#define SYNAPSE_INLINE_LAMBDA __attribute__((always_inline))
#define SYNAPSE_OUTLINE __attribute__((noinline))
#define SYNAPSE_FLAT __attribute__((flatten))
#define SYNAPSE_RESTRICT __restrict__
#else
#define SYNAPSE_INLINE inline
#define SYNAPSE_INLINE_LAMBDA
#define SYNAPSE_OUTLINE
#define SYNAPSE_FLAT
#define SYNAPSE_RESTRICT
#endif

// Before a loop over an array of registers: unrolled whole at every level of optimisation, or the array would live in memory.
#if defined(__clang__)
#define SYNAPSE_UNROLL _Pragma("clang loop unroll(full)")
#elif defined(__GNUC__)
#define SYNAPSE_UNROLL _Pragma("GCC unroll 64")
#else
#define SYNAPSE_UNROLL
#endif

// Before this the compiler knows what is in an x86 vector, after it no more. Elsewhere such vectors are read past, not compiled.
#if (defined(__GNUC__) || defined(__clang__)) && (defined(__x86_64__) || defined(__i386__))
#define SYNAPSE_OPAQUE(vector) __asm__("" : "+v"(vector))
#else
#define SYNAPSE_OPAQUE(vector) static_cast<void>(vector)
#endif

// Between what is made of a float and what the float becomes: in that order the second may take the first one's register.
#if defined(__ARM_FP) && (__ARM_FP & 4) && defined(__ARM_ARCH_PROFILE) && __ARM_ARCH_PROFILE == 'M' && defined(__GNUC__)
#define SYNAPSE_IN_ORDER(made, number) __asm__("" : "+t"(made), "+t"(number))
#else
#define SYNAPSE_IN_ORDER(made, number) static_cast<void>(0)
#endif

// gcc 12 takes the deliberately undefined operands inside its own AVX-512 intrinsics for mistakes of whoever calls them.
#if defined(__GNUC__) && !defined(__clang__)
#define SYNAPSE_INTRINSICS_BEGIN                                                               \
    _Pragma("GCC diagnostic push") _Pragma("GCC diagnostic ignored \"-Wmaybe-uninitialized\"") \
        _Pragma("GCC diagnostic ignored \"-Wuninitialized\"")
#define SYNAPSE_INTRINSICS_END _Pragma("GCC diagnostic pop")
#else
#define SYNAPSE_INTRINSICS_BEGIN
#define SYNAPSE_INTRINSICS_END
#endif

// The square root, correctly rounded. Compilers that must set errno call the C library for it, even where the FPU has an instruction.
#if defined(__ARM_FP) && (__ARM_FP & 4) != 0 && !defined(__aarch64__) && (defined(__GNUC__) || defined(__clang__))
#define SYNAPSE_SQUARE_ROOT(result, x) __asm__("vsqrt.f32 %0, %1" : "=t"(result) : "t"(x))
#else
#define SYNAPSE_SQUARE_ROOT(result, x) result = __builtin_sqrtf(x)
#endif

// A number between two contexts: what was written before the store is seen behind the load that reads it.
#if defined(__GNUC__) || defined(__clang__)
#define SYNAPSE_LOAD_ACQUIRE(number) __atomic_load_n(&(number), __ATOMIC_ACQUIRE)
#define SYNAPSE_STORE_RELEASE(number, value) __atomic_store_n(&(number), value, __ATOMIC_RELEASE)
#else
#include <atomic>
#define SYNAPSE_LOAD_ACQUIRE(number) std::atomic_ref{const_cast<std::uint32_t&>(number)}.load(std::memory_order_acquire)
#define SYNAPSE_STORE_RELEASE(number, value) std::atomic_ref{number}.store(value, std::memory_order_release)
#endif

// CRC32C in hardware: SSE4.2 on x86-64, the CRC extension of Armv8. An x86-64 build for an older part asks at run time.
// SYNAPSE_CRC32C_TARGET lets one function use the instruction; it may be called only if config::crc32c_ready().
#if defined(__x86_64__) && (defined(__GNUC__) || defined(__clang__))
#define SYNAPSE_CRC32C_TARGET __attribute__((target("sse4.2")))
#define SYNAPSE_CRC32C_8(crc, byte) __builtin_ia32_crc32qi(crc, byte)
#define SYNAPSE_CRC32C_64(crc, word) static_cast<std::uint32_t>(__builtin_ia32_crc32di(crc, word))
#elif defined(__aarch64__) && defined(__ARM_FEATURE_CRC32)
#include <arm_acle.h>
#define SYNAPSE_CRC32C_TARGET
#define SYNAPSE_CRC32C_8(crc, byte) __crc32cb(crc, byte)
#define SYNAPSE_CRC32C_64(crc, word) __crc32cd(crc, word)
#else
#define SYNAPSE_CRC32C_TARGET
#define SYNAPSE_CRC32C_8(crc, byte) ((crc) ^ (byte))
#define SYNAPSE_CRC32C_64(crc, word) ((crc) ^ static_cast<std::uint32_t>(word))
#define SYNAPSE_CRC32C_NONE
#endif

namespace synapse {

// The software's version; the checkpoint format has its own.
inline constexpr int version_major = 0;
inline constexpr int version_minor = 1;
inline constexpr int version_patch = 0;
inline constexpr char version[] = "0.1.0";

namespace config {

inline constexpr bool xsimd = SYNAPSE_XSIMD != 0;

// True where the compiler may use a hardware fused multiply-add on scalars and on vectors of every width that it has.
#if defined(__FMA__) || defined(__ARM_FEATURE_FMA)
inline constexpr bool hardware_fma = true;
#else
inline constexpr bool hardware_fma = false;
#endif

// The families whose vector instructions kernels/xsimd.hpp names itself, because xsimd 8's own are not always what they say.
#if defined(__x86_64__) || defined(__i386__) || defined(_M_X64)
inline constexpr bool x86 = true;
#else
inline constexpr bool x86 = false;
#endif
#if defined(__aarch64__) || defined(_M_ARM64)
inline constexpr bool arm64 = true;
#else
inline constexpr bool arm64 = false;
#endif

// Vector registers that a kernel may plan for.
#if defined(__AVX512VL__) || defined(__aarch64__) || defined(_M_ARM64)
inline constexpr int vector_registers = 32;
#elif defined(__i386__)
inline constexpr int vector_registers = 8;
#else
inline constexpr int vector_registers = 16;
#endif

// A part with a few kilobytes of RAM: rows are stored without padding and blocks are aligned to 8 bytes, not to a cache line.
#if defined(__ARM_ARCH_PROFILE) && __ARM_ARCH_PROFILE == 'M'
inline constexpr bool microcontroller = true;
#elif defined(__AVR__) || defined(__XTENSA__) || (defined(__riscv) && __riscv_xlen == 32)
inline constexpr bool microcontroller = true;
#else
inline constexpr bool microcontroller = false;
#endif

// True in a build for size: where there is a short way and a fast way to the same bits, the short one is taken.
#if defined(__OPTIMIZE_SIZE__)
inline constexpr bool small = true;
#else
inline constexpr bool small = false;
#endif
inline constexpr bool small_microcontroller = small && microcontroller;

// True if the machine has the instruction behind SYNAPSE_CRC32C_64.
#if defined(SYNAPSE_CRC32C_NONE)
constexpr bool crc32c_ready() noexcept { return false; }
#elif defined(__SSE4_2__) || defined(__aarch64__)
constexpr bool crc32c_ready() noexcept { return true; }
#else
inline bool crc32c_ready() noexcept { return __builtin_cpu_supports("sse4.2") != 0; }
#endif

// x >= 0 or not: the machine's instruction where it has one.
inline float square_root(float x) noexcept {
    float result;
    SYNAPSE_SQUARE_ROOT(result, x);
    return result;
}

// Alignment of the user's one block of memory, in bytes.
inline constexpr std::size_t block_alignment = microcontroller ? 8 : 64;

}  // namespace config
}  // namespace synapse
