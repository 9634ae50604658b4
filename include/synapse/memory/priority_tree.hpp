// Draws positions in proportion to their priority: a binary tree of sums.
#pragma once

#include <cstdint>

#include <synapse/core/fields.hpp>
#include <synapse/core/random.hpp>

namespace synapse {

class priority_tree {
public:
    constexpr priority_tree() noexcept = default;
    // capacity: positions; 0 needs no memory
    explicit constexpr priority_tree(std::uint32_t capacity) noexcept {
        if (capacity == 0) return;
        leaves_ = 1;
        while (leaves_ < capacity) leaves_ *= 2;
    }

    template <class Self, class Visitor>
    static constexpr void fields(Self& self, Visitor& visit) {
        if (self.leaves_ != 0) visit.array("sums", role::state, self.sum_, vector_extent(2 * self.leaves_, 2 * self.leaves_).from_zero_to(1e30f));
    }

    // After a checkpoint: positions from `used` on are never drawn, and sums are what set() would have made them.
    void rebuild(std::uint32_t used) noexcept {
        for (std::uint32_t i = used; i < leaves_; ++i) sum_[leaves_ + i] = 0.0f;
        for (std::uint32_t node = leaves_; node-- > 1;) sum_[node] = sum_[2 * node] + sum_[2 * node + 1];
    }

    [[nodiscard]] constexpr bool empty() const noexcept { return leaves_ == 0; }

    // Gives a position its priority, a finite number >= 0; 0 is never drawn. Parents are sums of their children, never
    // differences, so no error builds up. @cost log2 of the capacity; loop-safe
    void set(std::uint32_t position, float priority) noexcept {
        std::uint32_t node = leaves_ + position;
        sum_[node] = priority;
        for (node /= 2; node != 0; node /= 2) sum_[node] = sum_[2 * node] + sum_[2 * node + 1];
    }

    [[nodiscard]] float priority(std::uint32_t position) const noexcept { return sum_[leaves_ + position]; }
    [[nodiscard]] float total() const noexcept { return sum_[1]; }

    // A position with the probability of its share of total() > 0. @cost log2 of the capacity; loop-safe
    // @source Schaul et al. 2016, "Prioritized experience replay", proportional variant without importance weights
    [[nodiscard]] std::uint32_t draw(random_generator& source) const noexcept {
        float at = source.uniform() * sum_[1];
        std::uint32_t node = 1;
        while (node < leaves_) {
            const float left = sum_[2 * node];
            // To the right only if something lies there: rounding may carry `at` past the end.
            if (at < left || sum_[2 * node + 1] <= 0.0f) {
                node = 2 * node;
            } else {
                at -= left;
                node = 2 * node + 1;
            }
        }
        return node - leaves_;
    }

private:
    float* sum_ = nullptr;  // node 1 is the root, leaves from leaves_ on
    std::uint32_t leaves_ = 0;
};

}  // namespace synapse
