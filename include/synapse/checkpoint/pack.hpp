// Writes the few MessagePack types that a checkpoint needs, each in its shortest form, to any byte sink.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

#include <synapse/checkpoint/number_listing.hpp>
#include <synapse/checkpoint/stream.hpp>
#include <synapse/config.hpp>
#include <synapse/core/bytes.hpp>
#include <synapse/core/span.hpp>
#include <synapse/core/status.hpp>

namespace synapse {

// Those that have a length come last.
enum class pack_type : std::uint8_t {
    negative_integer,
    unsigned_integer,
    nil,
    float64,
    boolean = static_cast<std::uint8_t>(number_kind::boolean),
    never,  // 0xc1
    float32 = static_cast<std::uint8_t>(number_kind::f32),
    text,
    binary,
    extension,
    array,
    map
};
constexpr pack_type pack_type_of(number_kind k) noexcept {
    return k < number_kind::boolean ? pack_type::unsigned_integer : static_cast<pack_type>(k);
}

// Remembers the first failure of its sink and writes nothing after it, so that a caller asks once, at the end.
// One type for every sink: the code that writes a learner exists once, however many sinks a firmware uses.
class packer {
public:
    // Writes nowhere: only counts, and sums up.
    packer() = default;
    // sink  outlives the packer
    template <byte_sink Sink>
    explicit packer(Sink& sink) noexcept
        : sink_{&sink}, write_{[](void* to, const std::byte* bytes, std::size_t size) noexcept {
              return static_cast<Sink*>(to)->write({bytes, size});
          }} {}

    // The first status of the sink that was not ok, else ok.
    [[nodiscard]] status outcome() const noexcept { return outcome_; }

    // Bytes written and their CRC32C, without a sink.
    [[nodiscard]] std::uint64_t size() const noexcept { return size_; }
    [[nodiscard]] std::uint32_t crc() const noexcept { return sum_.value(); }

    // One object each, in the shortest encoding that holds it.
    void nil() noexcept { put(pack_type::nil, 0); }
    void boolean(bool b) noexcept { put(pack_type::boolean, b ? 1 : 0); }
    void unsigned_integer(std::uint64_t n) noexcept { put(pack_type::unsigned_integer, n); }

    // Always a float32 with the bits given: 2.0f stays a float and -0.0f keeps its sign.
    void real(float x) noexcept { put(pack_type::float32, std::bit_cast<std::uint32_t>(x)); }

    // characters [size], not ended by a zero
    void text(const char* characters, std::uint32_t size) noexcept {
        put(pack_type::text, size);
        raw(reinterpret_cast<const std::byte*>(characters), size);
    }
    // At most 255 characters of it.
    void text(const char* zero_terminated) noexcept { text(zero_terminated, detail::length_of(zero_terminated, 255)); }

    // `entries` objects (keys and values in turn, for a map) must follow.
    void array(std::uint32_t entries) noexcept { put(pack_type::array, entries); }
    void map(std::uint32_t entries) noexcept { put(pack_type::map, entries); }

    // `size` raw bytes must follow.
    void binary(std::uint32_t size) noexcept { put(pack_type::binary, size); }

    // The head of any of these: a number, a boolean's 0 or 1, a float32's bits, a length. All but unsigned integers are below 2^32.
    SYNAPSE_OUTLINE void put(pack_type t, std::uint64_t n) noexcept {
        const layout l = layouts[static_cast<unsigned>(t)];
        auto low = static_cast<std::uint32_t>(n);
        auto high = static_cast<std::uint32_t>(n >> 32);
        std::uint32_t code = l.fix | low;
        std::uint32_t size = 0;
        if (high != 0 || low >= l.limit) {
            code = l.first;
            for (size = l.least; size < 4 ? high != 0 || low >> (8 * size) != 0 : size < 8 && high != 0; size *= 2) ++code;
        }
        std::byte bytes[9];
        bytes[0] = static_cast<std::byte>(code);
        for (std::uint32_t i = size; i != 0; --i) {
            bytes[i] = static_cast<std::byte>(low & 0xff);
            low = low >> 8 | high << 24;
            high >>= 8;
        }
        raw(bytes, 1 + size);
    }
    SYNAPSE_OUTLINE void raw(const std::byte* bytes, std::size_t size) noexcept {
        if (write_ == nullptr) {
            size_ += size;
            sum_.add(bytes, size);
        } else if (ok(outcome_)) {
            outcome_ = write_(sink_, bytes, size);
        }
    }

private:
    // Types that hold a number or are as long as one says: one byte `fix | n` below a limit, else the type byte `first` and `least` bytes,
    // or the next type byte and twice as many, ...
    struct layout {
        std::uint8_t fix;
        std::uint8_t limit;
        std::uint8_t first;
        std::uint8_t least;
    };
    static constexpr layout layouts[] = {
        {},                   // negative_integer
        {0, 0x80, 0xcc, 1},   // unsigned_integer
        {0xc0, 1, 0, 8},      // nil
        {},                   // float64
        {0xc2, 2, 0, 8},      // boolean
        {},                   // never
        {0, 0, 0xca, 4},      // float32
        {0xa0, 32, 0xd9, 1},  // text
        {0, 0, 0xc4, 1},      // binary
        {},                   // extension
        {0x90, 16, 0xdc, 2},  // array
        {0x80, 16, 0xde, 2},  // map
    };

    status outcome_ = status::ok;
    void* sink_ = nullptr;
    status (*write_)(void*, const std::byte*, std::size_t) noexcept = nullptr;  // null: there is no sink
    crc32c sum_;
    std::uint64_t size_ = 0;
};

}  // namespace synapse
