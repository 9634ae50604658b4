// What several learners know, averaged: their weights, and the means and variances by which they scale what they see.
// @source McMahan et al., "Communication-efficient learning of deep networks from decentralized data" (2017): federated averaging. The
//         normalisers are pooled as the moments of a mixture, which is ours.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <type_traits>
#include <vector>

#include <synapse/checkpoint/load.hpp>
#include <synapse/checkpoint/save.hpp>
#include <synapse/core/fields.hpp>
#include <synapse/core/status.hpp>

namespace fleet {

enum class part : std::uint8_t { weights, mean, variance };  // a variance follows the mean that it belongs to

struct segment {
    part is;
    std::size_t begin;
    std::size_t size;
};

namespace details {

// Walks over what learners share, in the order of their list of fields. At(part, float*, rows, columns, stride) is told of each array.
template <class At>
struct shared_arrays : synapse::fields::flat<shared_arrays<At>> {
    explicit shared_arrays(At tell) : at{tell} {}
    At at;
    bool in_normalizer = false;

    template <class Part>
    void group(const char* name, Part& p) {
        const bool before = in_normalizer;
        in_normalizer = std::string_view{name} == "input_normalizer" || std::string_view{name} == "target_normalizer";
        std::remove_const_t<Part>::fields(p, *this);
        in_normalizer = before;
    }
    using synapse::fields::flat<shared_arrays<At>>::group;
    template <class T>
    void value(const char*, T&) noexcept {}
    template <class T, class Extent>
    void array(const char* name, synapse::role r, T* data, const Extent& e) {
        if constexpr (std::is_same_v<T, float>) {
            const std::string_view word{name};
            if (r == synapse::role::weights) at(part::weights, data, e.rows, e.cols, e.stride);
            if (in_normalizer && word == "mean") at(part::mean, data, e.rows, e.cols, e.stride);
            if (in_normalizer && word == "variance") at(part::variance, data, e.rows, e.cols, e.stride);
        }
    }
};

template <class Model, class At>
void each_shared(Model& model, At at) {
    shared_arrays<At> visit{at};
    Model::fields(model, visit);
}

struct bytes {
    std::vector<std::byte> all;
    synapse::status write(std::span<const std::byte> more) {
        all.insert(all.end(), more.begin(), more.end());
        return synapse::status::ok;
    }
    [[nodiscard]] std::uint64_t size() const noexcept { return all.size(); }
    synapse::status read(std::uint64_t offset, std::span<std::byte> out) const noexcept {
        for (std::size_t i = 0; i < out.size(); ++i) out[i] = all[static_cast<std::size_t>(offset) + i];
        return synapse::status::ok;
    }
};

}  // namespace details

// What a learner shares, array after array. Learners of one shape have the same segments.
// Model  a learner_body or what derives from it
template <class Model>
std::vector<float> shared_by(Model& model, std::vector<segment>* segments = nullptr) {
    std::vector<float> all;
    details::each_shared(model, [&](part is, const float* data, std::uint32_t rows, std::uint32_t columns, std::uint32_t stride) {
        if (segments != nullptr) segments->push_back({is, all.size(), std::size_t{rows} * columns});
        for (std::uint32_t i = 0; i < rows; ++i) all.insert(all.end(), data + std::size_t{i} * stride, data + std::size_t{i} * stride + columns);
    });
    return all;
}

// The average over devices, always summed in their order, in double: the same bits however they are spread over machines.
// @param shared  at least one, each as shared_by gave it
inline std::vector<float> average(const std::vector<std::vector<float>>& shared, const std::vector<segment>& segments) {
    std::vector<float> all(shared.front().size());
    const auto count = static_cast<double>(shared.size());
    const auto mean = [&](auto value) {
        double sum = 0;
        for (const std::vector<float>& one : shared) sum += value(one);
        return sum / count;
    };
    std::size_t means = 0;
    for (const segment& s : segments) {
        if (s.is == part::mean) means = s.begin;
        for (std::size_t i = 0; i < s.size; ++i) {
            const std::size_t at = s.begin + i;
            if (s.is != part::variance) {
                all[at] = static_cast<float>(mean([at](const std::vector<float>& one) { return static_cast<double>(one[at]); }));
                continue;
            }
            // That of the mixture: the mean variance, and the variance of the means.
            const double centre = mean([&](const std::vector<float>& one) { return static_cast<double>(one[means + i]); });
            all[at] = static_cast<float>(mean([&](const std::vector<float>& one) {
                const double off = static_cast<double>(one[means + i]) - centre;
                return static_cast<double>(one[at]) + off * off;
            }));
        }
    }
    return all;
}

// Gives a learner what was shared. What follows from it (bounds, inverse deviations) is made anew, as after loading a checkpoint.
// ok          done
// wrong_size  another number of values than shared_by(model) has; nothing has changed
// otherwise   the values are none that a learner can have (not finite): as load() says; the learner holds them and must not be used
template <class Model>
synapse::status take_over(Model& model, std::span<const float> shared) {
    if (shared_by(model).size() != shared.size()) return synapse::status::wrong_size;
    const float* from = shared.data();
    details::each_shared(model, [&from](part, float* data, std::uint32_t rows, std::uint32_t columns, std::uint32_t stride) {
        for (std::uint32_t i = 0; i < rows; ++i) {
            for (std::uint32_t j = 0; j < columns; ++j) data[std::size_t{i} * stride + j] = *from++;
        }
    });
    details::bytes file;
    if (const synapse::status s = synapse::save(model, file, {"manual", 0, 1}); !ok(s)) return s;
    return synapse::load(model, file).outcome;
}

}  // namespace fleet
