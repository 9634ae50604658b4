// A number that one context writes and others read: plain atomic loads and stores, which every part has, with or without
// compare-and-swap. Not std::atomic, whose header is as large as the rest of the core.
#pragma once

#include <cstdint>

#include <synapse/config.hpp>

namespace synapse {

// What a writer did before set() is seen by a reader behind the get() that returns the number.
class shared_counter {
public:
    // The writer's own number. @cost one load; loop-safe
    [[nodiscard]] SYNAPSE_LOOP_SAFE std::uint32_t own() const noexcept { return number_; }
    // The other side's number. @cost one load; loop-safe
    [[nodiscard]] SYNAPSE_LOOP_SAFE std::uint32_t get() const noexcept { return SYNAPSE_LOAD_ACQUIRE(number_); }
    // @cost one store; loop-safe
    SYNAPSE_LOOP_SAFE void set(std::uint32_t number) noexcept { SYNAPSE_STORE_RELEASE(number_, number); }

private:
    alignas(std::uint32_t) std::uint32_t number_ = 0;
};

}  // namespace synapse
