// Samples that wait for their answer: held when they are seen, learned when the label or target arrives.
#pragma once

#include <cstddef>
#include <cstdint>

#include <synapse/core/fields.hpp>
#include <synapse/core/ring.hpp>
#include <synapse/core/status.hpp>

namespace synapse {

// Names a held sample. Tickets are given in order and never used twice; 0 is none.
using ticket = std::uint32_t;

class pending_samples {
public:
    constexpr pending_samples() noexcept = default;
    constexpr pending_samples(std::uint32_t capacity, std::uint32_t features) noexcept : features_{features} {
        positions_.capacity = capacity;
    }

    template <class Self, class Visitor>
    static constexpr void fields(Self& self, Visitor& visit) {
        const std::uint32_t capacity = self.positions_.capacity;
        if (capacity == 0) return;
        visit.value("last_ticket", self.last_);
        visit.value("next", self.positions_.next);
        visit.value("used", self.positions_.used);
        visit.array("tickets", role::state, self.tickets_, vector_extent(capacity, capacity));
        visit.array("samples", role::state, self.samples_, extent{capacity, self.features_, capacity, self.features_}.within(1e15f));
    }

    status settle() const noexcept {
        if (positions_.capacity == 0) return status::ok;
        return positions_.used <= positions_.capacity && positions_.next < positions_.capacity ? status::ok : status::corrupt;
    }

    [[nodiscard]] constexpr std::uint32_t capacity() const noexcept { return positions_.capacity; }

    // Holds x [features]; the oldest held sample gives way. Needs capacity > 0. @cost features; loop-safe
    ticket hold(const float* x) noexcept {
        const std::uint32_t position = positions_.push();
        if (++last_ == 0) ++last_;
        tickets_[position] = last_;
        for (std::uint32_t i = 0; i < features_; ++i) samples_[std::size_t{position} * features_ + i] = x[i];
        return last_;
    }

    // The held sample [features] of a ticket; null if it was never held, has given way, or was released. @cost capacity; loop-safe
    [[nodiscard]] const float* find(ticket t) const noexcept {
        if (t == 0) return nullptr;
        for (std::uint32_t i = 0; i < positions_.used; ++i) {
            if (tickets_[i] == t) return samples_ + std::size_t{i} * features_;
        }
        return nullptr;
    }

    // Forgets a ticket; its place is used again when the ring comes round. @cost capacity; loop-safe
    void release(ticket t) noexcept {
        for (std::uint32_t i = 0; i < positions_.used; ++i) {
            if (tickets_[i] == t) tickets_[i] = 0;
        }
    }

private:
    std::uint32_t* tickets_ = nullptr;
    float* samples_ = nullptr;
    std::uint32_t features_ = 0;
    ring positions_;
    ticket last_ = 0;
};

namespace detail {

// In their place where none may wait.
struct no_pending_samples {
    constexpr no_pending_samples(std::uint32_t, std::uint32_t) noexcept {}
    static constexpr std::uint32_t capacity() noexcept { return 0; }
    static constexpr ticket hold(const float*) noexcept { return 0; }
    static constexpr const float* find(ticket) noexcept { return nullptr; }
    static constexpr void release(ticket) noexcept {}
};

}  // namespace detail

}  // namespace synapse
