// An agent: a machine that acts, and learns how well it knows its world and itself.
//
// Three learners: a world model predicts how the observation will have changed `ahead` steps later from (observation, action,
// state); a blind one does the same without ever having heard of an action; a self model predicts how the internal state will have
// changed. All three are ordinary learners, with replay, growth and checkpoints. From their errors, each taken before the sample was
// learned, come the metrics; none of the metrics is ever part of a loss.
//
// The action of a sample is the mean of the actions taken between its two observations.
// @source Ha, Schmidhuber 2018 (world models); the leaky trace: Jaeger 2001; the combination is ours
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <synapse/agent/internal_state.hpp>
#include <synapse/agent/predictor.hpp>
#include <synapse/agent/report.hpp>
#include <synapse/agent/shape.hpp>
#include <synapse/agent/tuning.hpp>
#include <synapse/agent/variance_head.hpp>
#include <synapse/config.hpp>
#include <synapse/core/arena.hpp>
#include <synapse/core/divide.hpp>
#include <synapse/core/fields.hpp>
#include <synapse/core/span.hpp>
#include <synapse/core/status.hpp>
#include <synapse/kernels/default.hpp>
#include <synapse/learner/pinned_shape.hpp>
#include <synapse/learner/shape.hpp>
#include <synapse/metrics/agency.hpp>
#include <synapse/metrics/confidence.hpp>
#include <synapse/metrics/covariance.hpp>
#include <synapse/metrics/integration.hpp>
#include <synapse/metrics/phi.hpp>
#include <synapse/metrics/self_prediction.hpp>

namespace synapse {

// Form: of its three learners; shape, or a pinned_shape if all is known when the agent is compiled.
template <kernel_set Kernels, class Form = shape>
class agent_body {
    static constexpr bool pinned = !std::is_same_v<Form, shape>;

public:
    using kernels = Kernels;
    using model_type = predictor<Kernels, Form>;

    // A body without memory: only for measuring. Use agent. Both live as long as a pinned one.
    explicit constexpr agent_body(const agent_shape& form) noexcept requires(!pinned) : agent_body{form, form.models()} {}
    constexpr agent_body(const agent_shape& form, const agent_models& models) noexcept
        : form_{form},
          world_{models.world},
          blind_{models.blind},
          self_{models.self},
          state_{form.state, form.observations, form.actions, form.ahead},
          head_{head_inputs(form), form.observations},
          phi_{form.state, form.phi_lag},
          integration_{form.modules()},
          confidence_{form.rank_memory} {}

    agent_body& operator=(const agent_body&) = delete;

    // The names here are the keys of a checkpoint's map.
    template <class Self, class Visitor>
    static constexpr void fields(Self& self, Visitor& visit) {
        visit.group("world_model", self.world_);
        visit.group("blind_model", self.blind_);
        visit.group("self_model", self.self_);
        visit.group("tuning", self.tuning_);
        visit.value("steps", self.steps_);
        visit.value("samples", self.samples_);
        visit.group("internal_state", self.state_);
        visit.group("variance_head", self.head_);
        visit.group("phi", self.phi_);
        visit.group("integration", self.integration_);
        visit.group("confidence", self.confidence_);
        visit.group("agency", self.agency_);
        visit.group("self_prediction", self.self_prediction_);
        const std::uint32_t in = self.form_.inputs();
        const std::uint32_t out = self.form_.observations;
        visit.array("input", role::scratch, self.input_, vector_extent(in, in));
        visit.array("blind_input", role::scratch, self.blind_input_, vector_extent(out + self.form_.state, out + self.form_.state));
        visit.array("change", role::scratch, self.change_, vector_extent(widest(self), widest(self)));
        visit.array("numbers", role::scratch, self.numbers_, extent{5, out, 5, out});
        visit.array("taken", role::scratch, self.taken_, vector_extent(self.form_.actions, self.form_.actions));
    }

    // One tick of the control loop: what is observed now [observations], and the action [actions] that is taken from now on.
    // ok            taken in; see latest()
    // wrong_size    a length differs from the shape
    // not_finite    a number is NaN, an infinity or of a magnitude above 1e15
    // diverged      a weight could leave the finite numbers: lower the rate, or load an older checkpoint
    // After any status but ok the agent is unchanged. @cost a step of three learners and six forward passes, and the meters; loop-safe
    SYNAPSE_LOOP_SAFE SYNAPSE_OUTLINE status observe(span<const float> observation, span<const float> action) noexcept {
        if (observation.size() != form_.observations || action.size() != form_.actions) return status::wrong_size;
        if (!covariance::usable(form_.observations, observation.data()) || !covariance::usable(form_.actions, action.data())) {
            return status::not_finite;
        }
        if (!world_.admits_a_step() || !blind_.admits_a_step() || !self_.admits_a_step()) return status::diverged;
        if (state_.is_full()) learn(observation.data());
        experience(observation.data(), action.data());
        ++steps_;
        if (steps_ % rate_period == 0) settle_rate();
        return status::ok;
    }

