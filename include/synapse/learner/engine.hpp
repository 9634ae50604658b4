// The machinery of the supervised learner: what it is made of and how a step goes, without a check. learner_body asks whether it may.
//
// A step: normalise; predict, and record the error before learning; learn from the new samples and from replayed ones; let the slow
// system follow; offer the new samples to the replay buffer.
//
// @source the loss, the consistency term and the warm-up of the slow system: ER-ACE (Caccia 2022), CLS-ER (Arani 2022),
// class-balanced reservoir (Chrysakis 2020); the combination is ours.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <synapse/config.hpp>
#include <synapse/core/divide.hpp>
#include <synapse/core/fields.hpp>
#include <synapse/core/random.hpp>
#include <synapse/core/span.hpp>
#include <synapse/core/status.hpp>
#include <synapse/learner/class_register.hpp>
#include <synapse/learner/ensemble.hpp>
#include <synapse/learner/growing.hpp>
#include <synapse/learner/pinned_shape.hpp>
#include <synapse/learner/report.hpp>
#include <synapse/learner/shape.hpp>
#include <synapse/learner/tuning.hpp>
#include <synapse/memory/normalizer.hpp>
#include <synapse/memory/pending.hpp>
#include <synapse/memory/replay.hpp>
#include <synapse/metrics/drift.hpp>
#include <synapse/network/loss.hpp>
#include <synapse/network/network.hpp>
#include <synapse/network/workspace.hpp>
#include <synapse/plasticity/consolidation.hpp>
#include <synapse/plasticity/gate.hpp>

namespace synapse {

// Varies a replayed sample before it is learned again: x [inputs] in network units, changed in place; must stay finite.
using augmentation = void (*)(void* context, span<float> x, random_generator& source);

// Form: shape, or pinned_shape for a learner that has constants for some of its numbers.
template <kernel_set Kernels, class Form = shape>
class learner_engine {
    using parts = body_parts<Form>;

public:
    using kernels = Kernels;
    using network_type = network<Kernels, parts::network>;
    using growing_type = growing<Kernels, parts::network>;
    using memory_type = basic_replay_buffer<typename parts::replay_form>;
    using arithmetic = typename Kernels::arithmetic;

    explicit constexpr learner_engine(const shape& sizes) noexcept
        : form_{sizes},
          fast_{sizes.network()},
          slow_{made<network_type, parts::slow>(sizes.slow, sizes.network())},
          work_{sizes.network(), sizes.batch, Kernels::lanes},
          inputs_{sizes.scaling == input_scaling::standardise ? sizes.inputs : 0},
          targets_{sizes.learns == task::regression ? sizes.outputs : 0},
          memory_{sizes.memory()},
          classes_{sizes.learns == task::classification ? sizes.outputs : 0},
          ensemble_{sizes},
          pending_{sizes.pending, sizes.pending == 0 ? 0 : sizes.inputs},
          growing_{made<growing_type, parts::plastic>(sizes.plastic, sizes.network(), sizes.turnover)} {}

