// What each epoch came to, and where the present one stands.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

#include "train_continuous/program_state.hpp"

namespace train {

// Of one epoch. An error is the share of wrong labels, or the squared error over the variance of the target.
struct epoch_result {
    double error = 0;                  // mean over the samples, each predicted before it was learned
    std::optional<double> test_error;  // held out, after the epoch
    double seconds = 0;                // of learning

    // What the best epoch is chosen by.
    [[nodiscard]] double score() const noexcept { return test_error.value_or(error); }
};

class history {
public:
    // Takes the error of one sample.
    void add(double error) noexcept {
        sum_ += error;
        ++samples_;
    }
    // Samples of the present epoch so far.
    [[nodiscard]] std::uint64_t samples() const noexcept { return samples_; }
    [[nodiscard]] double error() const noexcept { return samples_ == 0 ? 0.0 : sum_ / static_cast<double>(samples_); }

    // Ends the present epoch. @return true if it is the best so far
    bool finish(std::optional<double> test_error, double seconds) {
        epochs_.push_back({error(), test_error, seconds});
        sum_ = 0;
        samples_ = 0;
        const bool better = epochs_.size() == 1 || epochs_.back().score() < epochs_[best_].score();
        if (better) best_ = epochs_.size() - 1;
        return better;
    }
    [[nodiscard]] const std::vector<epoch_result>& epochs() const noexcept { return epochs_; }
    // Its place among the epochs; 0 before the first.
    [[nodiscard]] std::size_t best() const noexcept { return best_; }

    void save(train_continuous::word_writer& out) const {
        out.put_real(sum_);
        out.put(samples_);
        out.put(best_);
        out.put(epochs_.size());
        for (const epoch_result& e : epochs_) {
            out.put_real(e.error);
            out.put_real(e.test_error.value_or(std::numeric_limits<double>::quiet_NaN()));
            out.put_real(e.seconds);
        }
    }
    // @return false, and nothing has changed, if these are no such words.
    bool go_on_from(train_continuous::word_reader& in) {
        history saved;
        saved.sum_ = in.get_real();
        saved.samples_ = in.get();
        saved.best_ = static_cast<std::size_t>(in.get());
        const std::uint64_t count = in.get();
        if (count > in.left() / 3) return false;
        for (std::uint64_t i = 0; i < count; ++i) {
            epoch_result e;
            e.error = in.get_real();
            if (const double test = in.get_real(); test - test == 0) e.test_error = test;
            e.seconds = in.get_real();
            saved.epochs_.push_back(e);
        }
        if (!in.good() || (count == 0 ? saved.best_ != 0 : saved.best_ >= count)) return false;
        *this = saved;
        return true;
    }

private:
    double sum_ = 0;
    std::uint64_t samples_ = 0;
    std::vector<epoch_result> epochs_;
    std::size_t best_ = 0;
};

}  // namespace train
