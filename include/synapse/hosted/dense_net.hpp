// A stack of dense layers by itself, out of a learner and its statistics: what is exported to other libraries, and what comes from them.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <synapse/hosted/checkpoint_reader.hpp>
#include <synapse/hosted/named_arrays.hpp>
#include <synapse/kernels/kernel_set.hpp>
#include <synapse/learner/body.hpp>
#include <synapse/learner/shape.hpp>
#include <synapse/learner/tuning.hpp>
#include <synapse/memory/normalizer.hpp>
#include <synapse/network/activation.hpp>
#include <synapse/network/dense.hpp>

namespace synapse {

namespace detail {

// Fills a part that is nothing but numbers from a checkpoint; those that are not there keep their values.
struct read_numbers {
    const checkpoint_reader& in;
    std::string prefix;

    template <class T>
    void value(const char* name, T& number) const {
        if (const auto x = in.value(prefix + name)) assign(number, *x);
        if constexpr (std::is_same_v<T, std::uint64_t>) {  // beyond what a double holds
            if (const auto* s = in.find(prefix + name)) {
                if (const auto* u = std::get_if<std::uint64_t>(s)) number = *u;
            }
        }
    }
    template <class T, std::size_t Count>
    void list(const char* name, T (&list)[Count]) const {
        for (std::size_t i = 0; i < Count; ++i) {
            if (const auto x = in.value(prefix + name + "/" + std::to_string(i))) assign(list[i], *x);
        }
    }

private:
    template <class T>
    static void assign(T& number, double x) {
        if constexpr (std::is_enum_v<T>) {
            number = static_cast<T>(x >= 0 && x < 256 ? static_cast<unsigned>(x) : 255u);
        } else if constexpr (std::is_integral_v<T> && !std::is_same_v<T, bool>) {
            number = x >= 0 && x < 0x1p32 ? static_cast<T>(x) : T{};
        } else if constexpr (std::is_same_v<T, bool>) {
            number = x != 0;
        } else {
            number = static_cast<T>(x);
        }
    }
};

template <class Part>
Part numbers_of(const checkpoint_reader& in, const char* group) {
    Part part{};
    read_numbers visit{in, std::string{group} + "/"};
    Part::fields(part, visit);
    return part;
}

}  // namespace detail

// What a checkpoint says of its learner's bytes and numbers; what it leaves out has its default. flaw() tells whether it makes sense.
inline shape shape_of(const checkpoint_reader& in) { return detail::numbers_of<shape>(in, "shape"); }
inline tuning tuning_of(const checkpoint_reader& in) { return detail::numbers_of<tuning>(in, "tuning"); }

struct dense_net {
    struct layer {
        std::uint32_t inputs = 0;
        std::uint32_t outputs = 0;
        std::vector<float> weight;  // [inputs][outputs]
        std::vector<float> bias;    // [outputs]
        activation function = activation::linear;
    };

    std::vector<layer> layers;
    // Before the first layer: x = clamp((x - mean) * scale). Empty: only the clamp.
    std::vector<float> input_mean, input_scale;
    float input_clamp = limit;
    // After the last: y = y * scale + mean. Empty: nothing.
    std::vector<float> output_mean, output_scale;
    // Or probabilities of the classes that are marked; empty for regression.
    std::vector<bool> known;

    [[nodiscard]] std::uint32_t inputs() const noexcept { return layers.empty() ? 0 : layers.front().inputs; }
    [[nodiscard]] std::uint32_t outputs() const noexcept { return layers.empty() ? 0 : layers.back().outputs; }
    [[nodiscard]] bool classifies() const noexcept { return !known.empty(); }

    // What is wrong with it, as a sentence; empty if nothing is.
    [[nodiscard]] std::string flaw() const {
        if (layers.empty()) return "there is no layer";
        if (layers.size() > max_layers) return "more than " + std::to_string(max_layers) + " layers";
        for (std::size_t l = 0; l < layers.size(); ++l) {
            const std::string place = "layer " + std::to_string(l) + ": ";
            const layer& k = layers[l];
            if (k.inputs == 0 || k.outputs == 0) return place + "no inputs or no outputs";
            if (l > 0 && k.inputs != layers[l - 1].outputs) {
                return place + std::to_string(k.inputs) + " inputs behind " + std::to_string(layers[l - 1].outputs) + " outputs";
            }
            if (k.weight.size() != std::size_t{k.inputs} * k.outputs || k.bias.size() != k.outputs) return place + "weights of another size";
            for (const auto* numbers : {&k.weight, &k.bias}) {
                for (const float w : *numbers) {
                    if (!std::isfinite(w)) return place + "a weight is NaN or infinite";
                    if (std::fabs(w) >= dense::largest_weight) return place + "a weight is beyond 1e20";
                }
            }
        }
        return {};
    }

