// A learner in closed form: random features and recursive least squares. It stands alone or beside a network, forgets nothing by
// construction, and is the yardstick for every method that replays.
//
// Memory: features^2 / 2 + features * outputs floats, and a few vectors: 739 KiB for 784 inputs, 600 features and 10 classes.
#pragma once

#include <cstdint>

#include <synapse/config.hpp>
#include <synapse/core/fields.hpp>
#include <synapse/kernels/kernel_set.hpp>
#include <synapse/network/least_squares.hpp>
#include <synapse/network/random_features.hpp>

namespace synapse {

struct readout_form {
    std::uint32_t inputs = 0;
    std::uint32_t outputs = 0;
    std::uint32_t features = 0;  // in all, at most 65535; 0: no readout, and no memory
    float offset = 0.2f;         // random_features.hpp
    float ridge = 1.0f;          // least_squares.hpp
};

template <kernel_set Kernels>
class readout {
public:
    constexpr readout() noexcept = default;
    explicit constexpr readout(const readout_form& form) noexcept {
        if (form.features == 0) return;
        features_ = random_features{form.inputs, form.features, form.offset};
        solver_ = least_squares<Kernels>{form.features, form.outputs, form.ridge};
    }

    template <class Self, class Visitor>
    static constexpr void fields(Self& self, Visitor& visit) {
        visit.group("features", self.features_);
        visit.group("solver", self.solver_);
    }

    // Forgets everything and draws the features of this seed. Call once before the first prediction.
    void begin(std::uint64_t seed) noexcept {
        features_.reseed(seed);
        solver_.begin();
    }

    // Whether the shape asked for one.
    [[nodiscard]] constexpr bool present() const noexcept { return features_.size() != 0; }

    // y [outputs] := the answer for x [inputs], finite and within +-limit. For labels: about the probability of each, neither held
    // to [0, 1] nor summing to 1. @cost the features, and features * outputs; loop-safe
    SYNAPSE_LOOP_SAFE void predict(const float* x, float* y) noexcept {
        features_.compute(x, solver_.features());
        solver_.predict(y);
    }

    // Learns the answer of the x that predict was last asked for: numbers [outputs] within +-limit, or a label below outputs. A label
    // may be new at any time. keep: the forgetting factor, in [0.5, 1]; 1 forgets nothing.
    // @cost 1.5 features^2; loop-safe
    SYNAPSE_LOOP_SAFE void learn(const float* target, float keep) noexcept { solver_.learn(target, keep); }
    SYNAPSE_LOOP_SAFE void learn(std::uint32_t label, float keep) noexcept { solver_.learn(label, keep); }

    // Unlearns one output: it answers 0 as if its label had never come.
    void forget(std::uint32_t output) noexcept { solver_.forget(output); }

    [[nodiscard]] const random_features& features() const noexcept { return features_; }
    [[nodiscard]] const least_squares<Kernels>& solver() const noexcept { return solver_; }

private:
    random_features features_;
    least_squares<Kernels> solver_;
};

}  // namespace synapse
