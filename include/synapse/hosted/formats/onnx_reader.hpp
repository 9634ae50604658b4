// Dense nets out of ONNX models, whoever wrote them.
// @source onnx.proto of the ONNX project: field numbers and operators
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <synapse/hosted/dense_net.hpp>
#include <synapse/hosted/formats/array.hpp>
#include <synapse/hosted/formats/byte_string.hpp>
#include <synapse/hosted/formats/protobuf.hpp>
#include <synapse/hosted/formats/weights.hpp>
#include <synapse/network/topology.hpp>

namespace synapse::formats {

namespace detail {

struct onnx_node {
    std::vector<std::string> inputs, outputs;
    std::string op;
    std::map<std::string, std::int64_t> whole;
    std::map<std::string, float> real;
    std::optional<array> value;  // of a Constant
};

inline array onnx_tensor(std::string_view bytes) {
    constexpr std::uint64_t single = 1, half = 10, twice = 11;
    array a;
    std::uint64_t type = 0;
    std::string_view raw;
    bool is_raw = false;
    protobuf_reader in{bytes};
    while (in.next()) {
        if (in.field() == 1 && !in.has_text()) a.shape.push_back(in.number());
        if (in.field() == 1 && in.has_text()) {
            protobuf_reader packed{in.text()};
            while (!packed.at_end()) a.shape.push_back(packed.varint());
        }
        if (in.field() == 2) type = in.number();
        if (in.field() == 4 && in.has_text()) a.values = as_floats(in.text(), 'f', 4, "a tensor");
        if (in.field() == 4 && !in.has_text()) a.values.push_back(std::bit_cast<float>(static_cast<std::uint32_t>(in.number())));
        if (in.field() == 10 && in.has_text()) a.values = as_floats(in.text(), 'f', 8, "a tensor");
        if (in.field() == 8) a.name = in.text();
        if (in.field() == 9) {
            raw = in.text();
            is_raw = true;
        }
        if (in.field() == 13 || (in.field() == 14 && in.number() != 0)) throw format_error{a.name + ": its numbers are in another file"};
    }
    if (type != single && type != half && type != twice) {  // integers: shapes and axes, which no layer needs
        a.values.clear();
        return a;
    }
    if (is_raw) a.values = as_floats(raw, 'f', type == single ? 4 : type == half ? 2 : 8, a.name);
    if (elements(a.shape, bytes.size(), a.name) != a.values.size()) throw format_error{a.name + ": of another size than its shape"};
    return a;
}

inline onnx_node onnx_node_of(std::string_view bytes) {
    onnx_node n;
    protobuf_reader in{bytes};
    while (in.next()) {
        if (in.field() == 1) n.inputs.emplace_back(in.text());
        if (in.field() == 2) n.outputs.emplace_back(in.text());
        if (in.field() == 4) n.op = in.text();
        if (in.field() != 5) continue;
        std::string name;
        protobuf_reader a{in.text()};
        std::optional<std::int64_t> whole;
        std::optional<float> real;
        while (a.next()) {
            if (a.field() == 1) name = a.text();
            if (a.field() == 2) real = std::bit_cast<float>(static_cast<std::uint32_t>(a.number()));
            if (a.field() == 3) whole = static_cast<std::int64_t>(a.number());
            if (a.field() == 5) n.value = onnx_tensor(a.text());
        }
        if (whole) n.whole[name] = *whole;
        if (real) n.real[name] = *real;
    }
    return n;
}

// Reads a chain of operators from the model's input to its output.
class onnx_chain {
public:
    explicit onnx_chain(std::string_view model) {
        std::string_view graph;
        protobuf_reader in{model};
        while (in.next()) {
            if (in.field() == 7) graph = in.text();
        }
        if (graph.empty()) throw format_error{"no ONNX model: it has no graph"};
        protobuf_reader g{graph};
        while (g.next()) {
            if (g.field() == 1) nodes_.push_back(onnx_node_of(g.text()));
            if (g.field() == 5) {
                array a = onnx_tensor(g.text());
                constants_[a.name] = std::move(a);
            }
            if (g.field() == 11) inputs_.push_back(name_of(g.text()));
        }
        for (onnx_node& n : nodes_) {
            if (n.op == "Constant" && n.value && n.outputs.size() == 1) constants_[n.outputs[0]] = *n.value;
        }
    }

