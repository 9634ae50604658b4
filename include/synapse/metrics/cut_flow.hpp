// How much the two sides of a cut through a system tell each other over one lag, from a snapshot of its lagged covariance.
//
//     h(S) = log det Cov(Y_S | X_S) - log det E_SS      twice the transfer entropy from the other side into S
//     E    = Cov(Y | X), the part of the present that the whole past leaves open
//
// One Cholesky factorisation of the order 2s covariance of (X_S, Y_S) gives the first term in its last s pivots. The work is done
// in rows, a few thousand products at the most, so that it can be spread over the steps of a control loop.
// @source Schreiber 2000 (transfer entropy); Barnett, Barrett, Seth 2009 (its Gaussian form)
#pragma once

#include <bit>
#include <cstdint>

#include <synapse/config.hpp>
#include <synapse/core/fields.hpp>
#include <synapse/metrics/information.hpp>
#include <synapse/metrics/triangle.hpp>

namespace synapse {

class cut_flow {
public:
    // A set of units is a mask.
    static constexpr std::uint32_t largest_system = 32;
    // Units that vary less carry no information in single precision: they are left out.
    static constexpr float dead_variance = 1e-8f;

    constexpr cut_flow() noexcept = default;
    explicit constexpr cut_flow(std::uint32_t units) noexcept : units_{units} {}

    template <class Self, class Visitor>
    static constexpr void fields(Self& self, Visitor& visit) {
        const std::uint32_t n = self.units_;
        const extent all = vector_extent(triangle::size(2 * n), triangle::size(2 * n));
        const extent half = vector_extent(triangle::size(n), triangle::size(n));
        visit.array("joint", role::scratch, self.joint_, all);
        visit.array("factor", role::scratch, self.factor_, all);
        visit.array("residual", role::scratch, self.residual_, half);
        visit.array("inverse", role::scratch, self.inverse_, vector_extent(2 * n, 2 * n));
        visit.array("unit", role::scratch, self.unit_, vector_extent(n, n));
        visit.array("member", role::scratch, self.member_, vector_extent(n, n));
    }

    // Takes a snapshot: pairs is the packed covariance of (past, present), 2 units wide. Standardises it, leaves dead units out,
    // and mixes it with the identity: shrinkage in [0, 1). Returns how many units are alive. @cost 2 units^2
    std::uint32_t load(const float* pairs, float shrinkage) noexcept {
        live_ = 0;
        for (std::uint32_t i = 0; i < units_; ++i) {
            const bool varies = pairs[triangle::at(i, i)] > dead_variance && pairs[triangle::at(units_ + i, units_ + i)] > dead_variance;
            if (varies) unit_[live_++] = i;
        }
        const std::uint32_t n = live_;
        // A power of two brings every variance into [1, 4), exactly; so that copies come out correlated by exactly 1.
        float* scaled = factor_;
        for (std::uint32_t r = 0; r < 2 * n; ++r) {
            const float variance = pairs[triangle::at(place(r), place(r))];
            inverse_[r] = inverse_power(variance);
            scaled[r] = variance * inverse_[r] * inverse_[r];
        }
        for (std::uint32_t r = 0; r < 2 * n; ++r) {
            float* row = joint_ + triangle::size(r);
            for (std::uint32_t c = 0; c < r; ++c) {
                const float pair = pairs[triangle::at(place(r), place(c))] * inverse_[r] * inverse_[c];
                row[c] = pair / config::square_root(scaled[r] * scaled[c]) * (1.0f - shrinkage);
            }
            row[r] = 1.0f;
        }
        shrinkage_ = shrinkage;
        return n;
    }

    // Shrinks the snapshot further, after a factorisation failed; shrinkage above the present one, below 1.
    void shrink(float shrinkage) noexcept {
        const float ratio = (1.0f - shrinkage) / (1.0f - shrinkage_);
        for (std::uint32_t r = 0; r < 2 * live_; ++r) {
            for (std::uint32_t c = 0; c < r; ++c) joint_[triangle::size(r) + c] *= ratio;
        }
        shrinkage_ = shrinkage;
    }

    // Row r of 2 live() rows of preparation, in order: the factor of the past, then E. False if the snapshot is not positive
    // definite. @cost at most 1.5 live^2 products
    bool prepare_row(std::uint32_t r) noexcept {
        const std::uint32_t n = live_;
        float* row = factor_ + triangle::size(r);
        const float* from = joint_ + triangle::size(r);
        if (r < n) {
            for (std::uint32_t c = 0; c <= r; ++c) row[c] = from[c];
            return triangle::factor_row(r, factor_, inverse_) > triangle::smallest_pivot;
        }
        for (std::uint32_t c = 0; c < n; ++c) row[c] = from[c];
        triangle::solve_row(n, factor_, inverse_, row);
        float* left = residual_ + triangle::size(r - n);
        for (std::uint32_t j = 0; j <= r - n; ++j) left[j] = triangle::remainder(from[n + j], n, row, factor_ + triangle::size(n + j));
        return true;
    }

