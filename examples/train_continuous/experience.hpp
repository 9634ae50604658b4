// Where a learner's life comes from: one step after the other, from a world or from data.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include <unistd.h>

#include <synapse/core/status.hpp>
#include <synapse/hosted/streams/csv.hpp>
#include <synapse/hosted/streams/idx.hpp>
#include <synapse/hosted/streams/order.hpp>
#include <synapse/hosted/streams/rows.hpp>
#include <synapse/hosted/streams/sample.hpp>

#include "console/json.hpp"
#include "train_continuous/defaults.hpp"
#include "train_continuous/options.hpp"

namespace train_continuous {

enum class moment : std::uint8_t {
    lived,        // a step was made
    refused,      // a step was made, but the learner would not learn from it: its status is last_status()
    end_of_part,  // no step: a part of the life is over
    end,          // no step, and none will come
};

class experience {
public:
    experience() = default;
    experience(const experience&) = delete;
    experience& operator=(const experience&) = delete;
    virtual ~experience() = default;

    // The sizes that the learner needs.
    [[nodiscard]] virtual const synapse::streams::stream_form& form() const noexcept = 0;
    // The learner whose life this is; once, before the first step.
    virtual void begin(model_type& model) = 0;
    // May throw data_error.
    [[nodiscard]] virtual moment step() = 0;
    [[nodiscard]] virtual synapse::status last_status() const noexcept { return synapse::status::ok; }
    // Parts of the life, and the present one.
    [[nodiscard]] virtual std::uint32_t parts() const noexcept { return 1; }
    [[nodiscard]] virtual std::uint32_t part() const noexcept { return 0; }
    // Held-out data at a path, to be examined on; null if there can be none.
    [[nodiscard]] virtual std::unique_ptr<synapse::streams::indexed_stream> held_out(const std::string&) const { return nullptr; }
    // What this experience alone can tell: members of the report, and lines of the summary.
    virtual void describe(console::json&) const {}
    [[nodiscard]] virtual std::string summary() const { return {}; }
};

// From a stream of samples, each predicted and then learned.
class stream_experience : public experience {
public:
    [[nodiscard]] const synapse::streams::stream_form& form() const noexcept override { return samples().form(); }
    void begin(model_type& model) override { model_ = &model; }

    [[nodiscard]] moment step() override {
        using synapse::streams::arrival;
        const arrival a = samples().next(sample_);
        if (a != arrival::sample) return a == arrival::end ? moment::end : moment::end_of_part;
        status_ = sample_.targets.empty() ? model_->step(sample_.inputs, sample_.label) : model_->step(sample_.inputs, sample_.targets);
        return ok(status_) ? moment::lived : moment::refused;
    }
    [[nodiscard]] synapse::status last_status() const noexcept override { return status_; }

    void describe(console::json& out) const override { out.member("rows_skipped", samples().rows_skipped()); }
    [[nodiscard]] std::string summary() const override {
        const std::uint64_t skipped = samples().rows_skipped();
        return skipped == 0 ? "" : "Rows without a target, passed over: " + std::to_string(skipped) + "\n";
    }

protected:
    [[nodiscard]] virtual synapse::streams::stream& samples() const noexcept = 0;

private:
    model_type* model_ = nullptr;
    synapse::streams::sample sample_;
    synapse::status status_ = synapse::status::ok;
};

// Different random choices of one life draw from different streams of its seed.
inline std::uint64_t order_seed(std::uint64_t seed) noexcept { return seed ^ 0x6f72646572ull; }

class csv_experience final : public stream_experience {
public:
    explicit csv_experience(const options& x) {
        const synapse::streams::order order = x.order.value_or(synapse::streams::order{});
        const auto reading =
            order.is == synapse::streams::order::kind::stream ? synapse::streams::access::in_order : synapse::streams::access::any_order;
        const synapse::streams::table_options table{x.learns.value_or(synapse::task::classification), x.target.value_or(""),
                                                    x.header.value_or(synapse::streams::header::detect)};
        auto file = std::make_unique<synapse::streams::csv_file>(*x.path, table, reading);
        columns_ = file->columns();
        ordered_ =
            std::make_unique<synapse::streams::ordered_stream>(std::move(file), order, *x.path, order_seed(x.seed), x.passes.value_or(1));
    }
    [[nodiscard]] std::uint32_t parts() const noexcept override { return ordered_->parts(); }
    [[nodiscard]] std::uint32_t part() const noexcept override { return ordered_->part(); }
    [[nodiscard]] std::unique_ptr<synapse::streams::indexed_stream> held_out(const std::string& path) const override {
        return std::make_unique<synapse::streams::csv_file>(path, columns_);
    }

private:
    [[nodiscard]] synapse::streams::stream& samples() const noexcept override { return *ordered_; }
    std::shared_ptr<synapse::streams::table> columns_;
    std::unique_ptr<synapse::streams::ordered_stream> ordered_;
};

class idx_experience final : public stream_experience {
public:
    explicit idx_experience(const options& x)
        : ordered_{std::make_unique<synapse::streams::idx_files>(*x.path), x.order.value_or(synapse::streams::order{}), *x.path,
                   order_seed(x.seed), x.passes.value_or(1)} {}
    [[nodiscard]] std::uint32_t parts() const noexcept override { return ordered_.parts(); }
    [[nodiscard]] std::uint32_t part() const noexcept override { return ordered_.part(); }
    [[nodiscard]] std::unique_ptr<synapse::streams::indexed_stream> held_out(const std::string& path) const override {
        return std::make_unique<synapse::streams::idx_files>(path, synapse::streams::idx_part::test, form().outputs);
    }

private:
    [[nodiscard]] synapse::streams::stream& samples() const noexcept override { return ordered_; }
    mutable synapse::streams::ordered_stream ordered_;
};

class rows_experience final : public stream_experience {
public:
    // @param give_up  asked before each wait for input, and while it lasts
    rows_experience(const options& x, std::function<bool()> give_up)
        : rows_{STDIN_FILENO,
                "standard input",
                {x.learns.value_or(synapse::task::classification), x.target.value_or(""),
                 x.header.value_or(synapse::streams::header::detect)},
                x.classes.value_or(default_classes),
                std::move(give_up)} {}
    [[nodiscard]] std::unique_ptr<synapse::streams::indexed_stream> held_out(const std::string& path) const override {
        return std::make_unique<synapse::streams::csv_file>(path, rows_.columns(), synapse::streams::separator::rows);
    }

private:
    [[nodiscard]] synapse::streams::stream& samples() const noexcept override { return rows_; }
    mutable synapse::streams::row_stream rows_;
};

}  // namespace train_continuous
