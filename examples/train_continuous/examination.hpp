// How well a learner does on held-out data, after each part of its life and at the end: accuracy, the accuracy matrix, forgetting.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include <synapse/core/status.hpp>
#include <synapse/hosted/streams/order.hpp>
#include <synapse/hosted/streams/sample.hpp>

#include "train_continuous/defaults.hpp"
#include "train_continuous/program_state.hpp"

namespace train_continuous {

class examination {
public:
    // Without held-out data nothing is ever known.
    examination() = default;
    examination(std::unique_ptr<synapse::streams::indexed_stream> held_out, std::uint32_t parts)
        : held_out_{std::move(held_out)}, parts_{parts}, y_(held_out_->form().outputs) {}

    // Asks the learner for every held-out sample. @param stop true abandons it: the answers so far do not count.
    // @return false if it was abandoned. Throws data_error.
    template <class Stop>
    bool examine(model_type& model, Stop stop) {
        if (!held_out_) return true;
        clear();
        held_out_->rewind();
        const bool classes = held_out_->form().learns == synapse::task::classification;
        std::vector<std::uint64_t> right(parts_, 0), asked(parts_, 0);
        synapse::streams::sample s;
        while (held_out_->next(s) == synapse::streams::arrival::sample) {
            if (stop()) {
                clear();
                return false;
            }
            if (classes) {
                const std::uint32_t part = synapse::streams::part_of_class(s.label, held_out_->form().outputs, parts_);
                const synapse::result<std::uint32_t> answer = model.classify(s.inputs);
                ++asked[part];
                if (ok(answer) && *answer == s.label) ++right[part];
            } else if (ok(model.predict(s.inputs, y_))) {
                measure(s.targets);
            }
        }
        if (classes) {
            grade(right, asked);
        } else {
            finish_measuring();
        }
        return true;
    }

    // Share of the held-out samples answered rightly, by the last examination.
    [[nodiscard]] const std::optional<double>& accuracy() const noexcept { return accuracy_; }
    // 1 - accuracy; for regression the squared error over the variance of the held-out targets, averaged over the outputs.
    [[nodiscard]] const std::optional<double>& error() const noexcept { return error_; }
    // [examinations][parts]: accuracy on the classes of each part; nothing where the held-out data has none of them.
    [[nodiscard]] const std::vector<std::vector<std::optional<double>>>& matrix() const noexcept { return matrix_; }
    [[nodiscard]] bool by_part() const noexcept { return held_out_ && parts_ > 1; }

    // The mean, over the parts that were over before the last examination, of the best accuracy ever minus the last.
    [[nodiscard]] std::optional<double> forgetting() const {
        if (parts_ < 2 || matrix_.size() < 2) return std::nullopt;
        double sum = 0;
        std::size_t counted = 0;
        const std::size_t last = matrix_.size() - 1;
        for (std::size_t part = 0; part < parts_ && part < last; ++part) {
            if (part == last % parts_ || !matrix_[last][part]) continue;
            double best = 0;
            for (std::size_t i = part; i < last; ++i) best = std::max(best, matrix_[i][part].value_or(0.0));
            sum += best - *matrix_[last][part];
            ++counted;
        }
        return counted == 0 ? std::nullopt : std::optional<double>{sum / static_cast<double>(counted)};
    }

    // The matrix, for a checkpoint; the last accuracies are measured anew at the end of every run.
    void save(word_writer& out) const {
        out.put(parts_);
        for (const auto& row : matrix_) {
            for (const std::optional<double>& share : row) out.put_real(share.value_or(-1.0));
        }
    }
    // Nothing has changed if it is not a matrix of as many parts.
    void go_on_from(word_reader& in) {
        if (!held_out_ || in.get() != parts_ || in.left() % parts_ != 0) return;
        matrix_.clear();
        while (in.left() != 0) {
            std::vector<std::optional<double>> row;
            for (std::uint32_t part = 0; part < parts_; ++part) {
                const double share = in.get_real();
                row.push_back(share >= 0.0 && share <= 1.0 ? std::optional<double>{share} : std::nullopt);
            }
            matrix_.push_back(std::move(row));
        }
    }

private:
    struct moments {
        double squared_error = 0;
        double sum = 0;
        double squares = 0;
    };

    void clear() {
        accuracy_.reset();
        error_.reset();
        measured_.assign(y_.size(), {});
        measurements_ = 0;
    }

    void grade(const std::vector<std::uint64_t>& right, const std::vector<std::uint64_t>& asked) {
        std::uint64_t all_right = 0, all_asked = 0;
        std::vector<std::optional<double>> row;
        for (std::size_t part = 0; part < parts_; ++part) {
            all_right += right[part];
            all_asked += asked[part];
            row.push_back(asked[part] == 0 ? std::nullopt
                                           : std::optional<double>{static_cast<double>(right[part]) / static_cast<double>(asked[part])});
        }
        matrix_.push_back(std::move(row));
        accuracy_ = static_cast<double>(all_right) / static_cast<double>(all_asked);
        error_ = 1.0 - *accuracy_;
    }

    void measure(std::span<const float> targets) {
        ++measurements_;
        for (std::size_t j = 0; j < y_.size(); ++j) {
            const double t = static_cast<double>(targets[j]);
            const double miss = static_cast<double>(y_[j]) - t;
            measured_[j].squared_error += miss * miss;
            measured_[j].sum += t;
            measured_[j].squares += t * t;
        }
    }

    void finish_measuring() {
        if (measurements_ == 0) return;
        const double n = static_cast<double>(measurements_);
        double sum = 0;
        for (const moments& m : measured_) sum += m.squared_error / n / (m.squares / n - m.sum / n * (m.sum / n));
        error_ = sum / static_cast<double>(y_.size());  // not finite, so null, if a target never varies
    }

    std::unique_ptr<synapse::streams::indexed_stream> held_out_;
    std::uint32_t parts_ = 1;
    std::vector<float> y_;
    std::vector<std::vector<std::optional<double>>> matrix_;
    std::optional<double> accuracy_;
    std::optional<double> error_;
    std::vector<moments> measured_;
    std::uint64_t measurements_ = 0;
};

}  // namespace train_continuous