    // The names here are the keys of a checkpoint's map.
    template <class Self, class Visitor>
    static constexpr void fields(Self& self, Visitor& visit) {
        visit.group("tuning", self.tuning_);
        systems<Self> both{self};
        visit.group("model_state_dict", both);
        visit.group("input_normalizer", self.inputs_);
        if (sees<Visitor>(feature::targets) && !self.is_classifier()) visit.group("target_normalizer", self.targets_);
        if (sees<Visitor>(feature::replay) && self.form_.replay != 0) {
            visit.group("replay_buffer", self.memory_);
        } else {
            visit.absent("replay_buffer");
        }
        if constexpr (parts::classes) {
            if (sees<Visitor>(feature::classes) && self.is_classifier()) visit.group("classes", self.classes_);
        }
        if constexpr (parts::experts) {
            if (sees<Visitor>(feature::experts) && self.ensemble_.present()) visit.group("experts", self.ensemble_);
        }
        visit.group("report", self.report_);
        visit.list("random", self.random_.word);
        visit.value("replay_credit", self.replay_credit_);
        visit.value("slept", self.slept_);
        visit.value("hurried", self.hurried_);
        visit.group("drift", self.drift_);
        visit.group("gate", self.gate_);
        if constexpr (parts::waits) {
            if (sees<Visitor>(feature::pending) && self.form_.pending != 0) visit.group("pending", self.pending_);
        }
        if (self.form_.slow) {
            visit.array("slow_answers", role::scratch, self.slow_answers_,
                        extent{self.form_.batch, self.form_.outputs, self.form_.batch, self.form_.outputs});
        }
        if (self.form_.replay != 0) visit.array("drawn", role::scratch, self.drawn_, vector_extent(self.form_.batch, self.form_.batch));
        visit.scratch("work", self.work_);
        visit.absent("internal_state");
        visit.absent("history_buffer");
        visit.absent("metrics_history");
        if (sees<Visitor>(feature::plastic) && self.form_.plastic) {
            if constexpr (parts::plastic) {
                visit.group("plasticity", self.growing_);
                visit.group("growth_history", self.growing_.history());
            }
        } else {
            visit.absent("growth_history");
        }
    }

    status settle() const noexcept {
        if (form_.slow && fast_.units() != slow_of(*this).units()) return status::corrupt;
        if constexpr (parts::plastic) {
            if (!growing_.describes(fast_)) return status::corrupt;
        }
        const bool random_is_dead = (random_.word[0] | random_.word[1] | random_.word[2] | random_.word[3]) == 0;
        return random_is_dead || !(replay_credit_ >= -1.0f && replay_credit_ <= 1.0f) ? status::corrupt : status::ok;
    }

    [[nodiscard]] constexpr bool is_classifier() const noexcept { return form_.learns == task::classification; }

protected:
    learner_engine(const learner_engine&) = default;
    learner_engine& operator=(const learner_engine&) = default;

    // Takes the block of memory and the numbers, and is born.
    // no_memory     the block is too small; out_of_range: the shape or tuning has a flaw. The learner must not be used.
    status begin(span<std::byte> block, const tuning& numbers) noexcept {
        if (form_.flaw() != nullptr || !numbers.is_sound()) return status::out_of_range;
        tuning_ = numbers;
        return begin(block);
    }
    // The same with the defaults, the form being sound.
    status begin_as_usual(span<std::byte> block) noexcept {
        copy_bytes(&tuning_, &default_tuning, sizeof tuning_);
        return begin(block);
    }
    // The same with the tuning that it has, the form and that being sound.
    SYNAPSE_OUTLINE status begin(span<std::byte> block) noexcept {
        if (const status s = place(*this, block); !ok(s)) return s;
        random_ = random_generator{tuning_.seed};
        // Classes start undecided but apart; numbers start at their mean.
        const float usual = !is_classifier() && form_.function == activation::relu ? kaiming_gain : 1.0f;
        const float gain = tuning_.initial_gain > 0.0f ? tuning_.initial_gain : usual;
        fast_.randomise(random_, gain, !is_classifier());
        if (form_.slow) copy_weights(fast_, slow_system());
        if constexpr (parts::plastic) growing_.begin(gain, is_classifier());
        if constexpr (parts::experts) ensemble_.begin(tuning_.seed);
        report_.neurons = fast_.units() - fast_.outputs();
        return status::ok;
    }

    // Both sets of weights under one name.
    template <class Self>
    struct systems {
        Self& body;
        template <class Systems, class Visitor>
        static constexpr void fields(Systems& self, Visitor& visit) {
            visit.group("fast", self.body.fast_);
            if (sees<Visitor>(feature::slow) && self.body.form_.slow) visit.group("slow", slow_of(self.body));
        }
    };