    // What would be observed `ahead` steps from now if this were observed and done: next [observations], and, unless empty, the
    // variance [observations] that is expected around it, in squared units of the sensors. Learns nothing.
    // wrong_size, not_finite  as observe; nothing is written
    // @cost one forward pass; loop-safe
    SYNAPSE_LOOP_SAFE status predict(span<const float> observation, span<const float> action, span<float> next,
                                     span<float> variance = {}) noexcept {
        const std::uint32_t n = form_.observations;
        if (observation.size() != n || action.size() != form_.actions || next.size() != n) return status::wrong_size;
        if (!variance.empty() && variance.size() != n) return status::wrong_size;
        if (!covariance::usable(n, observation.data()) || !covariance::usable(form_.actions, action.data())) return status::not_finite;
        present(observation.data(), action.data());
        world_.ask(input_);
        const normalizer& change = world_.target_statistics();
        change.unscale(world_.thought(), change_);
        for (std::uint32_t i = 0; i < n; ++i) next[i] = observation[i] + change_[i];
        if (variance.empty()) return status::ok;
        head_.claim(world_.hidden(), change_);
        for (std::uint32_t i = 0; i < n; ++i) variance[i] = change_[i] * change.deviation(i) * change.deviation(i);
        return status::ok;
    }

    // The stream has a gap: what comes next does not follow from what was last observed. The models and metrics stay.
    void interrupt() noexcept {
        state_.interrupt();
        phi_.interrupt();
    }

    // The three models' replay buffers are emptied: what they held is of a body or a world that is no more. What was learned stays.
    void forget_experience() noexcept {
        world_.memory().clear();
        blind_.memory().clear();
        self_.memory().clear();
    }

    // Replaces the tuning (the seed is kept). out_of_range: nothing has changed; agent_tuning::flaw() says what is wrong.
    status retune(const agent_tuning& numbers) noexcept {
        if (!numbers.is_sound()) return status::out_of_range;
        const std::uint64_t seed = tuning_.learning.seed;
        tuning_ = numbers;
        tuning_.learning.seed = seed;
        settle_rate();
        return status::ok;
    }

    // What the last observe() found: the four metrics, the self-prediction error, the world model's error. @cost a copy; loop-safe
    [[nodiscard]] agent_report latest() const noexcept {
        agent_report out;
        out.steps = steps_;
        out.samples = samples_;
        out.phi = phi_.latest();
        out.agency = agency_.latest();
        out.integration = integration_.latest();
        out.confidence = confidence_.latest();
        out.self_prediction = self_prediction_.latest();
        out.error = world_.latest().error;
        out.last_error = world_.latest().last_error;
        out.learning_rate = world_.tuned().learning_rate;
        return out;
    }

    // A copy of its numbers over the same arrays: to read a checkpoint's numbers into before anything is changed.
    [[nodiscard]] agent_body numbers() const noexcept { return *this; }

    // The shape that it was made with, and the tuning that holds now.
    [[nodiscard]] constexpr const agent_shape& form() const noexcept { return form_; }
    [[nodiscard]] const agent_tuning& tuned() const noexcept { return tuning_; }
    // The models: of the next observation, of the same without having heard of the action, of the next internal state.
    [[nodiscard]] model_type& world_model() noexcept { return world_; }
    [[nodiscard]] model_type& blind_model() noexcept { return blind_; }
    [[nodiscard]] model_type& self_model() noexcept { return self_; }
    [[nodiscard]] const model_type& world_model() const noexcept { return world_; }
    // The internal state, and the meter of its Phi.
    [[nodiscard]] const internal_state& state() const noexcept { return state_; }
    [[nodiscard]] const phi_meter& phi() const noexcept { return phi_; }

protected:
    agent_body(const agent_body&) = default;

    // Takes the block of memory and the numbers, and is born.
    // no_memory     the block is too small; out_of_range: the shape or tuning has a flaw. The agent must not be used.
    status begin(span<std::byte> block, const agent_tuning& numbers) noexcept {
        if ((!pinned && form_.flaw() != nullptr) || !numbers.is_sound()) return status::out_of_range;
        if (const status s = place(*this, block); !ok(s)) return s;
        tuning_ = numbers;
        // The learners' arrays come first in the list, so each finds its own again in a block that begins where it begins.
        std::size_t at = 0;
        model_type* models[] = {&world_, &blind_, &self_};
        for (std::uint32_t m = 0; m < 3; ++m) {
            tuning own = numbers.learning;
            own.seed = numbers.learning.seed + m;
            const std::size_t bytes = measure(*models[m]);
            if (const status s = models[m]->born(block.subspan(at, bytes), own); !ok(s)) return s;
            at += (bytes + config::block_alignment - 1) / config::block_alignment * config::block_alignment;
        }
        return status::ok;
    }

private:
    static constexpr std::uint32_t rate_period = 256;

