// Where a learner's life comes from: one step after the other, from a world or from data.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <unistd.h>

#include <synapse/checkpoint/crc32c.hpp>
#include <synapse/core/status.hpp>
#include <synapse/hosted/streams/csv.hpp>
#include <synapse/hosted/streams/idx.hpp>
#include <synapse/hosted/streams/order.hpp>
#include <synapse/hosted/streams/rows.hpp>
#include <synapse/hosted/streams/sample.hpp>
#include <synapse/memory/augment.hpp>

#include "console/json.hpp"
#include "train_continuous/companion.hpp"
#include "train_continuous/defaults.hpp"
#include "train_continuous/options.hpp"
#include "train_continuous/program_state.hpp"
#include "train_continuous/stopwatch.hpp"

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
    // The learner whose life this is, and who takes its time; once, before the first step.
    virtual void begin(model_type& model, stopwatch& watch) = 0;
    // May throw data_error.
    [[nodiscard]] virtual moment step() = 0;
    [[nodiscard]] virtual synapse::status last_status() const noexcept { return synapse::status::ok; }
    // Parts of the life, and the present one.
    [[nodiscard]] virtual std::uint32_t parts() const noexcept { return 1; }
    [[nodiscard]] virtual std::uint32_t part() const noexcept { return 0; }
    // Held-out data at a path, to be examined on; null if there can be none.
    [[nodiscard]] virtual std::unique_ptr<synapse::streams::indexed_stream> held_out(const std::string&) const { return nullptr; }
    // Where this life stands, and the way back there in another run: after go_on_from the two cannot be told apart.
    virtual void save(word_writer& out) const = 0;
    // After begin(), before the first step. @return false, and nothing has changed: what was saved is of another life.
    [[nodiscard]] virtual bool go_on_from(word_reader& in) = 0;
    // The agent that lives this life beside the learner; null where there are no actions.
    [[nodiscard]] virtual companion* mind() noexcept { return nullptr; }
    // Known to hold nothing more.
    [[nodiscard]] virtual bool over() const noexcept { return false; }
    // What this experience alone can tell: members of the report, and lines of the summary.
    virtual void describe(console::json&) const {}
    [[nodiscard]] virtual std::string summary() const { return {}; }
};

// From a stream of samples, each predicted and then learned.
class stream_experience : public experience {
public:
    [[nodiscard]] const synapse::streams::stream_form& form() const noexcept override { return samples().form(); }
    void begin(model_type& model, stopwatch& watch) override {
        model_ = &model;
        watch_ = &watch;
    }

    [[nodiscard]] moment step() override {
        using synapse::streams::arrival;
        const arrival a = samples().next(sample_);
        if (a != arrival::sample) return a == arrival::end ? moment::end : moment::end_of_part;
        status_ = watch_->learner([this]() -> synapse::status {
            return sample_.targets.empty() ? model_->step(sample_.inputs, sample_.label) : model_->step(sample_.inputs, sample_.targets);
        });
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
    stopwatch* watch_ = nullptr;
    synapse::streams::sample sample_;
    synapse::status status_ = synapse::status::ok;
};

// Different random choices of one life draw from different streams of its seed.
inline std::uint64_t order_seed(std::uint64_t seed) noexcept { return seed ^ 0x6f72646572ull; }

// What a saved life begins with: a number for each kind of experience.
enum class life_kind : std::uint64_t { arm = 1, csv, idx, rows, synthetic, cart_pole, pendulum, mountain_car, acrobot };

inline void save(word_writer& out, const synapse::streams::ordered_stream::standing& s) {
    for (const std::uint32_t word : s.generator.word) out.put(word);
    out.put(s.place.offset);
    out.put(s.place.line);
    out.put(s.at);
    out.put(s.part);
    out.put(s.part_over ? 1 : 0);
    out.put(s.passes_done);
}
inline synapse::streams::ordered_stream::standing standing_from(word_reader& in) {
    synapse::streams::ordered_stream::standing s;
    for (std::uint32_t& word : s.generator.word) word = static_cast<std::uint32_t>(in.get());
    s.place.offset = in.get();
    s.place.line = in.get();
    s.at = in.get();
    s.part = static_cast<std::uint32_t>(in.get());
    s.part_over = in.get() != 0;
    s.passes_done = in.get();
    return s;
}

// The order, and how many rows: what must be the same for a standing to mean anything.
inline void save_order(word_writer& out, const synapse::streams::ordered_stream& x) {
    out.put(static_cast<std::uint64_t>(x.wanted().is));
    out.put(x.parts());
    out.put(x.rows().rows());
}
inline bool same_order(word_reader& in, const synapse::streams::ordered_stream& x) {
    const bool kind = in.get() == static_cast<std::uint64_t>(x.wanted().is);
    const bool parts = in.get() == x.parts();
    return in.get() == x.rows().rows() && kind && parts;
}

// The means that stand in for missing numbers.
inline void save(word_writer& out, const synapse::streams::table& columns) {
    const auto means = columns.means();
    out.put(means.size());
    for (const auto& m : means) {
        out.put_real(m.mean);
        out.put(m.counted);
    }
}
inline std::vector<synapse::streams::table::running_mean> means_from(word_reader& in) {
    std::vector<synapse::streams::table::running_mean> means(static_cast<std::size_t>(std::min<std::uint64_t>(in.get(), in.left() / 2)));
    for (auto& m : means) {
        m.mean = in.get_real();
        m.counted = in.get();
    }
    return means;
}

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
        std::ifstream{*x.path, std::ios::binary}.read(beginning_.data(), static_cast<std::streamsize>(beginning_.size()));
        ordered_ =
            std::make_unique<synapse::streams::ordered_stream>(std::move(file), order, *x.path, order_seed(x.seed), x.passes.value_or(1));
    }
    [[nodiscard]] std::uint32_t parts() const noexcept override { return ordered_->parts(); }
    [[nodiscard]] std::uint32_t part() const noexcept override { return ordered_->part(); }
    [[nodiscard]] std::unique_ptr<synapse::streams::indexed_stream> held_out(const std::string& path) const override {
        return std::make_unique<synapse::streams::csv_file>(path, columns_);
    }

    void save(word_writer& out) const override {
        out.put(static_cast<std::uint64_t>(life_kind::csv));
        out.put(beginning());
        save_order(out, *ordered_);
        train_continuous::save(out, ordered_->stands());
        train_continuous::save(out, *columns_);
    }
    [[nodiscard]] bool go_on_from(word_reader& in) override {
        if (in.get() != static_cast<std::uint64_t>(life_kind::csv) || in.get() != beginning() || !same_order(in, *ordered_)) return false;
        const auto stood = standing_from(in);
        const auto means = means_from(in);
        const auto before = columns_->means();
        if (!in.good() || !columns_->go_on_from(means)) return false;
        if (ordered_->go_on_from(stood)) return true;
        static_cast<void>(columns_->go_on_from(before));
        return false;
    }
    [[nodiscard]] bool over() const noexcept override { return ordered_->over(); }

