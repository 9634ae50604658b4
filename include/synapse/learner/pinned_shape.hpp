// What of a shape is known when a learner is compiled. learner<shape> builds its body for that, so that what a shape does not have
// costs no text and no RAM; learners of different sizes but the same pins share one copy of the code. any_learner pins nothing.
#pragma once

#include <cstdint>

#include <synapse/core/fields.hpp>
#include <synapse/learner/shape.hpp>
#include <synapse/memory/replay.hpp>
#include <synapse/network/pins.hpp>

namespace synapse {

struct pins {
    network_pins network;
    feature_set has = 0;
    task learns = task::regression;
    sample_format format = sample_format::f32;
    replay_policy policy = replay_policy::reservoir;
    input_scaling scaling = input_scaling::standardise;
};

constexpr pins pins_of(const shape& s) noexcept {
    const network_pins net{.layers = s.network().hidden_layers() + 1,
                           .any = false,
                           .function = s.function,
                           .momentum = s.momentum,
                           .single = s.batch == 1,
                           .turnover = s.plastic && s.turnover,
                           .twins = s.plastic && s.learns == task::classification,
                           .watched = s.plastic};
    // What is not stored has no format.
    return {net,
            s.features(),
            s.learns,
            s.replay == 0 && s.judges == 0 ? sample_format::f32 : s.format,
            s.replay == 0 ? replay_policy::fifo : s.policy,
            s.scaling};
}

// A number that is Otherwise unless Present.
template <bool Present, std::uint32_t Otherwise = 0>
struct pinned_number {
    std::uint32_t value;
    constexpr operator std::uint32_t() const noexcept { return value; }
};
template <std::uint32_t Otherwise>
struct pinned_number<false, Otherwise> {
    explicit constexpr pinned_number(std::uint32_t) noexcept {}
    constexpr operator std::uint32_t() const noexcept { return Otherwise; }
};

// What coarse samples span, where inputs are not standardised; elsewhere the tuning says it.
template <bool Present>
struct pinned_range {
    float low;
    float high;
};
template <>
struct pinned_range<false> {
    constexpr pinned_range(float, float) noexcept {}
    static constexpr float low = 0.0f;
    static constexpr float high = 0.0f;
};

template <pins Pins>
struct pinned_replay_form {
    static constexpr bool is(feature f) noexcept { return (Pins.has & static_cast<feature_set>(f)) != 0; }
    static constexpr sample_format format = Pins.format;
    static constexpr replay_policy policy = Pins.policy;
    static constexpr bool labels = is(feature::replay) && is(feature::classes);
    static constexpr bool priorities = is(feature::replay) && Pins.policy == replay_policy::priority;
    [[no_unique_address]] pinned_number<is(feature::replay)> capacity;
    [[no_unique_address]] pinned_number<is(feature::replay)> features;
    [[no_unique_address]] pinned_number<is(feature::replay) && is(feature::targets)> targets;
    [[no_unique_address]] pinned_number<labels> classes;

    constexpr pinned_replay_form() noexcept : pinned_replay_form{replay_form{}} {}
    constexpr pinned_replay_form(const replay_form& f) noexcept
        : capacity{f.capacity}, features{f.features}, targets{f.targets}, classes{f.classes} {}
};

// Stands for a shape in a learner's body.
template <pins Pins>
struct pinned_shape {
    static constexpr bool is(feature f) noexcept { return (Pins.has & static_cast<feature_set>(f)) != 0; }
    static constexpr network_pins network_pin = Pins.network;
    static constexpr task learns = Pins.learns;
    static constexpr bool slow = is(feature::slow);
    static constexpr bool plastic = is(feature::plastic);
    static constexpr bool experts = is(feature::experts);
    static constexpr bool classes = is(feature::classes);
    static constexpr bool waits = is(feature::pending);
    static constexpr sample_format format = Pins.format;
    static constexpr input_scaling scaling = Pins.scaling;
    static constexpr activation function = Pins.network.function;
    using replay_form = pinned_replay_form<Pins>;

    const shape* whole;
    std::uint32_t inputs;
    std::uint32_t outputs;
    [[no_unique_address]] pinned_number<!Pins.network.single, 1> batch;
    [[no_unique_address]] pinned_number<is(feature::replay)> replay;
    [[no_unique_address]] pinned_number<is(feature::pending)> pending;
    [[no_unique_address]] pinned_range<Pins.scaling == input_scaling::none> range;

    // The shape lives as long as the learner: that of learner<shape> is a constant.
    constexpr pinned_shape(const shape& s) noexcept
        : whole{&s},
          inputs{s.inputs},
          outputs{s.outputs},
          batch{s.batch},
          replay{s.replay},
          pending{s.pending},
          range{s.range_low, s.range_high} {}
    constexpr operator const shape&() const noexcept { return *whole; }
    static constexpr const char* flaw() noexcept { return nullptr; }  // learner<shape> has looked when it was compiled
};

// The range of either.
constexpr float low_of(const shape& s) noexcept { return s.range_low; }
constexpr float high_of(const shape& s) noexcept { return s.range_high; }
template <pins Pins>
constexpr float low_of(const pinned_shape<Pins>& s) noexcept {
    return s.range.low;
}
template <pins Pins>
constexpr float high_of(const pinned_shape<Pins>& s) noexcept {
    return s.range.high;
}

// In the place of a part that a learner has not.
struct absent_part {
    template <class... Arguments>
    explicit constexpr absent_part(Arguments&&...) noexcept {}
};

// What a body holds for a form: run-time numbers for a shape, constants for a pinned one.
template <class Form>
struct body_parts {
    using replay_form = synapse::replay_form;
    static constexpr network_pins network = {};
    static constexpr bool slow = true;
    static constexpr bool plastic = true;
    static constexpr bool experts = true;
    static constexpr bool classes = true;
    static constexpr bool waits = true;
};
template <pins Pins>
struct body_parts<pinned_shape<Pins>> {
    using replay_form = pinned_replay_form<Pins>;
    static constexpr network_pins network = Pins.network;
    static constexpr bool slow = pinned_shape<Pins>::slow;
    static constexpr bool plastic = pinned_shape<Pins>::plastic;
    static constexpr bool experts = pinned_shape<Pins>::experts;
    static constexpr bool classes = pinned_shape<Pins>::classes;
    static constexpr bool waits = pinned_shape<Pins>::waits;
};

}  // namespace synapse
