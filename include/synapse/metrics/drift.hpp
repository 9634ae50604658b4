// A drift detector: has the error risen for good, or is it noise?
#pragma once

#include <cstdint>

namespace synapse {

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
    }

    // Takes one finite error. tolerance: a rise of the mean that does not matter; threshold: accumulated excess that raises the
    // alarm, in units of error (larger: fewer false alarms, later). True at most once per change: the detector then begins anew.
    // The first 30 errors only set the mean. @cost O(1), loop-safe
    constexpr bool add(float error, float tolerance, float threshold) noexcept {
        if (count_ < 0x1000000u) ++count_;
        mean_ += (error - mean_) / static_cast<float>(count_);
        if (count_ <= warm_up) return false;
        excess_ += error - mean_ - tolerance;
        if (excess_ < lowest_) lowest_ = excess_;
        if (excess_ - lowest_ <= threshold) return false;
        reset();
        return true;
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
};

}  // namespace synapse
