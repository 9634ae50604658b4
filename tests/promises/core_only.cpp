// Uses the core as a firmware does: learners of both tasks and both arithmetics, with everything that a shape can ask for.
// symbols.py compiles it and reads the symbols of the object.
#include <cstddef>
#include <cstdint>
#include <span>

#include <synapse/synapse.hpp>

namespace {

constexpr synapse::shape arm{.inputs = 6,
                             .outputs = 2,
                             .hidden = {32, 32},
                             .replay = 64,
                             .function = synapse::activation::tanh,
                             .batch = 5,
                             .slow = true,
                             .momentum = true};
constexpr synapse::shape digits{.inputs = 16,
                                .outputs = 4,
                                .hidden = {24},
                                .replay = 32,
                                .learns = synapse::task::classification,
                                .batch = 4,
                                .format = synapse::sample_format::u8,
                                .policy = synapse::replay_policy::balanced,
                                .scaling = synapse::input_scaling::none};

template <class Arithmetic>
using kernels = synapse::scalar_kernels<Arithmetic>;
template <synapse::shape Shape, class Arithmetic>
using learner = synapse::learner<Shape, kernels<Arithmetic>>;

synapse::fixed_arena<learner<arm, synapse::separate>::bytes> arm_memory;
synapse::fixed_arena<learner<arm, synapse::fused>::bytes> fused_memory;
synapse::fixed_arena<learner<digits, synapse::separate>::bytes> digits_memory;

learner<arm, synapse::separate> arm_model{arm_memory, {.learning_rate = 0.01f, .replay_ratio = 0.8f, .momentum = 0.5f}};
learner<arm, synapse::fused> fused_model{fused_memory};
learner<digits, synapse::separate> digits_model{digits_memory, {.answers = synapse::answer::both}};

}  // namespace

// Learns one sample and answers; says whether the caller must look at the result.
synapse::status learn(std::span<const float> x, std::span<const float> y, std::span<float> answer) {
    for (const synapse::status s : {arm_model.step(x, y), fused_model.step(x, y), arm_model.predict(x, answer)}) {
        if (!ok(s)) return s;
    }
    return arm_model.retune({.learning_rate = 0.005f});
}

synapse::result<std::uint32_t> learn(std::span<const float> pixels, std::span<const std::uint32_t> labels, std::span<float> answer) {
    if (const synapse::status s = digits_model.step(pixels, labels); !ok(s)) return s;
    if (const synapse::status s = digits_model.predict(pixels.first(16), answer); !ok(s)) return s;
    return digits_model.classify(pixels.first(16));
}

bool idle(std::uint32_t budget) {
    const bool slept = arm_model.sleep(budget).finished;
    return digits_model.sleep(budget).finished && fused_model.sleep(budget).finished && slept;
}

std::uint64_t fingerprint() {
    return synapse::weights_hash(arm_model) ^ synapse::weights_hash(fused_model) ^ synapse::weights_hash(digits_model);
}

const char* what_happened(synapse::status s) { return name(s); }