    static constexpr std::uint32_t head_inputs(const agent_shape& form) noexcept {
        const std::uint32_t layers = form.world().network().hidden_layers();
        return layers == 0 ? 0 : form.hidden[layers - 1];  // units that grow later only predict
    }
    template <class Self>
    static constexpr std::uint32_t widest(const Self& self) noexcept {
        return self.form_.observations > self.form_.state ? self.form_.observations : self.form_.state;
    }

    // input_ := (observation, action, state)
    void present(const float* observation, const float* action) noexcept {
        float* x = input_;
        for (std::uint32_t i = 0; i < form_.observations; ++i) *x++ = observation[i];
        for (std::uint32_t i = 0; i < form_.actions; ++i) *x++ = action[i];
        for (std::uint32_t i = 0; i < form_.state; ++i) *x++ = state_.trace()[i];
    }

    // From the oldest frame to now: measure, then learn.
    void learn(const float* observation) noexcept {
        const std::uint32_t n = form_.observations;
        const std::uint32_t a = form_.actions;
        state_.recall(input_, blind_input_);
        for (std::uint32_t i = 0; i < n; ++i) change_[i] = observation[i] - input_[i];
        const bool known = world_.latest().samples >= warm_up;

        // The world model's answer to the mean action, then to the one taken.
        float* imagined = row(0);
        float* error2 = row(1);
        float* claim = row(2);
        float* reference = row(3);
        float* unit = row(4);
        for (std::uint32_t i = 0; i < a; ++i) {
            taken_[i] = input_[n + i];
            input_[n + i] = world_.input_statistics().mean(n + i);
        }
        world_.ask(input_);
        for (std::uint32_t i = 0; i < n; ++i) imagined[i] = world_.thought()[i];
        for (std::uint32_t i = 0; i < a; ++i) input_[n + i] = taken_[i];
        world_.ask(input_);
        float own = 0.0f;
        float with = 0.0f;
        for (std::uint32_t i = 0; i < n; ++i) {
            const float z = world_.scaled(change_[i], i);
            error2[i] = squared(z - world_.thought()[i]);
            reference[i] = squared(z);
            unit[i] = 1.0f;
            const float weight = importance(i);
            with += weight * error2[i];
            own += weight * squared(world_.thought()[i] - imagined[i]);
        }
        head_.claim(world_.hidden(), claim);
        if (known) {
            static_cast<void>(confidence_.push(n, error2, claim, reference, unit, tuning_.horizon));
            head_.learn(world_.hidden(), error2, tuning_.variance_rate);
        }
        static_cast<void>(world_.step({input_, form_.inputs()}, {change_, n}));
        learn_self();
        learn_blind(observation, with, own, known);
        ++samples_;
    }

    // The self model sees what the world model saw.
    void learn_self() noexcept {
        const std::uint32_t first = form_.observations + form_.actions;
        for (std::uint32_t i = 0; i < form_.state; ++i) change_[i] = state_.trace()[i] - input_[first + i];
        self_.ask(input_);
        float model = 0.0f;
        float mean = 0.0f;
        float persistence = 0.0f;
        for (std::uint32_t i = 0; i < form_.state; ++i) {
            const float z = self_.scaled(change_[i], i);
            model += squared(z - self_.thought()[i]);
            persistence += squared(z - self_.scaled(0.0f, i));
            const float deviation = self_.target_statistics().deviation(i);
            if (deviation > 1e-6f) mean += squared((state_.trace()[i] - self_.input_statistics().mean(first + i)) / deviation);
        }
        if (self_.latest().samples >= warm_up) static_cast<void>(self_prediction_.push(model, mean, persistence, tuning_.horizon));
        static_cast<void>(self_.step({input_, form_.inputs()}, {change_, form_.state}));
    }

    void learn_blind(const float* observation, float with, float own, bool known) noexcept {
        const std::uint32_t n = form_.observations;
        for (std::uint32_t i = 0; i < n; ++i) change_[i] = observation[i] - input_[i];
        blind_.ask(blind_input_);
        float without = 0.0f;
        for (std::uint32_t i = 0; i < n; ++i) without += importance(i) * squared(blind_.scaled(change_[i], i) - blind_.thought()[i]);
        if (known) static_cast<void>(agency_.push(without, with, own, tuning_.horizon));
        static_cast<void>(blind_.step({blind_input_, n + form_.state}, {change_, n}));
    }

