// The networks to try, each with as many remembered samples as the memory holds.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <vector>

#include <synapse/hosted/streams/sample.hpp>
#include <synapse/learner/shape.hpp>
#include <synapse/learner/tuning.hpp>

#include "rehearse/device.hpp"

namespace rehearse {

inline constexpr std::uint32_t fewest_remembered = 16;  // below it replay is left out

struct candidate {
    synapse::shape form;
    synapse::tuning numbers;
};

// The largest replay capacity up to `most` with which the learner stays within so many bytes; 0 if none does.
inline std::uint32_t largest_replay(synapse::shape form, std::size_t bytes, std::uint32_t most) {
    std::uint32_t fits = 0, beyond = most + 1;
    while (fits + 1 < beyond) {
        form.replay = fits + (beyond - fits) / 2;
        (ram_bytes(form) <= bytes ? fits : beyond) = form.replay;
    }
    return fits;
}

// @param bytes         of RAM in all
// @param samples       that there are to remember
// @param instructions  the most for a step
inline std::vector<candidate> candidates(const synapse::streams::stream_form& data, std::size_t bytes, std::uint64_t samples,
                                         double instructions, std::uint64_t seed) {
    std::vector<candidate> fitting;
    struct net {
        std::initializer_list<std::uint32_t> hidden;
        std::uint32_t grows_to = 0;  // units of its one layer; 0: it stays as it is
    };
    const net nets[] = {{{}},     {{4}},      {{8}},      {{16}},     {{32}},       {{64}},    {{128}},   {{256}},
                        {{8, 8}}, {{16, 16}}, {{32, 32}}, {{64, 64}}, {{128, 128}}, {{8}, 32}, {{16}, 64}};
    for (const net& n : nets) {
        candidate c;
        c.form.inputs = data.inputs;
        c.form.outputs = data.outputs;
        c.form.learns = data.learns;
        std::copy(n.hidden.begin(), n.hidden.end(), c.form.hidden);
        if (n.grows_to != 0) {
            c.form.hidden_reserved[0] = n.grows_to;
            c.form.plastic = true;
            c.form.turnover = false;
        }
        c.form.format = synapse::sample_format::f16;
        if (data.learns == synapse::task::classification) c.form.policy = synapse::replay_policy::balanced;
        c.numbers.seed = seed;
        if (ram_bytes(c.form) > bytes) continue;
        c.form.replay = largest_replay(c.form, bytes, static_cast<std::uint32_t>(std::min<std::uint64_t>(samples, 1u << 20)));
        if (c.form.replay < fewest_remembered) c.form.replay = 0;
        // Four remembered samples for each new one, or one for every four: a world that changes may want less of the past.
        const std::size_t before = fitting.size();
        for (const float ratio : {0.8f, 0.2f, 0.0f}) {
            if (c.form.replay == 0 && ratio > 0.0f) continue;
            if (ratio == 0.0f && fitting.size() != before) break;  // without memory only where nothing else can be had
            c.numbers.replay_ratio = ratio;
            if (ratio == 0.0f) c.form.replay = 0;
            if (instructions_of(c.form, ratio).step <= instructions) fitting.push_back(c);
        }
    }
    return fitting;
}

}  // namespace rehearse
