// Published methods that learn by replay, each in its authors' form, over this library's network and replay buffer: what changes from
// one to the next is the loss. Plain SGD, one step a batch, a reservoir of float32 samples, drawn from before the batch is offered.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <vector>

#include <synapse/core/fields.hpp>
#include <synapse/core/random.hpp>
#include <synapse/kernels/default.hpp>
#include <synapse/memory/replay.hpp>
#include <synapse/network/loss.hpp>
#include <synapse/network/network.hpp>
#include <synapse/network/workspace.hpp>

#include "remember_problem.hpp"
#include "remember_protocol.hpp"

namespace remember {

enum class published : std::uint8_t {
    fine_tune,         // new samples only
    replay,            // ER: one cross-entropy over new and replayed samples. @source Chaudhry et al. 2019
    asymmetric,        // ER-ACE: new samples compete only with the classes of their batch. @source Caccia et al. 2022
    dark_replay,       // DER++: replayed samples also keep the outputs they had when stored. @source Buzzega et al. 2020, eq. 6
};

struct published_numbers {
    published method = published::replay;
    std::uint32_t capacity = 0;  // samples
    std::uint32_t replays = 0;   // of each draw; DER++ draws twice
    float rate = 0.1f;
    float alpha = 0.5f;  // DER++: weight of the squared distance to the stored outputs
    float beta = 1.0f;   // DER++: weight of the cross-entropy of the second draw
};

class published_student final : public student {
    using kernels = synapse::default_kernels;
    struct alignas(64) line {
        std::byte bytes[64];
    };

public:
    published_student(const problem& p, const published_numbers& numbers, std::uint32_t batch, std::uint64_t seed)
        : numbers_{numbers}, classes_{p.classes}, features_{p.train.features}, low_{p.low}, high_{p.high}, random_{seed} {
        synapse::topology form;
        form.inputs = features_;
        form.outputs = classes_;
        for (std::size_t l = 0; l < p.hidden.size(); ++l) form.hidden[l] = p.hidden[l];
        const bool dark = numbers.method == published::dark_replay;
        if (numbers.method == published::fine_tune) numbers_.capacity = numbers_.replays = 0;
        synapse::replay_form memory;
        memory.capacity = numbers_.capacity;
        memory.features = features_;
        memory.targets = dark ? classes_ : 0;
        memory.classes = classes_;
        net_ = synapse::network<kernels>{form};
        work_ = synapse::workspace{form, batch + (dark ? 2 : 1) * numbers_.replays, kernels::lanes};
        memory_ = synapse::replay_buffer{memory};
        house(net_, net_lines_);
        house(work_, work_lines_);
        house(memory_, memory_lines_);
        net_.randomise(random_, 1.0f, false);
        outputs_.resize(std::size_t{batch} * classes_);
        present_.resize(classes_);
    }

    [[nodiscard]] bool learn(std::span<const float> x, std::span<const std::uint32_t> labels) override {
        const auto fresh = static_cast<std::uint32_t>(labels.size());
        const std::uint32_t draws = memory_.size() == 0 ? 0 : numbers_.method == published::dark_replay ? 2 : 1;
        const std::uint32_t all = fresh + draws * numbers_.replays;
        if (!net_.admits(all, numbers_.rate)) return false;
        std::copy(labels.begin(), labels.end(), labels_.begin());
        for (std::uint32_t b = 0; b < fresh; ++b) std::memcpy(work_.input(b), x.data() + std::size_t{b} * features_, features_ * sizeof(float));
        for (std::uint32_t b = fresh; b < all; ++b) {
            drawn_[b] = memory_.draw(random_);
            labels_[b] = memory_.label(drawn_[b]);
            memory_.read(drawn_[b], low_, high_, work_.input(b));
        }
        net_.forward(work_, all);
        for (std::uint32_t b = 0; b < fresh; ++b) std::memcpy(&outputs_[std::size_t{b} * classes_], work_.output(b), classes_ * sizeof(float));
        write_deltas(fresh, all);
        net_.backward(work_, all, numbers_.rate);
        for (std::uint32_t b = 0; b < fresh; ++b) {
            memory_.offer(x.data() + std::size_t{b} * features_, low_, high_, &outputs_[std::size_t{b} * classes_], labels[b], random_);
        }
        seen_ += fresh;
        passed_ += all;
        return true;
    }

