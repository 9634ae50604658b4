// Counts what is taken from the heap while learning: nothing, after the first step.
#pragma once

#include <cstdint>

namespace train_continuous {

class allocations {
public:
    // While one lives, every operator new counts.
    class watch {
    public:
        watch() noexcept { ++watches_; }
        ~watch() { --watches_; }
        watch(const watch&) = delete;
        watch& operator=(const watch&) = delete;
    };
    [[nodiscard]] static std::uint64_t counted() noexcept { return counted_; }
    // Called by the program's operator new (allocations.cpp).
    static void made() noexcept {
        if (watches_ != 0) ++counted_;
    }

private:
    static inline int watches_ = 0;
    static inline std::uint64_t counted_ = 0;
};

}  // namespace train_continuous
