// One layer's hidden units, one by one: how old each is, what it has answered lately, how far it may still learn. Growth, recycling,
// freezing and columns are policies over these numbers, and have none of their own.
#pragma once

#include <cstdint>

#include <synapse/config.hpp>
#include <synapse/core/fields.hpp>
#include <synapse/core/slots.hpp>
#include <synapse/core/status.hpp>
#include <synapse/kernels/kernel_set.hpp>
#include <synapse/network/dense.hpp>

namespace synapse {

class unit_records {
public:
    // Samples over which a unit's mean and variance are taken.
    static constexpr float horizon = 100.0f;

    constexpr unit_records() noexcept = default;
    explicit constexpr unit_records(slots units) noexcept : units_{units} {}

    template <class Self, class Visitor>
    static constexpr void fields(Self& self, Visitor& visit) {
        visit.value("units", self.units_.used);
        extent e = vector_extent(self.units_.used, self.units_.reserved);
        visit.array("age", role::state, self.age_, e);
        visit.array("mean", role::state, self.mean_, e = e.within(limit));
        visit.array("variance", role::state, self.variance_, e = e.from_zero_to(4.0f * limit * limit));
        visit.array("plasticity", role::state, self.plasticity_, e = e.from_zero_to(1.0f));
    }

    status settle() const noexcept { return units_.used <= units_.reserved ? status::ok : status::wrong_shape; }

    // All units in use begin their lives, free to learn. Call once, after the memory has been given.
    void begin() noexcept {
        for (std::uint32_t j = 0; j < units_.used; ++j) renew(j);
    }

    // Takes up to n more units into use, new-born; returns how many. @cost n, loop-safe
    std::uint32_t grow(std::uint32_t n) noexcept {
        const std::uint32_t first = units_.used;
        const std::uint32_t taken = units_.grow(n);
        for (std::uint32_t j = first; j < first + taken; ++j) renew(j);
        return taken;
    }

    // Unit j begins anew.
    void renew(std::uint32_t j) noexcept {
        age_[j] = 0;
        mean_[j] = 0.0f;
        variance_[j] = 0.0f;
        plasticity_[j] = 1.0f;
    }

    // Takes what the units answered to one sample: h [units in use], within +-limit. At first plain averages, then fading ones.
    // @cost units in use; loop-safe
    SYNAPSE_LOOP_SAFE void observe(const float* h) noexcept {
        // Held here, or compilers believe that they change on the way, and take one unit at a time.
        const std::uint32_t n = units_.used;
        std::uint32_t* const age = age_;
        float* const mean = mean_;
        float* const variance = variance_;
        for (std::uint32_t j = 0; j < n; ++j) {
            const std::uint32_t a = age[j] + 1;
            age[j] = a < oldest ? a : oldest;
            // A small part is spared the division, a wide one the branch: the same bits.
            const std::uint32_t answers = a < grown_up ? a : grown_up;
            const float share = config::microcontroller && answers == grown_up ? 1.0f / horizon
                                                                               : 1.0f / static_cast<float>(static_cast<std::int32_t>(answers));
            const float off = h[j] - mean[j];
            const float m = mean[j] + share * off;
            const float v = variance[j] + share * (off * (h[j] - m) - variance[j]);
            mean[j] = m;
            variance[j] = v > smallest ? v : 0.0f;  // no denormals in units that fell silent
        }
    }

    // z [count] := by how many standard deviations the answers of units [first, first + count) to a sample, h [units in use], are off their
    // means; 0 for units that do not move. @cost count; loop-safe
    SYNAPSE_LOOP_SAFE void standardise(const float* h, std::uint32_t first, std::uint32_t count, float* z) const noexcept {
        for (std::uint32_t j = 0; j < count; ++j) {
            const float variance = variance_[first + j];
            const bool moves = variance > 1e-12f;
            const float deviations = (h[first + j] - mean_[first + j]) / config::square_root(moves ? variance : 1.0f);
            z[j] = moves ? deviations : 0.0f;
        }
    }

    // What the layer above would miss, per output of its own, if unit j were replaced by its mean: the variance of the unit's answer
    // times its squared outgoing weights. `above` is the layer that reads these units.
    // @cost the outgoing weights; loop-safe. @source the contribution utility of Dohare et al. 2024, squared: what a sum loses in the
    // squared error is the variance of what was taken from it
    template <class Kernels, bool Momentum>
    [[nodiscard]] SYNAPSE_LOOP_SAFE SYNAPSE_OUTLINE float utility(const basic_dense<Momentum>& above, std::uint32_t j) const noexcept {
        const auto w = above.weights();
        return variance_[j] * Kernels::dot(w.cols, w.row(j), w.row(j));
    }

    [[nodiscard]] const slots& units() const noexcept { return units_; }
    [[nodiscard]] std::uint32_t age(std::uint32_t j) const noexcept { return age_[j]; }  // samples observed, up to 2^31
    [[nodiscard]] float mean(std::uint32_t j) const noexcept { return mean_[j]; }
    [[nodiscard]] float variance(std::uint32_t j) const noexcept { return variance_[j]; }
    // Factor on what unit j learns: 1 is free, 0 is frozen for ever.
    [[nodiscard]] float plasticity(std::uint32_t j) const noexcept { return plasticity_[j]; }
    [[nodiscard]] const float* plasticities() const noexcept { return plasticity_; }
    void set_plasticity(std::uint32_t j, float factor) noexcept { plasticity_[j] = factor; }

private:
    static constexpr std::uint32_t oldest = 1u << 31;
    static constexpr auto grown_up = static_cast<std::uint32_t>(horizon);
    static constexpr float smallest = 1e-20f;

    std::uint32_t* age_ = nullptr;
    float* mean_ = nullptr;
    float* variance_ = nullptr;
    float* plasticity_ = nullptr;
    slots units_;
};

}  // namespace synapse
