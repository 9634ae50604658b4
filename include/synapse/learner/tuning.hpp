// Everything that is a number and costs no bytes. May be changed while the learner lives.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

#include <synapse/config.hpp>
#include <synapse/core/bytes.hpp>
#include <synapse/core/fields.hpp>
#include <synapse/core/status.hpp>

namespace synapse {

// Which system answers predict().
enum class answer : std::uint8_t {
    fast,      // the newest knowledge
    slow,      // what has lasted
    both,      // the average of the two
    evidence,  // these and the readout, each believed as far as its past answers were right; needs shape.readout or shape.judges
};

// What a detected drift does, besides being counted in the report.
enum class drift_response : std::uint8_t {
    note,    // nothing
    sleep,   // report.wants_sleep is set
    faster,  // a higher learning rate for a while
    flush,   // stored experience is dropped: it describes a world that is gone
    column,  // a column is begun (begin_column), `growth` times as wide as the narrowest layer in use, where there is room; the classes
             // met since the change, as far as the test can tell when that was, stay free. Classification with shape.plastic, else nothing
};

struct tuning {
    float learning_rate = 0.02f;       // step of SGD on normalised inputs and targets; > 0
    float replay_ratio = 0.2f;         // share of replayed samples in what is learned: 0.2 is one for every four new ones; [0, 0.99]
    float replay_weight = 1.0f;        // weight of all samples replayed in a step, against the new one's 1; each one's is at most 1
    float momentum = 0.0f;             // [0, 0.999]; needs shape.momentum
    float error_clip = 3.0f;           // regression: errors beyond this many deviations of the target count as that; > 0
    float input_clamp = 5.0f;          // normalised inputs are held to this many deviations; > 0
    float normalizer_horizon = 10000;  // samples over which means and variances are taken; >= 1
    float report_horizon = 1000;       // samples over which the running error is taken; >= 1
    std::uint64_t seed = 1;            // of every random choice; read at construction
    float initial_gain = 0.0f;         // first weights lie within +-gain / sqrt(inputs of the unit); 0: sqrt 6 for relu numbers, else 1
    // The slow system and its use (shape.slow).
    float consistency = 3.0f;        // weight of agreement with the slow system on replayed samples; >= 0
    float slow_decay = 0.9998f;      // slow := decay slow + (1 - decay) fast, each step; [0, 1)
    std::uint32_t slow_every = 10;   // ... in effect, though done only every so many steps; >= 1
    std::uint32_t sleep_rounds = 1;  // a cycle of sleep replays the stored samples so many times; >= 1
    answer answers = answer::fast;
    // Several answers (answer::evidence) and the closed-form readout (shape.readout).
    float evidence_keep = 0.995f;     // of past evidence at each sample; [0, 1]
    float evidence_sharpness = 0.1f;  // nats of belief for each nat of loss, or each wrong answer; 0 believes all alike; [0, 100]
    float readout_keep = 1.0f;        // the readout's forgetting factor: 1 forgets nothing, 0.999 has a memory of 1000 samples; [0.5, 1]
    // Roll-back: with shape.slow, the fast system returns to the slow one's weights when it predicts new samples worse.
    float gate_margin = 0.0f;  // ... when its loss is above so many times the slow one's; 0: never; else > 1
    float gate_horizon = 500;  // samples over which the losses are compared; >= 1
    // Drift: a Page-Hinkley test on the prequential error (0 or 1 for labels, squared error / variance for numbers).
    float drift_threshold = 0.0f;   // accumulated excess error that counts as drift; 0: no test
    float drift_tolerance = 0.05f;  // rise of the mean error that does not matter; >= 0
    drift_response on_drift = drift_response::note;
    float drift_rate_gain = 3.0f;       // `faster`: factor on the learning rate; (0, 100]
    std::uint32_t drift_samples = 500;  // `faster`: steps it lasts
    // Growth (shape.plastic), within hidden_reserved: what the triggers compare, and how far they go. 0 turns a trigger off.
    float grow_active_share = 0.85f;    // a layer grows if more than this share of its units is active; [0, 1]
    float grow_error_rise = 0.1f;       // ... or if the error rose by this share over the window before, beyond chance; [0, 1e6]
    float grow_rank_share = 0.5f;       // ... or if its units move in more than this share of as many directions; [0, 1]
    float grow_error_above = 0.02f;     // ... and only while the error (as in report.error) is above this; >= 0
    float growth = 0.1f;                // units added, as a share of the layer's; (0, 10]
    std::uint32_t growth_window = 500;  // samples of a window; [2, 1e9]
    std::uint32_t growth_pause = 1000;  // steps between two events at least
    std::uint32_t max_units = 0;        // hidden units in all; 0: what is reserved. At the cap units are recycled
    float turnover_rate = 0.0f;        // share of the units that may be recycled in a step, if worth next to nothing; [0, 1]; 3e-4 is much;
                                       // needs shape.turnover
    std::uint32_t turnover_age = 250;  // looks, one for every four passes, that a unit has to live before
    // Classification.
    std::uint32_t recent_labels = 20;  // new samples compete only with labels among the last so many; 0: with all seen; <= 64

