// Running covariance of a stream of vectors, and of a stream with its own past.
#pragma once

#include <bit>
#include <cstdint>

#include <synapse/config.hpp>
#include <synapse/core/fields.hpp>
#include <synapse/core/status.hpp>
#include <synapse/metrics/information.hpp>
#include <synapse/metrics/triangle.hpp>

namespace synapse {

// Mean and covariance of all pairs, exact for the first `horizon` samples and exponentially forgetting from then on.
// @source Finch 2009, "Incremental calculation of weighted mean and variance"
class covariance {
public:
    // Larger magnitudes are no measurement: their squares would leave the finite numbers.
    static constexpr float largest_input = 1e15f;

    constexpr covariance() noexcept = default;
    explicit constexpr covariance(std::uint32_t features) noexcept : features_{features} {}

    template <class Self, class Visitor>
    static constexpr void fields(Self& self, Visitor& visit) {
        const std::uint32_t n = self.features_;
        const std::uint32_t pairs = triangle::size(n);
        visit.value("count", self.count_);
        visit.value("concentration", self.concentration_);
        visit.array("mean", role::state, self.mean_, vector_extent(n, n).within(largest_input));
        visit.array("covariance", role::state, self.pairs_, vector_extent(pairs, pairs).within(8 * largest_input * largest_input));
        visit.array("difference", role::scratch, self.difference_, vector_extent(n, n));
    }
    [[nodiscard]] status settle() const noexcept { return concentration_ >= 0.0f && concentration_ <= 1.0f ? status::ok : status::corrupt; }

    // Takes x [features]; horizon >= 1.
    // not_finite    x holds NaN, an infinity or a magnitude above largest_input: nothing has changed
    // @cost 1.5 features^2; loop-safe
    SYNAPSE_LOOP_SAFE SYNAPSE_OUTLINE status push(const float* x, float horizon) noexcept {
        if (!usable(features_, x)) return status::not_finite;
        if (count_ < 0xffffffffu) ++count_;
        const float share = information::newest_share(count_, horizon);
        const float keep = 1.0f - share;
        for (std::uint32_t i = 0; i < features_; ++i) difference_[i] = x[i] - mean_[i];
        for (std::uint32_t i = 0; i < features_; ++i) {
            const float part = share * difference_[i];
            mean_[i] += part;
            float* row = pairs_ + triangle::size(i);
            for (std::uint32_t j = 0; j <= i; ++j) row[j] = keep * (row[j] + part * difference_[j]);
        }
        concentration_ = keep * keep * concentration_ + share * share;
        return status::ok;
    }

    // Forgets everything.
    void reset() noexcept {
        count_ = 0;
        concentration_ = 0.0f;
        for (std::uint32_t i = 0; i < features_; ++i) mean_[i] = 0.0f;
        for (std::uint32_t i = 0; i < triangle::size(features_); ++i) pairs_[i] = 0.0f;
    }

    // Whether x [n] may be pushed: no NaN, no infinity, no magnitude above largest_input.
    SYNAPSE_OUTLINE static bool usable(std::uint32_t n, const float* x) noexcept {
        for (std::uint32_t i = 0; i < n; ++i) {
            const float magnitude = std::bit_cast<float>(std::bit_cast<std::uint32_t>(x[i]) & 0x7fffffffu);
            if (!(magnitude <= largest_input)) return false;
        }
        return true;
    }

    [[nodiscard]] float operator()(std::uint32_t i, std::uint32_t j) const noexcept { return pairs_[triangle::at(i, j)]; }
    // All pairs as a packed lower triangle.
    [[nodiscard]] const float* pairs() const noexcept { return pairs_; }
    [[nodiscard]] float mean(std::uint32_t i) const noexcept { return mean_[i]; }
    [[nodiscard]] constexpr std::uint32_t features() const noexcept { return features_; }
    [[nodiscard]] constexpr std::uint32_t count() const noexcept { return count_; }
    // Independent samples that would give an average as good as this one: (sum of weights)^2 / sum of squared weights.
    [[nodiscard]] float effective_samples() const noexcept { return concentration_ > 0.0f ? 1.0f / concentration_ : 0.0f; }

private:
    float* mean_ = nullptr;
    float* pairs_ = nullptr;
    float* difference_ = nullptr;
    std::uint32_t features_ = 0;
    std::uint32_t count_ = 0;
    float concentration_ = 0.0f;
};

// Covariance of (x[t - lag], x[t]). Both halves have the same weights, so that the whole is never indefinite but by rounding.
// Rows 0 .. units - 1 of the triangle are the past, the others the present.
class lagged_covariance {
public:
    constexpr lagged_covariance() noexcept = default;
    // units, lag >= 1
    constexpr lagged_covariance(std::uint32_t units, std::uint32_t lag) noexcept : both_{2 * units}, units_{units}, lag_{lag} {}

    template <class Self, class Visitor>
    static constexpr void fields(Self& self, Visitor& visit) {
        visit.group("both", self.both_);
        visit.value("seen", self.seen_);
        visit.value("next", self.next_);
        const extent past{self.lag_, self.units_, self.lag_, self.units_};
        visit.array("past", role::state, self.past_, past.within(covariance::largest_input));
        visit.array("joined", role::scratch, self.joined_, vector_extent(2 * self.units_, 2 * self.units_));
    }
    [[nodiscard]] status settle() const noexcept { return seen_ <= lag_ && (next_ < lag_ || lag_ == 0) ? status::ok : status::corrupt; }

    // Takes x [units]. The first `lag` samples only wait. Statuses and cost as covariance::push, at twice the units.
    SYNAPSE_LOOP_SAFE SYNAPSE_OUTLINE status push(const float* x, float horizon) noexcept {
        if (!covariance::usable(units_, x)) return status::not_finite;
        float* oldest = past_ + std::size_t{next_} * units_;
        status s = status::ok;
        if (seen_ == lag_) {
            for (std::uint32_t i = 0; i < units_; ++i) joined_[i] = oldest[i];
            for (std::uint32_t i = 0; i < units_; ++i) joined_[units_ + i] = x[i];
            s = both_.push(joined_, horizon);
        } else {
            ++seen_;
        }
        for (std::uint32_t i = 0; i < units_; ++i) oldest[i] = x[i];
        next_ = next_ + 1 == lag_ ? 0 : next_ + 1;
        return s;
    }

    // The stream has a gap: the next sample is not one step after the last.
    void interrupt() noexcept { seen_ = next_ = 0; }

    [[nodiscard]] const covariance& both() const noexcept { return both_; }
    [[nodiscard]] constexpr std::uint32_t units() const noexcept { return units_; }
    [[nodiscard]] constexpr std::uint32_t lag() const noexcept { return lag_; }
    [[nodiscard]] float past(std::uint32_t i, std::uint32_t j) const noexcept { return both_(i, j); }
    [[nodiscard]] float present(std::uint32_t i, std::uint32_t j) const noexcept { return both_(units_ + i, units_ + j); }
    // Of the present of i with the past of j.
    [[nodiscard]] float across(std::uint32_t i, std::uint32_t j) const noexcept { return both_(units_ + i, j); }

private:
    covariance both_;
    float* past_ = nullptr;
    float* joined_ = nullptr;
    std::uint32_t units_ = 0;
    std::uint32_t lag_ = 0;
    std::uint32_t seen_ = 0;
    std::uint32_t next_ = 0;
};

}  // namespace synapse
