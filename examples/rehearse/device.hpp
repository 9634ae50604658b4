// What a learner costs on a Cortex-M4F: its block exactly, instructions and flash as they were measured.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include <synapse/core/arena.hpp>
#include <synapse/core/fields.hpp>
#include <synapse/kernels/arithmetic.hpp>
#include <synapse/kernels/scalar.hpp>
#include <synapse/learner/body.hpp>
#include <synapse/learner/shape.hpp>

namespace rehearse {

// Of the learner beside its block, pointers of 4 bytes: at most. Counted: 632 without a hidden layer, 56 each, 736 for what can grow.
inline std::size_t object_bytes(const synapse::shape& form) {
    std::size_t layers = 0;
    while (layers < synapse::max_hidden_layers && form.hidden[layers] != 0) ++layers;
    return 704 + 64 * layers + (form.plastic ? 768 : 0);
}

// Of code at -Os, gcc 12: step and predict with what they call, beyond a firmware without a learner. Fitted to 14 linked programs, within
// 2 % of each; the tests hold it to a quarter.
inline std::size_t code_bytes(const synapse::shape& form) {
    const bool classes = form.learns == synapse::task::classification;
    std::size_t bytes = 3900;
    if (form.hidden[0] != 0) bytes += 1080;
    if (classes) bytes += 800;
    if (form.replay != 0) bytes += classes ? 1850 : 1480;
    if (form.plastic) bytes += classes ? 5700 : 5150;
    return bytes;
}
inline constexpr std::size_t checkpoint_code_bytes = 9800;  // save and load, if the firmware uses them

// synapse::learner<shape>::bytes as the firmware's compiler will compute it: arrays packed, at multiples of 8.
struct device_measure : synapse::fields::flat<device_measure> {
    synapse::arena memory;

    template <class T>
    void value(const char*, T&) noexcept {}
    template <class T>
    void array(const char*, synapse::role, T*&, const synapse::extent& e) noexcept {
        static_cast<void>(memory.take(e.reserved(), sizeof(T), 8));
    }
};
inline std::size_t block_bytes(const synapse::shape& form) {
    using body_type = synapse::learner_body<synapse::scalar_kernels<synapse::separate, 1>>;
    body_type body{form};
    device_measure visit;
    body_type::fields(body, visit);
    return visit.memory.used();
}
// All RAM that a learner keeps; its stack comes on top.
inline std::size_t ram_bytes(const synapse::shape& form) { return block_bytes(form) + object_bytes(form); }

// Instructions of one step and one prediction.
struct instructions {
    double step = 0;
    double predict = 0;
};

// Of relu networks at -Os, a hidden layer or more or none, samples stored as f16: fitted to counts on the emulated Cortex-M4F over 40 shapes
// and tasks (4 to 60 inputs, no to two hidden layers of 8 to 64 units, without replay and with four samples); the worst miss was 7 % of a
// step and 10 % of a prediction.
// A network that may grow is counted as it is when it has grown; its record of units costs some 155 + 29 instructions a hidden unit for
// each sample (20 of those shapes again, within 4 % of a step).
// @param ratio  tuning::replay_ratio
inline instructions instructions_of(const synapse::shape& form, float ratio) {
    double products = 0, units = 0, layers = 0, hidden = 0, before = form.inputs;
    for (std::uint32_t l = 0; l <= synapse::max_hidden_layers; ++l) {
        const bool last = l == synapse::max_hidden_layers || form.hidden[l] == 0;
        const double width = last ? form.outputs : std::max(form.hidden[l], form.hidden_reserved[l]);
        if (!last) hidden += width;
        products += before * width;
        units += width;
        ++layers;
        before = width;
        if (last) break;
    }
    const double inputs = form.inputs;
    const double classes = form.learns == synapse::task::classification ? 1 : 0;
    const double record = form.plastic ? 155.0 + 29.0 * hidden : 0.0;
    const double once = record + 438.5 + 4.29 * products + 135.0 * units + 233.4 * inputs - 68.3 * layers + 487.6 * classes;
    const double again = record + 149.9 + 4.42 * products + 132.2 * units + 201.8 * inputs - 10.3 * layers + 117.7 * classes;
    const double replayed = form.replay == 0 ? 0.0 : static_cast<double>(ratio / (1 - ratio));
    return {once + replayed * again, 138.3 + 1.63 * products + 35.5 * units + 85.1 * inputs - 60.4 * layers + 129.6 * classes};
}

}  // namespace rehearse
