// The supervised learner without its size: the order of events in a step, and nothing else. `learner<shape>` and `any_learner` are
// thin shells that bring the memory, so a firmware pays for this code once whatever shapes it uses.
//
// A step: check everything; normalise; predict, and record the error before learning; learn from the new samples and from
// replayed ones; let the slow system follow; offer the new samples to the replay buffer. A status other than ok means that
// nothing at all has changed.
//
// @source the loss, the consistency term and the warm-up of the slow system: ER-ACE (Caccia 2022), CLS-ER (Arani 2022),
// class-balanced reservoir (Chrysakis 2020); the combination is ours.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>

#include <synapse/config.hpp>
#include <synapse/core/fields.hpp>
#include <synapse/core/random.hpp>
#include <synapse/core/result.hpp>
#include <synapse/core/ring.hpp>
#include <synapse/core/status.hpp>
#include <synapse/learner/report.hpp>
#include <synapse/learner/shape.hpp>
#include <synapse/learner/tuning.hpp>
#include <synapse/memory/normalizer.hpp>
#include <synapse/memory/replay.hpp>
#include <synapse/network/loss.hpp>
#include <synapse/network/network.hpp>
#include <synapse/network/workspace.hpp>

namespace synapse {

// Varies a replayed sample before it is learned again: x [inputs] in network units, changed in place; must stay finite.
using augmentation = void (*)(void* context, std::span<float> x, random_generator& source);

template <kernel_set Kernels>
class learner_body {
public:
    using kernels = Kernels;
    using arithmetic = typename Kernels::arithmetic;

    // A body without memory: only for measuring. Use learner or any_learner.
    explicit constexpr learner_body(const shape& form) noexcept
        : form_{form},
          fast_{form.network()},
          slow_{form.slow ? network<Kernels>{form.network()} : network<Kernels>{}},
          work_{form.network(), form.batch, Kernels::lanes},
          inputs_{form.scaling == input_scaling::standardise ? form.inputs : 0},
          targets_{form.learns == task::regression ? form.outputs : 0},
          memory_{form.memory()} {}

    learner_body(const learner_body&) = delete;
    learner_body& operator=(const learner_body&) = delete;

    template <class Self, class Visitor>
    static constexpr void fields(Self& self, Visitor& visit) {
        visit.group("fast", self.fast_);
        if (self.form_.slow) visit.group("slow", self.slow_);
        visit.group("input_normalizer", self.inputs_);
        visit.group("target_normalizer", self.targets_);
        visit.group("replay", self.memory_);
        visit.group("report", self.report_);
        visit.value("random_0", self.random_.word[0]);
        visit.value("random_1", self.random_.word[1]);
        visit.value("random_2", self.random_.word[2]);
        visit.value("random_3", self.random_.word[3]);
        visit.value("replay_credit", self.replay_credit_);
        if (self.is_classifier()) {
            const extent classes = vector_extent(self.form_.outputs, self.form_.outputs);
            visit.array("class_known", role::state, self.known_, classes);
            visit.array("class_current", role::scratch, self.current_, classes);
            visit.value("recent_next", self.recent_ring_.next);
            visit.value("recent_used", self.recent_ring_.used);
            visit.array("recent_labels", role::state, self.recent_, vector_extent(max_recent, max_recent));
        }
        if (self.form_.slow) {
            visit.array("slow_answers", role::scratch, self.slow_answers_,
                        extent{self.form_.batch, self.form_.outputs, self.form_.batch, self.form_.outputs});
        }
        if (self.form_.replay != 0) visit.array("drawn", role::scratch, self.drawn_, vector_extent(self.form_.batch, self.form_.batch));
        visit.group("work", self.work_);
    }

    // Answers for one sample. x [inputs] in, y [outputs] out: target units (regression) or class probabilities (classification;
    // 0 for classes never seen). Learns nothing.
    // ok            y is filled
    // wrong_size    x or y has another length than the shape says; y is untouched
    // not_finite    x holds NaN, an infinity or a magnitude above 1e15; y is untouched
    // @cost one read of the weights (two for answer::both); loop-safe
    SYNAPSE_LOOP_SAFE status predict(std::span<const float> x, std::span<float> y) noexcept {
        if (y.size() != form_.outputs) return status::wrong_size;
        if (const status s = run(x); !ok(s)) return s;
        finish_prediction(work_.output(0), y.data());
        return status::ok;
    }

