// The answers of the fast system, the slow system and a closed-form readout, made one: each is believed as far as its evidence goes.
//
// Evidence comes from new samples before they are learned (prequential: right for a stream), or, with judges, from a few held-out
// samples of every class that nothing is trained on: in a life whose classes come one after the other, new samples only show who
// knows the newest class best.
// @source evidence.hpp for the weights; held-out judges are ours
#pragma once

#include <cstddef>
#include <cstdint>

#include <synapse/config.hpp>
#include <synapse/core/fields.hpp>
#include <synapse/core/random.hpp>
#include <synapse/kernels/kernel_set.hpp>
#include <synapse/kernels/math.hpp>
#include <synapse/learner/shape.hpp>
#include <synapse/memory/replay.hpp>
#include <synapse/network/evidence.hpp>
#include <synapse/network/loss.hpp>
#include <synapse/network/readout.hpp>

namespace synapse {

template <kernel_set Kernels>
class ensemble {
public:
    using arithmetic = typename Kernels::arithmetic;

    explicit constexpr ensemble(const shape& form) noexcept
        : readout_{readout_form{form.inputs, form.outputs, form.readout, form.readout_offset, form.readout_ridge}},
          evidence_{form.has_experts() ? 1u + (form.slow ? 1u : 0u) + (form.readout != 0 ? 1u : 0u) : 1u},
          judges_{form.judging()},
          outputs_{form.outputs},
          classifies_{form.learns == task::classification} {}

    template <class Self, class Visitor>
    static constexpr void fields(Self& self, Visitor& visit) {
        const std::uint32_t experts = self.evidence_.experts();
        if (experts < 2) return;
        visit.group("evidence", self.evidence_);
        if (self.readout_.present()) visit.group("readout", self.readout_);
        if (self.judges_.form().capacity != 0) {
            visit.value("offered", self.offered_);
            visit.group("judges", self.judges_);
        }
        visit.array("answers", role::scratch, self.answers_, extent{experts + 1, self.outputs_, experts + 1, self.outputs_});
    }

    // Call once before the first answer. The same seed gives the same readout.
    void begin(std::uint64_t seed) noexcept {
        if (readout_.present()) readout_.begin(seed);
    }

    // More than the fast system alone.
    [[nodiscard]] constexpr bool present() const noexcept { return evidence_.experts() > 1; }
    [[nodiscard]] constexpr bool has_readout() const noexcept { return readout_.present(); }

    // The answer [outputs] of all experts for one x [inputs] in network units: class probabilities, 0 for classes not known (with none
    // known, all alike), or numbers in network units. fast, slow: those systems' raw outputs; slow is ignored without one. known:
    // marks of classes; null for regression. sharpness >= 0. Needs present(). @cost the readout, and outputs; loop-safe
    SYNAPSE_LOOP_SAFE SYNAPSE_OUTLINE const float* answer(const float* x, const float* fast, const float* slow, const std::uint8_t* known,
                                                          float sharpness) noexcept {
        const std::uint32_t experts = evidence_.experts();
        const std::uint32_t systems = experts - (readout_.present() ? 1u : 0u);
        take(fast, expert(0));
        if (systems > 1) take(slow, expert(1));
        if (readout_.present()) readout_.predict(x, expert(systems));
        if (classifies_) {
            for (std::uint32_t i = 0; i < systems; ++i) soften(expert(i), known);
            if (readout_.present()) make_probabilities(expert(systems), known);
        }
        float weight[evidence<arithmetic>::max_experts];
        evidence_.weigh(sharpness, weight);
        float* all = expert(experts);
        for (std::uint32_t j = 0; j < outputs_; ++j) all[j] = 0.0f;
        for (std::uint32_t i = 0; i < experts; ++i) {
            for (std::uint32_t j = 0; j < outputs_; ++j) all[j] = arithmetic::madd(weight[i], expert(i)[j], all[j]);
        }
        return all;
    }

    // Tells the truth about the x last asked for, a label or numbers [outputs] in network units: evidence for or against each expert.
    // usual: the usual loss of the whole, for numbers. With judges only they are heard.
    void witness(std::uint32_t label, float keep) noexcept {
        if (judges_.size() != 0) return;
        float loss[evidence<arithmetic>::max_experts] = {};
        for (std::uint32_t i = 0; i < evidence_.experts(); ++i) loss[i] = nats(expert(i)[label]);
        evidence_.add(loss, keep);
    }
    void witness(const float* target, float usual, float keep) noexcept {
        if (judges_.size() == 0) hear(target, usual, keep);
    }

    // The readout learns the truth about the x last asked for. @cost 1.5 features^2; loop-safe
    void learn(std::uint32_t label, float keep) noexcept {
        if (readout_.present()) readout_.learn(label, keep);
    }
    void learn(const float* target, float keep) noexcept {
        if (readout_.present()) readout_.learn(target, keep);
    }

