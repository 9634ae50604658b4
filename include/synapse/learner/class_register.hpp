// Which classes a classifier has met, and which of them are about now. Classes appear at run time: an unseen label is known
// from its first sample on.
#pragma once

#include <cstdint>

#include <synapse/core/fields.hpp>
#include <synapse/core/ring.hpp>
#include <synapse/core/status.hpp>

namespace synapse {

class class_register {
public:
    static constexpr std::uint32_t max_recent = 64;

    constexpr class_register() noexcept = default;
    // classes: 0 for a learner that does regression
    explicit constexpr class_register(std::uint32_t classes) noexcept : classes_{classes} {
        positions_.capacity = classes == 0 ? 0 : max_recent;
    }

    template <class Self, class Visitor>
    static constexpr void fields(Self& self, Visitor& visit) {
        if (self.classes_ == 0) return;
        const extent classes = vector_extent(self.classes_, self.classes_);
        visit.array("known", role::state, self.known_, classes.below(2));
        visit.array("current", role::scratch, self.current_, classes);
        visit.value("recent_next", self.positions_.next);
        visit.value("recent_used", self.positions_.used);
        visit.array("recent", role::state, self.recent_, vector_extent(max_recent, max_recent).below(self.classes_));
    }

    status settle() const noexcept {
        return positions_.used <= positions_.capacity && positions_.next < max_recent ? status::ok : status::corrupt;
    }

    // One mark a class [classes]; null for regression.
    [[nodiscard]] const std::uint8_t* known() const noexcept { return known_; }
    [[nodiscard]] const std::uint8_t* current() const noexcept { return current_; }
    [[nodiscard]] bool knows(std::uint32_t label) const noexcept { return label < classes_ && known_[label] != 0; }
    [[nodiscard]] bool knows_any() const noexcept {
        for (std::uint32_t c = 0; c < classes_; ++c) {
            if (known_[c] != 0) return true;
        }
        return false;
    }

    // label < classes
    void learn(std::uint32_t label) noexcept { known_[label] = 1; }
    void forget(std::uint32_t label) noexcept { known_[label] = 0; }

    // Sets current() to the classes that new samples compete among: labels [count] and those of the last `window` samples,
    // these included; with window 0, labels and all known classes. @cost classes + window; loop-safe
    void choose_current(std::uint32_t count, const std::uint32_t* labels, std::uint32_t window) noexcept {
        for (std::uint32_t b = 0; b < count; ++b) recent_[positions_.push()] = labels[b];
        choose_recent(window);
        for (std::uint32_t c = 0; window == 0 && c < classes_; ++c) current_[c] = known_[c];
        for (std::uint32_t b = 0; b < count; ++b) current_[labels[b]] = 1;
    }

    // Sets current() to the classes of the last `window` samples, as far as they are remembered. @cost classes + window; loop-safe
    void choose_recent(std::uint32_t window) noexcept {
        for (std::uint32_t c = 0; c < classes_; ++c) current_[c] = 0;
        for (std::uint32_t age = 0; age < window && age < positions_.used; ++age) current_[recent_[positions_.back(age)]] = 1;
    }

    // The known class with the largest score [classes], of those marked in `among` if it is given; 0 if there is none.
    [[nodiscard]] std::uint32_t best(const float* score, const std::uint8_t* among = nullptr) const noexcept {
        std::uint32_t best = 0;
        bool found = false;
        for (std::uint32_t c = 0; c < classes_; ++c) {
            if (known_[c] != 0 && (among == nullptr || among[c] != 0) && (!found || score[c] > score[best])) {
                best = c;
                found = true;
            }
        }
        return best;
    }

private:
    std::uint8_t* known_ = nullptr;
    std::uint8_t* current_ = nullptr;
    std::uint32_t* recent_ = nullptr;
    std::uint32_t classes_ = 0;
    ring positions_;
};

namespace detail {

// In its place in a learner that only does regression.
struct no_classes {
    explicit constexpr no_classes(std::uint32_t) noexcept {}
    static constexpr const std::uint8_t* known() noexcept { return nullptr; }
    static constexpr const std::uint8_t* current() noexcept { return nullptr; }
    static constexpr bool knows(std::uint32_t) noexcept { return false; }
    static constexpr bool knows_any() noexcept { return false; }
    static constexpr void learn(std::uint32_t) noexcept {}
    static constexpr void forget(std::uint32_t) noexcept {}
    static constexpr void choose_current(std::uint32_t, const std::uint32_t*, std::uint32_t) noexcept {}
    static constexpr void choose_recent(std::uint32_t) noexcept {}
    static constexpr std::uint32_t best(const float*, const std::uint8_t* = nullptr) noexcept { return 0; }
};

}  // namespace detail

}  // namespace synapse
