// The first rows of a stream, as they are or held in memory, where they can be read in any order as fast as it is.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <synapse/hosted/streams/data_error.hpp>
#include <synapse/hosted/streams/sample.hpp>

namespace synapse::streams {

// No more than so many rows of another stream.
class first_rows final : public indexed_stream {
public:
    // most  at least 1
    first_rows(std::unique_ptr<indexed_stream> rows, std::uint64_t most) : rows_{std::move(rows)}, most_{std::max<std::uint64_t>(most, 1)} {}

    [[nodiscard]] const stream_form& form() const noexcept override { return rows_->form(); }
    [[nodiscard]] std::uint64_t rows_skipped() const noexcept override { return rows_->rows_skipped(); }
    [[nodiscard]] std::uint64_t rows() const noexcept override { return std::min(most_, rows_->rows()); }
    [[nodiscard]] std::uint32_t label(std::uint64_t row) const noexcept override { return rows_->label(row); }
    void read(std::uint64_t row, sample& out) override { rows_->read(row, out); }

    [[nodiscard]] arrival next(sample& out) override {
        if (delivered_ >= rows()) return arrival::end;
        const arrival a = rows_->next(out);
        if (a == arrival::sample) ++delivered_;
        return a;
    }
    void rewind() override {
        rows_->rewind();
        delivered_ = 0;
    }
    // Counted in rows: going back there reads the rows before it.
    [[nodiscard]] cursor tell() const noexcept override { return {delivered_, 0}; }
    void seek(const cursor& to) override {
        rewind();
        sample passed;
        while (delivered_ < to.offset && next(passed) == arrival::sample) {
        }
    }

private:
    std::unique_ptr<indexed_stream> rows_;
    std::uint64_t most_;
    std::uint64_t delivered_ = 0;
};

// Bytes that held_rows takes for a stream of this form; saturates.
inline std::uint64_t bytes_to_hold(const stream_form& form, std::uint64_t rows) noexcept {
    const std::uint64_t numbers = std::uint64_t{form.inputs} + (form.learns == task::regression ? form.outputs : 1);
    return rows > ~std::uint64_t{0} / 4 / numbers ? ~std::uint64_t{0} : rows * numbers * 4;
}

// All rows of a stream, read once in its order.
class held_rows final : public indexed_stream {
public:
    // Throws data_error, as the stream does, and if it delivers none; std::bad_alloc.
    explicit held_rows(indexed_stream& from, const std::string& name) : form_{from.form()} {
        const bool numbers = form_.learns == task::regression;
        x_.reserve(from.rows() * form_.inputs);
        numbers ? y_.reserve(from.rows() * form_.outputs) : labels_.reserve(from.rows());
        from.rewind();
        sample s;
        while (from.next(s) == arrival::sample) {
            x_.insert(x_.end(), s.inputs.begin(), s.inputs.end());
            y_.insert(y_.end(), s.targets.begin(), s.targets.end());
            if (!numbers) labels_.push_back(s.label);
            ++rows_;
        }
        skipped_ = from.rows_skipped();
        if (rows_ == 0) throw data_error{name, "holds no rows"};
    }

    [[nodiscard]] const stream_form& form() const noexcept override { return form_; }
    [[nodiscard]] std::uint64_t rows_skipped() const noexcept override { return skipped_; }
    [[nodiscard]] std::uint64_t rows() const noexcept override { return rows_; }
    [[nodiscard]] std::uint32_t label(std::uint64_t row) const noexcept override { return labels_.empty() ? 0 : labels_[row]; }

    void read(std::uint64_t row, sample& out) override {
        out.inputs = std::span<const float>{x_}.subspan(row * form_.inputs, form_.inputs);
        out.targets = y_.empty() ? std::span<const float>{} : std::span<const float>{y_}.subspan(row * form_.outputs, form_.outputs);
        out.label = label(row);
    }
    [[nodiscard]] arrival next(sample& out) override {
        if (next_ == rows_) return arrival::end;
        read(next_++, out);
        return arrival::sample;
    }
    void rewind() override { next_ = 0; }
    [[nodiscard]] cursor tell() const noexcept override { return {next_, 0}; }
    void seek(const cursor& to) override { next_ = std::min(to.offset, rows_); }

private:
    stream_form form_;
    std::vector<float> x_;               // [rows][inputs]
    std::vector<float> y_;               // [rows][outputs]; empty when classifying
    std::vector<std::uint32_t> labels_;  // [rows]; empty for regression
    std::uint64_t rows_ = 0;
    std::uint64_t skipped_ = 0;
    std::uint64_t next_ = 0;
};

}  // namespace synapse::streams
