// A dense net out of named arrays, as other libraries name them, or as our own exports do.
#pragma once

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <synapse/hosted/dense_net.hpp>
#include <synapse/hosted/formats/array.hpp>
#include <synapse/hosted/formats/byte_string.hpp>
#include <synapse/memory/normalizer.hpp>

namespace synapse::formats {

// How a matrix of weights lies: one row an input (numpy, Keras, ours), or one row an output (PyTorch).
enum class weight_layout : std::uint8_t { input_major, output_major };

// What a file of mere arrays does not say.
struct net_conventions {
    std::optional<weight_layout> layout{};   // nothing: found out from the sizes
    activation function = activation::relu;  // of hidden layers
    std::string system = "fast";             // of our own exports: "fast" or "slow"
};

namespace detail {

// Numbers within names compare as numbers: 10 comes after 9.
inline bool natural_order(const std::string& a, const std::string& b) {
    const auto digit = [](char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; };
    std::size_t i = 0, j = 0;
    while (i < a.size() && j < b.size()) {
        if (digit(a[i]) && digit(b[j])) {
            std::size_t n = i, m = j;
            while (n < a.size() && digit(a[n])) ++n;
            while (m < b.size() && digit(b[m])) ++m;
            if (n - i != m - j) return n - i < m - j;
            if (const int c = a.compare(i, n - i, b, j, m - j); c != 0) return c < 0;
            i = n;
            j = m;
        } else if (a[i] != b[j]) {
            return a[i] < b[j];
        } else {
            ++i;
            ++j;
        }
    }
    return a.size() - i < b.size() - j;
}

inline dense_net::layer layer_of(const array& a, weight_layout layout, activation function) {
    const auto rows = static_cast<std::uint32_t>(a.shape[0]), cols = static_cast<std::uint32_t>(a.shape[1]);
    if (a.values.empty()) throw format_error{a.name + ": a matrix without numbers"};
    dense_net::layer l{rows, cols, a.values, {}, function};
    if (layout == weight_layout::output_major) {
        l = {cols, rows, std::vector<float>(a.values.size()), {}, function};
        for (std::size_t r = 0; r < rows; ++r) {
            for (std::size_t c = 0; c < cols; ++c) l.weight[c * rows + r] = a.values[r * cols + c];
        }
    }
    l.bias.assign(l.outputs, 0.0f);
    return l;
}

// Whether each layer takes what the one before it gives, and each bias fits.
inline bool follow(const std::vector<const array*>& weights, const std::vector<const array*>& biases, weight_layout layout) {
    const std::size_t in = layout == weight_layout::input_major ? 0 : 1, out = 1 - in;
    for (std::size_t l = 0; l < weights.size(); ++l) {
        if (l > 0 && weights[l]->shape[in] != weights[l - 1]->shape[out]) return false;
        if (l < biases.size() && biases[l]->shape[0] != weights[l]->shape[out]) return false;
    }
    return true;
}

// Of the arrays that arrays_of() makes of a checkpoint.
class own_arrays {
public:
    explicit own_arrays(const std::vector<array>& all) : all_{all} {}

    [[nodiscard]] dense_net net(const std::string& system) const {
        const std::string path = "model_state_dict/" + system + "/layer_";
        const auto function = static_cast<activation>(static_cast<unsigned>(std::clamp(number("shape/function", 1.0f), 0.0f, 255.0f)));
        if (function > activation::tanh) throw format_error{"shape/function is no activation"};
        dense_net net;
        for (std::uint32_t l = 0; l < max_layers; ++l) {
            const array *weight = find(path + std::to_string(l) + "/weight"), *bias = find(path + std::to_string(l) + "/bias");
            if (weight == nullptr || bias == nullptr) break;
            if (weight->shape.size() == 1) {  // one input: written as a vector
                array row{weight->name, {1, weight->shape[0]}, weight->values};
                net.layers.push_back(layer_of(row, weight_layout::input_major, function));
            } else {
                if (weight->shape.size() != 2) throw format_error{weight->name + ": weights of other than two axes"};
                net.layers.push_back(layer_of(*weight, weight_layout::input_major, function));
            }
            net.layers.back().bias = bias->values;
        }
        if (net.layers.empty()) throw format_error{"no " + system + " system in the file"};
        net.layers.back().function = activation::linear;
        if (const std::string flaw = net.flaw(); !flaw.empty()) throw format_error{flaw};
        if (number("shape/scaling", 0.0f) == 0.0f) {
            statistics("input_normalizer", net.input_mean, net.input_scale, net.inputs(), true);
            net.input_clamp = number("tuning/input_clamp", tuning{}.input_clamp);
        }
        if (number("shape/learns", 0.0f) == 0.0f) {
            statistics("target_normalizer", net.output_mean, net.output_scale, net.outputs(), false);
        } else {
            const array* known = find("classes/known");
            for (std::uint32_t j = 0; j < net.outputs(); ++j)
                net.known.push_back(known != nullptr && j < known->values.size() && known->values[j] != 0.0f);
        }
        return net;
    }

private:
    [[nodiscard]] const array* find(const std::string& name) const noexcept {
        for (const array& a : all_) {
            if (a.name == name) return &a;
        }
        return nullptr;
    }
    [[nodiscard]] float number(const std::string& name, float usual) const noexcept {
        const array* a = find(name);
        return a != nullptr && a->values.size() == 1 ? a->values[0] : usual;
    }
    void statistics(const std::string& group, std::vector<float>& mean, std::vector<float>& scale, std::uint32_t features,
                    bool inverse) const {
        const array *m = find(group + "/mean"), *v = find(group + "/variance");
        if (m == nullptr || v == nullptr || m->values.size() != features || v->values.size() != features) {
            throw format_error{group + " is missing, or of another size than the weights"};
        }
        mean = m->values;
        for (const float variance : v->values) {
            const float deviation = std::sqrt(variance);
            scale.push_back(!inverse ? deviation : variance > normalizer::variance_floor ? 1.0f / deviation : 0.0f);
        }
    }

