// The supervised learner without its size: what it can be asked, each question checked before anything happens. `learner<shape>` and
// `any_learner` are thin shells that bring the memory, so a firmware pays for this code once whatever shapes it uses.
//
// A status other than ok means that nothing at all has changed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <synapse/config.hpp>
#include <synapse/core/result.hpp>
#include <synapse/core/span.hpp>
#include <synapse/core/status.hpp>
#include <synapse/learner/engine.hpp>
#include <synapse/learner/pinned_shape.hpp>
#include <synapse/learner/report.hpp>
#include <synapse/learner/shape.hpp>
#include <synapse/learner/tuning.hpp>
#include <synapse/memory/pending.hpp>
#include <synapse/network/dense.hpp>

namespace synapse {

// Form: shape, or pinned_shape for a learner that has constants for some of its numbers.
template <kernel_set Kernels, class Form = shape>
class learner_body : public learner_engine<Kernels, Form> {
    using engine = learner_engine<Kernels, Form>;
    using parts = body_parts<Form>;

public:
    using network_type = typename engine::network_type;
    using memory_type = typename engine::memory_type;
    using engine::is_classifier;

    // A body without memory: only for measuring. Use learner or any_learner.
    explicit constexpr learner_body(const shape& sizes) noexcept : engine{sizes} {}

    template <class Self, class Visitor>
    static constexpr void fields(Self& self, Visitor& visit) {
        using seen = std::conditional_t<std::is_const_v<Self>, const engine, engine>;
        engine::fields(static_cast<seen&>(self), visit);
    }

    // Answers for one sample. x [inputs] in, y [outputs] out: target units (regression) or class probabilities (classification;
    // 0 for classes never seen). Learns nothing.
    // ok            y is filled
    // wrong_size    x or y has another length than the shape says; y is untouched
    // not_finite    x holds NaN, an infinity or a magnitude above 1e15; y is untouched
    // @cost one read of the weights (two for answer::both); loop-safe
    SYNAPSE_LOOP_SAFE status predict(span<const float> x, span<float> y) noexcept {
        return x.size() != form_.inputs || y.size() != form_.outputs ? status::wrong_size : predict_whole(x.data(), y.data());
    }

    // The most probable class. Classification only.
    // ok            a class that has been seen (0 before the first step)
    // out_of_range  the learner does regression
    // wrong_size, not_finite  as predict
    // @cost as predict; loop-safe
    SYNAPSE_LOOP_SAFE result<std::uint32_t> classify(span<const float> x) noexcept {
        if (!is_classifier()) return status::out_of_range;
        if (const status s = run(x); !ok(s)) return s;
        return classes_.best(whole_answer(0));
    }

    // Learns one sample: x [inputs], y [outputs] in target units. Regression only.
    // ok            learned; see latest()
    // wrong_size    a length differs from the shape, or the learner classifies
    // not_finite    x or y holds NaN, an infinity or a magnitude above 1e15
    // diverged      a weight could leave the finite numbers
    // After any status but ok the learner is unchanged. @cost O(weights) for the new and each replayed sample; loop-safe
    SYNAPSE_LOOP_SAFE status step(span<const float> x, span<const float> y) noexcept {
        return is_classifier() || x.size() != form_.inputs || y.size() != form_.outputs ? status::wrong_size
                                                                                        : step_whole(x.data(), y.data());
    }

    // Learns one labelled sample: x [inputs], label in [0, outputs). Classification only.
    // out_of_range  label >= outputs, or the learner does regression
    // otherwise as above
    SYNAPSE_LOOP_SAFE status step(span<const float> x, std::uint32_t label) noexcept {
        return step(x, span<const std::uint32_t>{&label, 1});
    }

    // Learns a mini-batch of labels.size() samples, at least 1 and at most shape.batch, in one step: x [labels][inputs].
    // Statuses as above; wrong_size also for a batch of another size.
    SYNAPSE_LOOP_SAFE status step(span<const float> x, span<const std::uint32_t> labels) noexcept {
        if (!is_classifier()) return status::out_of_range;
        const std::size_t samples = labels.size();
        if (samples == 0 || samples > form_.batch || x.size() != samples * form_.inputs) return status::wrong_size;
        for (const std::uint32_t label : labels) {
            if (label >= form_.outputs) return status::out_of_range;
        }
        if (!usable(x)) return status::not_finite;
        return learn(static_cast<std::uint32_t>(samples), x.data(), nullptr, labels.data());
    }

