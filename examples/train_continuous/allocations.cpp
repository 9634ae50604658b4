// The program's own operator new and delete: the standard ones, but counted while learning.
#include <cstddef>
#include <cstdlib>
#include <new>

#include "train_continuous/allocations.hpp"

namespace {

void* take(std::size_t size, std::size_t alignment) {
    train_continuous::allocations::made();
    const std::size_t whole = size == 0 ? 1 : size;
    void* const block = alignment <= alignof(std::max_align_t)
                            ? std::malloc(whole)
                            : std::aligned_alloc(alignment, (whole + alignment - 1) / alignment * alignment);
    if (block == nullptr) throw std::bad_alloc{};
    return block;
}

}  // namespace

void* operator new(std::size_t size) { return take(size, 1); }
void* operator new(std::size_t size, std::align_val_t alignment) { return take(size, static_cast<std::size_t>(alignment)); }
void operator delete(void* block) noexcept { std::free(block); }
void operator delete(void* block, std::size_t) noexcept { std::free(block); }
void operator delete(void* block, std::align_val_t) noexcept { std::free(block); }
void operator delete(void* block, std::size_t, std::align_val_t) noexcept { std::free(block); }
