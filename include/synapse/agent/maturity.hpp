// Maturity: whether an agent may stop learning. All four must hold over a whole window:
//     Phi is flat; agency is high and steady; the self-prediction error is at its minimum; growth has slowed.
#pragma once

#include <cstdint>

#include <synapse/agent/report.hpp>
#include <synapse/core/status.hpp>

namespace synapse {

struct maturity_tuning {
    std::uint64_t window = 360000;    // steps: an hour of 10 ms ticks; >= 2
    float phi_band = 0.1f;            // Phi is flat if it stays within a band so wide
    float agency_high = 0.7f;         // agency is high if it stays above this
    float agency_band = 0.2f;         // and steady if it stays within a band so wide
    float self_margin = 1.1f;         // the error is at its minimum if the window's mean is below so many times the least of any window
    std::uint32_t growth_events = 0;  // growth has slowed if the window saw no more than so many units added

    // What is wrong with these numbers, in a sentence; null if nothing is.
    [[nodiscard]] constexpr const char* flaw() const noexcept {
        if (window < 2) return "maturity_tuning.window is below 2";
        if (!(phi_band >= 0.0f && phi_band <= 1.0f)) return "maturity_tuning.phi_band lies outside [0, 1]";
        if (!(agency_high >= 0.0f && agency_high <= 1.0f)) return "maturity_tuning.agency_high lies outside [0, 1]";
        if (!(agency_band >= 0.0f && agency_band <= 1.0f)) return "maturity_tuning.agency_band lies outside [0, 1]";
        if (!(self_margin >= 1.0f && self_margin <= 1e6f)) return "maturity_tuning.self_margin lies outside [1, 1e6]";
        return nullptr;
    }
};

// The verdict on the last whole window.
struct maturity_verdict {
    bool phi_flat = false;
    bool agency_steady = false;
    bool self_known = false;
    bool growth_slowed = false;
    float phi_low = 0.0f, phi_high = 0.0f;  // that were seen
    float agency_low = 0.0f, agency_high = 0.0f;
    float self_error = 0.0f, least_self_error = 0.0f;  // means of windows
    std::uint32_t grown = 0;                           // units added
    std::uint64_t windows = 0;                         // whole ones so far

    // All four: it may stop learning.
    [[nodiscard]] constexpr bool is_mature() const noexcept { return phi_flat && agency_steady && self_known && growth_slowed; }

    template <class Self, class Visitor>
    static constexpr void fields(Self& self, Visitor& visit) {
        visit.value("phi_flat", self.phi_flat);
        visit.value("agency_steady", self.agency_steady);
        visit.value("self_known", self.self_known);
        visit.value("growth_slowed", self.growth_slowed);
        visit.value("phi_low", self.phi_low);
        visit.value("phi_high", self.phi_high);
        visit.value("agency_low", self.agency_low);
        visit.value("agency_high", self.agency_high);
        visit.value("self_error", self.self_error);
        visit.value("least_self_error", self.least_self_error);
        visit.value("grown", self.grown);
        visit.value("windows", self.windows);
    }
    [[nodiscard]] status settle() const noexcept { return self_error >= 0.0f && least_self_error >= 0.0f ? status::ok : status::corrupt; }
};

class maturity_monitor {
public:
    // A window that is open when an agent is saved is still open when it is loaded.
    template <class Self, class Visitor>
    static constexpr void fields(Self& self, Visitor& visit) {
        visit.group("verdict", self.verdict_);
        visit.value("looks", self.looks_);
        visit.value("began", self.began_);
        visit.value("units", self.units_);
        visit.value("phi_low", self.phi_low_);
        visit.value("phi_high", self.phi_high_);
        visit.value("agency_low", self.agency_low_);
        visit.value("agency_high", self.agency_high_);
        visit.value("self_mean", self.self_mean_);
    }
    [[nodiscard]] status settle() const noexcept { return self_mean_ >= 0.0f ? status::ok : status::corrupt; }

    // Takes what is true at this step; call it every step or every so many, with how many units the agent has. True when a window
    // has just ended and all four hold. @cost O(1); loop-safe
    bool look(const agent_report& now, std::uint32_t units, const maturity_tuning& numbers) noexcept {
        const float self = now.self_prediction.defined ? now.self_prediction.error : 1.0f;
        const bool known = now.agency.defined && (now.phi.flag == phi_flag::measured || now.phi.flag == phi_flag::below_noise);
        if (!known) {
            looks_ = 0;  // a window begins when there is something to see
            return false;
        }
        if (looks_ == 0) {
            began_ = now.steps;
            units_ = units;
            phi_low_ = phi_high_ = now.phi.share;
            agency_low_ = agency_high_ = now.agency.share;
            self_mean_ = 0.0f;
        }
        ++looks_;
        widen(now.phi.share, phi_low_, phi_high_);
        widen(now.agency.share, agency_low_, agency_high_);
        self_mean_ += (self - self_mean_) / static_cast<float>(looks_ < 0x1000000u ? looks_ : 0x1000000u);  // a running mean
        if (now.steps - began_ < numbers.window) return false;

        const float mean = self_mean_;
        const bool first = verdict_.windows == 0;
        const float least = first || mean < verdict_.least_self_error ? mean : verdict_.least_self_error;
        verdict_.phi_flat = phi_high_ - phi_low_ <= numbers.phi_band;
        verdict_.agency_steady = agency_low_ >= numbers.agency_high && agency_high_ - agency_low_ <= numbers.agency_band;
        verdict_.self_known = !first && mean <= numbers.self_margin * least;
        verdict_.grown = units > units_ ? units - units_ : 0;
        verdict_.growth_slowed = verdict_.grown <= numbers.growth_events;
        verdict_.phi_low = phi_low_;
        verdict_.phi_high = phi_high_;
        verdict_.agency_low = agency_low_;
        verdict_.agency_high = agency_high_;
        verdict_.self_error = mean;
        verdict_.least_self_error = least;
        ++verdict_.windows;
        looks_ = 0;
        return verdict_.is_mature();
    }

    [[nodiscard]] constexpr const maturity_verdict& verdict() const noexcept { return verdict_; }

private:
    static constexpr void widen(float x, float& low, float& high) noexcept {
        low = x < low ? x : low;
        high = x > high ? x : high;
    }

    maturity_verdict verdict_;
    std::uint64_t looks_ = 0;
    std::uint64_t began_ = 0;
    std::uint32_t units_ = 0;
    float phi_low_ = 0.0f, phi_high_ = 0.0f;
    float agency_low_ = 0.0f, agency_high_ = 0.0f;
    float self_mean_ = 0.0f;
};

}  // namespace synapse
