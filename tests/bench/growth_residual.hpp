// New units that look towards what was answered worst lately: a rival of the library's ways, for bench_growth.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <vector>

#include <synapse/hosted/any_learner.hpp>
#include <synapse/plasticity/growth.hpp>

namespace bench {

// The last samples and their errors. After a step in which a layer grew, its new units are given other incoming weights: each points from the
// mean of what the layer reads to what it reads of one of the worst samples, as long as the vector of chance whose place it takes, with its
// kink between the two. For units whose outgoing weights are zero: no twins.
// Growth happens at a step's end, so nothing has been learned by the weights that give way.
class worst_samples {
public:
    explicit worst_samples(std::size_t capacity) : capacity_{capacity} {}

    // x [inputs] as the step had it; to_network: a factor that makes network units of it.
    template <class Model>
    void after_step(Model& m, std::span<const float> x, float to_network) {
        std::vector<float> scaled(x.begin(), x.end());
        for (float& v : scaled) v *= to_network;
        if (errors_.size() < capacity_) {
            errors_.push_back(0.0f);
            samples_.emplace_back();
        }
        errors_[next_] = m.latest().last_error;
        samples_[next_] = std::move(scaled);
        next_ = (next_ + 1) % capacity_;
        for (; told_ < m.growth().events(); ++told_)
            redirect(m, m.growth().back(static_cast<std::uint32_t>(m.growth().events() - told_ - 1)));
    }

private:
    template <class Model>
    void redirect(Model& m, const synapse::growth_event& e) {
        auto& layer = m.fast().layer(e.layer);
        const std::uint32_t rows = layer.inputs().used;
        std::vector<std::size_t> order(errors_.size());
        std::iota(order.begin(), order.end(), std::size_t{0});
        std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return errors_[a] > errors_[b]; });
        std::vector<std::vector<float>> read;
        std::vector<float> mean(rows);
        for (const std::size_t i : order) {
            read.push_back(below(m, e.layer, samples_[i]));
            for (std::uint32_t k = 0; k < rows; ++k) mean[k] += read.back()[k] / static_cast<float>(order.size());
        }
        for (std::uint32_t j = e.before; j < e.after; ++j) {
            const std::vector<float>& v = read[(j - e.before) % read.size()];
            float length = 0.0f;
            float drawn = 0.0f;
            for (std::uint32_t k = 0; k < rows; ++k) {
                length += (v[k] - mean[k]) * (v[k] - mean[k]);
                drawn += layer.weights()(k, j) * layer.weights()(k, j);
            }
            length = std::sqrt(length);
            if (!(length > 1e-6f)) continue;
            drawn = std::sqrt(drawn);
            float at_mean = 0.0f;
            float at_sample = 0.0f;
            for (std::uint32_t k = 0; k < rows; ++k) {
                const float w = drawn * (v[k] - mean[k]) / length;
                layer.weights()(k, j) = w;
                at_mean += w * mean[k];
                at_sample += w * v[k];
            }
            layer.bias()[j] = -0.5f * (at_mean + at_sample);
        }
        m.fast().measure_weights();
    }

    // What layer l reads of a sample: relu units.
    template <class Model>
    static std::vector<float> below(const Model& m, std::uint32_t l, std::vector<float> h) {
        for (std::uint32_t i = 0; i < l; ++i) {
            const auto w = m.fast().layer(i).weights();
            std::vector<float> a(w.cols);
            for (std::uint32_t j = 0; j < w.cols; ++j) {
                a[j] = m.fast().layer(i).bias()[j];
                for (std::uint32_t k = 0; k < w.rows; ++k) a[j] += w(k, j) * h[k];
                a[j] = std::max(a[j], 0.0f);
            }
            h = std::move(a);
        }
        return h;
    }

    std::size_t capacity_;
    std::size_t next_ = 0;
    std::uint64_t told_ = 0;
    std::vector<float> errors_;
    std::vector<std::vector<float>> samples_;
};

}  // namespace bench
