// An independent network in double: plain loops over [out][in] and textbook backpropagation, nothing shared with the library but
// the meaning of its words. The oracle that the library's arithmetic is compared with.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <synapse/network/activation.hpp>
#include <synapse/network/network.hpp>

namespace oracle {

enum class loss { squared, cross_entropy };

using vector = std::vector<double>;

struct layer {
    std::vector<vector> weight;  // [out][in]
    vector bias;
};

class plain_network {
public:
    // The weights of one of the library's networks, exactly.
    template <class Network>
    plain_network(const Network& from, loss minimised) : minimised_{minimised} {
        for (std::uint32_t l = 0; l < from.layers(); ++l) {
            const auto w = from.layer(l).weights();
            layer copy;
            for (std::uint32_t j = 0; j < w.cols; ++j) {
                vector row;
                for (std::uint32_t k = 0; k < w.rows; ++k) row.push_back(static_cast<double>(w(k, j)));
                copy.weight.push_back(row);
                copy.bias.push_back(static_cast<double>(from.layer(l).bias()[j]));
            }
            layers.push_back(copy);
            function_.push_back(from.layer(l).function());
        }
        velocity_ = layers;
        scale(velocity_, 0.0);
    }

    vector predict(const vector& x) const { return levels(x).back(); }

    // target: the wanted outputs, or for cross-entropy a one-hot vector.
    double loss_of(const vector& x, const vector& target) const {
        const vector y = predict(x);
        double sum = 0.0;
        if (minimised_ == loss::squared) {
            for (std::size_t j = 0; j < y.size(); ++j) sum += 0.5 * (y[j] - target[j]) * (y[j] - target[j]);
            return sum;
        }
        const double largest = *std::max_element(y.begin(), y.end());
        for (const double z : y) sum += std::exp(z - largest);
        double nats = largest + std::log(sum);
        for (std::size_t j = 0; j < y.size(); ++j) nats -= target[j] * y[j];
        return nats;
    }

    // Mean gradient over the samples.
    std::vector<layer> gradient(const std::vector<vector>& x, const std::vector<vector>& target) const {
        std::vector<layer> sum = layers;
        scale(sum, 0.0);
        for (std::size_t s = 0; s < x.size(); ++s) {
            const auto h = levels(x[s]);
            vector delta = output_delta(h.back(), target[s]);
            for (std::size_t l = layers.size(); l-- > 0;) {
                vector before(h[l].size(), 0.0);
                for (std::size_t j = 0; j < delta.size(); ++j) {
                    sum[l].bias[j] += delta[j] / static_cast<double>(x.size());
                    for (std::size_t k = 0; k < before.size(); ++k) {
                        sum[l].weight[j][k] += delta[j] * h[l][k] / static_cast<double>(x.size());
                        before[k] += delta[j] * layers[l].weight[j][k];
                    }
                }
                if (l == 0) break;
                for (std::size_t k = 0; k < before.size(); ++k) before[k] *= slope(function_[l - 1], h[l][k]);
                delta = before;
            }
        }
        return sum;
    }

    void step(const std::vector<vector>& x, const std::vector<vector>& target, double rate, double momentum) {
        const auto g = gradient(x, target);
        for (std::size_t l = 0; l < layers.size(); ++l) {
            for (std::size_t j = 0; j < layers[l].bias.size(); ++j) {
                move(velocity_[l].bias[j], layers[l].bias[j], g[l].bias[j], rate, momentum);
                for (std::size_t k = 0; k < layers[l].weight[j].size(); ++k) {
                    move(velocity_[l].weight[j][k], layers[l].weight[j][k], g[l].weight[j][k], rate, momentum);
                }
            }
        }
    }

    std::vector<layer> layers;

private:
    // Inputs, each hidden level's activations, outputs.
    std::vector<vector> levels(const vector& x) const {
        std::vector<vector> h{x};
        for (std::size_t l = 0; l < layers.size(); ++l) {
            vector a = layers[l].bias;
            for (std::size_t j = 0; j < a.size(); ++j) {
                for (std::size_t k = 0; k < h.back().size(); ++k) a[j] += layers[l].weight[j][k] * h.back()[k];
                if (function_[l] == synapse::activation::relu) a[j] = std::max(a[j], 0.0);
                if (function_[l] == synapse::activation::tanh) a[j] = std::tanh(a[j]);
            }
            h.push_back(a);
        }
        return h;
    }

    vector output_delta(const vector& y, const vector& target) const {
        vector delta(y.size());
        double sum = 0.0;
        const double largest = *std::max_element(y.begin(), y.end());
        for (const double z : y) sum += std::exp(z - largest);
        for (std::size_t j = 0; j < y.size(); ++j) {
            delta[j] = (minimised_ == loss::squared ? y[j] : std::exp(y[j] - largest) / sum) - target[j];
        }
        return delta;
    }

    static double slope(synapse::activation f, double h) {
        if (f == synapse::activation::relu) return h > 0.0 ? 1.0 : 0.0;
        if (f == synapse::activation::tanh) return 1.0 - h * h;
        return 1.0;
    }
    static void move(double& velocity, double& weight, double gradient, double rate, double momentum) {
        velocity = momentum * velocity - rate * gradient;
        weight += velocity;
    }
    static void scale(std::vector<layer>& all, double factor) {
        for (layer& l : all) {
            for (double& b : l.bias) b *= factor;
            for (vector& row : l.weight) {
                for (double& w : row) w *= factor;
            }
        }
    }

    std::vector<synapse::activation> function_;
    std::vector<layer> velocity_;
    loss minimised_;
};

}  // namespace oracle
