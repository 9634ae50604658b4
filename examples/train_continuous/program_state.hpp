// What the program must remember beside the learner, so that a resumed life is the one that was never stopped. It goes into the
// checkpoint as one more key, "program", which a device skips.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

#include <synapse/core/fields.hpp>
#include <synapse/core/matrix.hpp>
#include <synapse/core/status.hpp>
#include <synapse/learner/body.hpp>

#include "train_continuous/defaults.hpp"
#include "train_continuous/metrics_history.hpp"

namespace train_continuous {

// Numbers of any kind as 64-bit words, one after the other.
class word_writer {
public:
    explicit word_writer(std::vector<std::uint64_t>& words) : words_{&words} {}
    void put(std::uint64_t n) { words_->push_back(n); }
    void put_real(double x) { put(std::bit_cast<std::uint64_t>(x)); }
    // Bytes as they lie in memory, filled up with zeros to whole words.
    void put_bytes(const void* bytes, std::size_t size) {
        const std::size_t first = words_->size();
        words_->resize(first + (size + 7) / 8, 0);
        std::memcpy(words_->data() + first, bytes, size);
    }

private:
    std::vector<std::uint64_t>* words_;
};

// Reads them back. After the end come zeros, and good() is false.
class word_reader {
public:
    explicit word_reader(std::span<const std::uint64_t> words) : words_{words} {}
    std::uint64_t get() {
        if (at_ == words_.size()) {
            good_ = false;
            return 0;
        }
        return words_[at_++];
    }
    double get_real() { return std::bit_cast<double>(get()); }
    // Nothing is written unless there are as many.
    void get_bytes(void* bytes, std::size_t size) {
        const std::size_t count = (size + 7) / 8;
        if (count > left()) {
            good_ = false;
            return;
        }
        std::memcpy(bytes, words_.data() + at_, size);
        at_ += count;
    }
    [[nodiscard]] std::size_t left() const noexcept { return words_.size() - at_; }
    // False once more was asked for than there is.
    [[nodiscard]] bool good() const noexcept { return good_; }

private:
    std::span<const std::uint64_t> words_;
    std::size_t at_ = 0;
    bool good_ = true;
};

struct program_state {
    static constexpr std::uint32_t most_words = 1u << 21;

    std::uint64_t steps = 0;
    std::uint64_t nanoseconds = 0;            // of learning
    std::uint64_t refused = 0;                // steps that the learner would not learn from
    std::uint64_t refused_in_a_row = 0;       // the last ones
    std::uint64_t sleep_left = 0;             // samples of a sleep that was cut short
    bool examination_due = false;             // an examination was cut short
    std::uint64_t seed = 0;                   // of the life's own choices
    float replay_ratio = 0.0f;                // as it was asked for, which a life may change for a while
    std::vector<std::uint64_t> experience;    // where the experience stands: what it wrote itself
    std::vector<std::uint64_t> examinations;  // what was found by those that the life itself asked for

    // The lists' memory is made here, where a reader has just learned their length.
    template <class Self, class Visitor>
    static void fields(Self& self, Visitor& visit) {
        visit.value("steps", self.steps);
        visit.value("nanoseconds", self.nanoseconds);
        visit.value("refused", self.refused);
        visit.value("refused_in_a_row", self.refused_in_a_row);
        visit.value("sleep_left", self.sleep_left);
        visit.value("examination_due", self.examination_due);
        visit.value("seed", self.seed);
        visit.value("replay_ratio", self.replay_ratio);
        words(visit, "experience_words", "experience", self.experience);
        words(visit, "examination_words", "examinations", self.examinations);
    }

private:
    template <class Visitor>
    static void words(Visitor& visit, const char* count_name, const char* name, std::vector<std::uint64_t>& list) {
        auto count = static_cast<std::uint32_t>(list.size());
        visit.value(count_name, count);
        list.resize(count <= most_words ? count : 0);
        std::uint64_t* data = list.data();
        visit.array(name, synapse::role::state, data, synapse::vector_extent(count, count <= most_words ? count : 0));
    }
};

// A learner's list of fields in which the history of its metrics, of which the learner itself knows nothing, stands in its place.
template <class Visitor>
struct with_history : Visitor {
    metrics_history* history;

    void absent(const char* name) noexcept {
        if (history != nullptr && std::strcmp(name, "metrics_history") == 0) {
            Visitor::group(name, *history);
        } else {
            Visitor::absent(name);
        }
    }
};

// The learner and the program's part, to be saved as one checkpoint.
struct whole_life {
    using kernels = model_type::kernels;
    model_type& model;
    program_state& program;
    metrics_history* history = nullptr;  // null: none is kept

    [[nodiscard]] const synapse::shape& form() const noexcept { return model.form(); }
    [[nodiscard]] const synapse::report& latest() const noexcept { return model.latest(); }
    template <class Self, class Visitor>
    static void fields(Self& self, Visitor& visit) {
        with_history<Visitor> list{visit, self.history};
        synapse::learner_body<kernels>::fields(self.model, list);
        visit.group("program", self.program);
    }
};

// The program's part alone, to be loaded; the learner is loaded from the same source by itself.
struct program_part {
    struct nothing {};
    program_state state;

    program_part() = default;
    explicit program_part(nothing) {}
    [[nodiscard]] nothing form() const noexcept { return {}; }
    template <class Self, class Visitor>
    static void fields(Self& self, Visitor& visit) {
        visit.group("program", self.state);
    }
};

// The history alone, to be loaded; a checkpoint from before there was one has none.
struct history_part {
    struct nothing {};
    metrics_history history;

    history_part() = default;
    explicit history_part(nothing) {}
    [[nodiscard]] nothing form() const noexcept { return {}; }
    template <class Self, class Visitor>
    static void fields(Self& self, Visitor& visit) {
        visit.group("metrics_history", self.history);
    }
};

}  // namespace train_continuous