private:
    [[nodiscard]] synapse::streams::stream& samples() const noexcept override { return *ordered_; }
    // Tells one file from another of as many rows.
    [[nodiscard]] std::uint64_t beginning() const { return synapse::crc32c::of(std::as_bytes(std::span{beginning_})); }
    std::vector<char> beginning_ = std::vector<char>(65536, '\0');
    std::shared_ptr<synapse::streams::table> columns_;
    std::unique_ptr<synapse::streams::ordered_stream> ordered_;
};

class idx_experience final : public stream_experience {
public:
    explicit idx_experience(const options& x) : idx_experience{x, std::make_unique<synapse::streams::idx_files>(*x.path)} {}
    void begin(model_type& model, stopwatch& watch) override {
        stream_experience::begin(model, watch);
        if (shift_.reach != 0) model.augment_replay(&synapse::augment::shift::apply, &shift_);
    }
    [[nodiscard]] std::uint32_t parts() const noexcept override { return ordered_.parts(); }
    [[nodiscard]] std::uint32_t part() const noexcept override { return ordered_.part(); }
    [[nodiscard]] std::unique_ptr<synapse::streams::indexed_stream> held_out(const std::string& path) const override {
        return std::make_unique<synapse::streams::idx_files>(path, synapse::streams::idx_part::test, form().outputs);
    }

    void save(word_writer& out) const override {
        out.put(static_cast<std::uint64_t>(life_kind::idx));
        out.put(labels());
        save_order(out, ordered_);
        train_continuous::save(out, ordered_.stands());
    }
    [[nodiscard]] bool go_on_from(word_reader& in) override {
        if (in.get() != static_cast<std::uint64_t>(life_kind::idx) || in.get() != labels() || !same_order(in, ordered_)) return false;
        const auto stood = standing_from(in);
        return in.good() && ordered_.go_on_from(stood);
    }
    [[nodiscard]] bool over() const noexcept override { return ordered_.over(); }

private:
    idx_experience(const options& x, std::unique_ptr<synapse::streams::idx_files> files)
        : shift_{image_shift(x, files->image_rows(), files->image_columns())},
          ordered_{std::move(files), x.order.value_or(synapse::streams::order{}), *x.path, order_seed(x.seed), x.passes.value_or(1)} {}
    // Tells one data set from another of as many images.
    [[nodiscard]] std::uint64_t labels() const noexcept {
        synapse::crc32c sum;
        for (std::uint64_t i = 0; i < ordered_.rows().rows(); ++i) {
            const auto label = static_cast<std::byte>(ordered_.rows().label(i));
            sum.add({&label, 1});
        }
        return sum.value();
    }
    [[nodiscard]] synapse::streams::stream& samples() const noexcept override { return ordered_; }
    synapse::augment::shift shift_;
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

    // What has been read is gone: a resumed life goes on with whatever comes.
    void save(word_writer& out) const override {
        out.put(static_cast<std::uint64_t>(life_kind::rows));
        out.put(rows_.rows_skipped());
        train_continuous::save(out, *rows_.columns());
    }
    [[nodiscard]] bool go_on_from(word_reader& in) override {
        if (in.get() != static_cast<std::uint64_t>(life_kind::rows)) return false;
        const std::uint64_t skipped = in.get();
        const auto means = means_from(in);
        if (!in.good() || !rows_.columns()->go_on_from(means)) return false;
        rows_.skipped_before(skipped);
        return true;
    }

private:
    [[nodiscard]] synapse::streams::stream& samples() const noexcept override { return rows_; }
    mutable synapse::streams::row_stream rows_;
};

}  // namespace train_continuous
