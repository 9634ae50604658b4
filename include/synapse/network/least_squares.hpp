// Recursive least squares: after every sample the weights are those of ridge regression on all samples so far, exactly, so that
// nothing is forgotten in whatever order they came. One pass, no learning rate.
//
// The inverse of the features' second moments is held as U D U' with U unit upper triangular and D diagonal and positive. An update
// works on the factors and never subtracts from a variance, so that the inverse stays positive definite over any number of steps in
// single precision, where the textbook form diverges. One pass over the factor: a column is read, used for its sum and turned
// while it is in the nearest cache.
//
// With a forgetting factor below 1 old samples fade. Variances are then held to what they were before the first sample: where no
// evidence arrives the ridge returns, and the factor cannot wind up.
// @source Bierman 1976, "Measurement updating using the U-D factorization"; the bound on the variances is ours
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

#include <synapse/config.hpp>
#include <synapse/core/fields.hpp>
#include <synapse/kernels/kernel_set.hpp>

namespace synapse {

template <kernel_set Kernels>
class least_squares {
public:
    constexpr least_squares() noexcept = default;

    // features   >= 1, at most 65535; outputs >= 1
    // ridge      squared weights cost so much as one sample's squared error; in [1e-6, 1e6]
    constexpr least_squares(std::uint32_t features, std::uint32_t outputs, float ridge) noexcept
        : features_{features}, outputs_{outputs}, stride_{round_up(outputs, Kernels::lanes)}, prior_{1.0f / ridge} {}

    template <class Self, class Visitor>
    static constexpr void fields(Self& self, Visitor& visit) {
        if (self.features_ == 0) return;
        const std::uint32_t n = self.features_;
        const std::uint32_t padded = round_up(n, Kernels::lanes);
        const extent row = vector_extent(self.stride_, self.stride_);
        visit.value("restarts", self.restarts_);
        visit.array("factor", role::state, self.factor_, vector_extent(columns(n), columns(n)));
        visit.array("variance", role::state, self.variance_, vector_extent(n, n).from_zero_to(self.prior_));
        visit.array("weight", role::weights, self.weight_, extent{n, self.outputs_, n, self.stride_}.within(largest_weight));
        visit.array("features", role::scratch, self.feature_, vector_extent(padded, padded));
        visit.array("gain", role::scratch, self.gain_, vector_extent(padded, padded));
        visit.array("rows", role::scratch, self.rows_, vector_extent(padded, padded));
        visit.array("error", role::scratch, self.error_, row);
        visit.array("bias", role::scratch, self.bias_, row);
    }

    void restored() noexcept { weight_bound_ = measured(); }

    // Forgets every sample. Call once before the first.
    void begin() noexcept {
        restart();
        for (std::size_t i = 0; i < std::size_t{features_} * stride_; ++i) weight_[i] = 0.0f;
        weight_bound_ = 0.0f;
        restarts_ = 0;
    }

    // Where the caller writes a sample's features [features], finite and within +-64, before predict and learn.
    [[nodiscard]] float* features() noexcept { return feature_; }
    [[nodiscard]] constexpr std::uint32_t size() const noexcept { return features_; }
    [[nodiscard]] constexpr std::uint32_t outputs() const noexcept { return outputs_; }
    // weight[feature][output]
    [[nodiscard]] matrix_view<const float> weights() const noexcept { return {weight_, features_, outputs_, stride_}; }
    // Times that the factor began anew, its numbers having become useless. 0 in every healthy life.
    [[nodiscard]] constexpr std::uint32_t restarts() const noexcept { return restarts_; }

    // y [outputs] := the answer for features(). @cost features * outputs; loop-safe
    SYNAPSE_LOOP_SAFE void predict(float* y) noexcept {
        forward();
        for (std::uint32_t j = 0; j < outputs_; ++j) y[j] = error_[j];
    }

    // Learns that target [outputs], finite and within +-limit, is the answer for features(). keep: the forgetting factor, in
    // [0.5, 1]; 1 forgets nothing, 0.999 has a memory of 1000 samples.
    // @cost 1.5 features^2 products, one read and one write of the factor; loop-safe
    SYNAPSE_LOOP_SAFE SYNAPSE_OUTLINE void learn(const float* target, float keep) noexcept {
        forward();
        for (std::uint32_t j = 0; j < outputs_; ++j) error_[j] = held(target[j] - error_[j]);
        correct(keep);
    }

    // The same for a label, below outputs: 1 for its output, 0 for all others. An output whose label never came is 0.
    SYNAPSE_LOOP_SAFE SYNAPSE_OUTLINE void learn(std::uint32_t label, float keep) noexcept {
        forward();
        for (std::uint32_t j = 0; j < outputs_; ++j) error_[j] = held((j == label ? 1.0f : 0.0f) - error_[j]);
        correct(keep);
    }