    dense_net net() {
        std::string last;
        for (const std::string& i : inputs_) {
            if (constants_.contains(i)) continue;
            if (!last.empty()) throw format_error{"a model of several inputs"};
            last = i;
        }
        for (const onnx_node& n : nodes_) {
            if (n.op == "Constant") continue;
            if (n.outputs.size() != 1 || n.inputs.empty()) throw format_error{n.op + " with other than one result"};
            const bool swapped = n.inputs.size() == 2 && n.inputs[1] == last && (n.op == "Add" || n.op == "Mul");
            if (n.inputs[swapped ? 1 : 0] != last) throw format_error{n.op + ": the model is no chain of layers"};
            take(n, n.inputs.size() > 1 ? find(n.inputs[swapped ? 0 : 1]) : nullptr, n.inputs.size() > 2 ? find(n.inputs[2]) : nullptr);
            last = n.outputs[0];
        }
        finish();
        if (const std::string flaw = net_.flaw(); !flaw.empty()) throw format_error{flaw};
        return std::move(net_);
    }

private:
    static std::string name_of(std::string_view value_info) {
        protobuf_reader in{value_info};
        while (in.next()) {
            if (in.field() == 1) return std::string{in.text()};
        }
        return {};
    }
    const array* find(const std::string& name) const {
        if (name.empty()) return nullptr;
        const auto it = constants_.find(name);
        if (it == constants_.end()) throw format_error{name + " is no constant: the model is no chain of layers"};
        return &it->second;
    }
    // n numbers, or one number n times.
    static std::vector<float> spread(const array& a, std::size_t n) {
        if (a.values.size() == 1) return std::vector<float>(n, a.values[0]);
        if (a.values.size() != n)
            throw format_error{a.name + ": " + std::to_string(a.values.size()) + " numbers where " + std::to_string(n) + " should be"};
        return a.values;
    }

    void layer(const array& w, bool turned) {
        if (!scale_.empty() || softmax_) throw format_error{"a layer behind the answer's own scaling"};
        if (w.shape.size() != 2 || w.values.empty()) throw format_error{w.name + ": weights that are no matrix of floats"};
        if (net_.layers.size() == max_layers) throw format_error{"more than " + std::to_string(max_layers) + " layers"};
        net_.layers.push_back(layer_of(w, turned ? weight_layout::output_major : weight_layout::input_major, activation::linear));
    }

