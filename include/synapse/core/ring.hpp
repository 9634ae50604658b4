// The positions of a bounded first-in-first-out window. It holds no elements: whoever owns the memory asks it where to write.
#pragma once

#include <cstdint>

namespace synapse {

struct ring {
    std::uint32_t next = 0;      // position of the next write
    std::uint32_t used = 0;      // positions written at least once
    std::uint32_t capacity = 0;  // positions in all; 0 holds nothing

    // Claims the position to write next: a fresh one, or the oldest. Must not be called at capacity 0.
    constexpr std::uint32_t push() noexcept {
        const std::uint32_t position = next;
        next = next + 1 == capacity ? 0 : next + 1;
        if (used < capacity) ++used;
        return position;
    }

    // The position of the entry pushed `age` pushes ago (0 = the newest). age < used.
    [[nodiscard]] constexpr std::uint32_t back(std::uint32_t age) const noexcept {
        const std::uint32_t newest = next == 0 ? capacity - 1 : next - 1;
        return newest >= age ? newest - age : newest + capacity - age;
    }

    [[nodiscard]] constexpr bool full() const noexcept { return used == capacity; }
    constexpr void clear() noexcept { next = used = 0; }
};

}  // namespace synapse
