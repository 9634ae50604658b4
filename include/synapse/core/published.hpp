// A value that one context publishes and another reads whole: the loop's last prediction, read by an interrupt while learning goes on.
//
// Two copies; the writer fills the one that is not shown and then shows it. Plain atomic loads and stores of words, so it works on parts
// that have no compare-and-swap, and neither side ever waits.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

#include <synapse/config.hpp>
#include <synapse/core/shared_counter.hpp>
#include <synapse/core/status.hpp>

namespace synapse {

// T  trivially copyable, with a default: numbers, arrays and structs of them. One writer; any number of readers.
template <class T>
class published {
    static_assert(std::is_trivially_copyable_v<T>, "published<T> copies T by its bytes: make T trivially copyable");

public:
    published() = default;
    published(const published&) = delete;
    published& operator=(const published&) = delete;

    // The writer: shows a new value. @cost two copies of T, a barrier for each word; loop-safe
    SYNAPSE_LOOP_SAFE void set(const T& value) noexcept {
        std::uint32_t word[words] = {};
        std::memcpy(word, &value, sizeof value);
        std::uint32_t next = shown_.own() + 1;
        if (next == 0) next = 2;  // 0 says that nothing was published; the copies take turns all the same
        for (std::size_t i = 0; i < words; ++i) copy_[next % 2][i].set(word[i]);
        shown_.set(next);
    }

    // A reader: the value shown last.
    // ok         read, whole
    // not_found  nothing was published yet; value is untouched
    // busy       the writer published meanwhile; value is untouched. Read again: it cannot happen to an interrupt that pre-empts the writer
    // @cost two copies of T, a barrier for each word; loop-safe
    SYNAPSE_LOOP_SAFE status read(T& value) const noexcept {
        const std::uint32_t shown = shown_.get();
        if (shown == 0) return status::not_found;
        std::uint32_t word[words];
        for (std::size_t i = 0; i < words; ++i) word[i] = copy_[shown % 2][i].get();
        // Who wrote into this copy had shown the other one before: a word of that would be followed by another number here.
        if (shown_.get() != shown) return status::busy;
        std::memcpy(&value, word, sizeof value);
        return status::ok;
    }

    // Another number after every set(), 0 before the first: a reader may skip what it knows. @cost one load; loop-safe
    [[nodiscard]] SYNAPSE_LOOP_SAFE std::uint32_t edition() const noexcept { return shown_.get(); }

private:
    static constexpr std::size_t words = (sizeof(T) + sizeof(std::uint32_t) - 1) / sizeof(std::uint32_t);

    shared_counter copy_[2][words];
    shared_counter shown_;
};

}  // namespace synapse