    // Makes one output as if its target had always been 0. output < outputs. @cost features
    void forget(std::uint32_t output) noexcept {
        for (std::uint32_t k = 0; k < features_; ++k) weight_[std::size_t{k} * stride_ + output] = 0.0f;
    }

private:
    using arithmetic = typename Kernels::arithmetic;
    static constexpr float largest_weight = 1e20f;
    static constexpr float largest_gain = 1e15f;  // beyond this the factor holds no information
    static constexpr float largest_spread = 1e30f;
    static constexpr float smallest_variance = 1e-20f;  // far below what 10^12 samples leave; no denormals

    // Elements of the factor before column j: those above the diagonal, column after column.
    static constexpr std::uint32_t columns(std::uint32_t j) noexcept { return j % 2 == 0 ? j / 2 * (j - 1) : (j - 1) / 2 * j; }

    static constexpr float held(float error) noexcept { return error > limit ? limit : error < -limit ? -limit : error; }
    static float magnitude(std::uint32_t n, const float* x) noexcept { return std::bit_cast<float>(Kernels::largest_bits(n, x)); }

    [[nodiscard]] dense_view view() const noexcept { return {weight_, bias_, features_, outputs_, stride_}; }

    // error_ := the answer.
    void forward() noexcept {
        row_count_ = Kernels::nonzero(features_, feature_, rows_);
        Kernels::forward(view(), row_list{rows_, row_count_}, feature_, error_);
    }

    // Moves factor and weights by error_.
    void correct(float keep) noexcept {
        const float spread = turn_factor(keep);
        const float reach = magnitude(features_, gain_);
        if (!(spread < largest_spread) || !(reach < largest_gain)) {
            restart();
            ++restarts_;
            return;
        }
        const float share = 1.0f / spread;
        const float move = reach * share * magnitude(outputs_, error_);
        if (!(weight_bound_ + move < largest_weight)) {
            weight_bound_ = measured();
            if (!(weight_bound_ + move < largest_weight)) return;  // weights beyond all use: they move no further
        }
        weight_bound_ += move;
        for (std::uint32_t k = 0; k < features_; ++k) rows_[k] = static_cast<row_index>(k);
        for (std::uint32_t j = outputs_; j < stride_; ++j) error_[j] = 0.0f;
        Kernels::backward(view(), row_list{rows_, features_}, gain_, error_, -share, nullptr);
        for (std::uint32_t j = 0; j < stride_; ++j) bias_[j] = 0.0f;  // the constant feature is a row like the others
    }

    // Takes features() into the factor. Leaves the gain in gain_, to be divided by what is returned: the forgetting factor plus the
    // variance of the answer before this sample, in units of the noise's.
    float turn_factor(float keep) noexcept {
        const float stretch = 1.0f / keep;
        float spread = keep;
        float* column = factor_;
        for (std::uint32_t j = 0; j < features_; ++j) {
            const float sum = feature_[j] + Kernels::dot(j, feature_, column);
            const float part = variance_[j] * sum;
            const float next = spread + sum * part;
            const float pull = -sum / spread;
            const float variance = variance_[j] * (spread / next) * stretch;
            variance_[j] = variance > prior_ ? prior_ : variance < smallest_variance ? smallest_variance : variance;
            turn_column(j, pull, part, column, gain_);
            gain_[j] = part;
            column += j;
            spread = next;
            if (!(spread < largest_spread)) break;
        }
        return spread;
    }

    // gain += part * column and column += pull * gain, both from the old values.
    static void turn_column(std::uint32_t n, float pull, float part, float* SYNAPSE_RESTRICT column,
                            float* SYNAPSE_RESTRICT gain) noexcept {
        for (std::uint32_t i = 0; i < n; ++i) {
            const float old = column[i];
            column[i] = arithmetic::madd(pull, gain[i], old);
            gain[i] = arithmetic::madd(part, old, gain[i]);
        }
    }

    // The factor of no samples; the weights stay.
    void restart() noexcept {
        for (std::uint32_t i = 0; i < columns(features_); ++i) factor_[i] = 0.0f;
        for (std::uint32_t j = 0; j < features_; ++j) variance_[j] = prior_;
    }

    [[nodiscard]] float measured() const noexcept {
        float largest = 0.0f;
        for (std::uint32_t k = 0; k < features_; ++k) {
            const float here = magnitude(outputs_, weight_ + std::size_t{k} * stride_);
            largest = here > largest ? here : largest;
        }
        return largest;
    }

    float* factor_ = nullptr;    // the columns of U above the diagonal
    float* variance_ = nullptr;  // D
    float* weight_ = nullptr;
    float* feature_ = nullptr;
    float* gain_ = nullptr;
    float* error_ = nullptr;
    float* bias_ = nullptr;
    row_index* rows_ = nullptr;
    std::uint32_t row_count_ = 0;
    std::uint32_t features_ = 0;
    std::uint32_t outputs_ = 0;
    std::uint32_t stride_ = 0;
    std::uint32_t restarts_ = 0;
    float prior_ = 0.0f;
    float weight_bound_ = 0.0f;
};

}  // namespace synapse