    // Begins h(S) for a set of live units, neither none nor all of them.
    void begin(std::uint32_t set) noexcept {
        members_ = 0;
        for (std::uint32_t i = 0; i < live_; ++i) {
            if ((set >> i & 1u) != 0) member_[members_++] = i;
        }
        row_ = 0;
        flow_ = 0.0f;
    }

    // One of the 3 members() rows of the work. False if the matrix is not positive definite.
    bool advance() noexcept {
        const std::uint32_t s = members_;
        const bool joint = row_ < 2 * s;
        const std::uint32_t r = joint ? row_ : row_ - 2 * s;
        float* row = factor_ + triangle::size(r);
        const float* source = joint ? joint_ : residual_;
        const std::uint32_t own = joint ? column(r) : member_[r];
        for (std::uint32_t c = 0; c <= r; ++c) row[c] = source[triangle::at(own, joint ? column(c) : member_[c])];
        const float pivot = triangle::factor_row(r, factor_, inverse_);
        if (!(pivot > triangle::smallest_pivot)) return false;
        if (!joint) {
            flow_ -= information::log(pivot);
        } else if (r >= s) {
            flow_ += information::log(pivot);
        }
        ++row_;
        return true;
    }

    [[nodiscard]] bool finished() const noexcept { return row_ == 3 * members_; }
    // h(S), when finished.
    [[nodiscard]] float flow() const noexcept { return flow_; }
    // Products that the next advance will need.
    [[nodiscard]] std::uint32_t next_cost() const noexcept {
        const std::uint32_t r = row_ < 2 * members_ ? row_ : row_ - 2 * members_;
        return r * r / 2 + 4 * r + 24;
    }
    [[nodiscard]] std::uint32_t prepare_cost(std::uint32_t r) const noexcept {
        return r < live_ ? r * r / 2 + 4 * r + 24 : live_ * live_ / 2 + live_ * (r - live_ + 4) + 24;
    }

    [[nodiscard]] constexpr std::uint32_t units() const noexcept { return units_; }
    [[nodiscard]] constexpr std::uint32_t live() const noexcept { return live_; }
    [[nodiscard]] constexpr float shrinkage() const noexcept { return shrinkage_; }
    // The unit that the i-th live one is.
    [[nodiscard]] std::uint32_t unit(std::uint32_t i) const noexcept { return unit_[i]; }

    // The same set in the numbers of all units, and back: dead units are in no set of live ones.
    [[nodiscard]] std::uint32_t named(std::uint32_t set) const noexcept {
        std::uint32_t out = 0;
        for (std::uint32_t i = 0; i < live_; ++i) out |= (set >> i & 1u) << unit_[i];
        return out;
    }
    [[nodiscard]] std::uint32_t living(std::uint32_t named_set) const noexcept {
        std::uint32_t out = 0;
        for (std::uint32_t i = 0; i < live_; ++i) out |= (named_set >> unit_[i] & 1u) << i;
        return out;
    }

    // For whoever reads the preparation before the first begin(): the factor of the past [live], C1 L^-T below it, E, and room.
    [[nodiscard]] float* factor() noexcept { return factor_; }
    [[nodiscard]] float* inverse() noexcept { return inverse_; }
    [[nodiscard]] const float* residual() const noexcept { return residual_; }

private:
    // 2^-e with variance / 4^e in [1, 4).
    static constexpr float inverse_power(float variance) noexcept {
        const std::uint32_t exponent = std::bit_cast<std::uint32_t>(variance) >> 23;  // biased by 127
        return std::bit_cast<float>((127u + 63u - (exponent - 1u) / 2u) << 23);
    }
    // Where row r of the snapshot stands among all units.
    [[nodiscard]] std::uint32_t place(std::uint32_t r) const noexcept { return r < live_ ? unit_[r] : units_ + unit_[r - live_]; }
    // The snapshot's row of the c-th of (X_S, Y_S).
    [[nodiscard]] std::uint32_t column(std::uint32_t c) const noexcept { return c < members_ ? member_[c] : live_ + member_[c - members_]; }

    float* joint_ = nullptr;
    float* factor_ = nullptr;
    float* residual_ = nullptr;
    float* inverse_ = nullptr;
    std::uint32_t* unit_ = nullptr;
    std::uint32_t* member_ = nullptr;
    std::uint32_t units_ = 0;
    std::uint32_t live_ = 0;
    std::uint32_t members_ = 0;
    std::uint32_t row_ = 0;
    float flow_ = 0.0f;
    float shrinkage_ = 0.0f;
};

}  // namespace synapse
