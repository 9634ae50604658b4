// Comma-separated values in a file: read through once to learn what the columns are, then row by row, in any order, never held whole.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <synapse/hosted/streams/byte_reader.hpp>
#include <synapse/hosted/streams/record_reader.hpp>
#include <synapse/hosted/streams/sample.hpp>
#include <synapse/hosted/streams/table.hpp>

namespace synapse::streams {

enum class access : std::uint8_t {
    in_order,   // next() only: memory does not grow with the file
    any_order,  // read() and label() too: 24 bytes are kept for each row
};

class csv_file final : public indexed_stream {
public:
    // Surveys the file, which must be one that can be read twice.
    // Throws data_error: cannot be opened, is a pipe, holds no rows, or a record is wrong (with its line and column).
    csv_file(const std::string& path, const table_options& options, access reading = access::in_order)
        : bytes_{path}, records_{bytes_, separator::detect}, table_{std::make_shared<table>(options)}, learns_{true} {
        begin([this] { return table_->begin(row_, bytes_.name()); });
        while (records_.next(row_)) count(table_->survey(row_, bytes_.name()));
        table_->finish(bytes_.name());
        finish(reading);
    }

    // Held-out rows of the same columns as those of another stream, whose table is shared: the same categories and labels, and the means
    // that the other has seen so far stand in for missing numbers. Throws as above, and at a label that the other does not know.
    csv_file(const std::string& path, std::shared_ptr<table> like, separator between = separator::detect, access reading = access::in_order)
        : bytes_{path}, records_{bytes_, between}, table_{std::move(like)} {
        begin([this] { return table_->same_header(row_, bytes_.name()); });
        size_buffers();
        while (records_.next(row_)) count(table_->encode(row_, bytes_.name(), x_, y_, label_));
        finish(reading);
    }

    [[nodiscard]] const stream_form& form() const noexcept override { return table_->form(); }
    // To be shared with held-out data.
    [[nodiscard]] const std::shared_ptr<table>& columns() const noexcept { return table_; }
    [[nodiscard]] std::uint64_t rows() const noexcept override { return rows_; }
    [[nodiscard]] std::uint64_t rows_skipped() const noexcept override { return skipped_; }

    // After a read(), only once rewind() was called.
    [[nodiscard]] arrival next(sample& out) override {
        while (records_.next(row_)) {
            if (take(out)) return arrival::sample;
        }
        return arrival::end;
    }

    void rewind() override { records_.seek(first_.offset, first_.line); }
    [[nodiscard]] cursor tell() const noexcept override { return {bytes_.position(), records_.line()}; }
    void seek(const cursor& to) override { records_.seek(to.offset, to.line); }

    // These two only with access::any_order and row < rows().
    [[nodiscard]] std::uint32_t label(std::uint64_t row) const noexcept override { return index_[row].label; }
    void read(std::uint64_t row, sample& out) override {
        const place& at = index_[row];
        records_.seek(at.offset, at.line);
        if (!records_.next(row_) || !take(out)) throw data_error{bytes_.name(), at.line, "the file has changed since it was first read"};
    }

private:
    struct place {
        std::uint64_t offset = 0;
        std::uint64_t line = 1;
        std::uint32_t label = 0;
    };

    // Reads the first record, which `is_header` may judge, and goes back to it if it is data.
    template <class Function>
    void begin(Function is_header) {
        if (!bytes_.seekable())
            throw data_error{bytes_.name(), "cannot be read twice, as finding its columns needs: write it to a file first"};
        if (!records_.next(row_)) throw data_error{bytes_.name(), "holds no rows"};
        first_ = here();
        if (is_header()) {
            first_.offset = bytes_.position();
            first_.line = records_.line();
        }
        rewind();
    }

    [[nodiscard]] place here() const noexcept { return {row_.offset(), row_.line(), label_}; }

    void count(bool has_target) noexcept { ++(has_target ? rows_ : skipped_); }

    void finish(access reading) {
        if (rows_ == 0) throw data_error{bytes_.name(), "holds no rows that have a target"};
        size_buffers();
        rewind();
        if (reading == access::in_order) return;
        index_.reserve(rows_);
        while (records_.next(row_)) {
            if (table_->encode(row_, bytes_.name(), x_, y_, label_)) index_.push_back(here());
        }
        rewind();
    }

    void size_buffers() {
        x_.resize(form().inputs);
        y_.resize(form().learns == task::regression ? form().outputs : 0);
    }

    // The present record. False if it has no target.
    bool take(sample& out) {
        if (!table_->encode(row_, bytes_.name(), x_, y_, label_)) return false;
        if (learns_) table_->count(row_, x_);
        out = {x_, y_, label_};
        return true;
    }

    byte_reader bytes_;
    record_reader records_;
    std::shared_ptr<table> table_;
    bool learns_ = false;
    record row_;
    place first_;
    std::vector<place> index_;
    std::uint64_t rows_ = 0;
    std::uint64_t skipped_ = 0;
    std::vector<float> x_;
    std::vector<float> y_;
    std::uint32_t label_ = 0;
};

}  // namespace synapse::streams
