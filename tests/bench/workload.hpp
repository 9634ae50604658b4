// The fixed workload of bench_step: nets, weights, data and the mean loss after 5120 steps by which an implementation shows that it
// really learns. Everybody who is timed starts from the same bits.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <synapse/network/activation.hpp>

namespace bench {

// xorshift64* (Vigna 2016), so that any language can draw the same numbers.
class generator {
public:
    explicit generator(std::uint64_t seed) : state_{seed} {}
    std::uint32_t next() {
        state_ ^= state_ >> 12;
        state_ ^= state_ << 25;
        state_ ^= state_ >> 27;
        return static_cast<std::uint32_t>((state_ * 2685821657736338717ull) >> 32);
    }
    // Uniform on [-1, 1).
    float symmetric() { return static_cast<float>(next() >> 8) * 2.0f / static_cast<float>(1u << 24) - 1.0f; }

private:
    std::uint64_t state_;
};

inline constexpr std::uint32_t sample_count = 256;
inline constexpr std::uint32_t check_steps = 5120;
inline constexpr std::uint32_t batch_size = 5;

// inputs - width - width - outputs, bias everywhere, linear outputs; squared error, plain SGD.
struct net {
    std::uint32_t inputs, width, outputs;
    float rate;
    double tanh_loss, relu_loss;  // mean over the samples after check_steps steps of batch 1

    std::string name() const {
        const std::string middle = std::to_string(width);
        return std::to_string(inputs) + "-" + middle + "-" + middle + "-" + std::to_string(outputs);
    }
    double loss(synapse::activation f) const { return f == synapse::activation::tanh ? tanh_loss : relu_loss; }
    std::uint32_t layer_inputs(std::uint32_t l) const { return l == 0 ? inputs : width; }
    std::uint32_t layer_outputs(std::uint32_t l) const { return l == 2 ? outputs : width; }
    std::size_t weights() const { return std::size_t{inputs} * width + std::size_t{width} * width + std::size_t{width} * outputs; }
};

inline constexpr std::uint32_t layer_count = 3;

inline constexpr net nets[] = {
    {6, 32, 3, 0.02f, 0.002729, 0.005416},
    {16, 64, 8, 0.01f, 0.054883, 0.048887},
    {64, 128, 10, 0.005f, 0.069253, 0.035328},
    {784, 256, 10, 0.001f, 0.002608, 0.00936},
};

// Rounding differs between implementations, learning does not.
inline constexpr double loss_tolerance = 0.01;
inline constexpr double peer_tolerance = 0.1;  // some clip derivatives

inline bool learned(double loss, double expected, double tolerance) { return std::fabs(loss - expected) <= tolerance * expected; }

struct workload {
    explicit workload(const net& n) : form{n}, order(0xD1B54A32D192ED03ull) {
        generator weights{0x9E3779B97F4A7C15ull};
        for (std::uint32_t l = 0; l < layer_count; ++l) {
            const std::uint32_t in = n.layer_inputs(l);
            const std::uint32_t out = n.layer_outputs(l);
            const float range = std::sqrt(6.0f / static_cast<float>(in + out));
            weight[l].resize(std::size_t{in} * out);
            for (float& w : weight[l]) w = range * weights.symmetric();
        }
        const float range = std::sqrt(3.0f / static_cast<float>(n.inputs));
        std::vector<float> mixing(std::size_t{n.inputs} * n.outputs);
        for (float& a : mixing) a = order.symmetric() * range * 1.5f;
        for (std::uint32_t i = 0; i < sample_count; ++i) {
            const std::size_t first = x.size();
            for (std::uint32_t k = 0; k < n.inputs; ++k) x.push_back(order.symmetric());
            for (std::uint32_t j = 0; j < n.outputs; ++j) {
                float z = 0.0f;
                for (std::uint32_t k = 0; k < n.inputs; ++k) z += mixing[std::size_t{j} * n.inputs + k] * x[first + k];
                target.push_back(std::sin(z));
            }
        }
        for (std::uint32_t b = 0; b < sample_count; ++b) {
            batches.push_back(4 * b % sample_count);
            for (std::uint32_t i = 1; i < batch_size; ++i) batches.push_back(order.next() % sample_count);
        }
    }

    const float* input(std::uint32_t i) const { return x.data() + std::size_t{i} * form.inputs; }
    const float* wanted(std::uint32_t i) const { return target.data() + std::size_t{i} * form.outputs; }

    net form;
    generator order;
    std::vector<float> weight[layer_count];  // [out][in]
    std::vector<float> x, target;            // [samples][inputs], [samples][outputs]
    std::vector<std::uint32_t> batches;      // batch_size samples of each mini-batch
};

// Somebody who is timed: learns a sample, answers a sample.
class competitor {
public:
    virtual ~competitor() = default;
    virtual void step(std::uint32_t sample) = 0;
    virtual void step_batch(const std::uint32_t* samples) = 0;  // batch_size of them, gradient averaged
    virtual const float* predict(std::uint32_t sample) = 0;     // [outputs]
    virtual bool has_batch() const { return true; }

    std::string name;

    // Mean loss over the samples now.
    double loss(const workload& work) {
        double sum = 0.0;
        for (std::uint32_t i = 0; i < sample_count; ++i) {
            const float* y = predict(i);
            for (std::uint32_t j = 0; j < work.form.outputs; ++j) {
                const double error = static_cast<double>(y[j]) - static_cast<double>(work.wanted(i)[j]);
                sum += 0.5 * error * error;
            }
        }
        return sum / sample_count;
    }
};

}  // namespace bench