    // Loss of the whole about the x last asked for: nats, or half the squared error.
    [[nodiscard]] float loss(std::uint32_t label) noexcept { return nats(expert(evidence_.experts())[label]); }
    [[nodiscard]] float loss(const float* target) noexcept { return half_squared(expert(evidence_.experts()), target); }

    // Judges: a new sample in four may become one, and then is stored nowhere else. x as stored.
    // @return whether it did
    SYNAPSE_LOOP_SAFE bool appoint(const float* x, float low, float high, const float* target, std::uint32_t label,
                                   random_generator& source) noexcept {
        if (judges_.form().capacity == 0 || ++offered_ % 4 != 0) return false;
        return judges_.offer(x, low, high, target, label, source) != replay_buffer::none;
    }
    [[nodiscard]] replay_buffer& judges() noexcept { return judges_; }
    [[nodiscard]] const replay_buffer& judges() const noexcept { return judges_; }

    // Hears a judge, whose x was just asked for. Of a label it counts who was right, not how sure; else as witness.
    void hear(std::uint32_t label, const std::uint8_t* known, float keep) noexcept {
        float loss[evidence<arithmetic>::max_experts] = {};
        for (std::uint32_t i = 0; i < evidence_.experts(); ++i) loss[i] = best(expert(i), known) == label ? 0.0f : 1.0f;
        evidence_.add(loss, keep);
    }
    void hear(const float* target, float usual, float keep) noexcept {
        float loss[evidence<arithmetic>::max_experts] = {};
        const float unit = usual > smallest_loss ? usual : smallest_loss;
        for (std::uint32_t i = 0; i < evidence_.experts(); ++i) loss[i] = half_squared(expert(i), target) / unit;
        evidence_.add(loss, keep);
    }

    // Unlearns a class. @return judges removed
    std::uint32_t forget(std::uint32_t label) noexcept {
        if (readout_.present()) readout_.forget(label);
        const std::uint32_t removed = judges_.remove_if([&](std::uint32_t position) { return judges_.label(position) == label; });
        judges_.forget_class(label);
        return removed;
    }

    [[nodiscard]] const evidence<arithmetic>& belief() const noexcept { return evidence_; }
    [[nodiscard]] const readout<Kernels>& closed_form() const noexcept { return readout_; }

private:
    static constexpr float least_probability = 0.01f;  // of a known class, to the readout: it may answer below 0
    static constexpr float smallest_loss = 1e-12f;

    [[nodiscard]] float* expert(std::uint32_t i) noexcept { return answers_ + std::size_t{i} * outputs_; }

    static float nats(float probability) noexcept {
        return -math::log<math::scalar_operations<arithmetic>>(probability > 0.005f ? probability : 0.005f);
    }

    [[nodiscard]] float half_squared(const float* y, const float* target) const noexcept {
        float sum = 0.0f;
        for (std::uint32_t j = 0; j < outputs_; ++j) {
            const float error = y[j] - target[j];
            sum = arithmetic::madd(0.5f * error, error, sum);
        }
        return sum;
    }

    void take(const float* raw, float* out) const noexcept {
        for (std::uint32_t j = 0; j < outputs_; ++j) out[j] = raw[j];
    }

    [[nodiscard]] bool any(const std::uint8_t* known) const noexcept {
        for (std::uint32_t j = 0; j < outputs_; ++j) {
            if (known[j] != 0) return true;
        }
        return false;
    }
    void undecided(float* p) const noexcept {
        for (std::uint32_t j = 0; j < outputs_; ++j) p[j] = 1.0f / static_cast<float>(outputs_);
    }

    void soften(float* raw, const std::uint8_t* known) const noexcept {
        if (!any(known)) return undecided(raw);
        loss::softmax<arithmetic>(outputs_, raw, known, raw);
    }

    void make_probabilities(float* score, const std::uint8_t* known) const noexcept {
        if (!any(known)) return undecided(score);
        float sum = 0.0f;
        for (std::uint32_t j = 0; j < outputs_; ++j) {
            const float held = score[j] > 1.0f ? 1.0f : score[j] > least_probability ? score[j] : least_probability;
            score[j] = known[j] != 0 ? held : 0.0f;
            sum += score[j];
        }
        const float share = 1.0f / sum;
        for (std::uint32_t j = 0; j < outputs_; ++j) score[j] *= share;
    }

    [[nodiscard]] std::uint32_t best(const float* p, const std::uint8_t* known) const noexcept {
        std::uint32_t found = 0;
        float most = -1.0f;
        for (std::uint32_t j = 0; j < outputs_; ++j) {
            if (known[j] != 0 && p[j] > most) {
                most = p[j];
                found = j;
            }
        }
        return found;
    }

    readout<Kernels> readout_;
    evidence<arithmetic> evidence_;
    replay_buffer judges_;
    float* answers_ = nullptr;  // [experts + 1][outputs]: each, and the whole
    std::uint32_t offered_ = 0;
    std::uint32_t outputs_;
    bool classifies_;
};

}  // namespace synapse
