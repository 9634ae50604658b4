// The decoder against anything: no crash, no overrun, nothing half done. A refused file leaves the learner's every byte as it was; what
// our reader passes over as one object, msgpack-cxx reads as one object too.
#include <cstdint>
#include <span>
#include <vector>

#ifndef MSGPACK_NO_BOOST
#define MSGPACK_NO_BOOST
#endif
#include <msgpack.hpp>

#include <synapse/checkpoint/load.hpp>
#include <synapse/learner/learner.hpp>

#include "mended.hpp"

namespace {

using namespace synapse;

using first_type = learner<shape{.inputs = 3, .outputs = 2, .hidden = {5}, .replay = 6}>;
using second_type = learner<shape{.inputs = 2, .outputs = 3, .hidden = {4, 3}, .replay = 5, .learns = task::classification, .batch = 2, .slow = true,
                                  .pending = 2, .momentum = true, .policy = replay_policy::priority}>;

template <class Model>
void try_to_load(std::span<const std::byte> file) {
    static fixed_arena<Model::bytes> memory;
    static Model model{memory};
    const auto image = [&] {
        fnv1a64 hash;
        hash.add(memory.span());
        hash.add(std::as_bytes(std::span{&model.latest(), 1}));
        hash.add(std::as_bytes(std::span{&model.tuned(), 1}));
        return hash.value();
    };
    const std::uint64_t before = image();
    span_source source{file};
    const load_result r = load(model, source);
    fuzz::demand(!r.torn);
    if (!ok(r)) fuzz::demand(image() == before);
}

void compare_readers(std::span<const std::byte> payload) {
    span_source source{payload};
    unpacker in{source, 0, static_cast<std::uint32_t>(payload.size())};
    in.skip(0u);
    if (!ok(in.outcome()) || in.position() != payload.size()) return;
    try {
        std::size_t used = 0;
        const msgpack::unpack_limit limits{1u << 17, 1u << 17, 1u << 20, 1u << 20, 1u << 20, 16};
        const auto handle = msgpack::unpack(reinterpret_cast<const char*>(payload.data()), payload.size(), used, nullptr, nullptr, limits);
        fuzz::demand(used == payload.size());
    } catch (const msgpack::unpack_error&) {
        fuzz::demand(false);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto input = std::as_bytes(std::span{data, size});
    format::header h;
    if (size >= format::header_bytes) static_cast<void>(format::decode(input.first<format::header_bytes>(), h));
    try_to_load<first_type>(input);
    const auto file = fuzz::mended(input);
    compare_readers(std::span{file}.subspan(format::header_bytes));
    span_source source{file};
    shape form;
    checkpoint_about about;
    static_cast<void>(read_about(source, form, about));
    try_to_load<first_type>(file);
    try_to_load<second_type>(file);
    return 0;
}
