// Learning in the idle task, predictions in the control task, for any RTOS or none: neither task ever waits for the other.
//
// Each has a learner of its own. The control task tells what happened through a queue; the idle task learns from it, and now and then hands
// over a snapshot, which the control task loads. Where there is no RAM for two: one learner and a mutex with priority inheritance, held for
// one step at a time. Control then waits for a step at most, whose length tests/size/steps says.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include <synapse/checkpoint/live_snapshot.hpp>
#include <synapse/checkpoint/load.hpp>
#include <synapse/core/shared_counter.hpp>
#include <synapse/synapse.hpp>

// Waiting: samples that the queue holds. Snapshot: bytes for each of two, of which saved_bytes(model) says how many are needed.
template <synapse::shape Form, std::size_t Snapshot, std::uint32_t Waiting = 32>
class two_tasks {
public:
    using model_type = synapse::learner<Form>;
    using input = float[Form.inputs];
    using target = float[Form.outputs];

    explicit two_tasks(const synapse::tuning& numbers = {}) noexcept
        : answering_{answering_memory_, numbers}, learning_{learning_memory_, numbers} {}

    // ---- the control task

    // From what was handed over last.
    synapse::status predict(const input& x, target& y) noexcept { return answering_.predict(x, y); }

    // What happened, for the idle task to learn. False if the queue is full: then it is forgotten.
    bool tell(const input& x, const target& y) noexcept {
        const std::uint32_t told = told_.own();
        if (told - learned_.get() == Waiting) return false;
        sample& s = queue_[told % Waiting];
        for (std::uint32_t i = 0; i < Form.inputs; ++i) s.x[i] = x[i];
        for (std::uint32_t j = 0; j < Form.outputs; ++j) s.y[j] = y[j];
        told_.set(told + 1);
        return true;
    }

    // Samples told and not learned yet.
    [[nodiscard]] std::uint32_t waiting() const noexcept { return told_.own() - learned_.get(); }

    // Takes over what has been learned, if a snapshot is there: ok; not_found if there is none; else load's status, and the old answers stay.
    synapse::status renew() noexcept {
        const auto whole = snapshot_.waiting();
        if (whole.empty()) return synapse::status::not_found;
        synapse::span_source from{whole};
        const synapse::status outcome = synapse::load(answering_, from).outcome;
        snapshot_.release();
        return outcome;
    }

    // ---- the idle task

    // A piece of work of one step at most: a sample that was told, or a remembered one. Fits into an idle hook, which must not block.
    // ok, or the status of the step or of the snapshot (no_room: give it more bytes).
    synapse::status learn() noexcept {
        const std::uint32_t learned = learned_.own();
        if (told_.get() == learned) {
            if constexpr (Form.replay != 0) learning_.sleep(1);
            return synapse::status::ok;
        }
        const sample& s = queue_[learned % Waiting];
        const synapse::status outcome = learning_.step(s.x, s.y);
        learned_.set(learned + 1);
        if (!ok(outcome)) return outcome;
        if (++since_ < hand_over_every) return synapse::status::ok;
        const synapse::status taken = snapshot_.take(learning_);
        if (ok(taken)) since_ = 0;
        return taken == synapse::status::busy ? synapse::status::ok : taken;  // busy: after the next sample
    }
    [[nodiscard]] const model_type& learning() const noexcept { return learning_; }

private:
    static constexpr std::uint32_t hand_over_every = 100;  // samples
    struct sample {
        input x;
        target y;
    };

    synapse::fixed_arena<model_type::bytes> answering_memory_;
    synapse::fixed_arena<model_type::bytes> learning_memory_;
    model_type answering_;
    model_type learning_;
    sample queue_[Waiting] = {};
    synapse::shared_counter told_;     // written by the control task
    synapse::shared_counter learned_;  // written by the idle task
    alignas(8) std::byte bytes_[2][Snapshot];
    synapse::live_snapshot snapshot_{bytes_[0], bytes_[1]};
    std::uint32_t since_ = 0;
};
