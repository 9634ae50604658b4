// A life that is the same wherever it is lived: two learners, everything they can do switched on, samples from a seeded generator.
// Built for a machine and run there, it says what was learned; whoever disagrees with the others is wrong.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include <synapse/checkpoint/load.hpp>
#include <synapse/checkpoint/save.hpp>
#include <synapse/core/bytes.hpp>
#include <synapse/synapse.hpp>

namespace life {

// A controller of three numbers, and a classifier whose classes appear and change.
inline constexpr synapse::shape controller{.inputs = 6,
                                           .outputs = 3,
                                           .hidden = {32, 32},
                                           .replay = 64,
                                           .function = synapse::activation::tanh,
                                           .batch = 3,
                                           .slow = true,
                                           .format = synapse::sample_format::u8,
                                           .hidden_reserved = {40, 40},
                                           .plastic = true};
inline constexpr synapse::shape classifier{.inputs = 10,
                                           .outputs = 5,
                                           .hidden = {16},
                                           .replay = 40,
                                           .learns = synapse::task::classification,
                                           .batch = 2,
                                           .slow = true,
                                           .momentum = true,
                                           .format = synapse::sample_format::f16,
                                           .policy = synapse::replay_policy::balanced};
inline constexpr synapse::tuning controller_tuning{.learning_rate = 0.02f,
                                                   .replay_ratio = 0.5f,
                                                   .gate_margin = 1.5f,
                                                   .drift_threshold = 20.0f,
                                                   .on_drift = synapse::drift_response::faster,
                                                   .grow_active_share = 0.1f,
                                                   .grow_error_above = 0.0f,
                                                   .growth_window = 2000,
                                                   .turnover_rate = 0.001f};
inline constexpr synapse::tuning classifier_tuning{
    .learning_rate = 0.02f, .replay_ratio = 0.4f, .momentum = 0.5f, .seed = 2, .answers = synapse::answer::both, .drift_threshold = 10.0f};

// What the sensors give at step i, of everything a life has met: numbers from integers by + - * alone.
class sensors {
public:
    void read(std::uint32_t i) noexcept {
        synapse::random_generator world{0x7477696eull + i};
        for (float& v : x) v = 3.0f * world.symmetric() + 0.5f;
        const float turned = i / 20000 % 2 == 0 ? 1.0f : -1.0f;  // the world changes now and then
        y[0] = turned * x[0] * x[1];
        y[1] = x[2] + 0.1f * x[3] * x[4];
        y[2] = 100.0f * x[5];
        label = world.below(i < 1000 ? 2 : 5);
        for (float& v : pixels) v = world.symmetric();
        pixels[label] += 1.5f;
        pixels[5 + (label + i / 30000) % 5] += 1.0f;
    }
    float x[6];
    float y[3];
    float pixels[10];
    std::uint32_t label;
};

template <class Controller, class Classifier>
struct both {
    Controller& control;
    Classifier& classes;

    // Lives steps first .. last - 1. False if a step was refused.
    bool live(std::uint32_t first, std::uint32_t last) noexcept {
        sensors now;
        for (std::uint32_t i = first; i < last; ++i) {
            now.read(i);
            if (!ok(control.step(now.x, now.y))) return false;
            if (i % 4 == 0 && !ok(classes.step(now.pixels, now.label))) return false;
            if (i % 50 == 0) control.sleep(5);
            if (i % 70 == 0) classes.sleep(1);
        }
        return true;
    }
};

// FNV-1a of everything that save would write.
struct hashing_sink {
    synapse::fnv1a64 hash;
    std::uint32_t bytes = 0;
    synapse::status write(std::span<const std::byte> part) noexcept {
        for (const std::byte b : part) hash.add(b);
        bytes += static_cast<std::uint32_t>(part.size());
        return synapse::status::ok;
    }
};

}  // namespace life
