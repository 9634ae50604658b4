// A checkpoint written from one context while learning goes on in another: a control loop takes, an idle task ships.
//
// Two buffers in a ring, one producer, one consumer. Each side writes one counter and reads the other's: plain atomic loads and
// stores, so it works between a loop and an interrupt on parts that have no compare-and-swap, and neither side ever waits.
#pragma once

#include <cstddef>
#include <cstdint>

#include <synapse/checkpoint/format.hpp>
#include <synapse/checkpoint/save.hpp>
#include <synapse/checkpoint/stream.hpp>
#include <synapse/config.hpp>
#include <synapse/core/shared_counter.hpp>
#include <synapse/core/span.hpp>
#include <synapse/core/status.hpp>

namespace synapse {

class live_snapshot {
public:
    // Two buffers of the user's, each large enough for one checkpoint (saved_bytes(model) now, more once the replay buffer is full).
    live_snapshot(span<std::byte> first, span<std::byte> second) noexcept : buffer_{first, second} {}
    live_snapshot(const live_snapshot&) = delete;
    live_snapshot& operator=(const live_snapshot&) = delete;

    // The learner's context: makes a whole checkpoint of the model as it is now.
    // ok        taken; the shipping context will find it
    // busy      two are waiting to be shipped; the model was not read
    // no_room   a buffer is too small; what waits is untouched
    // @cost as save into memory; loop-safe
    template <class Model>
    SYNAPSE_LOOP_SAFE status take(const Model& model, const save_info& info = {}) noexcept {
        const std::uint32_t taken = taken_.own();
        if (taken - shipped_.get() == 2) return status::busy;
        span_sink sink{buffer_[taken % 2]};
        if (const status s = save(model, sink, info); !ok(s)) return s;
        length_[taken % 2] = sink.written().size();
        taken_.set(taken + 1);
        return status::ok;
    }

    // The shipping context: the oldest whole checkpoint not yet shipped; empty if there is none. It stays as it is until release().
    // @cost O(1), loop-safe
    [[nodiscard]] SYNAPSE_LOOP_SAFE span<const std::byte> waiting() const noexcept {
        const std::uint32_t shipped = shipped_.own();
        if (taken_.get() == shipped) return {};
        return span<const std::byte>{buffer_[shipped % 2]}.first(length_[shipped % 2]);
    }

    // The shipping context: gives the oldest checkpoint's buffer back. Nothing happens if none is waiting.
    SYNAPSE_LOOP_SAFE void release() noexcept {
        const std::uint32_t shipped = shipped_.own();
        if (taken_.get() == shipped) return;
        sent_ = 0;
        shipped_.set(shipped + 1);
    }

    // What a call of poll did.
    struct progress {
        status outcome = status::ok;  // anything else: the shipment failed, and begins anew at the next call
        bool finished = false;        // a checkpoint is whole at its destination, and released
    };

    // The shipping context: sends at most `most` (> 0) bytes of the waiting checkpoint to a byte sink or a store of checkpoints.
    // The same destination until a shipment is finished. @cost most bytes; a store's begin and commit on top
    template <byte_sink To>
    progress poll(To& to, std::size_t most) noexcept {
        const auto whole = waiting();
        if (whole.empty()) return {};
        constexpr bool store = checkpoint_store<To>;
        if constexpr (store) {
            if (sent_ == 0) {
                format::header head;
                if (const status s = format::decode(whole, head); !ok(s)) return {s, false};
                if (const status s = to.begin(head); !ok(s)) return {s, false};
                sent_ = format::header_bytes;
            }
        }
        const std::size_t left = whole.size() - sent_;
        const std::size_t count = left < most ? left : most;
        if (const status s = to.write(whole.subspan(sent_, count)); !ok(s)) return failed(s);
        sent_ += count;
        if (sent_ < whole.size()) return {};
        if constexpr (store) {
            if (const status s = to.commit(); !ok(s)) return failed(s);
        }
        release();
        return {status::ok, true};
    }

private:
    progress failed(status why) noexcept {
        sent_ = 0;
        return {why, false};
    }

    span<std::byte> buffer_[2];
    std::size_t length_[2] = {};
    std::size_t sent_ = 0;    // the shipping context's
    shared_counter taken_;    // written by the learner's context
    shared_counter shipped_;  // written by the shipping context
};

// Bytes that save would write now.
template <class Model>
std::uint64_t saved_bytes(const Model& model) noexcept {
    measuring_sink sink;
    return ok(save(model, sink)) ? sink.size() : 0;
}

}  // namespace synapse