    // The most probable class. Classification only.
    // ok            a class that has been seen (0 before the first step)
    // out_of_range  the learner does regression
    // wrong_size, not_finite  as predict
    // @cost as predict; loop-safe
    SYNAPSE_LOOP_SAFE result<std::uint32_t> classify(std::span<const float> x) noexcept {
        if (!is_classifier()) return status::out_of_range;
        if (const status s = run(x); !ok(s)) return s;
        return best_class(work_.output(0));
    }

    // Learns one sample: x [inputs], y [outputs] in target units. Regression only.
    // ok            learned; see latest()
    // wrong_size    a length differs from the shape, or the learner classifies
    // not_finite    x or y holds NaN, an infinity or a magnitude above 1e15
    // diverged      a weight could leave the finite numbers
    // After any status but ok the learner is unchanged. @cost O(weights) for the new and each replayed sample; loop-safe
    SYNAPSE_LOOP_SAFE status step(std::span<const float> x, std::span<const float> y) noexcept {
        if (is_classifier() || x.size() != form_.inputs || y.size() != form_.outputs) return status::wrong_size;
        if (!usable(x) || !usable(y)) return status::not_finite;
        return learn(1, x.data(), y.data(), nullptr);
    }

    // Learns one labelled sample: x [inputs], label in [0, outputs). Classification only.
    // out_of_range  label >= outputs, or the learner does regression
    // otherwise as above
    SYNAPSE_LOOP_SAFE status step(std::span<const float> x, std::uint32_t label) noexcept {
        return step(x, std::span<const std::uint32_t>{&label, 1});
    }

    // Learns a mini-batch of labels.size() samples, at least 1 and at most shape.batch, in one step: x [labels][inputs].
    // Statuses as above; wrong_size also for a batch of another size.
    SYNAPSE_LOOP_SAFE status step(std::span<const float> x, std::span<const std::uint32_t> labels) noexcept {
        if (!is_classifier()) return status::out_of_range;
        const std::size_t samples = labels.size();
        if (samples == 0 || samples > form_.batch || x.size() != samples * form_.inputs) return status::wrong_size;
        for (const std::uint32_t label : labels) {
            if (label >= form_.outputs) return status::out_of_range;
        }
        if (!usable(x)) return status::not_finite;
        return learn(static_cast<std::uint32_t>(samples), x.data(), nullptr, labels.data());
    }