    // The first thing wrong, as a sentence; null if the tuning can be used. NaN is wrong everywhere.
    [[nodiscard]] constexpr const char* flaw() const noexcept;
    // True if there is none. Without the sentences, which a firmware need not carry.
    [[nodiscard]] constexpr bool is_sound() const noexcept;

    static constexpr bool saved_if_not_default = true;
    // For checkpoints: the tuning is saved and comes back with the learner.
    template <class Self, class Visitor>
    static constexpr void fields(Self& self, Visitor& visit) {
        visit.value("learning_rate", self.learning_rate);
        visit.value("replay_ratio", self.replay_ratio);
        visit.value("replay_weight", self.replay_weight);
        visit.value("momentum", self.momentum);
        visit.value("error_clip", self.error_clip);
        visit.value("input_clamp", self.input_clamp);
        visit.value("normalizer_horizon", self.normalizer_horizon);
        visit.value("report_horizon", self.report_horizon);
        visit.value("seed", self.seed);
        visit.value("initial_gain", self.initial_gain);
        visit.value("consistency", self.consistency);
        visit.value("slow_decay", self.slow_decay);
        visit.value("slow_every", self.slow_every);
        visit.value("sleep_rounds", self.sleep_rounds);
        visit.value("answers", self.answers);
        visit.value("evidence_keep", self.evidence_keep);
        visit.value("evidence_sharpness", self.evidence_sharpness);
        visit.value("readout_keep", self.readout_keep);
        visit.value("gate_margin", self.gate_margin);
        visit.value("gate_horizon", self.gate_horizon);
        visit.value("drift_threshold", self.drift_threshold);
        visit.value("drift_tolerance", self.drift_tolerance);
        visit.value("on_drift", self.on_drift);
        visit.value("drift_rate_gain", self.drift_rate_gain);
        visit.value("drift_samples", self.drift_samples);
        visit.value("grow_active_share", self.grow_active_share);
        visit.value("grow_error_rise", self.grow_error_rise);
        visit.value("grow_rank_share", self.grow_rank_share);
        visit.value("grow_error_above", self.grow_error_above);
        visit.value("growth", self.growth);
        visit.value("growth_window", self.growth_window);
        visit.value("growth_pause", self.growth_pause);
        visit.value("max_units", self.max_units);
        visit.value("turnover_rate", self.turnover_rate);
        visit.value("turnover_age", self.turnover_age);
        visit.value("recent_labels", self.recent_labels);
    }
    [[nodiscard]] constexpr status settle() const noexcept { return is_sound() ? status::ok : status::corrupt; }
};

inline constexpr const tuning& default_tuning = default_of<tuning>;

namespace detail {

inline constexpr float above_0 = 0x1p-149f;
inline constexpr float below_1 = 0x1.fffffep-1f;

struct tuning_range {
    float tuning::*number;
    float low;  // the range is closed
    float high;
};
inline constexpr tuning_range tuning_ranges[] = {
    {&tuning::learning_rate, above_0, 1000.0f},  {&tuning::replay_ratio, 0.0f, 0.99f},   {&tuning::replay_weight, 0.0f, 1e6f},
    {&tuning::momentum, 0.0f, 0.999f},           {&tuning::error_clip, above_0, 1e6f},   {&tuning::input_clamp, above_0, 1e6f},
    {&tuning::normalizer_horizon, 1.0f, 1e9f},   {&tuning::report_horizon, 1.0f, 1e9f},  {&tuning::consistency, 0.0f, 1e6f},
    {&tuning::slow_decay, 0.0f, below_1},        {&tuning::initial_gain, 0.0f, 100.0f},  {&tuning::evidence_keep, 0.0f, 1.0f},
    {&tuning::evidence_sharpness, 0.0f, 100.0f}, {&tuning::readout_keep, 0.5f, 1.0f},    {&tuning::gate_horizon, 1.0f, 1e6f},
    {&tuning::drift_threshold, 0.0f, 1e9f},      {&tuning::drift_tolerance, 0.0f, 1e9f}, {&tuning::drift_rate_gain, above_0, 100.0f},
    {&tuning::grow_active_share, 0.0f, 1.0f},    {&tuning::grow_error_rise, 0.0f, 1e6f}, {&tuning::grow_rank_share, 0.0f, 1.0f},
    {&tuning::grow_error_above, 0.0f, 1e12f},    {&tuning::growth, above_0, 10.0f},      {&tuning::turnover_rate, 0.0f, 1.0f},
};
// What is said of each: two lists, so that a program which does not ask carries no text.
inline constexpr const char* tuning_range_flaws[] = {
    "tuning.learning_rate lies outside (0, 1000]",
    "tuning.replay_ratio lies outside [0, 0.99]",
    "tuning.replay_weight lies outside [0, 1e6]",
    "tuning.momentum lies outside [0, 0.999]",
    "tuning.error_clip lies outside (0, 1e6]",
    "tuning.input_clamp lies outside (0, 1e6]",
    "tuning.normalizer_horizon lies outside [1, 1e9]",
    "tuning.report_horizon lies outside [1, 1e9]",
    "tuning.consistency lies outside [0, 1e6]",
    "tuning.slow_decay lies outside [0, 1)",
    "tuning.initial_gain lies outside [0, 100]",
    "tuning.evidence_keep lies outside [0, 1]",
    "tuning.evidence_sharpness lies outside [0, 100]",
    "tuning.readout_keep lies outside [0.5, 1]",
    "tuning.gate_horizon lies outside [1, 1e6]",
    "tuning.drift_threshold lies outside [0, 1e9]",
    "tuning.drift_tolerance lies outside [0, 1e9]",
    "tuning.drift_rate_gain lies outside (0, 100]",
    "tuning.grow_active_share lies outside [0, 1]",
    "tuning.grow_error_rise lies outside [0, 1e6]",
    "tuning.grow_rank_share lies outside [0, 1]",
    "tuning.grow_error_above lies outside [0, 1e12]",
    "tuning.growth lies outside (0, 10]",
    "tuning.turnover_rate lies outside [0, 1]",
};
static_assert(sizeof tuning_ranges / sizeof *tuning_ranges == sizeof tuning_range_flaws / sizeof *tuning_range_flaws);

inline constexpr std::size_t tuning_range_count = sizeof tuning_ranges / sizeof *tuning_ranges;

// The same list for a firmware, a third as long: where a number stands in the tuning, and which of the limits are its own.
struct tuning_limits {
    struct range {
        std::uint8_t at;  // in floats
        std::uint8_t low;
        std::uint8_t high;
    };
    // Visits a tuning in which one number is marked.
    struct finder {
        static constexpr float mark = -1234.0f;
        std::size_t bytes = 0;
        std::size_t found = 0;
        template <class T>
        constexpr void value(const char*, const T& number) {
            bytes = (bytes + sizeof(T) - 1) / sizeof(T) * sizeof(T);
            if constexpr (std::is_same_v<T, float>) {
                if (number == mark) found = bytes / sizeof(float);
            }
            bytes += sizeof(T);
        }
    };

