// Self-prediction error: how well a mind foresees its own next state, beside the two predictions that cost nothing.
//
//     error = mean squared error / min(variance, mean squared error of "it stays as it is")
// 0 is perfect, 1 useless; below 0.5 is healthy.
// @source the normalised error of forecasting, against the harder of climatology and persistence
#pragma once

#include <cstdint>

#include <synapse/core/status.hpp>
#include <synapse/metrics/information.hpp>

namespace synapse {

struct self_prediction_result {
    float error = 0.0f;
    bool defined = false;  // false: nothing has been seen, or the state stands still
};

class self_prediction_meter {
public:
    static constexpr float smallest_error = 1e-12f;

    template <class Self, class Visitor>
    static constexpr void fields(Self& self, Visitor& visit) {
        visit.value("count", self.count_);
        visit.value("model", self.model_);
        visit.value("mean", self.mean_);
        visit.value("persistence", self.persistence_);
    }
    [[nodiscard]] status settle() const noexcept {
        return usable(model_) && usable(mean_) && usable(persistence_) ? status::ok : status::corrupt;
    }

    // Squared errors of one step, of the model, of the mean so far and of persistence; horizon >= 1.
    // not_finite    one is NaN, negative or above 1e30: nothing has changed
    // @cost O(1); loop-safe
    status push(float model, float mean, float persistence, float horizon) noexcept {
        if (!usable(model) || !usable(mean) || !usable(persistence)) return status::not_finite;
        if (count_ < 0xffffffffu) ++count_;
        const float share = information::newest_share(count_, horizon);
        model_ += share * (model - model_);
        mean_ += share * (mean - mean_);
        persistence_ += share * (persistence - persistence_);
        return status::ok;
    }

    [[nodiscard]] self_prediction_result latest() const noexcept {
        const float baseline = mean_ < persistence_ ? mean_ : persistence_;
        if (count_ == 0 || !(baseline > smallest_error)) return {};
        return {model_ / baseline, true};
    }
    [[nodiscard]] std::uint32_t count() const noexcept { return count_; }

private:
    static constexpr bool usable(float x) noexcept { return x >= 0.0f && x <= 1e30f; }

    std::uint32_t count_ = 0;
    float model_ = 0.0f;
    float mean_ = 0.0f;
    float persistence_ = 0.0f;
};

}  // namespace synapse