    const std::vector<array>& all_;
};

}  // namespace detail

// Two axes are a layer's weights, the vectors that follow each other are their biases; layers in the order of the numbers in their names
// (10 after 9), else of the file. Vectors whose names end in input_mean, input_scale, output_mean and output_scale are statistics:
// x = (x - mean) * scale before the first layer, y = y * scale + mean behind the last. Arrays of no axes are not looked at. An export of
// ours is taken as the learner that it was. Throws format_error: no layers, sizes that do not follow each other, or a layout to be said.
inline dense_net net_of(std::vector<array> arrays, const net_conventions& how = {}) {
    if (std::any_of(arrays.begin(), arrays.end(), [](const array& a) { return a.name.starts_with("model_state_dict/"); })) {
        return detail::own_arrays{arrays}.net(how.system);
    }
    const bool numbered = std::all_of(arrays.begin(), arrays.end(), [](const array& a) {
        return std::any_of(a.name.begin(), a.name.end(), [](char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; });
    });
    if (numbered)
        std::stable_sort(arrays.begin(), arrays.end(),
                         [](const array& a, const array& b) { return detail::natural_order(a.name, b.name); });

    dense_net net;
    std::vector<const array*> weights, biases;
    for (const array& a : arrays) {
        if (a.shape.empty()) continue;
        if (a.shape.size() > 2) throw format_error{a.name + ": neither a matrix nor a vector"};
        if (a.shape.size() == 2) {
            weights.push_back(&a);
            continue;
        }
        std::vector<float>* statistics = a.name.ends_with("input_mean")     ? &net.input_mean
                                         : a.name.ends_with("input_scale")  ? &net.input_scale
                                         : a.name.ends_with("output_mean")  ? &net.output_mean
                                         : a.name.ends_with("output_scale") ? &net.output_scale
                                                                            : nullptr;
        if (statistics != nullptr) {
            *statistics = a.values;
        } else {
            biases.push_back(&a);
        }
    }
    if (weights.empty()) throw format_error{"no matrix of weights in the file"};
    if (weights.size() > max_layers) throw format_error{"more than " + std::to_string(max_layers) + " matrices of weights"};
    if (!biases.empty() && biases.size() != weights.size()) {
        throw format_error{std::to_string(biases.size()) + " vectors of biases for " + std::to_string(weights.size()) +
                           " matrices of weights"};
    }
    const bool by_inputs = detail::follow(weights, biases, weight_layout::input_major),
               by_outputs = detail::follow(weights, biases, weight_layout::output_major);
    if (!by_inputs && !by_outputs) throw format_error{"the sizes of the layers and biases do not follow each other"};
    if (by_inputs && by_outputs && !how.layout)
        throw format_error{"rows may be inputs or outputs, the sizes do not tell: it has to be said"};
    const weight_layout layout = how.layout ? *how.layout : by_inputs ? weight_layout::input_major : weight_layout::output_major;
    for (std::size_t l = 0; l < weights.size(); ++l) {
        net.layers.push_back(detail::layer_of(*weights[l], layout, l + 1 < weights.size() ? how.function : activation::linear));
        if (!biases.empty()) net.layers.back().bias = biases[l]->values;
    }
    const auto pair_up = [](std::vector<float>& mean, std::vector<float>& scale, std::size_t n, const char* what) {
        if (mean.empty() && scale.empty()) return;
        if (mean.empty()) mean.assign(n, 0.0f);
        if (scale.empty()) scale.assign(n, 1.0f);
        if (mean.size() != n || scale.size() != n)
            throw format_error{std::string{what} + "_mean and " + what + "_scale: of another size than the layers"};
    };
    if (const std::string flaw = net.flaw(); !flaw.empty()) throw format_error{flaw};
    pair_up(net.input_mean, net.input_scale, net.inputs(), "input");
    pair_up(net.output_mean, net.output_scale, net.outputs(), "output");
    return net;
}

}  // namespace synapse::formats
