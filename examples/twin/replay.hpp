// A life lived again from a log, compared where the device said what it had become.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <synapse/checkpoint/load.hpp>
#include <synapse/checkpoint/save.hpp>
#include <synapse/checkpoint/stream.hpp>
#include <synapse/core/fields.hpp>
#include <synapse/core/status.hpp>
#include <synapse/hosted/any_learner.hpp>

#include "twin/device_log.hpp"

namespace twin {

struct memory_sink {
    std::vector<std::byte> bytes;
    synapse::status write(std::span<const std::byte> more) {
        bytes.insert(bytes.end(), more.begin(), more.end());
        return synapse::status::ok;
    }
};

// One step as the twin made it.
struct trace_line {
    std::uint64_t step = 0;  // after it
    std::uint32_t line = 0;  // of the log
    synapse::status outcome = synapse::status::ok;
    float error = 0.0f;    // the learner's running error after it
    float largest = 0.0f;  // magnitude among the inputs
};

struct verdict {
    std::uint64_t steps = 0, refused = 0, marks = 0;  // replayed, refused by the learner, hashes that agreed
    std::uint64_t agreed_at = 0;                      // the last step at which the two were known to be the same
    std::optional<std::uint64_t> parted_by;           // the first at which they were known not to be
    std::string explanation;                          // what would make them agree; empty if nothing tried does
    std::uint64_t calls = 0;                          // made since agreed_at
    std::deque<trace_line> trace;                     // of these, the last
};

template <synapse::kernel_set Kernels>
class replay {
public:
    // Throws input_error, std::invalid_argument, std::bad_alloc.
    template <class Source>
    replay(const synapse::shape& form, Source& source, const std::string& path) : model_{form} {
        if (const auto read = synapse::load(model_, source); !ok(read)) {
            throw input_error{path + ": " + synapse::name(read.outcome) +
                              (read.key.text[0] == '\0' ? "" : std::string{" at "} + read.key.text)};
        }
        keep();
    }

    [[nodiscard]] synapse::any_learner<Kernels>& model() noexcept { return model_; }

    // Up to the first mark at which the two differ, or until step `stop` has been made.
    // The trace holds at most `most` calls.
    verdict run(const device_log& log, std::uint64_t stop, std::size_t most) {
        verdict v;
        v.agreed_at = model_.latest().steps;
        std::size_t begin = 0;
        for (std::size_t i = 0; i < log.calls.size(); ++i) {
            if (log.calls[i].is == call::kind::hash && log.calls[i].number == v.agreed_at) begin = i;
        }
        kept_at_ = begin;
        for (std::size_t i = begin; i < log.calls.size() && model_.latest().steps < stop; ++i) {
            const call& c = log.calls[i];
            if (c.is != call::kind::hash) {
                const trace_line made = make(log, c);
                if (c.is == call::kind::step) ++(ok(made.outcome) ? v.steps : v.refused);
                ++v.calls;
                v.trace.push_back(made);
                if (v.trace.size() > most) v.trace.pop_front();
                continue;
            }
            if (agrees(c)) {
                ++v.marks;
                v.agreed_at = c.number;
                v.calls = 0;
                v.trace.clear();
                keep();
                kept_at_ = i;
            } else {
                v.parted_by = c.number;
                memory_sink now;
                static_cast<void>(synapse::save(model_, now));
                v.explanation = explain(log, i);
                restore(now.bytes);
                break;
            }
        }
        return v;
    }

    // Everything that decides this learner's future, as bytes: equal for two learners exactly if they are the same to the last bit.
    [[nodiscard]] static std::vector<std::byte> all_of(const synapse::any_learner<Kernels>& model) {
        memory_sink out;
        static_cast<void>(synapse::save(model, out, {"twin", 0, 1}));
        return std::move(out.bytes);
    }

private:
    static constexpr std::size_t most_tries = 4000;  // lives between two marks, to find an explanation

    [[nodiscard]] bool agrees(const call& mark) const {
        return model_.latest().steps == mark.number && synapse::weights_hash(model_) == mark.hash;
    }
    void keep() {
        kept_.bytes.clear();
        static_cast<void>(synapse::save(model_, kept_));
    }
    void restore(const std::vector<std::byte>& bytes) {
        synapse::span_source source{bytes};
        static_cast<void>(synapse::load(model_, source));
    }

    trace_line make(const device_log& log, const call& c) {
        trace_line t;
        t.line = c.line;
        const synapse::shape& form = model_.form();
        if (c.is == call::kind::sleep) {
            for (std::uint64_t left = c.number; left != 0;) {
                const auto some = static_cast<std::uint32_t>(std::min<std::uint64_t>(left, 0xffffffff));
                static_cast<void>(model_.sleep(some));
                left -= some;
            }
        } else {
            const float* const numbers = log.numbers.data() + c.first;
            const std::span<const float> x{numbers, form.inputs};
            for (const float n : x) t.largest = std::isnan(n) ? n : std::max(t.largest, std::abs(n));
            if (form.learns == synapse::task::classification) {
                t.outcome = model_.step(x, static_cast<std::uint32_t>(numbers[form.inputs]));
            } else {
                t.outcome = model_.step(x, std::span<const float>{numbers + form.inputs, form.outputs});
            }
        }
        t.step = model_.latest().steps;
        t.error = model_.latest().error;
        return t;
    }

    // Lives from the last good mark to the bad one again, each time with one call left out or made twice.
    std::string explain(const device_log& log, std::size_t mark) {
        const std::size_t calls = mark - kept_at_;
        if (calls * 2 > most_tries || calls * calls * 2 > std::size_t{most_tries} * 1000) return {};
        for (std::size_t odd = kept_at_; odd < mark; ++odd) {
            if (log.calls[odd].is == call::kind::hash) continue;
            for (const bool twice : {false, true}) {
                restore(kept_.bytes);
                for (std::size_t i = kept_at_; i < mark; ++i) {
                    if (log.calls[i].is == call::kind::hash) continue;
                    if (i != odd || twice) static_cast<void>(make(log, log.calls[i]));
                    if (i == odd && twice) static_cast<void>(make(log, log.calls[i]));
                }
                if (synapse::weights_hash(model_) != log.calls[mark].hash) continue;
                return "they agree if line " + std::to_string(log.calls[odd].line) +
                       (twice ? " was learned twice: the device made that call and logged it once"
                              : " was not learned: it stands in the log, and the device did not make that call");
            }
        }
        return {};
    }

    synapse::any_learner<Kernels> model_;
    memory_sink kept_;  // the learner at the last mark that agreed
    std::size_t kept_at_ = 0;
};

}  // namespace twin
