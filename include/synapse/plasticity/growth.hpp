// Growth: units are taken out of the reservation into use. What the network answers does not change: the new units' outgoing weights are
// zero, and they have to earn theirs, or cancel out (twins.hpp).
#pragma once

#include <cstdint>

#include <synapse/config.hpp>
#include <synapse/core/fields.hpp>
#include <synapse/core/ring.hpp>
#include <synapse/core/status.hpp>

namespace synapse {

enum class growth_reason : std::uint8_t { activity, rising_error, bottleneck, column };

// As the log says it.
constexpr const char* name(growth_reason r) noexcept {
    switch (r) {
        case growth_reason::activity: return "High activation";
        case growth_reason::rising_error: return "Rising error";
        case growth_reason::bottleneck: return "Information bottleneck";
        case growth_reason::column: return "New column";
    }
    return "unknown";
}

struct growth_event {
    std::uint64_t step = 0;
    std::uint32_t layer = 0;  // hidden layer, from 0
    growth_reason reason = growth_reason::activity;
    float value = 0.0f;      // what was measured
    float threshold = 0.0f;  // and what it was above
    std::uint32_t before = 0;
    std::uint32_t after = 0;  // units of the layer
};

// The last events, in memory that is asked for once.
class growth_history {
public:
    static constexpr std::uint32_t most = 32;

    constexpr growth_history() noexcept = default;
    // capacity: 0 remembers nothing
    explicit constexpr growth_history(std::uint32_t capacity) noexcept { positions_.capacity = capacity; }

    template <class Self, class Visitor>
    static constexpr void fields(Self& self, Visitor& visit) {
        if (self.positions_.capacity == 0) return;
        const extent e = vector_extent(self.positions_.capacity, self.positions_.capacity);
        visit.value("events", self.events_);
        visit.value("next", self.positions_.next);
        visit.value("used", self.positions_.used);
        visit.array("step", role::state, self.step_, e);
        extent small = e;
        visit.array("layer", role::state, self.layer_, small = e.below(256));
        visit.array("reason", role::state, self.reason_, small = e.below(4));
        visit.array("value", role::state, self.value_, e);
        visit.array("threshold", role::state, self.threshold_, e);
        visit.array("before", role::state, self.before_, e);
        visit.array("after", role::state, self.after_, e);
    }
    status settle() const noexcept {
        return positions_.used <= positions_.capacity && (positions_.capacity == 0 || positions_.next < positions_.capacity)
                   ? status::ok
                   : status::corrupt;
    }

    // @cost O(1), loop-safe
    void add(const growth_event& event) noexcept {
        ++events_;
        if (positions_.capacity == 0) return;
        const std::uint32_t i = positions_.push();
        step_[i] = event.step;
        layer_[i] = static_cast<std::uint8_t>(event.layer);
        reason_[i] = static_cast<std::uint8_t>(event.reason);
        value_[i] = event.value;
        threshold_[i] = event.threshold;
        before_[i] = event.before;
        after_[i] = event.after;
    }

    [[nodiscard]] std::uint64_t events() const noexcept { return events_; }        // ever
    [[nodiscard]] std::uint32_t size() const noexcept { return positions_.used; }  // remembered
    // The event `age` events ago, 0 being the newest. age < size().
    [[nodiscard]] growth_event back(std::uint32_t age) const noexcept {
        const std::uint32_t i = positions_.back(age);
        return {step_[i], layer_[i], static_cast<growth_reason>(reason_[i]), value_[i], threshold_[i], before_[i], after_[i]};
    }

private:
    std::uint64_t events_ = 0;
    ring positions_;
    std::uint64_t* step_ = nullptr;
    std::uint8_t* layer_ = nullptr;
    std::uint8_t* reason_ = nullptr;
    float* value_ = nullptr;
    float* threshold_ = nullptr;
    std::uint32_t* before_ = nullptr;
    std::uint32_t* after_ = nullptr;
};

// How many units to add to `used` of them: the share, at least one, at most `room`.
constexpr std::uint32_t growth_step(std::uint32_t used, float share, std::uint32_t room) noexcept {
    const float wanted = static_cast<float>(used) * share + 0.5f;
    const std::uint32_t n = wanted < 1.0f ? 1 : wanted < 4e9f ? static_cast<std::uint32_t>(wanted) : 0xffffffffu;
    return n < room ? n : room;
}

}  // namespace synapse
