// What is in a checkpoint, found out once for every way of telling it.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <synapse/checkpoint/format.hpp>
#include <synapse/hosted/checkpoint_reader.hpp>
#include <synapse/hosted/dense_net.hpp>
#include <synapse/hosted/growth_events.hpp>
#include <synapse/hosted/metrics_history.hpp>
#include <synapse/learner/report.hpp>
#include <synapse/memory/codec.hpp>

#include "inspect/statistics.hpp"

namespace inspect {

struct layer_contents {
    std::uint32_t inputs = 0, outputs = 0;
    statistics weight, bias;
    bool hidden = false;
    std::vector<std::uint32_t> dead;     // hidden units that no remembered sample makes speak
    std::vector<std::uint32_t> useless;  // whose outgoing weights are below a thousandth of the layer's median
};

struct system_contents {
    std::string name;
    std::vector<layer_contents> layers;
};

struct replay_contents {
    std::uint64_t capacity = 0, stored = 0, seen = 0;
    std::string format, policy;
    std::uint32_t bits = 0;  // of each feature
    std::uint64_t bytes = 0;
    std::vector<std::uint64_t> by_class;  // stored samples; empty for regression
};

// A column of a history that the checkpoint holds.
struct series {
    std::string name;
    std::vector<double> values;
};

struct advice {
    bool serious = false;
    std::string sentence;
};

struct contents {
    std::string path;
    std::uint64_t bytes = 0;
    synapse::format::header header;
    std::string software, arithmetic, reason;
    std::optional<double> timestamp, fingerprint;
    std::uint64_t steps = 0, samples = 0;
    synapse::shape form;
    synapse::tuning numbers;
    synapse::report report;
    std::vector<system_contents> systems;
    std::optional<replay_contents> replay;
    std::vector<series> metrics, growth;
    std::vector<synapse::growth_event> grew;  // the last ones, the oldest first
    std::uint64_t growth_events = 0;          // ever
    std::uint64_t program_steps = 0;
    bool dead_units_looked_for = false;
    std::vector<advice> health;
    std::string verdict;  // "healthy", "look here", "ill", "new"
};

namespace details {

inline std::vector<series> series_in(const synapse::checkpoint_reader& in, std::string_view group) {
    std::vector<series> found;
    for (const auto& t : in.tensors()) {
        if (!t.name.starts_with(group) || t.name.size() <= group.size() || t.name[group.size()] != '/') continue;
        // A row of numbers is one series; a table is one for each column.
        const std::string name = t.name.substr(group.size() + 1);
        const bool row = t.rows == 1;
        const std::uint32_t columns = row ? 1 : t.cols, length = row ? t.cols : t.rows;
        for (std::uint32_t c = 0; c < columns; ++c) {
            series s{columns == 1 ? name : name + "/" + std::to_string(c), {}};
            for (std::uint32_t i = 0; i < length; ++i) s.values.push_back(t[std::size_t{i} * columns + c]);
            found.push_back(std::move(s));
        }
    }
    return found;
}

// Remembered samples as the network sees them, at most `most`, evenly chosen. Empty if the buffer holds none.
inline std::vector<std::vector<float>> remembered(const synapse::checkpoint_reader& in, const contents& c, std::size_t most) {
    std::vector<std::vector<float>> samples;
    const auto* t = in.find_tensor("replay_buffer/samples");
    if (t == nullptr || t->rows == 0) return samples;
    const synapse::sample_format f = c.form.format;
    const std::uint32_t n = c.form.inputs;
    const std::size_t size = synapse::codec::bytes(f, n);
    if (t->bytes.size() != size * t->rows) return samples;
    const bool raw = c.form.scaling == synapse::input_scaling::none;
    const float low = raw ? c.form.range_low : -c.numbers.input_clamp, high = raw ? c.form.range_high : c.numbers.input_clamp;
    const std::size_t count = std::min<std::size_t>(most, t->rows);
    for (std::size_t i = 0; i < count; ++i) {
        std::vector<float> x(n);
        synapse::codec::decode(f, n, t->bytes.data() + i * t->rows / count * size, low, high, x.data());
        samples.push_back(std::move(x));
    }
    return samples;
}

inline bool stored_scaled(const synapse::shape& s) {
    return s.scaling == synapse::input_scaling::standardise &&
           (s.format == synapse::sample_format::u8 || s.format == synapse::sample_format::bit);
}

// Fills in dead and useless units of one system.
inline void judge_units(system_contents& system, synapse::dense_net net, const std::vector<std::vector<float>>& samples,
                        bool samples_are_scaled) {
    if (samples_are_scaled) {
        net.input_mean.clear();
        net.input_scale.clear();
    }
    std::vector<std::vector<bool>> spoke;
    for (std::size_t l = 0; l + 1 < net.layers.size(); ++l) spoke.emplace_back(net.layers[l].outputs, false);
    std::vector<std::vector<double>> hidden;
    for (const auto& x : samples) {
        static_cast<void>(net.forward(x, &hidden));
        for (std::size_t l = 0; l < hidden.size(); ++l) {
            for (std::size_t j = 0; j < hidden[l].size(); ++j) spoke[l][j] = spoke[l][j] || std::fabs(hidden[l][j]) > 1e-6;
        }
    }
    for (std::size_t l = 0; l + 1 < net.layers.size(); ++l) {
        const synapse::dense_net::layer& next = net.layers[l + 1];
        std::vector<double> outgoing;
        for (std::uint32_t k = 0; k < next.inputs; ++k) {
            double squares = 0;
            for (std::uint32_t j = 0; j < next.outputs; ++j) {
                const auto w = static_cast<double>(next.weight[std::size_t{k} * next.outputs + j]);
                squares += w * w;
            }
            outgoing.push_back(std::sqrt(squares));
        }
        std::vector<double> sorted = outgoing;
        std::nth_element(sorted.begin(), sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() / 2), sorted.end());
        const double median = sorted[sorted.size() / 2];
        for (std::uint32_t k = 0; k < next.inputs; ++k) {
            if (!samples.empty() && !spoke[l][k]) system.layers[l].dead.push_back(k);
            if (outgoing[k] < 1e-3 * median) system.layers[l].useless.push_back(k);
        }
    }
}

inline void look_at_replay(const synapse::checkpoint_reader& in, contents& c) {
    if (c.form.replay == 0) return;
    replay_contents r;
    r.capacity = c.form.replay;
    r.format = name(c.form.format);
    r.policy = name(c.form.policy);
    constexpr std::uint32_t bits[] = {32, 16, 8, 1};
    r.bits = c.form.flaw() == nullptr ? bits[static_cast<std::size_t>(c.form.format)] : 0;
    r.stored = static_cast<std::uint64_t>(in.value("replay_buffer/used").value_or(0));
    r.seen = static_cast<std::uint64_t>(in.value("replay_buffer/seen").value_or(0));
    if (const auto* t = in.find_tensor("replay_buffer/samples")) r.bytes = t->bytes.size();
    if (const auto* labels = in.find_tensor("replay_buffer/labels")) {
        r.by_class.assign(c.form.outputs, 0);
        for (std::size_t i = 0; i < std::size_t{labels->rows} * labels->cols; ++i) {
            const auto label = static_cast<std::size_t>((*labels)[i]);
            if (label < r.by_class.size()) ++r.by_class[label];
        }
    }
    c.replay = std::move(r);
}

inline void judge(contents& c) {
    const auto say = [&](bool serious, std::string sentence) { c.health.push_back({serious, std::move(sentence)}); };
    const auto& r = c.report;
    if (r.samples == 0) {
        c.verdict = "new";
        say(false, "nothing has been learned yet");
        return;
    }
    const bool classifies = c.form.learns == synapse::task::classification;
    const auto error = static_cast<double>(r.error);
    if (!classifies && error > 1.0)
        say(true, "the error is above the variance of the target: worse than answering the mean. Lower the learning rate");
    if (classifies && c.form.outputs > 1 && error > 1.0 - 1.0 / c.form.outputs)
        say(true, "no better than guessing: lower the learning rate, or look at the inputs");
    if (r.wants_sleep != 0) say(false, "a drift asks for sleep: call sleep() when the machine is idle");
    if (r.drifts > 0 && c.steps - std::min<std::uint64_t>(c.steps, r.last_drift_step) < 1000)
        say(false, "the world changed less than 1,000 steps before this was saved");
    if (r.rollbacks > 0)
        say(false, std::to_string(r.rollbacks) + " times learning had hurt and was undone: the learning rate may be too high");
    for (const system_contents& s : c.systems) {
        for (std::size_t l = 0; l < s.layers.size(); ++l) {
            const layer_contents& layer = s.layers[l];
            const std::string place = s.name + " layer " + std::to_string(l);
            if (std::max(std::fabs(layer.weight.least), std::fabs(layer.weight.largest)) > 1e3)
                say(true, place + " has weights beyond 1000: it diverges, or an input is not scaled");
            if (layer.hidden && layer.dead.size() * 2 > layer.outputs)
                say(true, place + ": more than half of its units are dead. Lower the learning rate, or let units be recycled");
            else if (layer.hidden && layer.dead.size() * 10 > layer.outputs)
                say(false, place + ": " + std::to_string(layer.dead.size()) + " of " + std::to_string(layer.outputs) + " units are dead");
        }
    }
    if (c.replay && !c.replay->by_class.empty() && c.replay->stored != 0) {
        std::uint64_t least = ~std::uint64_t{0}, most = 0;
        for (const std::uint64_t n : c.replay->by_class) {
            if (n == 0) continue;
            least = std::min(least, n);
            most = std::max(most, n);
        }
        if (most > 10 * least)
            say(false, "the replay buffer holds ten times more of one class than of another: a balanced policy remembers rare classes");
    }
    if (c.form.replay == 0 && r.samples > 1000) say(false, "nothing is remembered (replay 0): what is not seen again will be forgotten");
    c.verdict = c.health.empty()                                                                           ? "healthy"
                : std::any_of(c.health.begin(), c.health.end(), [](const advice& a) { return a.serious; }) ? "ill"
                                                                                                           : "look here";
}

}  // namespace details