    // Now: remember the frame, let the state follow what the world model thinks of it, and look at both.
    void experience(const float* observation, const float* action) noexcept {
        state_.remember(observation, action);
        present(observation, action);
        static_cast<void>(integration_.push(input_, tuning_.integration_horizon, tuning_.phi.shrinkage, tuning_.phi.period));
        for (std::uint32_t i = 0; i < form_.observations; ++i) blind_input_[i] = observation[i];
        for (std::uint32_t i = 0; i < form_.state; ++i) blind_input_[form_.observations + i] = state_.context()[i];
        world_.ask(input_);
        blind_.ask(blind_input_);
        state_.follow(world_.hidden(), blind_.hidden(), tuning_.state_share);
        static_cast<void>(phi_.push(state_.trace(), tuning_.phi));
    }

    // Learning rates on their way from the first to the settled one.
    void settle_rate() noexcept {
        const tuning& t = tuning_.learning;
        const float passed = rounded(samples_) / tuning_.settling_steps;
        const float share = passed < 80.0f ? math::exp<information::operations>(-passed) : 0.0f;
        tuning now = t;
        now.learning_rate = tuning_.settled_rate + (t.learning_rate - tuning_.settled_rate) * share;
        static_cast<void>(world_.retune(now));
        static_cast<void>(blind_.retune(now));
        static_cast<void>(self_.retune(now));
    }

    // Agency is taken over observations in units of their own deviation: (deviation of the change / deviation of the observation)^2.
    [[nodiscard]] float importance(std::uint32_t i) const noexcept {
        const float range = world_.input_statistics().deviation(i);
        return range > 1e-6f ? squared(world_.target_statistics().deviation(i) / range) : 0.0f;
    }

    static float squared(float x) noexcept { return x * x; }
    [[nodiscard]] float* row(std::uint32_t i) noexcept { return numbers_ + std::size_t{i} * form_.observations; }

    static constexpr std::uint64_t warm_up = 32;  // samples before which a model's units are not known

    std::conditional_t<pinned, const agent_shape&, agent_shape> form_;
    agent_tuning tuning_;
    model_type world_;
    model_type blind_;
    model_type self_;
    internal_state state_;
    variance_head head_;
    phi_meter phi_;
    integration_meter integration_;
    confidence_meter confidence_;
    agency_meter agency_;
    self_prediction_meter self_prediction_;
    std::uint64_t steps_ = 0;
    std::uint64_t samples_ = 0;
    float* input_ = nullptr;
    float* blind_input_ = nullptr;
    float* change_ = nullptr;
    float* numbers_ = nullptr;  // [5][observations]
    float* taken_ = nullptr;
};

// The door: an agent whose shape is known when compiling.
//     using robot_mind = synapse::agent<synapse::agent_shape{.observations = 4, .actions = 2, .state = 8, .hidden = {16}}>;
//     static synapse::fixed_arena<robot_mind::bytes> memory;
//     robot_mind mind{memory};
template <agent_shape Shape, kernel_set Kernels = default_kernels>
class agent : public agent_body<Kernels, pinned_shape<pins_of(Shape.world())>> {
    static_assert(Shape.flaw() == nullptr, "this agent cannot be built: agent_shape::flaw() says why");
    static constexpr agent_models models = Shape.models();

public:
    // Shared by agents of other sizes whose learners have the same parts.
    using body_type = agent_body<Kernels, pinned_shape<pins_of(Shape.world())>>;

    // The memory it needs, exactly.
    static constexpr std::size_t bytes = measure(body_type{Shape, models});

    // What its learners have, for lists of fields that leave the rest out.
    static constexpr feature_set features = Shape.world().features();

    // memory  in; lives as long as the agent. numbers: a tuning with a flaw is a wrong program; the defaults are used instead.
    template <std::size_t Bytes>
    explicit agent(fixed_arena<Bytes>& memory, const agent_tuning& numbers = {}) noexcept : body_type{Shape, models} {
        static_assert(Bytes >= bytes, "the arena is smaller than agent<shape>::bytes");
        SYNAPSE_ASSERT(numbers.is_sound());
        static_cast<void>(this->begin(memory.span(), numbers.is_sound() ? numbers : agent_tuning{}));
    }

    // The part without a size in its type: what is saved and loaded.
    [[nodiscard]] body_type& body() noexcept { return *this; }

    agent(const agent&) = delete;
    agent& operator=(const agent&) = delete;
};

}  // namespace synapse
