// Who should be believed: on real streams, the error of train_continuous's default learner with each of its ways to answer, beside the
// closed-form readout alone in at least as many bytes. Each row is predicted, then learned.
//
//   bench_answers [--json] [--seeds N] FILE.csv...      columns of numbers, the class in the last
//   bench_answers [--json] --idx DIR                    the readout alone after the training images, in their order; error on the test
//                                                       images, mean over the classes. The whole: train_continuous --data idx
// --json: an object for each of them, one a line.
#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include <synapse/core/fields.hpp>
#include <synapse/hosted/any_learner.hpp>
#include <synapse/hosted/streams/csv.hpp>
#include <synapse/hosted/streams/data_error.hpp>
#include <synapse/hosted/streams/idx.hpp>
#include <synapse/kernels/default.hpp>
#include <synapse/memory/normalizer.hpp>
#include <synapse/network/readout.hpp>

#include "console/json.hpp"
#include "train_continuous/defaults.hpp"

namespace {

using readout = synapse::readout<synapse::default_kernels>;

struct alignas(64) line {
    std::byte bytes[64];
};

// The closed-form readout with running standardisation or none, in at least so many bytes.
class lone_readout {
public:
    lone_readout(const synapse::shape& form, std::size_t bytes)
        : statistics_{form.scaling == synapse::input_scaling::standardise ? form.inputs : 0} {
        synapse::readout_form wanted{form.inputs, form.outputs, 1, form.readout_offset, form.readout_ridge};
        while (synapse::measure(readout{wanted}) < bytes) ++wanted.features;
        features_ = wanted.features;
        part_ = readout{wanted};
        memory_.resize(synapse::measure(part_) / sizeof(line) + 1);
        statistics_memory_.resize(synapse::measure(statistics_) / sizeof(line) + 1);
        scaled_.resize(form.inputs);
        score_.resize(form.outputs);
        if (!ok(synapse::place(part_, std::as_writable_bytes(std::span{memory_}))) ||
            !ok(synapse::place(statistics_, std::as_writable_bytes(std::span{statistics_memory_})))) {
            std::abort();
        }
        part_.begin(1);
        standardises_ = form.scaling == synapse::input_scaling::standardise;
    }

    [[nodiscard]] std::uint32_t answer(std::span<const float> x, const synapse::tuning& t, bool learns) {
        if (standardises_ && learns) statistics_.update(x.data(), t.normalizer_horizon);
        for (std::uint32_t i = 0; i < x.size(); ++i) scaled_[i] = standardises_ ? statistics_.scaled(x[i], i, t.input_clamp) : x[i];
        part_.predict(scaled_.data(), score_.data());
        return static_cast<std::uint32_t>(std::max_element(score_.begin(), score_.end()) - score_.begin());
    }
    void learn(std::uint32_t label, float keep) { part_.learn(label, keep); }
    [[nodiscard]] std::uint32_t features() const noexcept { return features_; }
    [[nodiscard]] std::size_t bytes() const { return synapse::measure(part_); }

private:
    readout part_;
    synapse::normalizer statistics_;
    std::vector<line> memory_, statistics_memory_;
    std::vector<float> scaled_, score_;
    std::uint32_t features_ = 0;
    bool standardises_ = false;
};

// Per cent wrong, and the bytes it took.
struct outcome {
    double error = 0.0;
    std::size_t bytes = 0;
};

outcome live(synapse::streams::csv_file& rows, const synapse::shape& form, synapse::tuning numbers, synapse::answer who,
             std::uint64_t seed) {
    numbers.answers = who;
    numbers.seed = seed;
    synapse::any_learner<> model{form, numbers};
    rows.rewind();
    synapse::streams::sample s;
    std::uint64_t seen = 0, wrong = 0;
    while (rows.next(s) == synapse::streams::arrival::sample) {
        if (const auto answered = model.classify(s.inputs); !ok(answered) || *answered != s.label) ++wrong;
        ++seen;
        if (const synapse::status done = model.step(s.inputs, s.label); !ok(done)) {
            std::fprintf(stderr, "a step failed: %s\n", name(done));
            std::exit(1);
        }
    }
    return {100.0 * static_cast<double>(wrong) / static_cast<double>(seen), model.bytes()};
}

outcome alone(synapse::streams::csv_file& rows, const synapse::shape& form, const synapse::tuning& numbers, std::size_t bytes, float keep) {
    lone_readout part{form, bytes};
    rows.rewind();
    synapse::streams::sample s;
    std::uint64_t seen = 0, wrong = 0;
    while (rows.next(s) == synapse::streams::arrival::sample) {
        wrong += part.answer(s.inputs, numbers, true) != s.label;
        part.learn(s.label, keep);
        ++seen;
    }
    return {100.0 * static_cast<double>(wrong) / static_cast<double>(seen), part.bytes()};
}

void stream(const std::string& path, std::uint64_t seeds, bool as_json) {
    train_continuous::options asked;
    asked.data = train_continuous::data_kind::csv;
    asked.path = path;
    synapse::streams::csv_file rows{path, synapse::streams::table_options{}};
    const synapse::shape form = train_continuous::shape_of(asked, rows.form());
    const synapse::tuning numbers = train_continuous::tuning_of(asked, form.learns);
    console::json out;
    out.open('{').member("stream", std::filesystem::path{path}.stem().string()).member("seeds", seeds).key("rows").open('[');
    if (!as_json) {
        std::printf("%s: %llu rows, %u inputs, %u classes\n", path.c_str(), static_cast<unsigned long long>(rows.rows()), form.inputs,
                    form.outputs);
    }
    std::size_t bytes = 0;
    constexpr struct {
        const char* name;
        synapse::answer who;
    } ways[] = {{"fast", synapse::answer::fast},
                {"slow", synapse::answer::slow},
                {"both", synapse::answer::both},
                {"evidence", synapse::answer::evidence}};
    for (const auto& way : ways) {
        double sum = 0.0, worst = 0.0;
        for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
            const outcome one = live(rows, form, numbers, way.who, seed);
            sum += one.error;
            worst = std::max(worst, one.error);
            bytes = one.bytes;
        }
        const double mean = sum / static_cast<double>(seeds);
        out.open('{').member("method", way.name).member("wrong", mean).member("worst", worst).close('}');
        if (!as_json) std::printf("  %-12s %6.2f %% wrong, worst %.2f, %zu bytes\n", way.name, mean, worst, bytes);
    }
    for (const float keep : {numbers.readout_keep, 1.0f}) {
        const outcome one = alone(rows, form, numbers, bytes, keep);
        out.open('{').member("method", keep < 1.0f ? "readout alone" : "readout alone, keeps all").member("wrong", one.error).close('}');
        if (!as_json) std::printf("  readout alone, keeps %.4g: %6.2f %% wrong, %zu bytes\n", static_cast<double>(keep), one.error, one.bytes);
    }
    if (as_json) std::printf("%s\n", out.close(']').member("bytes", bytes).close('}').text().c_str());
}

