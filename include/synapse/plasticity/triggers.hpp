// When must a network grow? When nearly all of a layer is busy, when the error has risen for good, or when a layer's units already do
// as many different things as there are units and the error is still too large. Otherwise never.
#pragma once

#include <cstdint>

#include <synapse/config.hpp>
#include <synapse/core/fields.hpp>
#include <synapse/core/slots.hpp>
#include <synapse/core/status.hpp>
#include <synapse/kernels/kernel_set.hpp>
#include <synapse/plasticity/units.hpp>

namespace synapse {

// The error of one window of samples against that of the window before.
class error_windows {
public:
    template <class Self, class Visitor>
    static constexpr void fields(Self& self, Visitor& visit) {
        visit.value("count", self.count_);
        visit.value("mean", self.mean_);
        visit.value("squares", self.squares_);
        visit.value("older_count", self.older_count_);
        visit.value("older_mean", self.older_mean_);
        visit.value("older_spread", self.older_spread_);
    }

    // Nothing that errors of at most `largest` come to, or that a longest window of them would carry beyond the finite numbers.
    status settle() const noexcept {
        const bool possible = count_ <= longest && mean_ >= -2 * largest && mean_ <= 2 * largest && squares_ >= 0.0f && squares_ <= 1e36f;
        return possible && older_mean_ >= 0.0f && older_spread_ >= 0.0f ? status::ok : status::corrupt;
    }

    // Takes the error of one sample, finite and not negative; window: samples, at least 2. True at the end of each window but the first.
    constexpr bool add(float error, std::uint32_t window) noexcept {
        if (error > largest) error = largest;
        ++count_;
        const float off = error - mean_;
        mean_ += off / static_cast<float>(count_);
        squares_ += off * (error - mean_);
        if (count_ < window) return false;
        recent_ = mean_;
        const float spread = squares_ / (static_cast<float>(count_) * static_cast<float>(count_));
        const bool had_older = older_count_ != 0;
        ratio_ = older_mean_ > 0.0f ? mean_ / older_mean_ : 1.0f;
        // A rise counts only if it is far beyond what so many samples would show by chance.
        const float rise = mean_ - older_mean_;
        certain_ = rise > 0.0f && rise * rise > certainty * certainty * (spread + older_spread_);
        older_count_ = count_;
        older_mean_ = mean_;
        older_spread_ = spread;
        count_ = 0;
        mean_ = squares_ = 0.0f;
        return had_older;
    }

    // Of the window that has just ended, valid when add returned true: its mean, by what factor it rose (1.1: by 10 %), and whether the
    // rise is more than chance.
    [[nodiscard]] constexpr float recent() const noexcept { return recent_; }
    [[nodiscard]] constexpr float ratio() const noexcept { return ratio_; }
    [[nodiscard]] constexpr bool certain() const noexcept { return certain_; }
    constexpr void reset() noexcept { *this = error_windows{}; }

private:
    static constexpr float certainty = 4.0f;  // standard errors
    static constexpr float largest = 1e12f;
    static constexpr std::uint32_t longest = 1000000000;  // window

    std::uint32_t count_ = 0;
    float mean_ = 0.0f;
    float squares_ = 0.0f;
    std::uint32_t older_count_ = 0;
    float older_mean_ = 0.0f;
    float older_spread_ = 0.0f;
    // Of the moment only.
    float recent_ = 0.0f;
    float ratio_ = 1.0f;
    bool certain_ = false;
};

// How busy one hidden layer is.
class layer_pulse {
public:
    static constexpr std::uint32_t probe_every = 3;  // samples
    static constexpr float horizon = 200.0f;         // samples for the share of active units, probes for the rank

    constexpr layer_pulse() noexcept = default;
    explicit constexpr layer_pulse(slots units) noexcept : units_{units} {}

    template <class Self, class Visitor>
    static constexpr void fields(Self& self, Visitor& visit) {
        visit.value("samples", self.samples_);
        visit.value("active", self.active_);
        visit.value("probes", self.probes_);
        visit.value("overlap", self.overlap_);
        visit.value("units", self.units_.used);
        visit.array("probe", role::state, self.probe_, vector_extent(self.units_.used, self.units_.reserved).within(30.0f));
    }
    status settle() const noexcept {
        if (units_.used > units_.reserved) return status::wrong_shape;
        return active_ >= 0.0f && active_ <= 1.0f && overlap_ >= 0.0f ? status::ok : status::corrupt;
    }

    // Takes what the units answered, h [units in use], after `units` has. @cost units in use; loop-safe
    SYNAPSE_LOOP_SAFE void observe(const float* h, float active_above, const unit_records& units) noexcept {
        const std::uint32_t n = units.units().used;
        std::uint32_t active = 0;
        for (std::uint32_t j = 0; j < n; ++j) active += (h[j] < 0.0f ? -h[j] : h[j]) > active_above ? 1u : 0u;
        if (samples_ < 0x1000000u) ++samples_;
        active_ += share(samples_) * (static_cast<float>(active) / static_cast<float>(n) - active_);
        if (samples_ % probe_every != 0 && samples_ < 0x1000000u) return;
        // Two samples far apart: the square of their overlap is on average the sum of all squared correlations between units.
        float overlap = 0.0f;
        for (std::uint32_t first = 0; first < n; first += together) {
            const std::uint32_t count = n - first < together ? n - first : together;
            float z[together];
            units.standardise(h, first, count, z);
            for (std::uint32_t j = 0; j < count; ++j) {
                overlap += z[j] * probe_[first + j];
                probe_[first + j] = z[j] > 30.0f ? 30.0f : z[j] < -30.0f ? -30.0f : z[j];
            }
        }
        if (probes_ < 0x1000000u) ++probes_;
        if (probes_ > 1) overlap_ += share(probes_ - 1) * (overlap * overlap - overlap_);
    }

    [[nodiscard]] constexpr const slots& units() const noexcept { return units_; }

    // Mean share of the units that are active: not 0 (relu), or beyond half of their range (tanh).
    [[nodiscard]] constexpr float active() const noexcept { return active_; }

    // In how many directions n units move, as a share of n: the participation ratio of their correlations' eigenvalues; 0 while too
    // little is known. @source participation ratio: Gao et al. 2017; growing at full rank: Maile et al. 2022, NORTH*; along a stream: ours
    [[nodiscard]] constexpr float rank_share(std::uint32_t n) const noexcept {
        if (probes_ < 100) return 0.0f;
        const float least = static_cast<float>(n);
        return least / (overlap_ > least ? overlap_ : least);
    }

    // The layer has n more units: begins to measure anew.
    void grow(std::uint32_t n) noexcept {
        units_.grow(n);
        samples_ = probes_ = 0;
        active_ = overlap_ = 0.0f;
        for (std::uint32_t j = 0; j < units_.used; ++j) probe_[j] = 0.0f;
    }

private:
    static constexpr std::uint32_t together = config::microcontroller ? 1 : 16;  // units

    static constexpr float share(std::uint32_t count) noexcept {
        return count < static_cast<std::uint32_t>(horizon) ? 1.0f / static_cast<float>(count) : 1.0f / horizon;
    }

    std::uint32_t samples_ = 0;
    float active_ = 0.0f;
    std::uint32_t probes_ = 0;
    float overlap_ = 0.0f;
    float* probe_ = nullptr;
    slots units_;
};

}  // namespace synapse
