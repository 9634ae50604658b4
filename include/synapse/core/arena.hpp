// The one block of memory: obtained once, from the user, cut into arrays at construction, never resized.
#pragma once

#include <cstddef>
#include <cstdint>

#include <synapse/config.hpp>
#include <synapse/core/span.hpp>

namespace synapse {

// A block whose size the linker knows: `static synapse::fixed_arena<model_type::bytes> memory;`
template <std::size_t Bytes>
class fixed_arena {
    static_assert(Bytes > 0, "fixed_arena needs a size: use learner<shape>::bytes");

public:
    static constexpr std::size_t size_bytes = Bytes;
    fixed_arena() = default;
    fixed_arena(const fixed_arena&) = delete;
    fixed_arena& operator=(const fixed_arena&) = delete;
    // All of it, for who cuts it.
    [[nodiscard]] synapse::span<std::byte> span() noexcept { return block_; }

private:
    alignas(config::block_alignment) std::byte block_[Bytes];
};

// A cursor over a block. Hands out consecutive aligned pieces; keeps counting when the block is used up, so that
// the total need is known even if it failed (and, over an empty block, measures in a constant expression).
class arena {
public:
    constexpr arena() noexcept = default;
    // block  outlives what is cut from it
    explicit constexpr arena(span<std::byte> block) noexcept : base_{block.data()}, size_{block.size()} {}

    // The next `count` objects of T at the given alignment (a power of two, at most config::block_alignment), uninitialised,
    // or null if they do not fit. A block that is not itself aligned to config::block_alignment serves nothing.
    template <class T>
    constexpr T* take(std::size_t count, std::size_t alignment) noexcept {
        std::byte* const start = take(count, sizeof(T), alignment);
        return start == nullptr ? nullptr : reinterpret_cast<T*>(start);
    }
    // The same for objects of `size` bytes.
    constexpr std::byte* take(std::size_t count, std::size_t size, std::size_t alignment) noexcept {
        constexpr std::size_t most = static_cast<std::size_t>(-1);
        const std::size_t gap = (0 - used_) & (alignment - 1);
        if (used_ > most - gap || count > (most - used_ - gap) / size) {
            used_ = most;  // beyond the address space: from now on nothing is served and no block fits
            return nullptr;
        }
        const std::size_t start = used_ + gap;
        used_ = start + count * size;
        return base_ == nullptr || used_ > size_ ? nullptr : base_ + start;
    }

    // Bytes asked for so far, gaps included.
    [[nodiscard]] constexpr std::size_t used() const noexcept { return used_; }
    [[nodiscard]] constexpr bool fits() const noexcept { return used_ <= size_; }

private:
    std::byte* base_ = nullptr;
    std::size_t size_ = 0;
    std::size_t used_ = 0;
};

// True if a block of memory starts where arena may cut it.
inline bool is_block_aligned(const void* block) noexcept {
    return reinterpret_cast<std::uintptr_t>(block) % config::block_alignment == 0;
}

}  // namespace synapse