void images(const std::string& path, bool as_json) {
    train_continuous::options asked;
    asked.data = train_continuous::data_kind::idx;
    asked.path = path;
    synapse::streams::idx_files rows{path};
    const synapse::shape form = train_continuous::shape_of(asked, rows.form());
    const synapse::tuning numbers = train_continuous::tuning_of(asked, form.learns);
    lone_readout part{form, synapse::any_learner<>{form, numbers}.bytes()};
    synapse::streams::sample s;
    while (rows.next(s) == synapse::streams::arrival::sample) {
        static_cast<void>(part.answer(s.inputs, numbers, true));
        part.learn(s.label, 1.0f);
    }
    synapse::streams::idx_files held_out{path, synapse::streams::idx_part::test, form.outputs};
    std::vector<double> wrong(form.outputs), of(form.outputs);
    while (held_out.next(s) == synapse::streams::arrival::sample) {
        wrong[s.label] += part.answer(s.inputs, numbers, false) != s.label;
        of[s.label] += 1.0;
    }
    double error = 0.0;
    for (std::uint32_t j = 0; j < form.outputs; ++j) error += of[j] == 0.0 ? 0.0 : 100.0 * wrong[j] / of[j] / form.outputs;
    if (as_json) {
        console::json out;
        out.open('{').member("images", path).member("features", part.features()).member("bytes", part.bytes()).member("wrong", error);
        std::printf("%s\n", out.close('}').text().c_str());
        return;
    }
    std::printf("%s: readout alone, %u features, %zu bytes: %.2f %% wrong\n", path.c_str(), part.features(), part.bytes(), error);
}

}  // namespace

int main(int count, char** words) try {
    std::uint64_t seeds = 3;
    bool any = false, as_json = false;
    for (int i = 1; i < count; ++i) as_json = as_json || std::strcmp(words[i], "--json") == 0;
    for (int i = 1; i < count; ++i) {
        const std::string word = words[i];
        if (word == "--seeds" && i + 1 < count) {
            const char* end = words[i + 1] + std::strlen(words[i + 1]);
            if (std::from_chars(words[i + 1], end, seeds).ptr != end || seeds == 0) {
                std::fprintf(stderr, "--seeds needs a number of 1 or more\n");
                return 2;
            }
            ++i;
        } else if (word == "--json") {
            continue;
        } else if (word == "--idx" && i + 1 < count) {
            images(words[++i], as_json);
            any = true;
        } else {
            stream(word, seeds, as_json);
            any = true;
        }
    }
    if (!any) std::fprintf(stderr, "usage: bench_answers [--json] [--seeds N] FILE.csv... [--idx DIR]\n");
    return any ? 0 : 2;
} catch (const synapse::streams::data_error& error) {
    std::fprintf(stderr, "bench_answers: %s\n", error.what());
    return 3;
}
