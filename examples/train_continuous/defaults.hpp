// From what the user said, and what the data is, to the shape and the numbers of the learner. The only place that knows defaults.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string>

#include <synapse/hosted/any_learner.hpp>
#include <synapse/hosted/streams/sample.hpp>
#include <synapse/memory/augment.hpp>

#include "console/command_line.hpp"
#include "train_continuous/options.hpp"
#include "worlds/arm_learner.hpp"

namespace train_continuous {

using model_type = synapse::any_learner<>;

inline constexpr std::uint32_t default_classes = 16;  // of rows on standard input
inline constexpr std::uint64_t fast_samples = 10000;  // after which --config fast stops
inline constexpr std::uint64_t sleep_samples = 1000;  // of one sleep

// Samples come as they come, and the newest tell most; in another order every class must be kept.
inline bool is_stream(const options& x) {
    return x.data != data_kind::idx && (!x.order || x.order->is == synapse::streams::order::kind::stream);
}

// What suits each kind of data, before the user's own wishes. The arm's come with the arm.
inline synapse::shape default_shape(data_kind data, synapse::task learns) {
    if (data == data_kind::arm) return worlds::arm_shape();
    synapse::shape s;
    s.replay = 1000;
    if (data == data_kind::idx) {
        s.hidden[0] = s.hidden[1] = 400;
        s.scaling = synapse::input_scaling::none;  // pixels lie in [0, 1]
        s.format = synapse::sample_format::u8;
        s.slow = true;
        s.batch = 5;  // one new sample and the four that it brings back
        s.readout = 600;
        s.judges = 50;
    } else if (learns == synapse::task::classification) {
        // A stream that drifts, in 64 KiB for eight features and two classes.
        s.hidden[0] = 64;
        s.replay = 500;
        s.format = synapse::sample_format::u8;
        s.slow = true;
        s.batch = 9;
        s.readout = 112;
        s.readout_offset = 1.0f;
        s.readout_ridge = 30.0f;
    } else {
        s.hidden[0] = 64;
    }
    return s;
}

// `fast` is half as wide and remembers a tenth, `full` twice as wide and remembers ten times as much.
inline void resize(synapse::shape& s, preset size) {
    if (size == preset::standard) return;
    for (std::uint32_t& units : s.hidden) units = size == preset::fast ? units / 2 : units * 2;
    s.replay = size == preset::fast ? s.replay / 10 : s.replay * 10;
}

inline std::uint64_t hidden_units(const synapse::shape& s) {
    std::uint64_t sum = 0;
    for (const std::uint32_t units : s.hidden) sum += units;
    return sum;
}

inline constexpr std::uint32_t most_neurons = 100000;  // unless --max-neurons says otherwise

// Hidden units to grow to, in all.
inline std::uint32_t neuron_limit(const options& x, const synapse::shape& s) {
    const std::uint64_t born = hidden_units(s);
    if (x.max_neurons) return *x.max_neurons;
    return static_cast<std::uint32_t>(std::max<std::uint64_t>(born, std::min<std::uint64_t>(most_neurons, 4 * born)));
}

// Weights of a net whose layers have all grown into their room.
inline std::uint64_t weights_reserved(const synapse::shape& s) {
    std::uint64_t sum = 0;
    std::uint64_t before = s.inputs;
    for (std::uint32_t l = 0; l < synapse::max_hidden_layers && s.hidden_reserved[l] != 0; ++l) {
        sum += before * s.hidden_reserved[l];
        before = s.hidden_reserved[l];
    }
    return sum + before * s.outputs;
}
inline constexpr std::uint64_t most_weights_reserved = 1u << 26;

// Room for growth: each layer may take all of its share of the limit, and a layer alone all of it. Two layers of a quarter of a million
// units each would need a square of that in weights: where it comes to that, the first layer has the room that the others cannot have.
inline void reserve(synapse::shape& s, std::uint32_t limit) {
    const std::uint64_t born = hidden_units(s);
    if (born == 0) return;
    if (limit < born) {
        throw console::usage_error{"--max-neurons " + std::to_string(limit) + ": there are " + std::to_string(born) + " at the start"};
    }
    s.plastic = true;
    for (std::uint32_t l = 0; l < synapse::max_hidden_layers; ++l) {
        s.hidden_reserved[l] = static_cast<std::uint32_t>((s.hidden[l] * std::uint64_t{limit} + born - 1) / born);
    }
    for (bool shrunk = true; shrunk && weights_reserved(s) > most_weights_reserved;) {
        shrunk = false;
        std::uint32_t others = 0;
        for (std::uint32_t l = 1; l < synapse::max_hidden_layers; ++l) {
            const std::uint32_t half = std::max(s.hidden[l], s.hidden_reserved[l] / 2);
            shrunk = shrunk || half < s.hidden_reserved[l];
            s.hidden_reserved[l] = half;
            others += half;
        }
        s.hidden_reserved[0] = std::max(s.hidden[0], limit - std::min(limit, others));
    }
}

inline synapse::shape shape_of(const options& x, const synapse::streams::stream_form& form) {
    synapse::shape s = default_shape(x.data, form.learns);
    resize(s, x.config);
    s.inputs = form.inputs;
    s.outputs = form.outputs;
    s.learns = form.learns;
    if (form.learns == synapse::task::classification)
        s.policy = is_stream(x) ? synapse::replay_policy::fifo : synapse::replay_policy::balanced;
    if (x.hidden) {
        for (std::size_t i = 0; i < synapse::max_hidden_layers; ++i) s.hidden[i] = i < x.hidden->size() ? (*x.hidden)[i] : 0;
    }
    if (x.neurons) {
        for (std::uint32_t& units : s.hidden) units = 0;
        s.hidden[0] = *x.neurons;
    }
    if (x.neurogenesis.value_or(false)) reserve(s, neuron_limit(x, s));
    if (x.replay) s.replay = *x.replay;
    if (x.replay_policy) s.policy = *x.replay_policy;
    if (x.replay_format) s.format = *x.replay_format;
    if (x.batch) s.batch = *x.batch;
    if (x.replay_ratio == 0.0f) s.replay = 0;
    return s;
}

// True if a learner of shape `saved` is what the user asked for, as far as anything was said; `asked` is shape_of it.
inline bool as_asked(const options& x, const synapse::shape& asked, const synapse::shape& saved) {
    const bool sized = x.config != preset::standard;
    if (x.neurogenesis && *x.neurogenesis != saved.plastic) return false;
    if ((x.hidden || x.neurons || sized) && !std::equal(std::begin(asked.hidden), std::end(asked.hidden), std::begin(saved.hidden)))
        return false;
    if ((x.replay || sized || x.replay_ratio == 0.0f) && asked.replay != saved.replay) return false;
    if (x.replay_policy && asked.policy != saved.policy) return false;
    return (!x.replay_format || asked.format == saved.format) && (!x.batch || asked.batch == saved.batch);
}

// A step changes an answer by about the learning rate times what a layer's units say together, so a layer that is a hundred times as wide
// would jump a hundred times as far: beyond so many units the default rate is that of a hundred, divided by how many hundreds there are.
// Measured on the arm after 8,000 steps, error of the variance at this rate and at the whole one: 3,000 units .038 and .061, 10,000 .039 and
// .22; 100,000 after 4,000 steps .040.
inline constexpr std::uint32_t units_of_full_rate = 1024;
inline constexpr float units_at_that_rate = 100.0f;

inline float rate_share(const options& x) {
    std::uint32_t widest = x.neurons.value_or(1);
    if (!x.neurons && x.hidden) widest = *std::max_element(x.hidden->begin(), x.hidden->end());
    return widest <= units_of_full_rate ? 1.0f : units_at_that_rate / static_cast<float>(widest);
}

inline synapse::tuning tuning_of(const options& x, synapse::task learns) {
    synapse::tuning t = x.data == data_kind::arm ? worlds::arm_tuning() : synapse::tuning{};
    if (x.data == data_kind::idx) {
        t.replay_ratio = 0.8f;
        t.consistency = 1.0f;
        t.answers = synapse::answer::evidence;
    } else if (x.data != data_kind::arm && learns == synapse::task::classification) {
        t.learning_rate = 0.05f;
        t.initial_gain = 2.44948974f;  // Kaiming's
        t.replay_ratio = 8.0f / 9.0f;
        t.slow_decay = 0.9985f;
        t.slow_every = 1;
        t.consistency = 0.0f;
        t.evidence_sharpness = 0.3f;
        t.readout_keep = 0.999f;
        t.recent_labels = 64;
        t.answers = synapse::answer::evidence;
    }
    t.seed = x.seed;
    if (x.max_neurons) t.max_units = *x.max_neurons;
    t.learning_rate = x.learning_rate.value_or(t.learning_rate * rate_share(x));
    if (x.answers) t.answers = *x.answers;
    if (x.drift) t.drift_threshold = *x.drift;
    if (x.on_drift) t.on_drift = *x.on_drift;
    if (x.replay_ratio) {
        t.replay_ratio = *x.replay_ratio;
        // On the arm a replayed sample weighs as much as a new one.
        if (x.data == data_kind::arm) t.replay_weight = t.replay_ratio / (1.0f - t.replay_ratio);
    }
    return t;
}

// How replayed images are varied: a seventh of a small image would be another image, so below 14 pixels they stay as they are.
inline synapse::augment::shift image_shift(const options& x, std::uint32_t rows, std::uint32_t columns) {
    return {rows, columns, x.image_shift.value_or(std::min(rows, columns) / 14)};
}

// When to stop counting samples, if at all.
inline std::optional<std::uint64_t> sample_limit(const options& x) {
    if (x.config == preset::fast && !x.steps && !x.samples && !x.hours) return fast_samples;
    return x.samples;
}

}  // namespace train_continuous