    // Holds a sample whose answer is not known yet: x [inputs], in the sensor's units. The oldest one held gives way.
    // no_room       shape.pending is 0
    // wrong_size, not_finite  as predict; nothing is held
    // @cost inputs; loop-safe
    SYNAPSE_LOOP_SAFE result<ticket> hold(span<const float> x) noexcept {
        if (pending_.capacity() == 0) return status::no_room;
        if (x.size() != form_.inputs) return status::wrong_size;
        if (!usable(x)) return status::not_finite;
        return pending_.hold(x.data());
    }

    // Learns a held sample, its answer having arrived; the ticket is used up when learned. Statuses as step, and
    // not_found     the sample has given way to newer ones, or was learned already. Nothing has changed.
    // @cost as step; loop-safe
    SYNAPSE_LOOP_SAFE status resolve(ticket held, span<const float> y) noexcept { return resolve_with(held, y); }
    SYNAPSE_LOOP_SAFE status resolve(ticket held, std::uint32_t label) noexcept { return resolve_with(held, label); }

    // Takes in a sample that has no answer: x [inputs] moves the input statistics and pulls the fast system's answer towards the
    // slow one's, nothing else. Needs shape.slow.
    // ok            learned
    // out_of_range  the shape has no slow system
    // wrong_size, not_finite, diverged  as step; unchanged
    // @cost one pass over both systems; loop-safe
    SYNAPSE_LOOP_SAFE status observe(span<const float> x) noexcept {
        if (!form_.slow) return status::out_of_range;
        if (x.size() != form_.inputs) return status::wrong_size;
        if (!usable(x)) return status::not_finite;
        if (!fast_.admits(1, rate(), tuning_.momentum)) return status::diverged;
        if (learns_scaling()) inputs_.update(x.data(), tuning_.normalizer_horizon);
        scale_input(x.data(), work_.input(0));
        slow_system().forward(work_, 1);
        for (std::uint32_t j = 0; j < form_.outputs; ++j) slow_answer(0)[j] = work_.output(0)[j];
        if (augment_ != nullptr) augment_(augment_context_, span<float>{work_.input(0), form_.inputs}, random_);
        fast_.forward(work_, 1);
        for (std::uint32_t j = 0; j < form_.outputs; ++j) work_.output_delta(0)[j] = 0.0f;
        agree(0, 1.0f);
        descend(1, rate());
        ++report_.unlabelled;
        return status::ok;
    }

    // The most probable of the classes marked [outputs] among those that have been seen: an old head, or a choice that the caller knows.
    // ok            a class; 0 if none of them has been seen
    // out_of_range  the learner does regression; wrong_size, not_finite  as predict
    SYNAPSE_LOOP_SAFE result<std::uint32_t> classify(span<const float> x, span<const std::uint8_t> among) noexcept {
        if (!is_classifier()) return status::out_of_range;
        if (among.size() != form_.outputs) return status::wrong_size;
        if (const status s = run(x); !ok(s)) return s;
        return classes_.best(whole_answer(0), among.data());
    }

    // Begins a column (a progressive network): freezes every unit and every class known so far, in both systems, and the input
    // statistics, and takes `units` new ones of each hidden layer into use, which read the old ones too. What the old classes'
    // outputs answer does not change by a bit from now on. Classification with shape.plastic only.
    // out_of_range  not such a learner, or units is 0
    // no_room       a layer has less in reserve, or tuning.max_units is in the way. After any status but ok nothing has changed.
    // @cost one copy of the weights and the new units' columns
    // @source Rusu et al. 2016, with the columns' lateral inputs inside one dense layer
    status begin_column(std::uint32_t units) noexcept {
        if constexpr (parts::plastic) {
            if (!form_.plastic || !is_classifier() || units == 0 || growing_.layers().layers() == 0) return status::out_of_range;
            return open_column(units, nullptr, 0.0f, 0.0f) ? status::ok : status::no_room;
        } else {
            return status::out_of_range;
        }
    }

    // Removes every stored sample of a class, its count, and the weights of its output in both systems; the class is unknown again.
    // out_of_range  no such class, or the learner does regression
    // @cost the stored samples, and one column of weights
    result<forget_report> forget(std::uint32_t label) noexcept {
        if (!is_classifier() || label >= form_.outputs) return status::out_of_range;
        forget_report done;
        done.removed = memory_.remove_if([&](std::uint32_t position) { return memory_.label(position) == label; });
        memory_.forget_class(label);
        if constexpr (parts::experts) {
            done.removed += ensemble_.forget(label);
            done.remaining = ensemble_.judges().size();
        }
        classes_.forget(label);
        clear_output(fast_, label);
        if (form_.slow) clear_output(slow_system(), label);
        done.remaining += memory_.size();
        return done;
    }

