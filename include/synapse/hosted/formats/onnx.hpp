// ONNX: a dense net as a model that other runtimes run. Opset 10 and IR version 5, which old runtimes know too.
// @source onnx.proto of the ONNX project: field numbers and operators
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <synapse/config.hpp>
#include <synapse/hosted/dense_net.hpp>
#include <synapse/hosted/formats/byte_string.hpp>
#include <synapse/hosted/formats/protobuf.hpp>

namespace synapse::formats {

namespace detail {

class onnx_graph {
public:
    void constant(const std::string& name, const std::vector<std::uint64_t>& shape, const std::vector<float>& values) {
        protobuf_writer t;
        for (const std::uint64_t n : shape) t.whole(1, n);
        t.whole(2, 1);  // FLOAT
        std::string raw;
        for (const float x : values) put(raw, x);
        initializers_.push_back(std::move(t.text(8, name).text(9, raw)));
    }
    // Appends an operator that takes the last result and these constants; its result is the new last one.
    void then(const char* op, const std::vector<std::string>& constants = {}, const std::vector<protobuf_writer>& attributes = {}) {
        protobuf_writer n;
        n.text(1, last_);
        for (const std::string& c : constants) n.text(1, c);
        last_ = "t" + std::to_string(nodes_.size());
        n.text(2, last_).text(3, op + std::to_string(nodes_.size())).text(4, op);
        for (const protobuf_writer& a : attributes) n.message(5, a);
        nodes_.push_back(std::move(n));
    }
    static protobuf_writer attribute(const char* name, std::int64_t n) {
        protobuf_writer a;
        return a.text(1, name).whole(3, static_cast<std::uint64_t>(n)).whole(20, 2);
    }
    static protobuf_writer attribute(const char* name, float x) {
        protobuf_writer a;
        return a.text(1, name).single(2, x).whole(20, 1);
    }
    // The whole model; x [batch][inputs] in, y [batch][outputs] out.
    std::string model(std::uint32_t inputs, std::uint32_t outputs) {
        protobuf_writer end;
        end.text(1, last_).text(2, "y").text(3, "result").text(4, "Identity");
        nodes_.push_back(end);
        protobuf_writer graph;
        for (const protobuf_writer& n : nodes_) graph.message(1, n);
        graph.text(2, "synapse");
        for (const protobuf_writer& t : initializers_) graph.message(5, t);
        graph.message(11, value("x", inputs)).message(12, value("y", outputs));
        protobuf_writer opset;
        opset.text(1, "").whole(2, 10);
        protobuf_writer out;
        out.whole(1, 5).text(2, "synapse").text(3, synapse::version).message(7, graph).message(8, opset);
        return out.bytes();
    }

private:
    static protobuf_writer value(const char* name, std::uint32_t columns) {
        protobuf_writer rows, cols, shape, tensor, type, info;
        rows.text(2, "batch");
        cols.whole(1, columns);
        shape.message(1, rows).message(1, cols);
        tensor.whole(1, 1).message(2, shape);
        type.message(1, tensor);
        info.text(1, name).message(2, type);
        return info;
    }
    std::vector<protobuf_writer> nodes_, initializers_;
    std::string last_ = "x";
};

}  // namespace detail

// The whole way from the sensor's units to the answer: statistics, layers, and softmax over the known classes.
inline std::string onnx(const dense_net& net) {
    detail::onnx_graph g;
    if (!net.input_mean.empty()) {
        g.constant("input_mean", {net.inputs()}, net.input_mean);
        g.constant("input_scale", {net.inputs()}, net.input_scale);
        g.then("Sub", {"input_mean"});
        g.then("Mul", {"input_scale"});
    }
    g.then("Clip", {}, {g.attribute("min", -net.input_clamp), g.attribute("max", net.input_clamp)});
    for (std::size_t l = 0; l < net.layers.size(); ++l) {
        const dense_net::layer& k = net.layers[l];
        const std::string name = "layer_" + std::to_string(l);
        std::vector<float> turned;  // one row an output, as most exporters write them
        for (std::uint32_t j = 0; j < k.outputs; ++j) {
            for (std::uint32_t i = 0; i < k.inputs; ++i) turned.push_back(k.weight[std::size_t{i} * k.outputs + j]);
        }
        g.constant(name + "/weight", {k.outputs, k.inputs}, turned);
        g.constant(name + "/bias", {k.outputs}, k.bias);
        g.then("Gemm", {name + "/weight", name + "/bias"}, {g.attribute("transB", std::int64_t{1})});
        if (k.function == activation::relu) g.then("Relu");
        if (k.function == activation::tanh) g.then("Tanh");
    }
    if (net.classifies()) {
        // A class never seen gets no probability. Where none has been seen all are alike: their sums are made equal.
        bool any = false;
        for (const bool k : net.known) any = any || k;
        std::vector<float> lower;
        for (const bool k : net.known) lower.push_back(k ? 0.0f : -1e30f);
        if (any) {
            g.constant("known", {net.outputs()}, lower);
            g.then("Add", {"known"});
        } else {
            g.constant("known", {}, {0.0f});
            g.then("Mul", {"known"});
        }
        g.then("Softmax", {}, {g.attribute("axis", std::int64_t{1})});
    } else if (!net.output_mean.empty()) {
        g.constant("output_scale", {net.outputs()}, net.output_scale);
        g.constant("output_mean", {net.outputs()}, net.output_mean);
        g.then("Mul", {"output_scale"});
        g.then("Add", {"output_mean"});
    }
    return g.model(net.inputs(), net.outputs());
}

}  // namespace synapse::formats
