// Where checkpoint bytes go and come from. A sink takes them in order; a source gives any part of them, any number of times.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include <synapse/checkpoint/crc32c.hpp>
#include <synapse/core/bytes.hpp>
#include <synapse/core/span.hpp>
#include <synapse/core/status.hpp>

namespace synapse {

namespace detail {

// The C library's versions are tuned for long strings and cost a microcontroller a kilobyte.
// Counts no further than `most`.
inline std::uint32_t length_of(const char* text, std::uint32_t most) noexcept {
    std::uint32_t n = 0;
    while (n < most && text[n] != '\0') ++n;
    return n;
}
inline bool same_text(const char* a, const char* b) noexcept { return same_bytes(a, b, length_of(a, 255) + 1u); }

}  // namespace detail

// write(bytes): all of them, behind those of the call before. ok, or why not (io_error, no_room); after that the sink is of no use.
template <class Sink>
concept byte_sink = requires(Sink& sink, span<const std::byte> bytes) {
    { sink.write(bytes) } -> std::same_as<status>;
};

// size(): bytes in all. read(offset, out): exactly out.size() of them, with offset + out.size() <= size(); the same bytes each time.
template <class Source>
concept byte_source = requires(Source& source, std::uint64_t offset, span<std::byte> out) {
    { source.size() } -> std::convertible_to<std::uint64_t>;
    { source.read(offset, out) } -> std::same_as<status>;
};

// Writes into memory of the caller's.
class span_sink {
public:
    // memory  outlives the sink
    explicit span_sink(span<std::byte> memory) noexcept : memory_{memory} {}
    // no_room: nothing of this call was written.
    status write(span<const std::byte> bytes) noexcept {
        if (bytes.size() > memory_.size() - used_) return status::no_room;
        if (!bytes.empty()) std::memcpy(memory_.data() + used_, bytes.data(), bytes.size());
        used_ += bytes.size();
        return status::ok;
    }
    [[nodiscard]] span<const std::byte> written() const noexcept { return memory_.first(used_); }

private:
    span<std::byte> memory_;
    std::size_t used_ = 0;
};

// Reads from memory of the caller's: a file that was read whole, or memory-mapped flash.
class span_source {
public:
    // memory  outlives the source
    explicit span_source(span<const std::byte> memory) noexcept : memory_{memory} {}
    [[nodiscard]] std::uint64_t size() const noexcept { return memory_.size(); }
    // io_error: the part asked for does not exist; out is untouched.
    status read(std::uint64_t offset, span<std::byte> out) const noexcept {
        if (offset > memory_.size() || out.size() > memory_.size() - offset) return status::io_error;
        if (!out.empty()) std::memcpy(out.data(), memory_.data() + offset, out.size());
        return status::ok;
    }

private:
    span<const std::byte> memory_;
};

// Keeps only the length and the CRC32C of what is written: the first of two passes, so that nothing need be buffered.
class measuring_sink {
public:
    // Always ok.
    status write(span<const std::byte> bytes) noexcept {
        size_ += bytes.size();
        sum_.add(bytes.data(), bytes.size());
        return status::ok;
    }
    [[nodiscard]] std::uint64_t size() const noexcept { return size_; }
    [[nodiscard]] std::uint32_t crc() const noexcept { return sum_.value(); }

private:
    std::uint64_t size_ = 0;
    crc32c sum_;
};

}  // namespace synapse