    // The slow system; where there is none nobody asks for it.
    template <class Self>
    static constexpr auto& slow_of(Self& self) noexcept {
        if constexpr (parts::slow) {
            return self.slow_;
        } else {
            return self.fast_;
        }
    }
    [[nodiscard]] network_type& slow_system() noexcept { return slow_of(*this); }
    // A part of the network's topology, empty unless present; nothing where no learner of this type has it.
    template <class Part, bool Possible, class... Arguments>
    static constexpr auto made(bool present, const Arguments&... arguments) noexcept {
        if constexpr (Possible) {
            return present ? Part{arguments...} : Part{};
        } else {
            return absent_part{};
        }
    }

    static constexpr growth_history no_growth{};
    static constexpr float kaiming_gain = 2.44948974f;  // sqrt(6)

    [[nodiscard]] static bool usable(span<const float> numbers) noexcept {
        return usable(numbers.data(), static_cast<std::uint32_t>(numbers.size()));
    }
    [[nodiscard]] SYNAPSE_OUTLINE static bool usable(const float* numbers, std::uint32_t count) noexcept {
        constexpr std::uint32_t largest = std::bit_cast<std::uint32_t>(normalizer::largest_input);
        return Kernels::largest_bits(count, numbers) <= largest;
    }

    // Feature i of x in network units, and all of them.
    [[nodiscard]] float scaled(const float* x, std::uint32_t i) const noexcept {
        if (form_.scaling == input_scaling::standardise) return inputs_.scaled(x[i], i, tuning_.input_clamp);
        return x[i] > limit ? limit : x[i] < -limit ? -limit : x[i];
    }
    void scale_input(const float* x, float* out) const noexcept {
        if (form_.scaling == input_scaling::standardise) return inputs_.scale(x, tuning_.input_clamp, out);
        for (std::uint32_t i = 0; i < form_.inputs; ++i) out[i] = scaled(x, i);
    }

    // x [inputs] := a stored sample in network units.
    template <class Store>
    void read_stored(const Store& store, std::uint32_t i, float* x) const noexcept {
        store.read(i, range_low(), range_high(), x);
        if (stores_raw()) scale_input(x, x);
    }

    // Leaves the answer's raw outputs in work_.output(0); by evidence the fast system's, and the slow one's in slow_answer(0).
    status run(span<const float> x) noexcept { return x.size() != form_.inputs ? status::wrong_size : run(x.data()); }
    status run(const float* x) noexcept {
        if (!usable(x, form_.inputs)) return status::not_finite;
        scale_input(x, work_.input(0));
        if (!form_.slow || tuning_.answers == answer::fast) {
            fast_.forward(work_, 1);
            return status::ok;
        }
        slow_system().forward(work_, 1);
        if (tuning_.answers == answer::slow) return status::ok;
        keep_slow_answers(1);
        fast_.forward(work_, 1);
        if (tuning_.answers == answer::both) {
            for (std::uint32_t j = 0; j < form_.outputs; ++j) work_.output(0)[j] = 0.5f * (work_.output(0)[j] + slow_answers_[j]);
        }
        return status::ok;
    }

    void keep_slow_answers(std::uint32_t rows) noexcept {
        for (std::uint32_t b = 0; b < rows; ++b) {
            for (std::uint32_t j = 0; j < form_.outputs; ++j) slow_answer(b)[j] = work_.output(b)[j];
        }
    }

    [[nodiscard]] bool answers_by_evidence() const noexcept {
        if constexpr (parts::experts) return ensemble_.present() && tuning_.answers == answer::evidence;
        return false;
    }
    // Whether new samples weigh the systems' answers, or teach a readout, which costs an answer of each.
    [[nodiscard]] bool weighs_answers() const noexcept {
        if constexpr (parts::experts) return ensemble_.has_readout() || answers_by_evidence();
        return false;
    }
    // The answer [outputs] for the sample of row b, the systems having answered: raw outputs; by evidence, probabilities.
    const float* whole_answer(std::uint32_t b) noexcept { return answers_by_evidence() ? assemble(b) : work_.output(b); }
    const float* assemble(std::uint32_t b) noexcept {
        if constexpr (parts::experts) {
            return ensemble_.answer(work_.input(b), work_.output(b), form_.slow ? slow_answer(b) : nullptr, classes_.known(),
                                    tuning_.evidence_sharpness);
        } else {
            return work_.output(b);
        }
    }

