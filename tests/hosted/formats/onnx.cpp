// Nets written as ONNX, read back, and run by another runtime where one is at hand: OpenCV's.
#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "../../checkpoint/oracle.hpp"
#include "some_nets.hpp"

#include <synapse/hosted/any_learner.hpp>
#include <synapse/hosted/dense_net.hpp>
#include <synapse/hosted/formats/onnx.hpp>
#include <synapse/hosted/formats/onnx_reader.hpp>

#if SYNAPSE_OPENCV_DNN
#include <opencv2/dnn.hpp>
#endif

using namespace formats_test;

TEST_CASE("ONNX: a learner's net read back is the same net") {
    for (const synapse::shape& form : forms) {
        for (const int samples : {0, 300}) {
            synapse::any_learner<> model{form, {.input_clamp = 4.0f}};
            teach(model, samples);
            const synapse::dense_net before = net_in(model), after = synapse::formats::read_onnx(synapse::formats::onnx(before));
            REQUIRE(after.layers.size() == before.layers.size());
            for (std::size_t l = 0; l < after.layers.size(); ++l) {
                CHECK(after.layers[l].weight == before.layers[l].weight);
                CHECK(after.layers[l].bias == before.layers[l].bias);
                CHECK(after.layers[l].function == before.layers[l].function);
            }
            CHECK(after.input_mean == before.input_mean);
            CHECK(after.input_scale == before.input_scale);
            CHECK(after.input_clamp == before.input_clamp);
            CHECK(after.output_mean == before.output_mean);
            CHECK(after.output_scale == before.output_scale);
            CHECK(after.known == before.known);
        }
    }
}

#if SYNAPSE_OPENCV_DNN
TEST_CASE("ONNX: OpenCV answers as the learner, to 1e-5") {
    for (const synapse::shape& form : forms) {
        for (const bool slow : {false, true}) {
            if (slow && !form.slow) continue;
            synapse::any_learner<> model{form, {.answers = slow ? synapse::answer::slow : synapse::answer::fast}};
            teach(model, 400);
            const std::string file = synapse::formats::onnx(net_in(model, slow ? "slow" : "fast"));
            cv::dnn::Net net = cv::dnn::readNetFromONNX(file.data(), file.size());
            synapse::random_generator dice{9};
            std::vector<float> x(form.inputs), y(form.outputs);
            for (int i = 0; i < 50; ++i) {
                for (float& number : x) number = 10.0f * dice.symmetric();  // beyond the clamp too
                REQUIRE(model.predict(x, y) == synapse::status::ok);
                net.setInput(cv::Mat(1, static_cast<int>(x.size()), CV_32F, x.data()), "x");
                const cv::Mat answer = net.forward("y");
                REQUIRE(answer.total() == y.size());
                for (std::size_t j = 0; j < y.size(); ++j) {
                    const double theirs = static_cast<double>(answer.ptr<float>()[j]), ours = static_cast<double>(y[j]);
                    CHECK(std::fabs(theirs - ours) <= 1e-5 * (1.0 + std::fabs(ours)));
                }
            }
        }
    }
}
#endif