    // Removes every stored copy of a sample: x [inputs] in the sensor's units, compared feature by feature to within `tolerance`
    // network units and the resolution of the stored format. What the weights learned from it stays: see forget(label).
    // wrong_size, not_finite  as predict
    // @cost the stored samples
    result<forget_report> forget(span<const float> x, float tolerance = 1e-5f) noexcept {
        if (x.size() != form_.inputs) return status::wrong_size;
        if (!usable(x)) return status::not_finite;
        forget_report done;
        const auto purge = [&](auto& store) {
            done.removed += store.remove_if([&](std::uint32_t position) { return is_stored(store, position, x.data(), tolerance); });
            done.remaining += store.size();
        };
        purge(memory_);
        if constexpr (parts::experts) purge(ensemble_.judges());
        return done;
    }

    // Consolidates without new data: learns from `budget` replayed samples, the slow system following. May be called whenever the
    // machine is idle, with a budget as small as 1; a cycle goes on where the last call left it.
    // Returns how many were replayed (0 with an empty buffer or a learner that could diverge), and whether this call ended a
    // cycle of tuning.sleep_rounds times the stored samples. @cost budget times a replayed sample; loop-safe
    SYNAPSE_LOOP_SAFE sleep_report sleep(std::uint32_t budget) noexcept {
        sleep_report done;
        if (memory_.size() == 0) return {0, true};
        while (done.samples < budget && !done.finished) {
            const std::uint64_t cycle = std::uint64_t{memory_.size()} * tuning_.sleep_rounds;
            const std::uint64_t left = cycle > slept_ ? cycle - slept_ : 1;
            std::uint32_t count = smaller(form_.batch, budget - done.samples);
            if (left < count) count = static_cast<std::uint32_t>(left);
            if (!fast_.admits(count, rate(), tuning_.momentum)) return done;
            pass(rate(), count, 1.0f / static_cast<float>(count), 0, nullptr, nullptr, nullptr);
            ++report_.steps_asleep;
            consolidate();
            report_.replayed += count;
            done.samples += count;
            slept_ += count;
            done.finished = slept_ >= cycle;
        }
        if (done.finished) {
            slept_ = 0;
            report_.wants_sleep = 0;
        }
        return done;
    }

    // Replaces the tuning (the seed is kept). out_of_range: nothing has changed; tuning::flaw() says what is wrong.
    status retune(const tuning& numbers) noexcept {
        if (!numbers.is_sound()) return status::out_of_range;
        const std::uint64_t seed = tuning_.seed;
        tuning_ = numbers;
        tuning_.seed = seed;
        return status::ok;
    }

    // Varies replayed samples by a function of the user's (a shift of an image, noise on a sensor); null for none.
    void augment_replay(augmentation change, void* context = nullptr) noexcept {
        augment_ = change;
        augment_context_ = context;
    }

    // A copy of its numbers over the same arrays: to read a checkpoint's numbers into before anything is changed.
    [[nodiscard]] learner_body numbers() const noexcept { return *this; }
    // Takes the numbers of such a copy over.
    void take_numbers(const learner_body& copy) noexcept { *this = copy; }