    [[nodiscard]] std::uint32_t classify(std::size_t, std::span<const float> x) override {
        std::memcpy(work_.input(0), x.data(), x.size_bytes());
        net_.forward(work_, 1);
        const float* z = work_.output(0);
        return static_cast<std::uint32_t>(std::max_element(z, z + classes_) - z);
    }

    [[nodiscard]] double passes() const override { return static_cast<double>(passed_) / static_cast<double>(seen_); }
    [[nodiscard]] std::size_t bytes() const override {
        return (net_lines_.size() + work_lines_.size() + memory_lines_.size()) * sizeof(line);
    }
    [[nodiscard]] std::size_t replay_bytes() const override { return memory_lines_.size() * sizeof(line); }

private:
    static constexpr std::uint32_t most_rows = 256;

    template <class Part>
    static void house(Part& part, std::vector<line>& lines) {
        lines.resize((synapse::measure(part) + sizeof(line) - 1) / sizeof(line));
        static_cast<void>(synapse::place(part, std::as_writable_bytes(std::span{lines})));
    }

    void cross_entropy(std::uint32_t b, const std::uint8_t* among, float weight) {
        synapse::loss::cross_entropy<kernels::arithmetic>(classes_, work_.output(b), labels_[b], among, weight, work_.output_delta(b));
    }

    // Rows [0, fresh) are new, then come one or two draws.
    void write_deltas(std::uint32_t fresh, std::uint32_t all) {
        const float each = 1.0f / static_cast<float>(fresh);
        const float each_replayed = numbers_.replays == 0 ? 0.0f : 1.0f / static_cast<float>(numbers_.replays);
        switch (numbers_.method) {
            case published::fine_tune:
            case published::replay:
                for (std::uint32_t b = 0; b < all; ++b) cross_entropy(b, nullptr, 1.0f / static_cast<float>(all));
                break;
            case published::asymmetric:
                std::fill(present_.begin(), present_.end(), std::uint8_t{0});
                for (std::uint32_t b = 0; b < fresh; ++b) present_[labels_[b]] = 1;
                for (std::uint32_t b = 0; b < fresh; ++b) cross_entropy(b, present_.data(), each);
                for (std::uint32_t b = fresh; b < all; ++b) cross_entropy(b, nullptr, each_replayed);
                break;
            case published::dark_replay:
                for (std::uint32_t b = 0; b < fresh; ++b) cross_entropy(b, nullptr, each);
                for (std::uint32_t b = fresh; b < all && b < fresh + numbers_.replays; ++b) {
                    // The mean over outputs and samples of (z - stored)^2.
                    const float* stored = memory_.target(drawn_[b]);
                    const float weight = numbers_.alpha * 2.0f * each_replayed / static_cast<float>(classes_);
                    for (std::uint32_t j = 0; j < classes_; ++j) work_.output_delta(b)[j] = weight * (work_.output(b)[j] - stored[j]);
                }
                for (std::uint32_t b = fresh + numbers_.replays; b < all; ++b) cross_entropy(b, nullptr, numbers_.beta * each_replayed);
                break;
        }
    }

    published_numbers numbers_;
    std::uint32_t classes_;
    std::uint32_t features_;
    float low_, high_;
    synapse::random_generator random_;
    synapse::network<kernels> net_;
    synapse::workspace work_;
    synapse::replay_buffer memory_;
    std::vector<line> net_lines_, work_lines_, memory_lines_;
    std::vector<float> outputs_;  // of the new samples, before they were learned
    std::vector<std::uint8_t> present_;
    std::vector<std::uint32_t> labels_ = std::vector<std::uint32_t>(most_rows);
    std::vector<std::uint32_t> drawn_ = std::vector<std::uint32_t>(most_rows);
    std::uint64_t seen_ = 0;
    std::uint64_t passed_ = 0;
};

}  // namespace remember
