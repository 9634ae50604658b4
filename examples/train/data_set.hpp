// The samples of an epoch, and those held out, from whatever kind of data was asked for.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <synapse/checkpoint/crc32c.hpp>
#include <synapse/hosted/streams/csv.hpp>
#include <synapse/hosted/streams/held.hpp>
#include <synapse/hosted/streams/idx.hpp>
#include <synapse/hosted/streams/order.hpp>
#include <synapse/hosted/streams/sample.hpp>

#include "train/arm_samples.hpp"
#include "train/options.hpp"
#include "train_continuous/experience.hpp"

namespace train {

inline constexpr std::uint64_t arm_held_out = 2000;            // samples of another motion
inline constexpr std::uint64_t arm_test_seed = 0x74657374ull;  // added to the seed: no two seeds that a person gives share it

// Rows on their way into memory, which may take long: now and then somebody is told how far they are.
class watched_rows final : public synapse::streams::indexed_stream {
public:
    using watcher = std::function<void(std::uint64_t row)>;
    static constexpr std::uint64_t rows_per_look = 4096;

    // Both are referred to. What the watcher throws ends the reading.
    watched_rows(synapse::streams::indexed_stream& rows, const watcher& look) noexcept : rows_{&rows}, look_{&look} {}

    [[nodiscard]] const synapse::streams::stream_form& form() const noexcept override { return rows_->form(); }
    [[nodiscard]] std::uint64_t rows_skipped() const noexcept override { return rows_->rows_skipped(); }
    [[nodiscard]] std::uint64_t rows() const noexcept override { return rows_->rows(); }
    [[nodiscard]] std::uint32_t label(std::uint64_t row) const noexcept override { return rows_->label(row); }
    void read(std::uint64_t row, synapse::streams::sample& out) override { rows_->read(row, out); }
    [[nodiscard]] synapse::streams::arrival next(synapse::streams::sample& out) override {
        if (delivered_++ % rows_per_look == 0) (*look_)(delivered_ - 1);
        return rows_->next(out);
    }
    void rewind() override {
        rows_->rewind();
        delivered_ = 0;
    }
    [[nodiscard]] synapse::streams::cursor tell() const noexcept override { return rows_->tell(); }
    void seek(const synapse::streams::cursor& to) override { rows_->seek(to); }

private:
    synapse::streams::indexed_stream* rows_;
    const watcher* look_;
    std::uint64_t delivered_ = 0;
};

class data_set {
public:
    // look  told now and then how many rows are in memory; what it throws comes out here
    // Throws data_error, std::bad_alloc.
    data_set(const options& x, const watched_rows::watcher& look) {
        using namespace synapse::streams;
        using train_continuous::data_kind;
        order wanted = x.order.value_or(order{order::kind::shuffled, 1});
        std::unique_ptr<indexed_stream> rows;
        switch (x.data) {
            case data_kind::csv: {
                const table_options table{x.learns.value_or(synapse::task::classification), x.target.value_or(""),
                                          x.header.value_or(header::detect)};
                auto file = std::make_unique<csv_file>(*x.path, table, access::any_order);
                columns_ = file->columns();
                if (x.test) held_out_ = std::make_unique<csv_file>(*x.test, columns_);
                rows = std::move(file);
                break;
            }
            case data_kind::idx:
                rows = std::make_unique<idx_files>(*x.path);
                if (x.test) held_out_ = std::make_unique<idx_files>(*x.test, idx_part::test, rows->form().outputs);
                break;
            default: {
                rows = std::make_unique<arm_samples>(x.seed, samples_of(x));
                arm_samples other{x.seed + arm_test_seed, arm_held_out};
                held_out_ = std::make_unique<held_rows>(other, "the arm");
            }
        }
        rows = std::make_unique<first_rows>(std::move(rows), samples_of(x));
        rows_ = rows->rows();
        held_ = bytes_to_hold(rows->form(), rows_) <= x.hold_mib << 20;
        const auto means = columns_ ? columns_->means() : std::vector<table::running_mean>{};
        fingerprint_ = fingerprint_of(*rows);
        if (columns_) static_cast<void>(columns_->go_on_from(means));  // a look is no life
        if (held_) {
            watched_rows watched{*rows, look};
            rows = std::make_unique<held_rows>(watched, x.path.value_or("the arm"));
        }
        if (!held_ && x.data == data_kind::arm) wanted = order{};
        ordered_ = std::make_unique<ordered_stream>(std::move(rows), wanted, x.path.value_or("the arm"),
                                                    train_continuous::order_seed(x.seed), epochs_of(x));
    }

    [[nodiscard]] const synapse::streams::stream_form& form() const noexcept { return ordered_->form(); }
    // Samples of one epoch.
    [[nodiscard]] std::uint64_t rows() const noexcept { return rows_; }
    [[nodiscard]] bool held() const noexcept { return held_; }
    // Each epoch ends with one end_of_part.
    [[nodiscard]] synapse::streams::ordered_stream& samples() noexcept { return *ordered_; }
    // Once; null if there are none.
    [[nodiscard]] std::unique_ptr<synapse::streams::indexed_stream> take_held_out() { return std::move(held_out_); }
    // Of how many samples there are and the first of them: tells this data from other data.
    [[nodiscard]] std::uint64_t fingerprint() const noexcept { return fingerprint_; }
    // The table of a CSV file; null for other data.
    [[nodiscard]] const std::shared_ptr<synapse::streams::table>& columns() const noexcept { return columns_; }

private:
    static constexpr std::uint64_t rows_looked_at = 256;

    static std::uint64_t fingerprint_of(synapse::streams::indexed_stream& rows) {
        synapse::crc32c sum;
        synapse::streams::sample s;
        for (std::uint64_t i = 0; i < rows_looked_at && i < rows.rows(); ++i) {
            rows.read(i, s);
            sum.add(std::as_bytes(s.inputs));
            sum.add(std::as_bytes(s.targets));
            sum.add(std::as_bytes(std::span{&s.label, 1}));
        }
        rows.rewind();
        return rows.rows() << 32 ^ sum.value();
    }

    std::shared_ptr<synapse::streams::table> columns_;
    std::unique_ptr<synapse::streams::indexed_stream> held_out_;
    std::unique_ptr<synapse::streams::ordered_stream> ordered_;
    std::uint64_t rows_ = 0;
    std::uint64_t fingerprint_ = 0;
    bool held_ = false;
};

}  // namespace train
