#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <vector>

#include <synapse/hosted/formats/onnx.hpp>
#include <synapse/hosted/formats/onnx_reader.hpp>

#include "damage.hpp"

using namespace synapse;
using namespace synapse::formats;

namespace {

// Models as other exporters write them, made by hand.
struct model {
    protobuf_writer graph;

    model() { input("in"); }
    model& input(const char* name) {
        protobuf_writer info;
        graph.message(11, info.text(1, name));
        return *this;
    }
    model& tensor(const char* name, const std::vector<std::uint64_t>& shape, const std::vector<float>& values, bool raw = true) {
        protobuf_writer t;
        for (const std::uint64_t n : shape) t.whole(1, n);
        t.whole(2, 1).text(8, name);
        std::string bytes;
        for (const float x : values) put(bytes, x);
        graph.message(5, t.text(raw ? 9 : 4, bytes));
        return *this;
    }
    model& node(const char* op, const std::vector<const char*>& inputs, const char* output,
                const std::vector<protobuf_writer>& attributes = {}) {
        protobuf_writer n;
        for (const char* i : inputs) n.text(1, i);
        n.text(2, output).text(4, op);
        for (const protobuf_writer& a : attributes) n.message(5, a);
        graph.message(1, n);
        return *this;
    }
    [[nodiscard]] std::string file() const {
        protobuf_writer all;
        return all.whole(1, 8).message(7, graph).bytes();
    }
    dense_net net() const { return read_onnx(file()); }
};

protobuf_writer whole(const char* name, std::uint64_t n) {
    protobuf_writer a;
    return a.text(1, name).whole(3, n).whole(20, 2);
}
protobuf_writer real(const char* name, float x) {
    protobuf_writer a;
    return a.text(1, name).single(2, x).whole(20, 1);
}

const std::vector<float> six{1, 2, 3, 4, 5, 6};

}  // namespace

TEST_CASE("ONNX reader: MatMul and Add, Gemm either way round, constants of every kind") {
    protobuf_writer value, constant;
    value.whole(1, 2).whole(2, 1).text(8, "");
    std::string bytes;
    for (const float x : {0.5f, 0.25f}) put(bytes, x);
    constant.text(1, "value").message(5, value.text(9, bytes)).whole(20, 4);
    const dense_net net = model{}
                              .tensor("w1", {3, 2}, six)
                              .node("Constant", {}, "b1", {constant})
                              .node("MatMul", {"in", "w1"}, "a")
                              .node("Add", {"b1", "a"}, "b")
                              .node("Relu", {"b"}, "c")
                              .node("Dropout", {"c"}, "d")
                              .tensor("w2", {3, 2}, six, false)
                              .tensor("b2", {3}, {7, 8, 9})
                              .node("Gemm", {"d", "w2", "b2"}, "e", {whole("transB", 1)})
                              .net();
    REQUIRE(net.layers.size() == 2);
    CHECK(net.inputs() == 3);
    CHECK(net.outputs() == 3);
    CHECK(net.layers[0].weight == six);
    CHECK(net.layers[0].bias == std::vector<float>{0.5f, 0.25f});
    CHECK(net.layers[0].function == activation::relu);
    CHECK(net.layers[1].weight == std::vector<float>{1, 3, 5, 2, 4, 6});
    CHECK(net.layers[1].bias == std::vector<float>{7, 8, 9});
    CHECK(net.input_mean.empty());
}

TEST_CASE("ONNX reader: scaling before and behind, clipping with inputs, softmax") {
    const dense_net net = model{}
                              .tensor("m", {3}, {1, 2, 3})
                              .tensor("s", {1}, {4})
                              .tensor("low", {}, {-6})
                              .tensor("high", {}, {6})
                              .tensor("w", {3, 2}, six)
                              .tensor("os", {}, {2})
                              .tensor("om", {2}, {5, 6})
                              .node("Sub", {"in", "m"}, "a")
                              .node("Div", {"a", "s"}, "b")
                              .node("Clip", {"b", "low", "high"}, "c")
                              .node("MatMul", {"c", "w"}, "d")
                              .node("Mul", {"d", "os"}, "e")
                              .node("Add", {"e", "om"}, "f")
                              .net();
    CHECK(net.input_mean == std::vector<float>{1, 2, 3});
    CHECK(net.input_scale == std::vector<float>{0.25f, 0.25f, 0.25f});
    CHECK(net.input_clamp == 6.0f);
    CHECK(net.output_scale == std::vector<float>{2, 2});
    CHECK(net.output_mean == std::vector<float>{5, 6});
    CHECK(model{}.tensor("w", {3, 2}, six).node("MatMul", {"in", "w"}, "d").node("Softmax", {"d"}, "e").net().known ==
          std::vector<bool>{true, true});
}

