// A learner inside an agent: the learner itself, and a way to ask it, in its own units, what it thinks and with which hidden activity.
#pragma once

#include <cstddef>
#include <cstdint>

#include <synapse/config.hpp>
#include <synapse/core/fields.hpp>
#include <synapse/core/span.hpp>
#include <synapse/core/status.hpp>
#include <synapse/learner/body.hpp>
#include <synapse/learner/shape.hpp>

namespace synapse {

// Form: as a learner_body's.
template <kernel_set Kernels, class Form = shape>
class predictor : public learner_body<Kernels, Form> {
    using base = learner_body<Kernels, Form>;

public:
    // A predictor without memory: for measuring and as a part of an agent. form has outputs of regression.
    explicit constexpr predictor(const shape& form) noexcept : base{form}, own_{form.network(), 1, Kernels::lanes} {}

    template <class Self, class Visitor>
    static constexpr void fields(Self& self, Visitor& visit) {
        base::fields(self, visit);
        visit.group("own", self.own_);
    }

    // Takes its block and the numbers, and is born; statuses as learner_body::begin. The block's arrays beyond the learner's own are
    // left as they are: the agent has placed them.
    status born(span<std::byte> block, const tuning& numbers) noexcept { return this->begin(block, numbers); }

    // Forward pass for x [inputs], finite and within normalizer::largest_input. Leaves thought() and hidden().
    // @cost one read of the weights; loop-safe
    SYNAPSE_LOOP_SAFE void ask(const float* x) noexcept {
        this->input_statistics().scale(x, this->tuned().input_clamp, own_.input(0));
        this->fast().forward(own_, 1);
    }
    // The answer of the last ask [outputs], in deviations of the target from its mean.
    [[nodiscard]] const float* thought() noexcept { return own_.output(0); }
    // Activity of the last hidden layer in the last ask.
    [[nodiscard]] const float* hidden() noexcept { return own_.units(this->fast().layers() - 1, 1).data; }

    // Number i of a target in the units of thought().
    [[nodiscard]] float scaled(float y, std::uint32_t i) const noexcept { return this->target_statistics().scaled(y, i, limit); }

    // Whether one more step is certain to be accepted.
    [[nodiscard]] bool admits_a_step() noexcept {
        const tuning& t = this->tuned();
        const float owed = t.replay_ratio / (1.0f - t.replay_ratio);
        const float gain = t.drift_rate_gain > 1.0f ? t.drift_rate_gain : 1.0f;
        return this->fast().admits(static_cast<std::uint32_t>(owed) + 4, t.learning_rate * gain, t.momentum);
    }

    predictor(const predictor&) = default;

private:
    typename base::network_type::workspace own_;
};

}  // namespace synapse
