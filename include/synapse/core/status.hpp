// What went wrong with the world: a small enum, each value something that a caller acts on differently.
// Normal events (grew, slept, at the cap) are in the report and never here.
#pragma once

#include <cstdint>

namespace synapse {

enum class [[nodiscard("ask ok() of it whether anything was done, or cast it to void")]] status : std::uint8_t {
    ok = 0,
    not_finite,      // an argument holds NaN or an infinity: drop this sample
    wrong_size,      // an argument has another length than the shape says: mend the caller
    out_of_range,    // a label or a tuning value lies outside its range: mend the caller
    diverged,        // the update would leave the finite numbers: nothing was applied; lower the rate or roll back
    no_memory,       // the block given is too small for the shape: give more, or choose a smaller shape
    no_room,         // a reserved capacity is used up (outputs, slots): nothing was lost; reserve more next time
    wrong_shape,     // the checkpoint is sound but of another shape or arithmetic: load it into another learner
    corrupt,         // the bytes are damaged or no checkpoint: try an older one
    too_new,         // written by a newer major format: update the software
    not_found,       // no valid checkpoint there: start fresh
    io_error,        // the device or the file system failed: what was stored before is still there
    busy,            // another writer, or an earlier operation, is not finished: call again later
};

constexpr bool ok(status s) noexcept { return s == status::ok; }

// The value's name, for logs: "not_finite".
constexpr const char* name(status s) noexcept {
    switch (s) {
        case status::ok: return "ok";
        case status::not_finite: return "not_finite";
        case status::wrong_size: return "wrong_size";
        case status::out_of_range: return "out_of_range";
        case status::diverged: return "diverged";
        case status::no_memory: return "no_memory";
        case status::no_room: return "no_room";
        case status::wrong_shape: return "wrong_shape";
        case status::corrupt: return "corrupt";
        case status::too_new: return "too_new";
        case status::not_found: return "not_found";
        case status::io_error: return "io_error";
        case status::busy: return "busy";
    }
    return "unknown";
}

}  // namespace synapse