    void take(const onnx_node& n, const array* second, const array* third) {
        const auto attribute = [&](const char* name, float usual) {
            const auto it = n.real.find(name);
            return it == n.real.end() ? usual : it->second;
        };
        const bool before = net_.layers.empty();
        if (n.op == "Identity" || n.op == "Flatten" || n.op == "Dropout") return;
        if (n.op == "Gemm" && second != nullptr) {
            if (attribute("alpha", 1.0f) != 1.0f || attribute("beta", 1.0f) != 1.0f ||
                (n.whole.contains("transA") && n.whole.at("transA") != 0)) {
                throw format_error{"Gemm with alpha, beta or transA"};
            }
            layer(*second, n.whole.contains("transB") && n.whole.at("transB") != 0);
            if (third != nullptr) net_.layers.back().bias = spread(*third, net_.layers.back().outputs);
            plain_ = true;
        } else if (n.op == "MatMul" && second != nullptr) {
            layer(*second, false);
            plain_ = true;
        } else if ((n.op == "Relu" || n.op == "Tanh") && !before && plain_) {
            net_.layers.back().function = n.op == "Relu" ? activation::relu : activation::tanh;
            plain_ = false;
        } else if (n.op == "Clip" && before) {
            clip(n, second, third);
        } else if (n.op == "Softmax" && !before && !softmax_) {
            softmax_ = true;
        } else if (second != nullptr && before && (n.op == "Sub" || n.op == "Add")) {
            if (!input_scale_.values.empty() || !input_shift_.values.empty() || clipped_)
                throw format_error{"inputs that are shifted after they were shifted, scaled or clipped"};
            input_shift_ = *second;
            for (float& x : input_shift_.values) x = n.op == "Sub" ? x : -x;
        } else if (second != nullptr && before && (n.op == "Mul" || n.op == "Div")) {
            if (!input_scale_.values.empty() || clipped_) throw format_error{"inputs that are scaled after they were scaled or clipped"};
            input_scale_ = *second;
            for (float& x : input_scale_.values) x = n.op == "Mul" ? x : 1.0f / x;
        } else if (second != nullptr && !before && n.op == "Add" && plain_ && scale_.empty() && !softmax_) {
            const auto more = spread(*second, net_.layers.back().outputs);
            // Unseen classes are marked by sums that are out of reach.
            for (std::size_t j = 0; j < more.size(); ++j) {
                if (more[j] <= -1e29f) {
                    unknown_.resize(more.size());
                    unknown_[j] = true;
                } else {
                    net_.layers.back().bias[j] += more[j];
                }
            }
        } else if (second != nullptr && !before && n.op == "Add" && !scale_.empty() && shift_.empty() && !softmax_) {
            shift_ = spread(*second, net_.layers.back().outputs);
        } else if (second != nullptr && !before && n.op == "Mul" && plain_ && scale_.empty() && !softmax_) {
            scale_ = spread(*second, net_.layers.back().outputs);
        } else {
            throw format_error{n.op + ": no part of a dense net that is read here"};
        }
    }

    void clip(const onnx_node& n, const array* low, const array* high) {
        const auto limit_of = [&](const array* a, const char* name, float usual) {
            if (a != nullptr && a->values.size() == 1) return a->values[0];
            const auto it = n.real.find(name);  // until opset 10
            return it == n.real.end() ? usual : it->second;
        };
        const float most = limit_of(high, "max", limit);
        if (clipped_ || !(most > 0.0f) || limit_of(low, "min", -limit) != -most)
            throw format_error{"inputs that are not clipped evenly to both sides, and once"};
        net_.input_clamp = most;
        clipped_ = true;
    }

    void finish() {
        if (net_.layers.empty()) throw format_error{"no layer in the model"};
        const std::uint32_t n = net_.inputs(), m = net_.outputs();
        if (!unknown_.empty() && !softmax_) throw format_error{"sums that are out of reach, and no softmax"};
        if (!input_shift_.values.empty() || !input_scale_.values.empty()) {
            net_.input_mean = input_shift_.values.empty() ? std::vector<float>(n, 0.0f) : spread(input_shift_, n);
            net_.input_scale = input_scale_.values.empty() ? std::vector<float>(n, 1.0f) : spread(input_scale_, n);
        }
        if (softmax_) {
            // Sums that are all made zero: no class is known yet.
            const bool none =
                !scale_.empty() && std::all_of(scale_.begin(), scale_.end(), [](float x) { return x == 0.0f; }) && shift_.empty();
            if (!scale_.empty() && !none) throw format_error{"softmax of scaled sums"};
            for (std::uint32_t j = 0; j < m; ++j) net_.known.push_back(!none && (unknown_.empty() || !unknown_[j]));
        } else if (!scale_.empty()) {
            net_.output_scale = scale_;
            net_.output_mean = shift_.empty() ? std::vector<float>(m, 0.0f) : shift_;
        }
    }

    std::vector<onnx_node> nodes_;
    std::vector<std::string> inputs_;
    std::map<std::string, array> constants_;
    dense_net net_;
    array input_shift_, input_scale_;
    std::vector<float> scale_, shift_;
    std::vector<bool> unknown_;
    bool clipped_ = false, softmax_ = false;
    bool plain_ = false;  // the last layer has no function yet
};

}  // namespace detail

// A dense net from a model that is a chain of Gemm or MatMul and Add, Relu or Tanh, with shifts and scales before and after, and a
// softmax at the end. Throws format_error that names what else it holds.
inline dense_net read_onnx(std::string_view model) { return detail::onnx_chain{model}.net(); }

}  // namespace synapse::formats