    // Replaces the tuning (the seed is kept). out_of_range: nothing has changed; tuning::flaw() says what is wrong.
    status retune(const tuning& numbers) noexcept {
        if (numbers.flaw() != nullptr) return status::out_of_range;
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

    [[nodiscard]] const report& latest() const noexcept { return report_; }
    [[nodiscard]] constexpr const shape& form() const noexcept { return form_; }
    [[nodiscard]] const tuning& tuned() const noexcept { return tuning_; }
    [[nodiscard]] constexpr bool is_classifier() const noexcept { return form_.learns == task::classification; }
    [[nodiscard]] network<Kernels>& fast() noexcept { return fast_; }
    [[nodiscard]] const network<Kernels>& fast() const noexcept { return fast_; }
    [[nodiscard]] const network<Kernels>& slow() const noexcept { return slow_; }
    [[nodiscard]] replay_buffer& memory() noexcept { return memory_; }
    [[nodiscard]] const replay_buffer& memory() const noexcept { return memory_; }
    [[nodiscard]] const normalizer& input_statistics() const noexcept { return inputs_; }
    [[nodiscard]] const normalizer& target_statistics() const noexcept { return targets_; }
    [[nodiscard]] bool knows(std::uint32_t label) const noexcept { return is_classifier() && label < form_.outputs && known_[label] != 0; }

protected:
    // Takes the block of memory and the numbers, and is born.
    // no_memory     the block is too small; out_of_range: the shape or tuning has a flaw. The learner must not be used.
    status begin(std::span<std::byte> block, const tuning& numbers) noexcept {
        if (form_.flaw() != nullptr || numbers.flaw() != nullptr) return status::out_of_range;
        if (const status s = place(*this, block); !ok(s)) return s;
        tuning_ = numbers;
        random_ = random_generator{numbers.seed};
        fast_.randomise(random_);
        if (form_.slow) copy_weights(fast_, slow_);
        recent_ring_.capacity = max_recent;
        return status::ok;
    }

private:
    static constexpr std::uint32_t max_recent = 64;

    [[nodiscard]] static bool usable(std::span<const float> numbers) noexcept {
        constexpr std::uint32_t largest = std::bit_cast<std::uint32_t>(normalizer::largest_input);
        return Kernels::largest_bits(static_cast<std::uint32_t>(numbers.size()), numbers.data()) <= largest;
    }

    // x in network units.
    void scale_input(const float* x, float* out) const noexcept {
        if (form_.scaling == input_scaling::standardise) {
            inputs_.scale(x, tuning_.input_clamp, out);
        } else {
            for (std::uint32_t i = 0; i < form_.inputs; ++i) out[i] = x[i] > limit ? limit : x[i] < -limit ? -limit : x[i];
        }
    }

    // Leaves the answer's raw outputs in work_.output(0).
    status run(std::span<const float> x) noexcept {
        if (x.size() != form_.inputs) return status::wrong_size;
        if (!usable(x)) return status::not_finite;
        scale_input(x.data(), work_.input(0));
        if (!form_.slow || tuning_.answers == answer::fast) {
            fast_.forward(work_, 1);
            return status::ok;
        }
        slow_.forward(work_, 1);
        if (tuning_.answers == answer::both) {
            for (std::uint32_t j = 0; j < form_.outputs; ++j) slow_answers_[j] = work_.output(0)[j];
            fast_.forward(work_, 1);
            for (std::uint32_t j = 0; j < form_.outputs; ++j) work_.output(0)[j] = 0.5f * (work_.output(0)[j] + slow_answers_[j]);
        }
        return status::ok;
    }

    void finish_prediction(const float* raw, float* y) const noexcept {
        if (!is_classifier()) {
            targets_.unscale(raw, y);
        } else if (known_any()) {
            loss::softmax<arithmetic>(form_.outputs, raw, known_, y);
        } else {
            for (std::uint32_t j = 0; j < form_.outputs; ++j) y[j] = 1.0f / static_cast<float>(form_.outputs);
        }
    }

    [[nodiscard]] bool known_any() const noexcept {
        for (std::uint32_t j = 0; j < form_.outputs; ++j) {
            if (known_[j] != 0) return true;
        }
        return false;
    }

    [[nodiscard]] std::uint32_t best_class(const float* raw) const noexcept {
        std::uint32_t best = 0;
        bool found = false;
        for (std::uint32_t j = 0; j < form_.outputs; ++j) {
            if (known_[j] != 0 && (!found || raw[j] > raw[best])) {
                best = j;
                found = true;
            }
        }
        return best;
    }

    status learn(std::uint32_t fresh, const float* x, const float* y, const std::uint32_t* labels) noexcept {
        const std::uint32_t replays = replays_due(fresh);
        if (!fast_.admits(fresh + replays, tuning_.learning_rate, tuning_.momentum)) return status::diverged;
        if (form_.scaling == input_scaling::standardise) {
            for (std::uint32_t b = 0; b < fresh; ++b) inputs_.update(x + std::size_t{b} * form_.inputs, tuning_.normalizer_horizon);
        }
        if (labels != nullptr) choose_current(fresh, labels);
        if (memory_.size() != 0) replay_credit_ += owed(fresh) - static_cast<float>(replays);

        // The new samples share the first pass with as many replayed ones as fit; the rest follow in passes of their own.
        const float weight = replays == 0 ? 0.0f : replay_share(replays);
        std::uint32_t together = smaller(form_.batch - fresh, replays);
        pass(together, weight, fresh, x, y, labels);
        for (std::uint32_t done = together; done < replays; done += together) {
            together = smaller(form_.batch, replays - done);
            pass(together, weight, 0, nullptr, nullptr, nullptr);
        }

        if (y != nullptr) targets_.update(y, tuning_.normalizer_horizon);  // after the error was taken: prequential
        ++report_.steps;
        report_.replayed += replays;
        if (form_.slow && report_.steps % tuning_.slow_every == 0) follow();
        for (std::uint32_t b = 0; b < fresh; ++b) remember(x + std::size_t{b} * form_.inputs, y, labels == nullptr ? 0 : labels[b]);
        return status::ok;
    }

    // Stored samples owed for `fresh` new ones, and how many are due now so that the ratio is honoured exactly over time.
    [[nodiscard]] float owed(std::uint32_t fresh) const noexcept {
        return static_cast<float>(fresh) * tuning_.replay_ratio / (1.0f - tuning_.replay_ratio);
    }
    [[nodiscard]] std::uint32_t replays_due(std::uint32_t fresh) const noexcept {
        return memory_.size() == 0 ? 0 : static_cast<std::uint32_t>(replay_credit_ + owed(fresh) + 1e-4f);
    }

    // The weight of each replayed sample in a step.
    [[nodiscard]] float replay_share(std::uint32_t replays) const noexcept {
        const float share = tuning_.replay_weight / static_cast<float>(replays);
        return share < 1.0f ? share : 1.0f;
    }

    static constexpr std::uint32_t smaller(std::uint32_t a, std::uint32_t b) noexcept { return a < b ? a : b; }

    // One pass over the weights: `replays` drawn samples first, then `fresh` new ones.
    void pass(std::uint32_t replays, float replay_weight, std::uint32_t fresh, const float* x, const float* y,
              const std::uint32_t* labels) noexcept {
        for (std::uint32_t b = 0; b < replays; ++b) recall(b);
        for (std::uint32_t b = 0; b < fresh; ++b) scale_input(x + std::size_t{b} * form_.inputs, work_.input(replays + b));
        const bool consistent = form_.slow && replays != 0 && tuning_.consistency > 0.0f;
        if (consistent) {
            slow_.forward(work_, replays);
            for (std::uint32_t b = 0; b < replays; ++b) {
                for (std::uint32_t j = 0; j < form_.outputs; ++j) slow_answer(b)[j] = work_.output(b)[j];
            }
        }
        fast_.forward(work_, replays + fresh);
        for (std::uint32_t b = 0; b < replays; ++b) {
            replay_delta(b, replay_weight);
            if (consistent) agree(b, replay_weight);
        }
        for (std::uint32_t b = 0; b < fresh; ++b) {
            if (labels != nullptr) {
                label_delta(replays + b, labels[b], 1.0f / static_cast<float>(fresh));
            } else {
                target_delta(replays + b, y);
            }
        }
        fast_.backward(work_, replays + fresh, tuning_.learning_rate, tuning_.momentum);
    }

    // Draws a stored sample into row b.
    void recall(std::uint32_t b) noexcept {
        drawn_[b] = memory_.draw(random_);
        float* x = work_.input(b);
        memory_.read(drawn_[b], range_low(), range_high(), x);
        if (stores_raw()) scale_input(x, x);
        if (augment_ != nullptr) augment_(augment_context_, std::span<float>{x, form_.inputs}, random_);
    }

    // Gradient of a replayed sample, over all known classes.
    void replay_delta(std::uint32_t b, float weight) noexcept {
        if (is_classifier()) {
            loss::cross_entropy<arithmetic>(form_.outputs, work_.output(b), memory_.label(drawn_[b]), known_, weight, work_.output_delta(b));
        } else {
            float* target = work_.output_delta(b);
            targets_.scale(memory_.target(drawn_[b]), limit, target);
            loss::squared<arithmetic>(form_.outputs, work_.output(b), target, weight, tuning_.error_clip, target);
        }
    }

    // Adds the pull towards the slow system's answer.
    void agree(std::uint32_t b, float weight) noexcept {
        const float pull = weight * 2.0f * tuning_.consistency / static_cast<float>(form_.outputs);
        for (std::uint32_t j = 0; j < form_.outputs; ++j) {
            if (known_ != nullptr && known_[j] == 0) continue;
            const float difference = work_.output(b)[j] - slow_answer(b)[j];
            work_.output_delta(b)[j] = arithmetic::madd(pull, difference, work_.output_delta(b)[j]);
        }
    }

    // Prequential error and gradient of a new labelled sample; it competes only with the current classes.
    void label_delta(std::uint32_t b, std::uint32_t label, float weight) noexcept {
        const bool right = known_[label] != 0 && best_class(work_.output(b)) == label;
        const float nats = loss::cross_entropy<arithmetic>(form_.outputs, work_.output(b), label, current_, weight, work_.output_delta(b));
        if (right) ++report_.correct;
        report_.add(right ? 0.0f : 1.0f, nats, tuning_.report_horizon);
    }

    // The same for regression.
    void target_delta(std::uint32_t b, const float* y) noexcept {
        float* target = work_.output_delta(b);
        targets_.scale(y, limit, target);
        const float half = loss::squared<arithmetic>(form_.outputs, work_.output(b), target, 1.0f, tuning_.error_clip, target);
        report_.add(2.0f * half / static_cast<float>(form_.outputs), half, tuning_.report_horizon);
    }

    // The classes that new samples compete among: these labels, and the recent ones (or all known).
    void choose_current(std::uint32_t fresh, const std::uint32_t* labels) noexcept {
        for (std::uint32_t b = 0; b < fresh; ++b) recent_[recent_ring_.push()] = labels[b];
        if (tuning_.recent_labels == 0) {
            for (std::uint32_t j = 0; j < form_.outputs; ++j) current_[j] = known_[j];
        } else {
            for (std::uint32_t j = 0; j < form_.outputs; ++j) current_[j] = 0;
            const std::uint32_t window = smaller(recent_ring_.used, tuning_.recent_labels);
            for (std::uint32_t age = 0; age < window; ++age) current_[recent_[recent_ring_.back(age)]] = 1;
        }
        for (std::uint32_t b = 0; b < fresh; ++b) current_[labels[b]] = 1;
    }

    // The slow system takes a step towards the fast one; at first it is their plain average.
    void follow() noexcept {
        float decay = 1.0f;
        for (std::uint32_t i = 0; i < tuning_.slow_every; ++i) decay *= tuning_.slow_decay;
        const std::uint64_t rounds = report_.steps / tuning_.slow_every;
        const float average = 1.0f / (static_cast<float>(rounds < 0x1000000u ? rounds : 0x1000000u) + 1.0f);
        const float share = 1.0f - decay > average ? 1.0f - decay : average;
        for (std::uint32_t l = 0; l < fast_.layers(); ++l) {
            const auto from = fast_.layer(l).weights();
            const auto to = slow_.layer(l).weights();
            for (std::uint32_t k = 0; k < from.rows; ++k) Kernels::blend(from.cols, share, from.row(k), to.row(k));
            Kernels::blend(from.cols, share, fast_.layer(l).bias(), slow_.layer(l).bias());
        }
    }

    // Offers a learned sample to the replay buffer.
    void remember(const float* x, const float* y, std::uint32_t label) noexcept {
        if (is_classifier()) known_[label] = 1;
        if (form_.replay == 0) return;
        const float* stored = x;
        if (!stores_raw()) {
            scale_input(x, work_.input(0));
            stored = work_.input(0);
        }
        memory_.offer(stored, range_low(), range_high(), y, label, random_);
    }

    static void copy_weights(const network<Kernels>& from, network<Kernels>& to) noexcept {
        for (std::uint32_t l = 0; l < from.layers(); ++l) {
            const auto w = from.layer(l).weights();
            for (std::uint32_t k = 0; k < w.rows; ++k) {
                for (std::uint32_t j = 0; j < w.cols; ++j) to.layer(l).weights()(k, j) = w(k, j);
            }
            for (std::uint32_t j = 0; j < w.cols; ++j) to.layer(l).bias()[j] = from.layer(l).bias()[j];
        }
    }

    // Floats are stored in the sensor's units and scaled anew when replayed; coarse formats over the range that scaling bounds.
    [[nodiscard]] constexpr bool stores_raw() const noexcept {
        return form_.format == sample_format::f32 || form_.format == sample_format::f16 || form_.scaling == input_scaling::none;
    }
    [[nodiscard]] float range_low() const noexcept { return form_.scaling == input_scaling::none ? form_.range_low : -tuning_.input_clamp; }
    [[nodiscard]] float range_high() const noexcept { return form_.scaling == input_scaling::none ? form_.range_high : tuning_.input_clamp; }
    [[nodiscard]] float* slow_answer(std::uint32_t b) noexcept { return slow_answers_ + std::size_t{b} * form_.outputs; }

    shape form_;
    tuning tuning_;
    network<Kernels> fast_;
    network<Kernels> slow_;
    workspace work_;
    normalizer inputs_;
    normalizer targets_;
    replay_buffer memory_;
    report report_;
    random_generator random_;
    ring recent_ring_;
    float replay_credit_ = 0.0f;
    std::uint8_t* known_ = nullptr;
    std::uint8_t* current_ = nullptr;
    std::uint32_t* recent_ = nullptr;
    std::uint32_t* drawn_ = nullptr;
    float* slow_answers_ = nullptr;
    augmentation augment_ = nullptr;
    void* augment_context_ = nullptr;
};

}  // namespace synapse
