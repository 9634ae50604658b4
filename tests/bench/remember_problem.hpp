// What bench_remember's learners live through: MNIST, or a small generated stand-in for it, two classes at a time.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <synapse/core/random.hpp>
#include <synapse/hosted/streams/idx.hpp>
#include <synapse/hosted/streams/sample.hpp>

namespace remember {

struct samples {
    std::uint32_t features = 0;
    std::vector<float> x;  // [label.size()][features], within the problem's range
    std::vector<std::uint32_t> label;

    [[nodiscard]] std::uint32_t size() const noexcept { return static_cast<std::uint32_t>(label.size()); }
    [[nodiscard]] std::span<const float> operator[](std::uint32_t i) const noexcept { return {x.data() + std::size_t{i} * features, features}; }
    void add(std::span<const float> values, std::uint32_t of) {
        x.insert(x.end(), values.begin(), values.end());
        label.push_back(of);
    }
};

struct problem {
    std::string name;
    std::uint32_t classes = 0;
    std::uint32_t parts = 0;  // divides classes
    std::vector<std::uint32_t> hidden;
    std::uint32_t rows = 0;  // of an image; 0: the features are no image
    std::uint32_t columns = 0;
    float low = 0.0f;  // no feature lies outside [low, high]
    float high = 1.0f;
    samples train;
    samples test;

    [[nodiscard]] std::uint32_t part_of(std::uint32_t label) const noexcept { return label / (classes / parts); }
};

inline samples read_idx(const std::string& path, synapse::streams::idx_part part) {
    synapse::streams::idx_files files{path, part, 10};
    samples all;
    all.features = files.form().inputs;
    all.x.reserve(files.rows() * all.features);
    synapse::streams::sample one;
    while (files.next(one) == synapse::streams::arrival::sample) all.add(one.inputs, one.label);
    return all;
}

// Split-MNIST: digits 0 and 1, then 2 and 3, ... Throws synapse::streams::data_error.
inline problem split_mnist(const std::string& path) {
    problem p{"Split-MNIST", 10, 5, {400, 400}, 28, 28, 0.0f, 1.0f, {}, {}};
    p.train = read_idx(path, synapse::streams::idx_part::train);
    p.test = read_idx(path, synapse::streams::idx_part::test);
    if (p.train.features != 784 || p.test.features != 784) throw synapse::streams::data_error{path, "holds images that are not 28 x 28"};
    return p;
}

// Ten classes of two clouds each, in 32 features: the same numbers on every machine, as only sums and products make them.
inline problem clouds(std::uint32_t train_of_each, std::uint32_t test_of_each) {
    constexpr std::uint32_t features = 32, modes = 2;
    constexpr float spread = 0.6f;
    problem p{"clouds", 10, 5, {64}, 0, 0, -1.0f, 1.0f, {}, {}};
    p.train.features = p.test.features = features;
    synapse::random_generator source{20260};
    std::vector<float> centre(std::size_t{p.classes} * modes * features);
    for (float& c : centre) c = 0.7f * source.symmetric();
    std::vector<float> x(features);
    for (std::uint32_t c = 0; c < p.classes; ++c) {
        for (std::uint32_t i = 0; i < train_of_each + test_of_each; ++i) {
            const float* from = centre.data() + (std::size_t{c} * modes + i % modes) * features;
            for (std::uint32_t k = 0; k < features; ++k) {
                const float noise = source.symmetric() + source.symmetric();
                x[k] = std::clamp(from[k] + spread * noise, p.low, p.high);
            }
            (i < train_of_each ? p.train : p.test).add(x, c);
        }
    }
    return p;
}

}  // namespace remember
