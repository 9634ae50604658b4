// From what the user said, and what the data is, to the shape and the numbers of the learner. The only place that knows defaults.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include <synapse/hosted/any_learner.hpp>
#include <synapse/hosted/streams/sample.hpp>

#include "train_continuous/options.hpp"

namespace train_continuous {

using model_type = synapse::any_learner<>;

inline constexpr std::uint32_t default_classes = 16;      // of rows on standard input
inline constexpr std::uint64_t fast_samples = 10000;      // after which --config fast stops

inline std::vector<std::uint32_t> default_hidden(data_kind data, preset size) {
    const bool fast = size == preset::fast;
    const bool full = size == preset::full;
    if (data == data_kind::arm) return fast ? std::vector<std::uint32_t>{16, 16} : full ? std::vector<std::uint32_t>{64, 64} : std::vector<std::uint32_t>{32, 32};
    if (data == data_kind::idx) return fast ? std::vector<std::uint32_t>{128} : full ? std::vector<std::uint32_t>{800, 800} : std::vector<std::uint32_t>{400, 400};
    return fast ? std::vector<std::uint32_t>{32} : full ? std::vector<std::uint32_t>{128, 128} : std::vector<std::uint32_t>{64};
}

inline synapse::shape shape_of(const options& x, const synapse::streams::stream_form& form) {
    synapse::shape s;
    s.inputs = form.inputs;
    s.outputs = form.outputs;
    s.learns = form.learns;
    const std::vector<std::uint32_t> hidden = x.hidden ? *x.hidden : default_hidden(x.data, x.config);
    for (std::size_t i = 0; i < hidden.size(); ++i) s.hidden[i] = hidden[i];
    s.replay = x.replay ? *x.replay : x.config == preset::fast ? 200 : x.config == preset::full ? 10000 : 1000;
    if (x.replay_ratio == 0.0f) s.replay = 0;
    if (form.learns == synapse::task::classification) s.policy = synapse::replay_policy::balanced;
    if (x.data == data_kind::arm) s.policy = synapse::replay_policy::fifo;  // an arm whose payload changed must not relearn the old one
    if (x.data == data_kind::idx) {
        s.scaling = synapse::input_scaling::none;  // pixels lie in [0, 1]
        s.format = synapse::sample_format::u8;
    }
    return s;
}

inline synapse::tuning tuning_of(const options& x) {
    synapse::tuning t;
    t.seed = x.seed;
    if (x.learning_rate) t.learning_rate = *x.learning_rate;
    if (x.replay_ratio) t.replay_ratio = *x.replay_ratio;
    if (x.data == data_kind::arm) t.error_clip = 0.5f;
    return t;
}

// When to stop counting samples, if at all.
inline std::optional<std::uint64_t> sample_limit(const options& x) {
    if (x.config == preset::fast && !x.steps && !x.samples && !x.hours) return fast_samples;
    return x.samples;
}

}  // namespace train_continuous
