// Running mean and variance of each feature, so that a network always sees numbers near one whatever the sensor's unit.
#pragma once

#include <cstdint>

#include <synapse/config.hpp>
#include <synapse/core/fields.hpp>

namespace synapse {

class normalizer {
public:
    // Larger magnitudes are no measurement: their square would leave the finite numbers.
    static constexpr float largest_input = 1e15f;
    // Answers further than this many deviations from the mean count as that: in the sensor's units they stay finite.
    static constexpr float largest_answer = 0x1p20f;
    // Floor on the variance; a feature that never moved scales to 0.
    static constexpr float variance_floor = 1e-12f;

    constexpr normalizer() noexcept = default;
    explicit constexpr normalizer(std::uint32_t features) noexcept : features_{features} {}

    template <class Self, class Visitor>
    static constexpr void fields(Self& self, Visitor& visit) {
        const extent e = vector_extent(self.features_, self.features_);
        visit.value("count", self.count_);
        visit.array("mean", role::state, self.mean_, e.within(largest_input));
        visit.array("variance", role::state, self.variance_, e.from_zero_to(8 * largest_input * largest_input));
        visit.array("inverse_deviation", role::derived, self.inverse_, e);
    }

    void restored() noexcept {
        for (std::uint32_t i = 0; i < features_; ++i) inverse_[i] = inverse_of(variance_[i]);
    }

    // Takes x [features] into the statistics: an exact average for the first `horizon` samples, then an exponential one.
    // x is finite and within largest_input; horizon >= 1. @cost features, one division and square root each; loop-safe
    // @source West 1979, weighted incremental variance
    void update(const float* x, float horizon) noexcept {
        if (count_ < 0xffffffffu) ++count_;
        const float share = 1.0f / (static_cast<float>(count_) < horizon ? static_cast<float>(count_) : horizon);
        for (std::uint32_t i = 0; i < features_; ++i) {
            const float difference = x[i] - mean_[i];
            const float part = share * difference;
            mean_[i] += part;
            variance_[i] = (1.0f - share) * (variance_[i] + part * difference);
            inverse_[i] = inverse_of(variance_[i]);
        }
    }

    // out [features] = (x - mean) / deviation, held within +-clamp. out may be x. @cost features; loop-safe
    SYNAPSE_OUTLINE void scale(const float* x, float clamp, float* out) const noexcept {
        for (std::uint32_t i = 0; i < features_; ++i) out[i] = scaled(x[i], i, clamp);
    }

    // The same for feature i alone.
    [[nodiscard]] float scaled(float x, std::uint32_t i, float clamp) const noexcept {
        const float z = (x - mean_[i]) * inverse_[i];
        return z > clamp ? clamp : z < -clamp ? -clamp : z;
    }

    // out [features] = mean + z * deviation, with z (no NaN) held within +-largest_answer. out may be z.
    // @cost features, one square root each; loop-safe
    void unscale(const float* z, float* out) const noexcept {
        for (std::uint32_t i = 0; i < features_; ++i) {
            const float held = z[i] > largest_answer ? largest_answer : z[i] < -largest_answer ? -largest_answer : z[i];
            out[i] = mean_[i] + held * deviation(i);
        }
    }

    // Of feature i, in the sensor's units; a deviation of 0 where nothing varies.
    [[nodiscard]] float mean(std::uint32_t i) const noexcept { return mean_[i]; }
    [[nodiscard]] float deviation(std::uint32_t i) const noexcept { return config::square_root(variance_[i]); }
    [[nodiscard]] constexpr std::uint32_t features() const noexcept { return features_; }
    [[nodiscard]] constexpr std::uint32_t count() const noexcept { return count_; }

private:
    static float inverse_of(float variance) noexcept { return variance > variance_floor ? 1.0f / config::square_root(variance) : 0.0f; }

    float* mean_ = nullptr;
    float* variance_ = nullptr;
    float* inverse_ = nullptr;
    std::uint32_t features_ = 0;
    std::uint32_t count_ = 0;
};

}  // namespace synapse
