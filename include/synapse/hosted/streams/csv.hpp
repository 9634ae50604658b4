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
    any_order,  // read() and label() too: 20 bytes are kept for each row
};

class csv_file final : public indexed_stream {
public:
    // Surveys the file, which must be one that can be read twice.
    // Throws data_error: cannot be opened, is a pipe, holds no rows, or a record is wrong (with its line and column).
    csv_file(const std::string& path, const table_options& options, access reading = access::in_order)
        : bytes_{path}, records_{bytes_, separator::detect}, table_{std::make_shared<table>(options)}, counts_{true} {
        survey(reading, [this] { return table_->begin(row_, bytes_.name()); }, [this] { return table_->survey(row_, bytes_.name()); });
        table_->finish(bytes_.name());
        finish(reading);
    }

    // Held-out rows of the same columns as those of another stream, whose table is shared: the same categories and labels, and the means
    // that the other has seen so far stand in for missing numbers.
    csv_file(const std::string& path, std::shared_ptr<table> like, separator between = separator::detect, access reading = access::in_order)
        : bytes_{path}, records_{bytes_, between}, table_{std::move(like)} {
        size_buffers();
        survey(reading, [this] { return table_->same_header(row_, bytes_.name()); },
               [this] { return table_->encode(row_, bytes_.name(), x_, y_, label_); });
        finish(reading);
    }

    [[nodiscard]] const stream_form& form() const noexcept override { return table_->form(); }
    [[nodiscard]] const std::shared_ptr<table>& columns() const noexcept { return table_; }
    [[nodiscard]] std::uint64_t rows() const noexcept override { return rows_; }
    [[nodiscard]] std::uint64_t rows_skipped() const noexcept override { return skipped_; }

    [[nodiscard]] arrival next(sample& out) override {
        if (!in_order_) restore_order();
        while (records_.next(row_)) {
            if (take(out)) return arrival::sample;
        }
        return arrival::end;
    }

    void rewind() override { records_.seek(first_.offset, first_.line); in_order_ = true; }

    // Only with access::any_order, row < rows().
    [[nodiscard]] std::uint32_t label(std::uint64_t row) const noexcept override { return labels_.empty() ? 0 : labels_[row]; }
    void read(std::uint64_t row, sample& out) override {
        if (in_order_) resume_ = {bytes_.position(), 0};
        in_order_ = false;
        records_.seek(index_[row].offset, index_[row].line);
        if (!records_.next(row_) || !take(out)) throw data_error{bytes_.name(), index_[row].line, "the file has changed since it was first read"};
    }

private:
    struct place {
        std::uint64_t offset;
        std::uint64_t line;
    };
};

}  // namespace synapse::streams
