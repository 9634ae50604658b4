// How a life went, at evenly spaced steps, in memory that never grows: when there is no more room every second row goes, and the rows to
// come stand twice as far apart. It is the checkpoint's "metrics_history", which inspect, draw_checkpoint.py and the exports read.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include <synapse/core/fields.hpp>
#include <synapse/core/matrix.hpp>
#include <synapse/core/status.hpp>

#include "train_continuous/progress.hpp"

namespace train_continuous {

class metrics_history {
public:
    static constexpr std::uint32_t most_rows = 512;
    static constexpr std::uint64_t first_spacing = 100;  // steps

    // Bit i of "known" says that the row has a number in column i; without it there stands a 0 that means nothing.
    static constexpr const char* names[] = {"error", "accuracy", "phi", "agency", "integration", "confidence", "self_prediction_error", "neurons"};
    static constexpr std::size_t columns = std::size(names);

    metrics_history() { make_room(most_rows); }

    [[nodiscard]] std::uint32_t rows() const noexcept { return rows_; }
    [[nodiscard]] std::uint64_t spacing() const noexcept { return spacing_; }
    [[nodiscard]] std::uint64_t step(std::uint32_t row) const noexcept { return steps_[row]; }
    [[nodiscard]] std::optional<float> value(std::uint32_t row, std::size_t column) const noexcept {
        return (known_[row] >> column & 1u) != 0 ? std::optional<float>{values_[column][row]} : std::nullopt;
    }

    // True when a row is to be noted: a life that is resumed asks at the same steps as one that never stopped.
    [[nodiscard]] bool due(std::uint64_t steps) const noexcept { return steps >= next_; }
    // Takes the row of now; never allocates. @cost a copy of nine numbers; now and then half the rows are moved
    void note(const progress& p) {
        while (rows_ == most_rows) thin();
        next_ = (p.steps / spacing_ + 1) * spacing_;
        if (rows_ != 0 && steps_[rows_ - 1] / spacing_ == p.steps / spacing_) return;  // the wider spacing has this stretch already
        const auto error = p.error();
        const auto accuracy = p.accuracy();
        const std::optional<double> row[columns] = {error ? std::optional<double>{static_cast<double>(*error)} : std::nullopt,
                                                    accuracy, p.phi, p.agency, p.integration, p.confidence, p.self_prediction_error,
                                                    static_cast<double>(p.neurons)};
        steps_[rows_] = p.steps;
        known_[rows_] = 0;
        for (std::size_t c = 0; c < columns; ++c) {
            values_[c][rows_] = static_cast<float>(row[c].value_or(0.0));
            known_[rows_] = static_cast<std::uint16_t>(known_[rows_] | (row[c] ? 1u : 0u) << c);
        }
        ++rows_;
    }

    template <class Self, class Visitor>
    static void fields(Self& self, Visitor& visit) {
        visit.value("rows", self.rows_);
        visit.value("spacing", self.spacing_);
        visit.value("next", self.next_);
        const synapse::extent all = synapse::vector_extent(self.rows_, most_rows);
        array(visit, "step", self.steps_, all);
        array(visit, "known", self.known_, all);
        for (std::size_t c = 0; c < columns; ++c) array(visit, names[c], self.values_[c], all);
    }
    [[nodiscard]] synapse::status settle() const noexcept {
        return rows_ <= most_rows && spacing_ >= first_spacing ? synapse::status::ok : synapse::status::corrupt;
    }

private:
    template <class Visitor, class T>
    static void array(Visitor& visit, const char* name, std::vector<T>& list, const synapse::extent& e) {
        T* data = list.data();
        visit.array(name, synapse::role::state, data, e);
    }
    void make_room(std::size_t n) {
        steps_.resize(n);
        known_.resize(n);
        for (auto& column : values_) column.resize(n);
    }

    // Keeps the rows that the wider spacing would have noted: the first of each stretch.
    void thin() {
        spacing_ *= 2;
        std::uint32_t kept = 0;
        for (std::uint32_t i = 0; i < rows_; ++i) {
            if (steps_[i] / spacing_ == (kept == 0 ? 0 : steps_[kept - 1] / spacing_)) continue;
            steps_[kept] = steps_[i];
            known_[kept] = known_[i];
            for (auto& column : values_) column[kept] = column[i];
            ++kept;
        }
        rows_ = kept;
    }

    std::uint32_t rows_ = 0;
    std::uint64_t spacing_ = first_spacing;
    std::uint64_t next_ = first_spacing;
    std::vector<std::uint64_t> steps_;
    std::vector<std::uint16_t> known_;
    std::array<std::vector<float>, columns> values_;
};

}  // namespace train_continuous