    void finish_prediction(const float* raw, float* y) const noexcept {
        if (!is_classifier()) {
            targets_.unscale(raw, y);
        } else if (classes_.knows_any()) {
            loss::softmax<arithmetic>(form_.outputs, raw, classes_.known(), y);
        } else {
            for (std::uint32_t j = 0; j < form_.outputs; ++j) y[j] = 1.0f / static_cast<float>(form_.outputs);
        }
    }

    SYNAPSE_OUTLINE status learn(std::uint32_t samples, const float* x, const float* y, const std::uint32_t* labels) noexcept {
        const std::uint32_t fresh = parts::network.single ? 1 : samples;
        const std::uint32_t replays = replays_due(fresh);
        const float speed = rate();
        if (!fast_.admits(fresh + replays, speed, tuning_.momentum)) return status::diverged;
        if (learns_scaling()) {
            for (std::uint32_t b = 0; b < fresh; ++b) inputs_.update(x + std::size_t{b} * form_.inputs, tuning_.normalizer_horizon);
        }
        if (is_classifier()) classes_.choose_current(fresh, labels, tuning_.recent_labels);
        if (memory_.size() != 0) replay_credit_ += owed(fresh) - static_cast<float>(replays);

        // The new samples share the first pass with as many replayed ones as fit; the rest follow in passes of their own.
        const float weight = replays == 0 ? 0.0f : replay_share(replays);
        std::uint32_t together = smaller(form_.batch - fresh, replays);
        pass(speed, together, weight, fresh, x, y, labels);
        for (std::uint32_t done = together; done < replays; done += together) {
            together = smaller(form_.batch, replays - done);
            pass(speed, together, weight, 0, nullptr, nullptr, nullptr);
        }

        if (!is_classifier()) targets_.update(y, tuning_.normalizer_horizon);  // after the error was taken: prequential
        ++report_.steps;
        report_.replayed += replays;
        consolidate();
        consult();
        judge(fresh);
        if constexpr (parts::plastic) {
            if (form_.plastic)
                growing_.step(tuning_, report_, is_classifier() ? 0.0f : 2.0f * report_.loss, fast_, followers(), work_, random_);
        }
        if (hurried_ != 0) --hurried_;
        for (std::uint32_t b = 0; b < fresh; ++b) remember(x + std::size_t{b} * form_.inputs, y, is_classifier() ? labels[b] : 0);
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
    void pass(float speed, std::uint32_t replays, float replay_weight, std::uint32_t fresh, const float* x, const float* y,
              const std::uint32_t* labels) noexcept {
        for (std::uint32_t b = 0; b < replays; ++b) recall(b);
        for (std::uint32_t b = 0; b < fresh; ++b) scale_input(x + std::size_t{b} * form_.inputs, work_.input(replays + b));
        const bool consistent = form_.slow && replays != 0 && tuning_.consistency > 0.0f;
        const bool compares = form_.slow && (gated() || weighs_answers());
        const std::uint32_t asked = compares ? replays + fresh : consistent ? replays : 0;
        if (asked != 0) {
            slow_system().forward(work_, asked);
            keep_slow_answers(asked);
        }
        fast_.forward(work_, replays + fresh);
        for (std::uint32_t b = 0; b < replays; ++b) {
            replay_delta(b, replay_weight);
            if (consistent) agree(b, replay_weight);
        }
        for (std::uint32_t b = 0; b < fresh; ++b) {
            if (is_classifier()) {
                label_delta(replays + b, labels[b], 1.0f / static_cast<float>(fresh));
            } else {
                target_delta(replays + b, y);
            }
        }
        descend(replays + fresh, speed);
    }

    // One step down the gradients in work_, under the eyes of what makes units grow.
    void descend(std::uint32_t samples, float speed) noexcept {
        if constexpr (parts::plastic) {
            if (form_.plastic) {
                const bool looks = growing_.looks();
                fast_.backward(work_, samples, speed, tuning_.momentum,
                               [&](std::uint32_t l, auto& work) noexcept { growing_.layers().watch(l, work, samples, looks); });
                return;
            }
        }
        fast_.backward(work_, samples, speed, tuning_.momentum);
    }
    // The system that grows with the fast one; null for none.
    [[nodiscard]] network_type* followers() noexcept { return form_.slow ? &slow_system() : nullptr; }

    // Draws a stored sample into row b.
    void recall(std::uint32_t b) noexcept {
        drawn_[b] = memory_.draw(random_);
        float* x = work_.input(b);
        read_stored(memory_, drawn_[b], x);
        if (augment_ != nullptr) augment_(augment_context_, span<float>{x, form_.inputs}, random_);
    }

    // Gradient of a replayed sample, over all known classes.
    void replay_delta(std::uint32_t b, float weight) noexcept {
        if (is_classifier()) {
            const float nats = loss::cross_entropy<arithmetic>(form_.outputs, work_.output(b), memory_.label(drawn_[b]), classes_.known(),
                                                               weight, work_.output_delta(b));
            memory_.rate(drawn_[b], nats > 0.0f ? nats : 0.0f);
        } else {
            float* target = work_.output_delta(b);
            targets_.scale(memory_.target(drawn_[b]), limit, target);
            memory_.rate(drawn_[b], Kernels::squared(form_.outputs, work_.output(b), target, weight, tuning_.error_clip, target));
        }
    }

    // Adds the pull towards the slow system's answer.
    void agree(std::uint32_t b, float weight) noexcept {
        const float pull = weight * 2.0f * tuning_.consistency / static_cast<float>(form_.outputs);
        for (std::uint32_t j = 0; j < form_.outputs; ++j) {
            if (is_classifier() && !classes_.knows(j)) continue;
            const float difference = work_.output(b)[j] - slow_answer(b)[j];
            work_.output_delta(b)[j] = arithmetic::madd(pull, difference, work_.output_delta(b)[j]);
        }
    }

    // Prequential error and gradient of a new labelled sample; it competes only with the current classes.
    void label_delta(std::uint32_t b, std::uint32_t label, float weight) noexcept {
        const float* whole = weighs_answers() ? assemble(b) : nullptr;
        const bool right = classes_.knows(label) && classes_.best(answers_by_evidence() ? whole : work_.output(b)) == label;
        const float nats =
            loss::cross_entropy<arithmetic>(form_.outputs, work_.output(b), label, classes_.current(), weight, work_.output_delta(b));
        if (right) ++report_.correct;
        float own_loss = nats;
        if constexpr (parts::experts) {
            if (whole != nullptr) {
                if (answers_by_evidence()) own_loss = ensemble_.loss(label);
                ensemble_.witness(label, tuning_.evidence_keep);
                ensemble_.learn(label, tuning_.readout_keep);
            }
        }
        report_.add(right ? 0.0f : 1.0f, own_loss, tuning_.report_horizon);
        if (!gated()) return;
        const float own = slow_answer(b)[label];
        compare(nats, loss::softmax<arithmetic>(form_.outputs, slow_answer(b), classes_.current(), slow_answer(b)) - own);
    }

    // The same for regression.
    void target_delta(std::uint32_t b, const float* y) noexcept {
        float* target = work_.output_delta(b);
        targets_.scale(y, limit, target);
        float whole_half = 0.0f;
        if constexpr (parts::experts) {
            if (weighs_answers()) {
                assemble(b);
                whole_half = ensemble_.loss(target);
                ensemble_.witness(target, report_.loss, tuning_.evidence_keep);
                ensemble_.learn(target, tuning_.readout_keep);
            }
        }
        float slow_half = 0.0f;
        if (gated()) slow_half = Kernels::squared(form_.outputs, slow_answer(b), target, 1.0f, tuning_.error_clip, slow_answer(b));
        const float half = Kernels::squared(form_.outputs, work_.output(b), target, 1.0f, tuning_.error_clip, target);
        const float own = answers_by_evidence() ? whole_half : half;
        report_.add(2.0f * own / static_cast<float>(form_.outputs), own, tuning_.report_horizon);
        if (gated()) compare(half, slow_half);
    }

    // Hears one of the held-out judges, if there are any.
    void consult() noexcept {
        if constexpr (parts::experts) {
            auto& judges = ensemble_.judges();
            if (judges.size() == 0 || !weighs_answers()) return;
            const std::uint32_t position = judges.draw(random_);
            read_stored(judges, position, work_.input(0));
            if (form_.slow) {
                slow_system().forward(work_, 1);
                keep_slow_answers(1);
            }
            fast_.forward(work_, 1);
            assemble(0);
            if (is_classifier()) {
                ensemble_.hear(judges.label(position), classes_.known(), tuning_.evidence_keep);
            } else {
                targets_.scale(judges.target(position), limit, work_.output_delta(0));
                ensemble_.hear(work_.output_delta(0), report_.loss, tuning_.evidence_keep);
            }
        }
    }

    void compare(float fast_loss, float slow_loss) noexcept {
        if (gate_.hurts(fast_loss, slow_loss, tuning_.gate_margin, tuning_.gate_horizon)) judged_bad_ = 1;
    }

    // The slow system takes a step towards the fast one, if one is due after this many steps.
    void consolidate() noexcept {
        if (!form_.slow) return;
        const division rounds = divide(report_.steps + report_.steps_asleep, tuning_.slow_every);
        if (rounds.remainder != 0) return;
        follow(fast_, slow_system(), follow_share(tuning_.slow_decay, tuning_.slow_every, rounds.quotient));
    }

    // What the error of a new sample says about learning itself: roll back what hurt, notice that the world has changed.
    void judge(std::uint32_t fresh) noexcept {
        if (gated() && judged_bad_) {
            copy_weights(slow_system(), fast_);
            gate_.reset();
            ++report_.rollbacks;
        }
        if (form_.slow) judged_bad_ = 0;
        if (tuning_.drift_threshold <= 0.0f) return;
        const drift_alarm alarm = drift_.add(report_.last_error, tuning_.drift_tolerance, tuning_.drift_threshold);
        if (!alarm) return;
        ++report_.drifts;
        report_.last_drift_step = report_.steps;
        switch (tuning_.on_drift) {
            case drift_response::note: break;
            case drift_response::sleep: report_.wants_sleep = 1; break;
            case drift_response::faster: hurried_ = tuning_.drift_samples; break;
            case drift_response::flush:
                memory_.clear();
                if constexpr (parts::experts) ensemble_.judges().clear();
                break;
            case drift_response::column:
                if constexpr (parts::plastic) {
                    if (!form_.plastic || !is_classifier()) break;
                    classes_.choose_recent(alarm.since * fresh);
                    open_column(growing_.column_width(tuning_, fast_), classes_.current(), alarm.evidence, tuning_.drift_threshold);
                }
                break;
        }
    }

    // Begins a column of `units` in each hidden layer; false, and nothing has happened, where there is no room for that many. spared: known
    // classes [outputs] that stay free, null for none; value, threshold: what the history says of the reason.
    bool open_column(std::uint32_t units, const std::uint8_t* spared, float value, float threshold) noexcept requires(parts::plastic) {
        if (units == 0 || !growing_.has_room(tuning_, units, fast_)) return false;
        if (form_.slow && tuning_.answers == answer::slow) copy_weights(slow_system(), fast_);
        if (form_.slow && tuning_.answers != answer::slow) copy_weights(fast_, slow_system());
        growing_.begin_column(report_, units, classes_.known(), spared, value, threshold, fast_, followers(), work_, random_);
        return true;
    }

    [[nodiscard]] bool has_columns() const noexcept {
        if constexpr (parts::plastic) return growing_.layers().columns() != 0;
        return false;
    }
    // Behind frozen columns the input statistics stand still.
    [[nodiscard]] bool learns_scaling() const noexcept { return form_.scaling == input_scaling::standardise && !has_columns(); }
    [[nodiscard]] bool gated() const noexcept { return form_.slow && tuning_.gate_margin > 0.0f; }

    [[nodiscard]] float rate() const noexcept {
        return hurried_ != 0 ? tuning_.learning_rate * tuning_.drift_rate_gain : tuning_.learning_rate;
    }

    // Offers a learned sample to the replay buffer.
    void remember(const float* x, const float* y, std::uint32_t label) noexcept {
        if (is_classifier()) classes_.learn(label);
        if (form_.replay == 0 && !answers_are_judged()) return;
        const float* stored = x;
        if (!stores_raw()) {
            scale_input(x, work_.input(0));
            stored = work_.input(0);
        }
        if constexpr (parts::experts) {
            if (ensemble_.appoint(stored, range_low(), range_high(), y, label, random_)) return;
        }
        memory_.offer(stored, range_low(), range_high(), y, label, random_);
    }
    [[nodiscard]] constexpr bool answers_are_judged() const noexcept {
        if constexpr (parts::experts) return ensemble_.judges().form().capacity != 0;
        return false;
    }

    // Floats are stored in the sensor's units and scaled anew when replayed; coarse formats over the range that scaling bounds.
    [[nodiscard]] constexpr bool stores_raw() const noexcept {
        return form_.format == sample_format::f32 || form_.format == sample_format::f16 || form_.scaling == input_scaling::none;
    }
    [[nodiscard]] float range_low() const noexcept { return form_.scaling == input_scaling::none ? low_of(form_) : -tuning_.input_clamp; }
    [[nodiscard]] float range_high() const noexcept { return form_.scaling == input_scaling::none ? high_of(form_) : tuning_.input_clamp; }
    [[nodiscard]] float* slow_answer(std::uint32_t b) noexcept { return slow_answers_ + std::size_t{b} * form_.outputs; }

    Form form_;
    tuning tuning_ = nothing_of<tuning>;  // until begin()
    network_type fast_;
    [[no_unique_address]] std::conditional_t<parts::slow, network_type, absent_part> slow_;
    typename network_type::workspace work_;
    normalizer inputs_;
    normalizer targets_;
    memory_type memory_;
    [[no_unique_address]] std::conditional_t<parts::classes, class_register, detail::no_classes> classes_;
    [[no_unique_address]] std::conditional_t<parts::experts, ensemble<Kernels>, absent_part> ensemble_;
    report report_;
    random_generator random_{random_generator::unseeded{}};
    float replay_credit_ = 0.0f;
    std::uint64_t slept_ = 0;    // samples of the current sleep cycle
    std::uint32_t hurried_ = 0;  // steps left at the higher rate
    std::uint32_t judged_bad_ = 0;
    drift_detector drift_;
    gate gate_;
    [[no_unique_address]] std::conditional_t<parts::waits, pending_samples, detail::no_pending_samples> pending_;
    [[no_unique_address]] std::conditional_t<parts::plastic, growing<Kernels, parts::network>, absent_part> growing_;
    std::uint32_t* drawn_ = nullptr;
    float* slow_answers_ = nullptr;
    augmentation augment_ = nullptr;
    void* augment_context_ = nullptr;
};

}  // namespace synapse