// in has been opened. Throws std::invalid_argument if it holds no learner, or one whose parts do not fit together.
inline contents contents_of(const synapse::checkpoint_reader& in, std::string path, std::uint64_t bytes) {
    contents c;
    c.path = std::move(path);
    c.bytes = bytes;
    c.header = in.header();
    c.software = in.text("software");
    c.arithmetic = in.text("arithmetic");
    c.reason = in.text("reason");
    c.timestamp = in.value("timestamp");
    if (c.timestamp == 0.0) c.timestamp.reset();
    c.steps = static_cast<std::uint64_t>(in.value("step_count").value_or(0));
    c.samples = static_cast<std::uint64_t>(in.value("total_samples_seen").value_or(0));
    c.form = synapse::shape_of(in);
    c.numbers = synapse::tuning_of(in);
    c.report = synapse::detail::numbers_of<synapse::report>(in, "report");
    if (const char* flaw = c.form.flaw()) throw std::invalid_argument{std::string{"it holds no learner: "} + flaw};
    details::look_at_replay(in, c);
    const auto samples = details::remembered(in, c, 1000);
    c.dead_units_looked_for = !samples.empty();
    for (const std::string& name : synapse::systems_in(in)) {
        const synapse::dense_net net = synapse::net_of(in, name);
        system_contents s{name, {}};
        for (const auto& l : net.layers) {
            s.layers.push_back({l.inputs, l.outputs, statistics_of(l.weight), statistics_of(l.bias), &l != &net.layers.back(), {}, {}});
        }
        details::judge_units(s, net, samples, details::stored_scaled(c.form));
        c.systems.push_back(std::move(s));
    }
    for (auto& m : synapse::metrics_history_in(in).series) c.metrics.push_back({std::move(m.name), std::move(m.values)});
    c.growth = details::series_in(in, "growth_history");
    c.grew = synapse::growth_events_in(in);
    c.growth_events = static_cast<std::uint64_t>(in.value("growth_history/events").value_or(0));
    details::judge(c);
    return c;
}

// 6-32-32-2, from the layers that are there.
inline std::string net_text(const contents& c) {
    if (c.systems.empty()) return "?";
    std::string text = std::to_string(c.systems[0].layers.front().inputs);
    for (const layer_contents& l : c.systems[0].layers) (text += '-') += std::to_string(l.outputs);
    return text;
}

}  // namespace inspect
