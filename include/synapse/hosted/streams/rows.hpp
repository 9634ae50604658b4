// Rows of numbers as they arrive on standard input or any pipe: a robot's log, learned from while it is written.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <synapse/hosted/streams/byte_reader.hpp>
#include <synapse/hosted/streams/record_reader.hpp>
#include <synapse/hosted/streams/sample.hpp>
#include <synapse/hosted/streams/table.hpp>

namespace synapse::streams {

// Numbers separated by commas or blanks, one row a line, perhaps under a header. What cannot be known from the first line must be told:
// there are no categories, and labels are whole numbers from 0.
class row_stream final : public stream {
public:
    // Waits for the first line.
    // @param descriptor  stays the caller's
    // @param classes     labels are below it; not used for regression
    // @param give_up     asked about ten times a second while no data comes; true ends the stream
    // Throws data_error: nothing arrived, no such target, or a field that is no number (with its line and column).
    row_stream(int descriptor, const std::string& name, const table_options& options, std::uint32_t classes, std::function<bool()> give_up)
        : bytes_{descriptor, name, std::move(give_up)}, records_{bytes_, separator::rows}, table_{std::make_shared<table>(options)} {
        if (!records_.next(row_)) throw data_error{name, "holds no rows"};
        waiting_ = !table_->begin(row_, name);
        table_->numbers_only(classes);
        x_.resize(form().inputs);
        y_.resize(form().learns == task::regression ? form().outputs : 0);
    }

    [[nodiscard]] const stream_form& form() const noexcept override { return table_->form(); }
    // To be shared with held-out data.
    [[nodiscard]] const std::shared_ptr<table>& columns() const noexcept { return table_; }
    [[nodiscard]] std::uint64_t rows_skipped() const noexcept override { return skipped_; }
    // Counts on from what an earlier run of the same life passed over.
    void skipped_before(std::uint64_t rows) noexcept { skipped_ += rows; }

    [[nodiscard]] arrival next(sample& out) override {
        while (waiting_ || records_.next(row_)) {
            waiting_ = false;
            std::uint32_t label = 0;
            if (table_->encode(row_, bytes_.name(), x_, y_, label)) {
                table_->count(row_, x_);
                out = {x_, y_, label};
                return arrival::sample;
            }
            ++skipped_;
        }
        return arrival::end;
    }

private:
    byte_reader bytes_;
    record_reader records_;
    std::shared_ptr<table> table_;
    record row_;
    bool waiting_ = false;  // the first line is data and has not been delivered
    std::uint64_t skipped_ = 0;
    std::vector<float> x_;
    std::vector<float> y_;
};

}  // namespace synapse::streams
