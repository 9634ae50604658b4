// Everything that decides bytes. Fixed at compile time, or at construction on a desktop; never changed after.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include <synapse/core/bytes.hpp>
#include <synapse/core/fields.hpp>
#include <synapse/kernels/kernel_set.hpp>
#include <synapse/memory/codec.hpp>
#include <synapse/memory/replay.hpp>
#include <synapse/network/topology.hpp>

namespace synapse {

enum class task : std::uint8_t { regression, classification };

constexpr const char* name(task t) noexcept { return t == task::regression ? "regression" : "classification"; }

enum class input_scaling : std::uint8_t {
    standardise,  // running mean and variance of each feature
    none,         // inputs already lie within the replay range below: pixels in [0, 1]
};

struct shape {
    std::uint32_t inputs = 0;
    std::uint32_t outputs = 0;                     // regression: numbers predicted; classification: classes
    std::uint32_t hidden[max_hidden_layers] = {};  // units of each hidden layer; a zero ends the list
    std::uint32_t replay = 0;                      // samples remembered
    task learns = task::regression;
    activation function = activation::relu;     // of hidden units
    std::uint32_t batch = 1;                    // samples that share one pass over the weights, replayed ones included
    bool slow = false;                          // a second set of weights that follows slowly
    std::uint32_t pending = 0;                  // samples that may wait for a delayed answer
    bool momentum = false;                      // a velocity for each weight
    sample_format format = sample_format::f32;  // of remembered samples
    replay_policy policy = replay_policy::reservoir;
    input_scaling scaling = input_scaling::standardise;
    float range_low = 0.0f;  // with scaling none: what u8 and bit samples span
    float range_high = 1.0f;
    std::uint32_t hidden_reserved[max_hidden_layers] = {};  // units a layer may grow to; 0: as many as at the start
    bool plastic = false;                                   // a record for each unit: layers grow, recycle and freeze units
    std::uint32_t readout = 0;                              // random features of a closed-form readout beside the networks; 0: none
    float readout_offset = 0.2f;                            // ... bend within this: 0.2 for images, 1 for standardised sensors
    float readout_ridge = 1.0f;                             // ... held to 0 as by so many samples
    std::uint32_t judges = 0;                               // held-out samples that say which answer to believe; 0: new samples say it
    bool turnover = true;                                   // with plastic: tuning.turnover_rate may be above 0; false spares its bytes

    [[nodiscard]] constexpr topology network() const noexcept {
        topology t;
        t.inputs = inputs;
        t.outputs = outputs;
        for (std::uint32_t l = 0; l < max_hidden_layers; ++l) {
            t.hidden[l] = hidden[l];
            t.hidden_reserved[l] = hidden_reserved[l];
        }
        t.function = function;
        t.momentum = momentum;
        return t;
    }

    [[nodiscard]] constexpr replay_form memory() const noexcept {
        const bool classes = learns == task::classification;
        return {replay, inputs, classes ? 0 : outputs, classes ? outputs : 0, format, policy};
    }

    [[nodiscard]] constexpr replay_form judging() const noexcept {
        replay_form form = memory();
        form.capacity = judges;
        form.policy = replay_policy::balanced;
        return form;
    }
    // Whether several answers are weighed against each other.
    [[nodiscard]] constexpr bool has_experts() const noexcept { return readout != 0 || judges != 0; }

    [[nodiscard]] constexpr feature_set features() const noexcept {
        const auto set = [](feature f, bool has) { return has ? static_cast<unsigned>(f) : 0u; };
        return static_cast<feature_set>(
            set(feature::replay, replay != 0) | set(feature::priority, policy == replay_policy::priority) |
            set(feature::classes, learns == task::classification) | set(feature::targets, learns == task::regression) |
            set(feature::slow, slow) | set(feature::momentum, momentum) | set(feature::pending, pending != 0) |
            set(feature::plastic, plastic) | set(feature::experts, has_experts()) | set(feature::turnover, plastic && turnover));
    }