    // Answers one sample in double precision: the check of every export. hidden, if given, receives each hidden layer's activity.
    // x [inputs()]. Throws std::invalid_argument if x has another length.
    [[nodiscard]] std::vector<double> forward(std::span<const float> x, std::vector<std::vector<double>>* hidden = nullptr) const {
        if (x.size() != inputs()) throw std::invalid_argument{"a sample of " + std::to_string(x.size()) + " numbers, not " + std::to_string(inputs())};
        std::vector<double> a(x.begin(), x.end());
        const double clamp = static_cast<double>(input_clamp);
        for (std::size_t i = 0; i < a.size(); ++i) {
            if (!input_mean.empty()) a[i] = (a[i] - static_cast<double>(input_mean[i])) * static_cast<double>(input_scale[i]);
            a[i] = std::clamp(a[i], -clamp, clamp);
        }
        if (hidden != nullptr) hidden->clear();
        for (const layer& l : layers) {
            std::vector<double> next(l.bias.begin(), l.bias.end());
            for (std::uint32_t k = 0; k < l.inputs; ++k) {
                if (a[k] == 0.0) continue;
                for (std::uint32_t j = 0; j < l.outputs; ++j) next[j] += a[k] * static_cast<double>(l.weight[std::size_t{k} * l.outputs + j]);
            }
            for (double& y : next) {
                if (l.function == activation::relu) y = std::max(y, 0.0);
                if (l.function == activation::tanh) y = std::tanh(y);
            }
            a = std::move(next);
            if (hidden != nullptr && &l != &layers.back()) hidden->push_back(a);
        }
        if (classifies()) {
            softmax(a);
        } else if (!output_mean.empty()) {
            for (std::size_t j = 0; j < a.size(); ++j) a[j] = a[j] * static_cast<double>(output_scale[j]) + static_cast<double>(output_mean[j]);
        }
        return a;
    }

private:
    void softmax(std::vector<double>& a) const {
        constexpr double least = -std::numeric_limits<double>::infinity();
        double largest = least, sum = 0;
        for (std::size_t j = 0; j < a.size(); ++j) {
            if (known[j]) largest = std::max(largest, a[j]);
        }
        const bool none = largest == least;
        for (std::size_t j = 0; j < a.size(); ++j) {
            a[j] = none ? 1.0 : known[j] ? std::exp(a[j] - largest) : 0.0;
            sum += a[j];
        }
        for (double& p : a) p /= sum;
    }
};

// The systems that a checkpoint holds: "fast", and "slow" if there is one.
inline std::vector<std::string> systems_in(const checkpoint_reader& in) {
    std::vector<std::string> names;
    for (const char* name : {"fast", "slow"}) {
        if (in.find_tensor(std::string{"model_state_dict/"} + name + "/layer_0/weight") != nullptr) names.emplace_back(name);
    }
    return names;
}

// One system of a checkpoint, with what stands before and behind it, so that it answers as the learner would.
// Throws std::invalid_argument, saying what is missing or makes no sense.
inline dense_net net_of(const checkpoint_reader& in, const std::string& system = "fast") {
    dense_net net;
    const shape form = shape_of(in);
    const tuning numbers = tuning_of(in);
    const std::string path = "model_state_dict/" + system + "/layer_";
    for (std::uint32_t l = 0; l < max_layers; ++l) {
        const auto* weight = in.find_tensor(path + std::to_string(l) + "/weight");
        const auto* bias = in.find_tensor(path + std::to_string(l) + "/bias");
        if (weight == nullptr || bias == nullptr) break;
        dense_net::layer layer{weight->rows, weight->cols, {}, {}, form.function};
        for (std::size_t i = 0; i < std::size_t{weight->rows} * weight->cols; ++i) layer.weight.push_back(static_cast<float>((*weight)[i]));
        for (std::size_t i = 0; i < std::size_t{bias->rows} * bias->cols; ++i) layer.bias.push_back(static_cast<float>((*bias)[i]));
        net.layers.push_back(std::move(layer));
    }
    if (net.layers.empty()) throw std::invalid_argument{"the checkpoint holds no " + system + " system"};
    net.layers.back().function = activation::linear;
    if (const std::string flaw = net.flaw(); !flaw.empty()) throw std::invalid_argument{system + ": " + flaw};
    const auto statistics = [&](const char* group, std::vector<float>& mean, std::vector<float>& scale, std::uint32_t features, bool inverse) {
        const auto* m = in.find_tensor(std::string{group} + "/mean");
        const auto* v = in.find_tensor(std::string{group} + "/variance");
        if (m == nullptr || v == nullptr || m->cols != features || v->cols != features) {
            throw std::invalid_argument{std::string{group} + " is missing, or of another size than the weights"};
        }
        for (std::size_t i = 0; i < features; ++i) {
            const auto variance = static_cast<float>((*v)[i]);
            mean.push_back(static_cast<float>((*m)[i]));
            const float deviation = std::sqrt(variance);
            scale.push_back(!inverse ? deviation : variance > normalizer::variance_floor ? 1.0f / deviation : 0.0f);
        }
    };
    if (form.scaling == input_scaling::standardise) {
        statistics("input_normalizer", net.input_mean, net.input_scale, net.inputs(), true);
        net.input_clamp = numbers.input_clamp;
    }
    if (form.learns == task::regression) {
        statistics("target_normalizer", net.output_mean, net.output_scale, net.outputs(), false);
    } else {
        const auto* known = in.find_tensor("classes/known");
        for (std::uint32_t j = 0; j < net.outputs(); ++j) net.known.push_back(known != nullptr && j < known->cols && (*known)[j] != 0.0);
    }
    return net;
}

// The shape of a learner that can take a net in; the replay and the rest are the caller's to choose.
// Throws std::invalid_argument if no learner has such layers: hidden functions that differ, or outputs that are not linear.
inline shape shape_for(const dense_net& net) {
    if (const std::string flaw = net.flaw(); !flaw.empty()) throw std::invalid_argument{flaw};
    shape form{.inputs = net.inputs(), .outputs = net.outputs(), .learns = net.classifies() ? task::classification : task::regression};
    if (net.layers.back().function != activation::linear) throw std::invalid_argument{"the last layer is not linear"};
    for (std::size_t l = 0; l + 1 < net.layers.size(); ++l) {
        form.hidden[l] = net.layers[l].outputs;
        if (net.layers[l].function != net.layers[0].function) throw std::invalid_argument{"hidden layers of different functions"};
    }
    if (net.layers.size() > 1) form.function = net.layers[0].function;
    return form;
}

// Gives a learner of shape_for(net)'s sizes these weights, in both systems. Its statistics become the net's, or mean 0 and deviation 1, as
// firmly as if `horizon` samples had been seen: what it answers is what the net answered, and goes on from there.
// Throws std::invalid_argument, the learner unchanged, if a size or a function differs or a number is not finite.
template <class Kernels, class Form>
void adopt(learner_body<Kernels, Form>& model, const dense_net& net) {
    const shape wanted = shape_for(net);
    const shape& form = model.form();
    if (wanted.inputs != form.inputs || wanted.outputs != form.outputs || !std::equal(wanted.hidden, wanted.hidden + max_hidden_layers, form.hidden)) {
        throw std::invalid_argument{"the learner has other layers than the net"};
    }
    if (wanted.hidden[0] != 0 && wanted.function != form.function) throw std::invalid_argument{"the learner's units have another function than the net's"};
    if (net.classifies() != (form.learns == task::classification)) throw std::invalid_argument{"the one classifies, the other does not"};
    if (!net.input_mean.empty() && form.scaling == input_scaling::none) throw std::invalid_argument{"the net standardises its inputs, the learner does not"};
    for (const auto* numbers : {&net.input_mean, &net.input_scale, &net.output_mean, &net.output_scale}) {
        for (const float x : *numbers) {
            if (!std::isfinite(x) || std::fabs(x) > normalizer::largest_input) throw std::invalid_argument{"a mean or scale is beyond 1e15, or not finite"};
        }
    }
    const auto arrays = named_arrays(model);
    const auto numbers = named_numbers(model);
    const auto write = [&](const std::string& name, std::span<const float> from) {
        const named_array* a = find(arrays, name);
        if (a == nullptr) return;
        const auto& m = *a->as<float>();
        for (std::uint32_t r = 0; r < m.rows; ++r) {
            for (std::uint32_t c = 0; c < m.cols; ++c) m(r, c) = from[std::size_t{r} * m.cols + c];
        }
    };
    for (const char* system : {"fast", "slow"}) {
        for (std::size_t l = 0; l < net.layers.size(); ++l) {
            const std::string layer = std::string{"model_state_dict/"} + system + "/layer_" + std::to_string(l) + "/";
            write(layer + "weight", net.layers[l].weight);
            write(layer + "bias", net.layers[l].bias);
        }
    }
    const auto settle = [&](const std::string& group, const std::vector<float>& mean, const std::vector<float>& scale, bool inverse, std::size_t features) {
        std::vector<float> m = mean, v = scale;
        m.resize(features, 0.0f);
        v.resize(features, 1.0f);
        for (float& s : v) s = s == 0.0f ? 0.0f : inverse ? 1.0f / (s * s) : s * s;
        write(group + "/mean", m);
        write(group + "/variance", v);
        for (const named_number& n : numbers) {
            if (n.name == group + "/count") *std::get<std::uint32_t*>(n.at) = static_cast<std::uint32_t>(model.tuned().normalizer_horizon);
        }
    };
    if (form.scaling == input_scaling::standardise) settle("input_normalizer", net.input_mean, net.input_scale, true, form.inputs);
    if (form.learns == task::regression) settle("target_normalizer", net.output_mean, net.output_scale, false, form.outputs);
    if (const named_array* known = find(arrays, "classes/known")) {
        const auto& m = *known->as<std::uint8_t>();
        for (std::uint32_t j = 0; j < m.cols; ++j) m(0, j) = net.known[j] ? 1 : 0;
    }
    refresh(model);
}

}  // namespace synapse
