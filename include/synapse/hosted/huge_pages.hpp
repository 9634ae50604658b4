// Large pages for large learners: a network of hundreds of megabytes is read in strides, and with pages of 4 KiB every stride waits
// for the page table too.
#pragma once

#include <cstddef>
#include <cstdint>

#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace synapse {

// Asks the system to back the whole pages of 2 MiB in [from, from + bytes) as such; what is in the memory stays. Call it before the memory is
// first written, while there are no small pages yet. False where that is not to be had: then nothing has changed, and nothing is lost but speed.
inline bool prefer_huge_pages([[maybe_unused]] void* from, [[maybe_unused]] std::size_t bytes) noexcept {
#if defined(MADV_HUGEPAGE)
    constexpr std::uintptr_t page = std::uintptr_t{2} << 20;
    const auto begin = (reinterpret_cast<std::uintptr_t>(from) + page - 1) & ~(page - 1);
    const auto end = (reinterpret_cast<std::uintptr_t>(from) + bytes) & ~(page - 1);
    return begin < end && ::madvise(reinterpret_cast<void*>(begin), end - begin, MADV_HUGEPAGE) == 0;
#else
    return false;
#endif
}

}  // namespace synapse