    // What is going on in it, after the last step: error before learning, samples, growth. Valid as long as the learner.
    [[nodiscard]] const report& latest() const noexcept { return report_; }
    // The shape that it was made with, and the tuning that holds now.
    [[nodiscard]] constexpr const shape& form() const noexcept { return form_; }
    [[nodiscard]] const tuning& tuned() const noexcept { return tuning_; }
    // The networks: fast has the newest knowledge; slow, only with shape.slow, what has lasted. Who writes weights answers for their being
    // finite.
    [[nodiscard]] network_type& fast() noexcept { return fast_; }
    [[nodiscard]] const network_type& fast() const noexcept { return fast_; }
    [[nodiscard]] const network_type& slow() const noexcept { return slow_of(*this); }
    // Who is believed: fast, slow if there is one, the readout if there is one. Held-out samples that say so.
    [[nodiscard]] const auto& belief() const noexcept requires(parts::experts) { return ensemble_.belief(); }
    [[nodiscard]] const replay_buffer& judges() const noexcept requires(parts::experts) { return ensemble_.judges(); }
    // The replay buffer; empty without shape.replay.
    [[nodiscard]] memory_type& memory() noexcept { return memory_; }
    [[nodiscard]] const memory_type& memory() const noexcept { return memory_; }
    // Running mean and variance of the inputs [inputs] and, for a regression, of the targets [outputs].
    [[nodiscard]] const normalizer& input_statistics() const noexcept { return inputs_; }
    [[nodiscard]] const normalizer& target_statistics() const noexcept { return targets_; }
    // What grew, when and why; empty without shape.plastic.
    [[nodiscard]] const growth_history& growth() const noexcept {
        if constexpr (parts::plastic) {
            return growing_.history();
        } else {
            return no_growth;
        }
    }
    // Age, utility and plasticity of each unit.
    [[nodiscard]] auto& units() noexcept requires(parts::plastic) { return growing_.layers(); }
    // Says that a class exists before a sample of it has come: it competes from now on, in new samples' gradients if tuning.recent_labels is 0,
    // and in answers. No class needs that: each is known from its first sample.
    // out_of_range  no such class, or the learner does regression: nothing has changed
    // @cost O(1), loop-safe
    status expect(std::uint32_t label) noexcept {
        if (!is_classifier() || label >= form_.outputs) return status::out_of_range;
        classes_.learn(label);
        return status::ok;
    }
    // Whether a class has been seen or is expected, and not been forgotten since; label < outputs.
    [[nodiscard]] bool knows(std::uint32_t label) const noexcept { return classes_.knows(label); }

protected:
    learner_body(const learner_body&) = default;
    learner_body& operator=(const learner_body&) = default;

private:
    using engine::agree;
    using engine::answers_by_evidence;
    using engine::augment_;
    using engine::augment_context_;
    using engine::classes_;
    using engine::consolidate;
    using engine::descend;
    using engine::ensemble_;
    using engine::fast_;
    using engine::finish_prediction;
    using engine::followers;
    using engine::form_;
    using engine::growing_;
    using engine::inputs_;
    using engine::learn;
    using engine::learns_scaling;
    using engine::memory_;
    using engine::no_growth;
    using engine::open_column;
    using engine::pass;
    using engine::pending_;
    using engine::random_;
    using engine::range_high;
    using engine::range_low;
    using engine::rate;
    using engine::read_stored;
    using engine::report_;
    using engine::run;
    using engine::scale_input;
    using engine::scaled;
    using engine::slept_;
    using engine::slow_answer;
    using engine::slow_of;
    using engine::slow_system;
    using engine::smaller;
    using engine::targets_;
    using engine::tuning_;
    using engine::usable;
    using engine::whole_answer;
    using engine::work_;

protected:
    // predict and step for arrays that are as long as the shape says.
    status predict_whole(const float* x, float* y) noexcept {
        if (const status s = run(x); !ok(s)) return s;
        const float* answer = whole_answer(0);
        if (is_classifier() && answers_by_evidence()) {
            for (std::uint32_t j = 0; j < form_.outputs; ++j) y[j] = answer[j];
        } else {
            finish_prediction(answer, y);
        }
        return status::ok;
    }
    status step_whole(const float* x, const float* y) noexcept {
        if (!usable(x, form_.inputs) || !usable(y, form_.outputs)) return status::not_finite;
        return learn(1, x, y, nullptr);
    }

private:
    template <class Answer>
    status resolve_with(ticket held, Answer answer) noexcept {
        const float* x = pending_.find(held);
        if (x == nullptr) return status::not_found;
        const status s = step(span<const float>{x, form_.inputs}, answer);
        if (ok(s)) pending_.release(held);
        return s;
    }

    template <class Network>
    static void clear_output(Network& net, std::uint32_t output) noexcept {
        auto& last = net.layer(net.layers() - 1);
        for (std::uint32_t k = 0; k < last.inputs().used; ++k) last.weights()(k, output) = 0.0f;
        last.bias()[output] = 0.0f;
    }

    // Whether stored sample i is x: both in network units, x through the format's own rounding.
    template <class Store>
    [[nodiscard]] bool is_stored(const Store& store, std::uint32_t i, const float* x, float tolerance) noexcept {
        float* stored = work_.input(0);
        read_stored(store, i, stored);
        float resolution = tolerance;
        if (form_.format == sample_format::u8) resolution += 0.51f * (range_high() - range_low()) / 255.0f;
        if (form_.format == sample_format::bit) resolution += 0.51f * (range_high() - range_low());
        if (form_.format == sample_format::f16) resolution += 1e-3f * tuning_.input_clamp;
        for (std::uint32_t j = 0; j < form_.inputs; ++j) {
            const float difference = stored[j] - scaled(x, j);
            if (difference > resolution || difference < -resolution) return false;
        }
        return true;
    }
};

}  // namespace synapse
