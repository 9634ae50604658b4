// A checkpoint that was accepted, whatever it says, is a learner that learns: 100 steps, sleep, predictions that are finite, and a file
// that loads again.
#include <cstdint>
#include <span>
#include <vector>

#include <synapse/checkpoint/load.hpp>
#include <synapse/core/random.hpp>
#include <synapse/hosted/any_learner.hpp>

#include "mended.hpp"

namespace {

using namespace synapse;

struct memory_sink {
    std::vector<std::byte> bytes;
    status write(std::span<const std::byte> more) {
        bytes.insert(bytes.end(), more.begin(), more.end());
        return status::ok;
    }
};

// A fuzzer must not spend its time on learners of a megabyte.
bool small(const shape& s) {
    std::uint64_t widest = std::uint64_t{s.inputs} + s.outputs + s.pending;
    for (std::uint32_t l = 0; l < max_hidden_layers; ++l) widest += std::uint64_t{s.hidden[l]} + s.hidden_reserved[l];
    return widest <= 128 && s.replay <= 64 && s.batch <= 4;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto file = fuzz::mended(std::as_bytes(std::span{data, size}));
    span_source source{file};
    shape form;
    checkpoint_about about;
    if (!ok(read_about(source, form, about)) || form.flaw() != nullptr || !small(form)) return 0;
    any_learner<> model{form};
    if (!ok(load(model, source))) return 0;

    random_generator dice{1};
    std::vector<float> x(form.inputs);
    std::vector<float> y(form.outputs);
    for (int i = 0; i < 100; ++i) {
        for (float& f : x) f = 10.0f * dice.symmetric();
        for (float& f : y) f = dice.symmetric();
        const status s = model.is_classifier() ? model.step(x, dice.below(form.outputs)) : model.step(x, y);
        fuzz::demand(ok(s) || s == status::diverged);
        if (i % 25 == 0) static_cast<void>(model.sleep(3));
        if (i % 40 == 0 && form.pending != 0) static_cast<void>(model.hold(x));
        if (ok(model.predict(x, y))) {
            for (const float f : y) fuzz::demand(is_finite(f));
        }
    }
    memory_sink sink;
    fuzz::demand(ok(save(model, sink)));
    any_learner<> again{form};
    span_source saved{sink.bytes};
    fuzz::demand(ok(load(again, saved)));
    fuzz::demand(weights_hash(again) == weights_hash(model));
    return 0;
}
