// A high-water mark: how many of a fixed reservation are in use. Growth raises the mark and moves nothing.
#pragma once

#include <cstdint>

namespace synapse {

struct slots {
    std::uint32_t used = 0;
    std::uint32_t reserved = 0;

    [[nodiscard]] constexpr std::uint32_t free() const noexcept { return reserved - used; }
    [[nodiscard]] constexpr bool full() const noexcept { return used == reserved; }

    // Takes up to n more into use and returns how many it took.
    constexpr std::uint32_t grow(std::uint32_t n) noexcept {
        const std::uint32_t taken = n < free() ? n : free();
        used += taken;
        return taken;
    }
};

}  // namespace synapse
