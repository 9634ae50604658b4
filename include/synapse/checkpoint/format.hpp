// The byte specification of a checkpoint, format 1.0. Its version is its own: it changes only when the bytes do.
//
// A checkpoint is a pure MessagePack stream of two objects, so any MessagePack reader opens it: a header of 32 bytes, which is an
// ext8 of type 'S', and one map, the payload. Storage that programs in units may add 0xff bytes behind the payload.
//
//   offset  bytes  header
//        0      1  0xc7           MessagePack ext8
//        1      1  0x1d           29 bytes of data follow the type
//        2      1  'S'            the ext type
//        3      4  "YNAP"
//        7      1  major          a reader refuses a larger one
//        8      1  minor          a reader ignores the difference: new minors only add keys
//        9      1  flags          bit 0: weights are rounded, for analysis: no learner takes them in; others zero and ignored
//       10      2  zero
//       12      8  sequence       of the store; the newest valid checkpoint is the one with the highest
//       20      4  payload bytes  at least 1, at most 2^32 - 33
//       24      4  payload CRC32C
//       28      4  CRC32C of bytes 0 to 27
// Numbers in the header are little-endian.
//
// The payload obeys these rules; a reader refuses what breaks them:
//   - keys are strings of 1 to 63 bytes, unique within their map; a map has at most 64 entries; containers nest 8 deep at most
//   - counts are unsigned integers; real numbers are always float32 (0xca) and finite, never turned into integers
//   - a tensor is a map of exactly three keys in this order: "d" its dtype in the notation of numpy ("<f4", "<f2", "<u8", "<u4",
//     "<u2", "|u1"), "s" an array of its rows and columns, "b" a bin of rows * columns elements, little-endian, row by row
//   - where weights are rounded, "weight" is "<f2", or "|u1" with "weight_range": [low, high] beside it: low + (high - low) * u / 255
//   - in the maps "shape", "tuning", "report", "drift" and "gate" a number that is not there has its default of learner/*.hpp and
//     metrics/drift.hpp, plasticity/gate.hpp as of schema 1
//   - only rows and columns in use are stored: no reservation, no padding, no scratch, nothing that follows from the rest
//   - text, ext and other types may stand behind keys that a reader does not know; it skips them (at most 65536 objects for a key)
//
// The payload map, in the order in which it is written (a reader takes any order); the first eight keys are in every schema:
//   "schema"              1; raised when the meaning of a key changes
//   "fingerprint"         unsigned: hash of a short run of the kernels; equal on machines that compute the same bits
//   "step_count"          steps learned, for the reader's convenience (the truth is in "report")
//   "total_samples_seen"  new samples learned from, likewise
//   "timestamp"           Unix time in seconds; 0 if the device has no clock
//   "software"            version of synapse that wrote it, a string
//   "arithmetic"          "separate" or "fused": how the kernels multiply and add; "none" if nothing of the kind matters
//   "reason"              "auto", "shutdown", "manual", ...
//   "shape"               map: what decides bytes (learner/shape.hpp)
//   then the learner's own fields, a map for each group: "tuning" (learner/tuning.hpp), "model_state_dict", "replay_buffer", "report",
//   normalisers, random state; parts that its shape has not are not there. A learner says nil for those of "internal_state",
//   "history_buffer", "metrics_history", "replay_buffer" and "growth_history" that it lacks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include <synapse/checkpoint/crc32c.hpp>
#include <synapse/config.hpp>
#include <synapse/core/bytes.hpp>
#include <synapse/core/span.hpp>
#include <synapse/core/status.hpp>

namespace synapse::format {

inline constexpr std::uint8_t major = 1;
inline constexpr std::uint8_t minor = 0;
inline constexpr std::uint32_t schema = 1;
inline constexpr std::uint32_t header_bytes = 32;
inline constexpr std::uint32_t max_payload_bytes = 0xffffffffu - header_bytes;  // a checkpoint is below 4 GiB
inline constexpr std::uint8_t flag_rounded = 1;

// Bounds that a reader holds every file to, known key or not.
inline constexpr std::uint32_t max_depth = 8;
inline constexpr std::uint32_t max_map_entries = 64;
inline constexpr std::uint32_t max_key_bytes = 63;
inline constexpr std::uint32_t max_skipped_objects = 65536;

struct header {
    std::uint8_t major = format::major;
    std::uint8_t minor = format::minor;
    std::uint8_t flags = 0;
    std::uint64_t sequence = 0;
    std::uint32_t payload_bytes = 0;
    std::uint32_t payload_crc = 0;
};

namespace detail {
inline constexpr std::uint8_t prefix[7] = {0xc7, 0x1d, 'S', 'Y', 'N', 'A', 'P'};
}

// The 32 bytes of a header.
SYNAPSE_OUTLINE inline void encode(const header& h, std::byte (&out)[header_bytes]) noexcept {
    std::memcpy(out, detail::prefix, sizeof detail::prefix);
    out[7] = static_cast<std::byte>(h.major);
    out[8] = static_cast<std::byte>(h.minor);
    out[9] = static_cast<std::byte>(h.flags);
    out[10] = out[11] = std::byte{0};
    store_little(out + 12, h.sequence);
    store_little(out + 20, h.payload_bytes);
    store_little(out + 24, h.payload_crc);
    store_little(out + 28, crc32c::of(out, 28));
}

// ok        h is filled; says nothing of the payload
// corrupt   no header, or a damaged one, or fewer than header_bytes
// too_new   sound, but of a newer major: the rest may mean anything
// h is untouched unless ok. in [header_bytes].
inline status decode(const std::byte* in, header& h) noexcept {
    header found;
    found.major = static_cast<std::uint8_t>(in[7]);
    found.minor = static_cast<std::uint8_t>(in[8]);
    found.flags = static_cast<std::uint8_t>(in[9]);
    found.sequence = load_little<std::uint64_t>(in + 12);
    found.payload_bytes = load_little<std::uint32_t>(in + 20);
    found.payload_crc = load_little<std::uint32_t>(in + 24);
    std::byte expected[header_bytes];
    encode(found, expected);
    if (!same_bytes(in, expected, header_bytes)) return status::corrupt;
    if (found.major > major) return status::too_new;
    if (found.major == 0 || found.payload_bytes == 0 || found.payload_bytes > max_payload_bytes) return status::corrupt;
    h = found;
    return status::ok;
}
// The same of a file of any length.
inline status decode(span<const std::byte> in, header& h) noexcept {
    return in.size() < header_bytes ? status::corrupt : decode(in.data(), h);
}

}  // namespace synapse::format
