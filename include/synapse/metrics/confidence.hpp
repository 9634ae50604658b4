// Confidence that cannot be bought by claiming it: the gain in log score of a learner that says how wrong it expects to be, over one
// that knows only the mean and the variance of what it has seen.
//
//     skill      = (mean log(v_ref / v) - mean e^2 / v + mean e_ref^2 / v_ref) / 2       nats a number
//     confidence = max(0, 1 - exp(-2 skill))
// v is the variance that the learner claimed before it saw the answer. The score is strictly proper: claiming too much or too
// little both lower it. With calibrated claims it equals R^2. Beside it stand z^2 = mean e^2 / v, which is 1 when claims are
// calibrated (0.8 to 1.25 is healthy), and the type-2 AUROC, which is above 1/2 when larger claims go with larger errors.
// @source Gneiting, Raftery 2007 (proper scores); Fleming, Lau 2014 (type-2 AUROC)
#pragma once

#include <cstdint>

#include <synapse/config.hpp>
#include <synapse/core/fields.hpp>
#include <synapse/core/ring.hpp>
#include <synapse/core/status.hpp>
#include <synapse/metrics/information.hpp>

namespace synapse {

struct confidence_result {
    float confidence = 0.0f;  // [0, 1)
    float skill = 0.0f;       // nats a number; negative: worse than the reference
    float z2 = 0.0f;          // calibration
    float claimed = 0.0f;     // R^2 that the claims amount to
    float realised = 0.0f;    // R^2 that came of it
    float auroc = 0.5f;       // type-2 AUROC
    bool defined = false;     // false before the first sample
};

// 1 - exp(-2 skill) of means that were taken elsewhere.
constexpr float confidence_from(float log_ratio, float z2, float z2_reference) noexcept {
    return information::share_of(0.5f * (log_ratio - z2 + z2_reference));
}

class confidence_meter {
public:
    static constexpr float largest_z2 = 25.0f;      // squared deviations beyond five count as five: heavy tails
    static constexpr float smallest_claim = 1e-3f;  // claims below this share of the reference's variance count as that
    static constexpr float smallest_variance = 1e-20f;

    constexpr confidence_meter() noexcept = default;
    // memory: past steps that the type-2 AUROC compares with; >= 1
    explicit constexpr confidence_meter(std::uint32_t memory) noexcept : ring_{0, 0, memory} {}

    template <class Self, class Visitor>
    static constexpr void fields(Self& self, Visitor& visit) {
        visit.value("count", self.count_);
        visit.value("log_ratio", self.log_ratio_);
        visit.value("z2", self.z2_);
        visit.value("z2_reference", self.z2_reference_);
        visit.value("claim", self.claim_);
        visit.value("error", self.error_);
        visit.value("reference", self.reference_);
        visit.value("auroc", self.auroc_);
        visit.value("next", self.ring_.next);
        visit.value("used", self.ring_.used);
        const extent e = vector_extent(self.ring_.capacity, self.ring_.capacity).from_zero_to(largest);
        visit.array("past_error", role::state, self.past_error_, e);
        visit.array("past_claim", role::state, self.past_claim_, e);
    }
    [[nodiscard]] status settle() const noexcept {
        if (ring_.used > ring_.capacity || (ring_.next >= ring_.capacity && ring_.capacity != 0)) return status::corrupt;
        const float numbers[] = {z2_, z2_reference_, claim_, error_, reference_, auroc_};
        for (const float x : numbers) {
            if (!(x >= 0.0f && x <= largest)) return status::corrupt;
        }
        return log_ratio_ >= -largest && log_ratio_ <= largest ? status::ok : status::corrupt;
    }

    // One step's answer of `n` numbers, n >= 1; all arrays [n]:
    // error2, claim             squared error of the prediction, and the variance that was claimed for it
    // error2_reference, variance   the same of the reference: around its mean
    // horizon                   samples that the averages remember; >= 1
    // not_finite    a number is NaN, negative or above 1e30: nothing has changed
    // @cost n logarithms and divisions, and the memory of the AUROC; loop-safe
    SYNAPSE_LOOP_SAFE status push(std::uint32_t n, const float* error2, const float* claim, const float* error2_reference,
                                  const float* variance, float horizon) noexcept {
        float log_ratio = 0.0f;
        float z2 = 0.0f;
        float z2_reference = 0.0f;
        float claims = 0.0f;
        float errors = 0.0f;
        float references = 0.0f;
        for (std::uint32_t i = 0; i < n; ++i) {
            if (!usable(error2[i]) || !usable(claim[i]) || !usable(error2_reference[i]) || !usable(variance[i])) return status::not_finite;
            const float v_ref = variance[i] > smallest_variance ? variance[i] : smallest_variance;
            const float least = smallest_claim * v_ref;
            const float v = claim[i] > least ? claim[i] : least;
            log_ratio += information::log(v_ref / v);
            z2 += held(error2[i] / v);
            z2_reference += held(error2_reference[i] / v_ref);
            claims += v;
            errors += error2[i];
            references += error2_reference[i];
        }
        const float each = 1.0f / static_cast<float>(n);
        if (count_ < 0xffffffffu) ++count_;
        const float share = information::newest_share(count_, horizon);
        log_ratio_ += share * (log_ratio * each - log_ratio_);
        z2_ += share * (z2 * each - z2_);
        z2_reference_ += share * (z2_reference * each - z2_reference_);
        claim_ += share * (claims * each - claim_);
        error_ += share * (errors * each - error_);
        reference_ += share * (references * each - reference_);
        rank(errors * each, claims * each, share);
        return status::ok;
    }

