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

    // used: positions from 0 on whose priority a checkpoint holds; the sums follow from them.
    template <class Self, class Visitor>
    static constexpr void fields(Self& self, Visitor& visit, std::uint32_t used = 0) {
        if (self.leaves_ == 0) return;
        visit.array("priority", role::state, self.leaf_, vector_extent(used, self.leaves_).from_zero_to(1e30f));
        visit.array("priority_sums", role::derived, self.sum_, vector_extent(self.leaves_, self.leaves_));
    }

    // After a checkpoint: positions from `used` on are never drawn, and sums are what set() would have made them.
    void rebuild(std::uint32_t used) noexcept {
        for (std::uint32_t i = used; i < leaves_; ++i) leaf_[i] = 0.0f;
        for (std::uint32_t node = leaves_; node-- > 1;) add_children(node);
    }

    [[nodiscard]] constexpr bool empty() const noexcept { return leaves_ == 0; }

    // Gives a position its priority, a finite number >= 0; 0 is never drawn. Parents are sums of their children, never
    // differences, so no error builds up. @cost log2 of the capacity; loop-safe
    void set(std::uint32_t position, float priority) noexcept {
        leaf_[position] = priority;
        for (std::uint32_t node = (leaves_ + position) / 2; node != 0; node /= 2) add_children(node);
    }

    [[nodiscard]] float priority(std::uint32_t position) const noexcept { return leaf_[position]; }
    [[nodiscard]] float total() const noexcept { return at(1); }

    // A position with the probability of its share of total() > 0. @cost log2 of the capacity; loop-safe
    // @source Schaul et al. 2016, "Prioritized experience replay", proportional variant without importance weights
    [[nodiscard]] std::uint32_t draw(random_generator& source) const noexcept {
        float target = source.uniform() * total();
        std::uint32_t node = 1;
        while (node < leaves_) {
            const float left = at(2 * node);
            // To the right only if something lies there: rounding may carry the target past the end.
            if (target < left || at(2 * node + 1) <= 0.0f) {
                node = 2 * node;
            } else {
                target -= left;
                node = 2 * node + 1;
            }
        }
        return node - leaves_;
    }

private:
    // Node 1 is the root, leaves are the nodes from leaves_ on.
    [[nodiscard]] float at(std::uint32_t node) const noexcept { return node < leaves_ ? sum_[node] : leaf_[node - leaves_]; }
    void add_children(std::uint32_t node) noexcept { sum_[node] = at(2 * node) + at(2 * node + 1); }

    float* leaf_ = nullptr;
    float* sum_ = nullptr;
    std::uint32_t leaves_ = 0;
};

namespace detail {

// In its place where there never are any.
struct no_priorities {
    constexpr no_priorities() noexcept = default;
    explicit constexpr no_priorities(std::uint32_t) noexcept {}
    static constexpr bool empty() noexcept { return true; }
    static constexpr float total() noexcept { return 0.0f; }
    static constexpr float priority(std::uint32_t) noexcept { return 0.0f; }
    static constexpr void set(std::uint32_t, float) noexcept {}
    static constexpr void rebuild(std::uint32_t) noexcept {}
    static std::uint32_t draw(random_generator&) noexcept { return 0; }
};

}  // namespace detail

}  // namespace synapse
