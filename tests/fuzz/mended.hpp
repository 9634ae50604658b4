// An input as a fuzzer or a corpus brings it, under a header that fits: both CRCs and the length are mended, so that what is
// tried is the decoder and not the check in front of it.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <iterator>
#include <span>
#include <vector>

#include <synapse/checkpoint/format.hpp>
#include <synapse/core/random.hpp>

namespace fuzz {

// The input's payload (all of it, if it does not begin like a checkpoint) behind a sound header.
inline std::vector<std::byte> mended(std::span<const std::byte> input) {
    using namespace synapse;
    const bool headed = input.size() > format::header_bytes && input[0] == std::byte{0xc7} && input[2] == std::byte{'S'};
    const auto payload = headed ? input.subspan(format::header_bytes) : input;
    std::byte head[format::header_bytes];
    format::encode({.payload_bytes = static_cast<std::uint32_t>(payload.size()), .payload_crc = crc32c::of(payload)}, head);
    std::vector<std::byte> file(head, head + sizeof head);
    for (const std::byte b : payload) file.push_back(b);
    return file;
}

// A broken promise: libFuzzer keeps the input, the replaying program fails.
inline void demand(bool kept) {
    if (!kept) std::abort();
}

// Changes a few numbers in place, so that most of what comes out is still a document.
inline void nudge(std::span<std::byte> payload, synapse::random_generator& dice) {
    static constexpr std::uint32_t telling[] = {0, 1, 0x7f, 0x80, 0xff, 0x7f800000, 0x7f7fffff, 0xffc00000, 0x80000000, 0x3f800000, 0xffffffff};
    for (std::uint32_t changes = 1 + dice.below(4); changes != 0; --changes) {
        const std::size_t at = dice.below(static_cast<std::uint32_t>(payload.size()));
        switch (dice.below(4)) {
            case 0: payload[at] ^= static_cast<std::byte>(1u << dice.below(8)); break;
            case 1: payload[at] = static_cast<std::byte>(dice.next() & 255u); break;
            case 2: payload[at] = static_cast<std::byte>(telling[dice.below(5)]); break;
            default:
                if (at + 4 > payload.size()) break;
                const std::uint32_t number = telling[dice.below(std::size(telling))];
                if (dice.below(2) == 0) synapse::store_little(payload.data() + at, number); else synapse::store_big(payload.data() + at, number);
        }
    }
}

}  // namespace fuzz

// libFuzzer's own mutator, where there is a libFuzzer.
extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t largest) __attribute__((weak));

// Called by libFuzzer in place of its own: two of three mutations keep the structure, and both CRCs always fit.
extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t largest, unsigned seed) {
    synapse::random_generator dice{seed};
    const auto header = synapse::format::header_bytes;
    if (size <= header || (LLVMFuzzerMutate != nullptr && dice.below(3) == 0)) {
        if (LLVMFuzzerMutate == nullptr) return size;
        size = LLVMFuzzerMutate(data, size, largest);
    } else {
        fuzz::nudge(std::as_writable_bytes(std::span{data + header, size - header}), dice);
    }
    if (size > header) {
        const auto file = fuzz::mended(std::as_bytes(std::span{data, size}));
        for (std::size_t i = 0; i < file.size() && i < largest; ++i) data[i] = static_cast<std::uint8_t>(file[i]);
        size = file.size() < largest ? file.size() : largest;
    }
    return size;
}