    [[nodiscard]] confidence_result latest() const noexcept {
        confidence_result out;
        out.defined = count_ != 0;
        if (!out.defined) return out;
        out.skill = 0.5f * (log_ratio_ - z2_ + z2_reference_);
        out.confidence = information::share_of(out.skill);
        out.z2 = z2_;
        const float reference = reference_ > smallest_variance ? reference_ : smallest_variance;
        out.claimed = 1.0f - claim_ / reference;
        out.realised = 1.0f - error_ / reference;
        out.auroc = auroc_;
        return out;
    }
    [[nodiscard]] std::uint32_t count() const noexcept { return count_; }

private:
    static constexpr float largest = 3e38f;
    static constexpr bool usable(float x) noexcept { return x >= 0.0f && x <= 1e30f; }
    static constexpr float held(float x) noexcept { return x < largest_z2 ? x : largest_z2; }

    // Share of the remembered steps with which this one agrees on which of the two errors was, and was expected to be, larger.
    void rank(float error, float claim, float share) noexcept {
        if (ring_.capacity == 0) return;
        if (ring_.used != 0) {
            float agree = 0.0f;
            for (std::uint32_t i = 0; i < ring_.used; ++i) {
                const bool tie = !(claim > past_claim_[i] || claim < past_claim_[i]) || !(error > past_error_[i] || error < past_error_[i]);
                agree += tie ? 0.5f : (claim > past_claim_[i]) == (error > past_error_[i]) ? 1.0f : 0.0f;
            }
            auroc_ += share * (agree / static_cast<float>(ring_.used) - auroc_);
        }
        const std::uint32_t at = ring_.push();
        past_error_[at] = error;
        past_claim_[at] = claim;
    }

    float* past_error_ = nullptr;
    float* past_claim_ = nullptr;
    ring ring_;
    std::uint32_t count_ = 0;
    float log_ratio_ = 0.0f;
    float z2_ = 0.0f;
    float z2_reference_ = 0.0f;
    float claim_ = 0.0f;
    float error_ = 0.0f;
    float reference_ = 0.0f;
    float auroc_ = 0.5f;
};

// The same for labels: log loss against the running share of each class.
class label_confidence_meter {
public:
    constexpr label_confidence_meter() noexcept = default;
    explicit constexpr label_confidence_meter(std::uint32_t classes) noexcept : classes_{classes} {}

    template <class Self, class Visitor>
    static constexpr void fields(Self& self, Visitor& visit) {
        visit.value("count", self.count_);
        visit.value("skill", self.skill_);
        visit.array("share", role::state, self.share_, vector_extent(self.classes_, self.classes_).from_zero_to(1.0f));
    }
    [[nodiscard]] status settle() const noexcept { return skill_ >= -largest && skill_ <= largest ? status::ok : status::corrupt; }

    // probability   of the label that turned out right, as it was claimed before; in [0, 1]
    // label         in [0, classes)
    // out_of_range  a number lies outside its range: nothing has changed
    // @cost classes, two logarithms; loop-safe
    SYNAPSE_LOOP_SAFE status push(float probability, std::uint32_t label, float horizon) noexcept {
        if (label >= classes_ || !(probability >= 0.0f && probability <= 1.0f)) return status::out_of_range;
        if (count_ < 0xffffffffu) ++count_;
        // Before any evidence all classes are equally likely; that opinion weighs as much as one sample a class.
        const auto all = static_cast<float>(classes_);
        const auto seen = static_cast<float>(count_ - 1 < 0x1000000u ? count_ - 1 : 0x1000000u);
        const float weight = seen < horizon ? seen : horizon;
        const float prior = (share_[label] * weight + 1.0f) / (weight + all);
        const float claimed = probability > smallest ? probability : smallest;
        const float share = information::newest_share(count_, horizon);
        skill_ += share * (information::log(claimed) - information::log(prior) - skill_);
        for (std::uint32_t c = 0; c < classes_; ++c) share_[c] += share * ((c == label ? 1.0f : 0.0f) - share_[c]);
        return status::ok;
    }

    // Nats a sample gained over the class shares.
    [[nodiscard]] float skill() const noexcept { return skill_; }
    [[nodiscard]] float confidence() const noexcept { return information::share_of(skill_); }
    [[nodiscard]] std::uint32_t count() const noexcept { return count_; }

private:
    static constexpr float smallest = 1e-6f;
    static constexpr float largest = 100.0f;

    float* share_ = nullptr;
    std::uint32_t classes_ = 0;
    std::uint32_t count_ = 0;
    float skill_ = 0.0f;
};

}  // namespace synapse