    // Units of any one layer: what a row_index can name, and a float can count.
    static constexpr std::uint32_t widest = sizeof(row_index) == 2 ? 65535u : 1u << 24;
    // The first thing wrong with a shape, as a sentence for its author; null if it can be built.
    [[nodiscard]] constexpr const char* flaw() const noexcept {
        if (inputs == 0) return "shape.inputs is 0: say how many numbers a sample has";
        if (outputs == 0) return "shape.outputs is 0: say how many numbers, or classes, to predict";
        if (learns == task::classification && outputs < 2) return "shape.outputs: classification needs at least 2 classes";
        if (learns == task::classification && outputs > 65535) return "shape.outputs: at most 65535 classes";
        if (inputs > widest || outputs > widest) return "shape.inputs and shape.outputs: at most 2^24, on a microcontroller 65535";
        bool ended = false;
        for (std::uint32_t l = 0; l < max_hidden_layers; ++l) {
            if (hidden[l] == 0) ended = true;
            if (ended && hidden[l] != 0) return "shape.hidden has a layer after a layer of 0 units";
            if (hidden[l] > widest || hidden_reserved[l] > widest)
                return "shape.hidden: at most 2^24 units a layer, on a microcontroller 65535";
        }
        if (batch == 0) return "shape.batch is 0: at least one sample is learned at a time";
        if (pending > (1u << 24)) return "shape.pending: at most 2^24 samples";
        if (replay > (1u << 30)) return "shape.replay: at most 2^30 samples";
        if (readout > 65535) return "shape.readout: at most 65535 features";
        if (!(readout_offset >= 0.0f && readout_offset <= 100.0f)) return "shape.readout_offset lies outside [0, 100]";
        if (!(readout_ridge >= 1e-6f && readout_ridge <= 1e6f)) return "shape.readout_ridge lies outside [1e-6, 1e6]";
        if (judges > (1u << 24)) return "shape.judges: at most 2^24 samples";
        if (judges != 0 && !slow && readout == 0) return "shape.judges has nothing to judge: it needs slow or readout";
        if (!(range_low < range_high)) return "shape.range_low must be below shape.range_high";
        if (!(range_low >= -1e15f && range_high <= 1e15f)) return "shape.range_low and shape.range_high: within +-1e15";
        // Above an enumeration's last value: a cast or a file may bring that.
        if (learns > task::classification) return "shape.learns is no task";
        if (function > activation::tanh) return "shape.function is no activation";
        if (format > sample_format::bit) return "shape.format is no sample format";
        if (policy > replay_policy::priority) return "shape.policy is no replay policy";
        if (scaling > input_scaling::none) return "shape.scaling is no input scaling";
        return nullptr;
    }

    static constexpr bool saved_if_not_default = true;
    // For checkpoints, which say the shape of the learner they hold.
    template <class Self, class Visitor>
    static constexpr void fields(Self& self, Visitor& visit) {
        visit.value("inputs", self.inputs);
        visit.value("outputs", self.outputs);
        visit.list("hidden", self.hidden);
        visit.value("replay", self.replay);
        visit.value("learns", self.learns);
        visit.value("function", self.function);
        visit.value("batch", self.batch);
        visit.value("slow", self.slow);
        visit.value("pending", self.pending);
        visit.value("momentum", self.momentum);
        visit.value("format", self.format);
        visit.value("policy", self.policy);
        visit.value("scaling", self.scaling);
        visit.value("range_low", self.range_low);
        visit.value("range_high", self.range_high);
        visit.list("hidden_reserved", self.hidden_reserved);
        visit.value("plastic", self.plastic);
        visit.value("readout", self.readout);
        visit.value("readout_offset", self.readout_offset);
        visit.value("readout_ridge", self.readout_ridge);
        visit.value("judges", self.judges);
        visit.value("turnover", self.turnover);
    }

    // True if a learner of this shape may take in a checkpoint of one of shape `saved`: the same but for what is only reserved.
    [[nodiscard]] bool accepts(const shape& saved) const noexcept {
        // Neighbours in memory that must be equal, bit for bit.
        struct run {
            std::uint8_t at;
            std::uint8_t size;
        };
        static constexpr run equal[] = {
            {offsetof(shape, inputs), sizeof inputs + sizeof outputs},
            {offsetof(shape, learns), sizeof learns + sizeof function},
            {offsetof(shape, slow), sizeof slow},
            {offsetof(shape, pending), sizeof pending + sizeof momentum},
            {offsetof(shape, scaling), sizeof scaling + sizeof range_low + sizeof range_high},
            {offsetof(shape, plastic), sizeof plastic},
            {offsetof(shape, readout), sizeof readout + sizeof readout_offset + sizeof readout_ridge},
        };
        static_assert(offsetof(shape, outputs) == sizeof inputs && offsetof(shape, function) == offsetof(shape, learns) + 1 &&
                      offsetof(shape, momentum) == offsetof(shape, pending) + 4 &&
                      offsetof(shape, range_low) == offsetof(shape, scaling) + 1 &&
                      offsetof(shape, range_high) == offsetof(shape, range_low) + 4 &&
                      offsetof(shape, readout_ridge) == offsetof(shape, readout) + 8);
        const auto* const mine = reinterpret_cast<const std::byte*>(this);
        const auto* const other = reinterpret_cast<const std::byte*>(&saved);
        for (const run r : equal) {
            if (!same_bytes(mine + r.at, other + r.at, r.size)) return false;
        }
        // Neighbours that must both be 0 or both not, and one more.
        constexpr std::size_t counts = max_hidden_layers + 1;
        static_assert(offsetof(shape, replay) == offsetof(shape, hidden) + sizeof hidden);
        for (std::size_t i = 0; i <= counts; ++i) {
            const std::size_t at = i == counts ? offsetof(shape, judges) : offsetof(shape, hidden) + i * sizeof replay;
            std::uint32_t a;
            std::uint32_t b;
            std::memcpy(&a, mine + at, sizeof a);
            std::memcpy(&b, other + at, sizeof b);
            if ((a == 0) != (b == 0)) return false;
        }
        return ((replay | judges) == 0 || format == saved.format) && (!plastic || turnover == saved.turnover) &&
               (policy == replay_policy::priority) == (saved.policy == replay_policy::priority);
    }
};

}  // namespace synapse