TEST_CASE("ONNX reader: what is no dense net is refused by name") {
    const auto refuses = [](const model& m, const char* why) { CHECK_THROWS_WITH_AS(m.net(), why, format_error); };
    const auto layer = [] { return model{}.tensor("w", {3, 2}, six).node("MatMul", {"in", "w"}, "a"); };
    refuses(model{}, "no layer in the model");
    refuses(layer().node("Sigmoid", {"a"}, "b"), "Sigmoid: no part of a dense net that is read here");
    refuses(layer().node("Conv", {"a", "w"}, "b"), "Conv: no part of a dense net that is read here");
    refuses(layer().node("Add", {"a", "a"}, "b"), "a is no constant: the model is no chain of layers");
    refuses(layer().node("Relu", {"in"}, "b"), "Relu: the model is no chain of layers");
    refuses(layer().node("Relu", {"a"}, "b").node("Relu", {"b"}, "c"), "Relu: no part of a dense net that is read here");
    refuses(layer().input("other"), "a model of several inputs");
    refuses(layer().node("MatMul", {"a", "w"}, "b"), "layer 1: 3 inputs behind 2 outputs");
    refuses(model{}.tensor("w", {3, 2}, six).node("Gemm", {"in", "w"}, "a", {real("alpha", 2)}), "Gemm with alpha, beta or transA");
    refuses(model{}.tensor("w", {3, 2}, six).node("Gemm", {"in", "w"}, "a", {whole("transA", 1)}), "Gemm with alpha, beta or transA");
    refuses(model{}.tensor("w", {3, 2}, six).node("Clip", {"in"}, "a", {real("min", 0.0f), real("max", 1.0f)}),
            "inputs that are not clipped evenly to both sides, and once");
    refuses(model{}.tensor("w", {3, 3}, six).node("MatMul", {"in", "w"}, "a"), "w: of another size than its shape");
    refuses(model{}.tensor("w", {6}, six).node("MatMul", {"in", "w"}, "a"), "w: weights that are no matrix of floats");
    refuses(model{}.tensor("w", {0, 4294967295}, {}).node("MatMul", {"in", "w"}, "a"), "w: weights that are no matrix of floats");
    refuses(model{}.tensor("w", {4294967296, 4294967296}, {}).node("MatMul", {"in", "w"}, "a"),
            "w: a shape of more elements than the file has bytes");
    refuses(layer().tensor("b", {3}, {1, 2, 3}).node("Add", {"a", "b"}, "c"), "b: 3 numbers where 2 should be");
    model deep = model{}.tensor("w", {1, 1}, {1});
    std::string last = "in";
    for (int i = 0; i < 40; ++i) {
        const std::string next = "a" + std::to_string(i);
        deep.node("MatMul", {last.c_str(), "w"}, next.c_str());
        last = next;
    }
    CHECK_THROWS_AS(deep.net(), format_error);
    protobuf_writer t, outside;
    t.whole(1, 6).whole(2, 1).text(8, "w").message(13, outside.text(1, "location").text(2, "/etc/passwd"));
    model external;
    external.graph.message(5, t);
    refuses(external, "w: its numbers are in another file");
    CHECK_THROWS_AS(read_onnx(""), format_error);
    CHECK_THROWS_AS(read_onnx("this is no protocol buffer"), format_error);
}

TEST_CASE("ONNX reader: cut anywhere, changed anywhere") {
    dense_net net;
    net.layers.push_back({2, 3, six, {0.5f, 1, 2}, activation::tanh});
    net.layers.push_back({3, 2, six, {0.5f, 1}, activation::linear});
    net.input_mean = {1, 2};
    net.input_scale = {3, 4};
    net.known = {true, false};
    const std::string file = onnx(net);
    std::size_t refused = 0;
    for (std::size_t size = 0; size < file.size(); ++size) {
        const std::string cut{file.substr(0, size)};
        try {
            const dense_net read = read_onnx(cut);
            CHECK(read.layers.size() == 2);  // a model without its last field, the versions of its operators
        } catch (const format_error&) {
            ++refused;
        }
    }
    CHECK(refused + 8 >= file.size());
    CHECK(formats_test::survives_every_change(file, [](std::string_view bytes) { return read_onnx(bytes); }) > 1000);
}
