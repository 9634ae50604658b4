// A drift detector: has the error risen for good, or is it noise?
#pragma once

#include <cstdint>

namespace synapse {

// An alarm, or none.
struct drift_alarm {
    float evidence = 0.0f;    // what was beyond the threshold
    std::uint32_t since = 0;  // errors ago that the change began, as far as the test can tell; 0: no alarm
    [[nodiscard]] explicit constexpr operator bool() const noexcept { return since != 0; }
};

// Page-Hinkley's test for an upward change of a mean, in a handful of numbers.
// @source Page 1954; Gama et al. 2004, "Learning with drift detection", for its use on prequential error
class drift_detector {
public:
    static constexpr bool saved_if_not_default = true;
    template <class Self, class Visitor>
    static constexpr void fields(Self& self, Visitor& visit) {
        visit.value("count", self.count_);
        visit.value("mean", self.mean_);
        visit.value("excess", self.excess_);
        visit.value("lowest", self.lowest_);
        visit.value("since", self.since_);
    }

    // Takes one finite error. tolerance: a rise of the mean that does not matter; threshold: accumulated excess that raises the
    // alarm, in units of error (larger: fewer false alarms, later). At most one alarm per change: the detector then begins anew.
    // The first 30 errors only set the mean. @cost O(1), loop-safe
    constexpr drift_alarm add(float error, float tolerance, float threshold) noexcept {
        if (count_ < 0x1000000u) ++count_;
        mean_ += (error - mean_) / static_cast<float>(count_);
        if (count_ <= warm_up) return {};
        excess_ += error - mean_ - tolerance;
        if (since_ != 0xffffffffu) ++since_;
        if (excess_ < lowest_) {
            lowest_ = excess_;
            since_ = 0;
        }
        if (excess_ - lowest_ <= threshold) return {};
        const drift_alarm alarm{evidence(), since_};
        reset();
        return alarm;
    }

    constexpr void reset() noexcept { *this = drift_detector{}; }

    // Accumulated excess since its lowest point: what is compared with the threshold.
    [[nodiscard]] constexpr float evidence() const noexcept { return excess_ - lowest_; }

private:
    static constexpr std::uint32_t warm_up = 30;

    std::uint32_t count_ = 0;
    float mean_ = 0.0f;
    float excess_ = 0.0f;
    float lowest_ = 0.0f;
    std::uint32_t since_ = 0;  // errors taken since then
};

}  // namespace synapse
