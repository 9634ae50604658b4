// What a learner costs on a Cortex-M4F: its block exactly, instructions and flash as they were measured.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include <synapse/core/arena.hpp>
#include <synapse/core/fields.hpp>
#include <synapse/kernels/arithmetic.hpp>
#include <synapse/kernels/scalar.hpp>
#include <synapse/learner/body.hpp>
#include <synapse/learner/shape.hpp>
#include <synapse/network/pins.hpp>
#include <synapse/network/workspace.hpp>

namespace rehearse {

// Of the learner beside its block, pointers of 4 bytes: at most. Counted: 520 to 576 without a hidden layer, 48 each, and for what can
// grow 144 and 56 a layer.
inline std::size_t object_bytes(const synapse::shape& form) {
    std::size_t layers = 0;
    while (layers < synapse::max_hidden_layers && form.hidden[layers] != 0) ++layers;
    return 576 + 48 * layers + (form.plastic ? 144 + 56 * layers : 0);
}

// Of code at -Os, gcc 12: step and predict with what they call, beyond a firmware without a learner. Fitted to 20 linked programs, within
// 3 % of each; the tests hold it to a quarter.
inline std::size_t code_bytes(const synapse::shape& form) {
    const bool classes = form.learns == synapse::task::classification;
    std::size_t bytes = 3770;
    if (form.hidden[0] != 0) bytes += 930;
    if (classes) bytes += 810;
    if (form.replay != 0) bytes += classes ? 1380 : 1030;
    if (form.plastic) bytes += classes ? 3700 : 3250;
    return bytes;
}
inline constexpr std::size_t checkpoint_code_bytes = 9800;  // save and load, if the firmware uses them

// synapse::learner<shape>::bytes as the firmware's compiler will compute it: arrays packed, at multiples of 8, rows named by 16 bits, and
// deltas in the place of their units where the learner has no use for both.
struct device_measure : synapse::fields::flat<device_measure> {
    const synapse::shape& form;
    synapse::arena memory{};

    template <class T>
    void value(const char*, T&) noexcept {}
    template <class T>
    void array(const char* name, synapse::role, T*&, const synapse::extent& e) noexcept {
        const std::size_t size = std::string_view{name} == "rows" ? 2 : sizeof(T);
        static_cast<void>(memory.take(e.reserved(), size, 8));
    }
    template <class Work>
    void scratch(const char*, Work& work) {
        using packed = synapse::basic_workspace<synapse::network_pins{}, true>;
        const bool in_place = form.batch == 1 && form.function == synapse::activation::relu && !form.momentum && !form.plastic;
        if (!in_place) return Work::fields(work, *this);
        packed smaller{form.network(), 1, 1};
        packed::fields(smaller, *this);
    }
};
inline std::size_t block_bytes(const synapse::shape& form) {
    using body_type = synapse::learner_body<synapse::scalar_kernels<synapse::separate, 1>>;
    body_type body{form};
    device_measure visit{{}, form};
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

// Of relu networks at -Os, samples stored as f16: fitted to counts on the emulated Cortex-M4F over 40 shapes (4 to 60 inputs, no to two
// hidden layers of 8 to 64 units, 1 to 10 outputs, without replay and with four samples, numbers and classes, with and without a record of
// units); the worst miss was 8 % of a step and of a prediction. A product behind a layer of relus costs less: what they send is often 0.
// A network that may grow is counted as it is when it has grown.
// @param ratio  tuning::replay_ratio
inline instructions instructions_of(const synapse::shape& form, float ratio) {
    double first = 0, later = 0, units = 0, hidden = 0, before = form.inputs;
    for (std::uint32_t l = 0; l <= synapse::max_hidden_layers; ++l) {
        const bool last = l == synapse::max_hidden_layers || form.hidden[l] == 0;
        const double width = last ? form.outputs : std::max(form.hidden[l], form.hidden_reserved[l]);
        if (!last) hidden += width;
        (l == 0 ? first : later) += before * width;
        units += width;
        before = width;
        if (last) break;
    }
    const double inputs = form.inputs;
    const double classes = form.learns == synapse::task::classification ? 1 : 0;
    const double labels = classes * form.outputs;
    const double record = form.plastic ? hidden : 0.0;
    const double once =
        353.6 + 7.86 * first + 4.53 * later + 76.4 * units + 117.5 * inputs + 53.6 * classes + 190.7 * labels + 27.6 * record;
    const double again =
        298.4 + 7.72 * first + 4.74 * later + 77.6 * units + 96.8 * inputs - 468.3 * classes + 270.0 * labels + 23.7 * record;
    const double replayed = form.replay == 0 ? 0.0 : static_cast<double>(ratio / (1 - ratio));
    return {once + replayed * again, 48.5 + 3.0 * first + 1.48 * later + 27.7 * units + 52.9 * inputs + 96.8 * classes + 38.7 * labels};
}

}  // namespace rehearse