    constexpr tuning_limits() noexcept {
        for (std::size_t i = 0; i < tuning_range_count; ++i) {
            tuning marked;
            marked.*tuning_ranges[i].number = finder::mark;
            finder find;
            tuning::fields(marked, find);
            list[i] = {static_cast<std::uint8_t>(find.found), index_of(tuning_ranges[i].low), index_of(tuning_ranges[i].high)};
        }
    }
    constexpr std::uint8_t index_of(float limit) noexcept {
        std::uint8_t i = 0;
        while (i < used && limits[i] != limit) ++i;
        if (i == used) limits[used++] = limit;
        return i;
    }

    range list[tuning_range_count] = {};
    float limits[15] = {};  // each once
    std::uint8_t used = 0;
};
inline constexpr tuning_limits compact_ranges;

// The first number out of its range; the length of the list if there is none.
SYNAPSE_OUTLINE constexpr std::size_t first_out_of_range(const tuning& numbers) noexcept {
    std::size_t i = 0;
    if (std::is_constant_evaluated()) {
        for (const tuning_range& r : tuning_ranges) {
            if (!(numbers.*r.number >= r.low && numbers.*r.number <= r.high)) break;
            ++i;
        }
        return i;
    }
    const auto* const bytes = reinterpret_cast<const std::byte*>(&numbers);
    for (; i < tuning_range_count; ++i) {
        const tuning_limits::range r = compact_ranges.list[i];
        float number;
        std::memcpy(&number, bytes + r.at * sizeof number, sizeof number);
        if (!(number >= compact_ranges.limits[r.low] && number <= compact_ranges.limits[r.high])) break;
    }
    return i;
}

// say(sentence) for the first thing wrong apart from those, `none` if there is nothing.
template <class Say, class Verdict>
SYNAPSE_INLINE constexpr Verdict first_other_flaw(const tuning& t, Say say, Verdict none) noexcept {
    if (!(t.gate_margin == 0.0f || (t.gate_margin > 1.0f && t.gate_margin <= 1e6f)))
        return say("tuning.gate_margin is neither 0 nor in (1, 1e6]");
    if (static_cast<std::uint8_t>(t.on_drift) > static_cast<std::uint8_t>(drift_response::column))
        return say("tuning.on_drift is no response");
    if (t.slow_every == 0 || t.slow_every > 1000000) return say("tuning.slow_every lies outside [1, 1000000]");
    if (t.sleep_rounds == 0) return say("tuning.sleep_rounds is 0");
    if (t.growth_window < 2 || t.growth_window > 1000000000) return say("tuning.growth_window lies outside [2, 1e9]");
    if (t.recent_labels > 64) return say("tuning.recent_labels is above 64");
    if (static_cast<std::uint8_t>(t.answers) > static_cast<std::uint8_t>(answer::evidence)) return say("tuning.answers is no system");
    return none;
}

}  // namespace detail

constexpr const char* tuning::flaw() const noexcept {
    const std::size_t range = detail::first_out_of_range(*this);
    if (range < detail::tuning_range_count) return detail::tuning_range_flaws[range];
    return detail::first_other_flaw(
        *this, [](const char* sentence) { return sentence; }, static_cast<const char*>(nullptr));
}

constexpr bool tuning::is_sound() const noexcept {
    return detail::first_out_of_range(*this) == detail::tuning_range_count && detail::first_other_flaw(
                                                                                  *this, [](const char*) { return false; }, true);
}

}  // namespace synapse
