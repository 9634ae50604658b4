// The dimensions that the project began with: 512 observed numbers, 64 actions, an internal state of 128, 512 hidden units. How many
// samples a second are learned on one core, by the world model alone and by the three models that an agent has.
//     bench_seed_size [--json]
// Each model is an ordinary learner with everything on: normalised inputs and targets, an error taken before learning, a replay buffer.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <synapse/core/random.hpp>
#include <synapse/hosted/any_learner.hpp>

#include "clock.hpp"

namespace {

constexpr std::uint32_t observations = 512;
constexpr std::uint32_t actions = 64;
constexpr std::uint32_t state = 128;
constexpr std::uint32_t hidden = 512;
constexpr int samples = 256;

struct model {
    model(std::uint32_t in, std::uint32_t out, float replay_ratio) : inputs{in}, outputs{out} {
        synapse::shape form;
        form.inputs = in;
        form.outputs = out;
        form.hidden[0] = hidden;
        form.replay = replay_ratio > 0.0f ? 1000 : 0;
        synapse::tuning numbers;
        numbers.learning_rate = 0.001f;
        numbers.replay_ratio = replay_ratio;
        learner = std::make_unique<synapse::any_learner<>>(form, numbers);
    }
    std::uint32_t inputs, outputs;
    std::unique_ptr<synapse::any_learner<>> learner;
};

}  // namespace

int main(int count, char** arguments) {
    const bool json = count == 2 && std::strcmp(arguments[1], "--json") == 0;
    if (count > 1 && !json) {
        std::fprintf(stderr, "usage: bench_seed_size [--json]\n");
        return 2;
    }
    synapse::random_generator chance{3};
    std::vector<float> x(static_cast<std::size_t>(samples) * (observations + actions + state));
    for (float& v : x) v = chance.symmetric();
    if (json) std::printf("{\"rows\":[");
    if (!json)
        std::printf("observation %u, action %u, state %u, hidden %u; learned samples a second on one core\n", observations, actions, state,
                    hidden);
    if (!json) std::printf("%-34s %14s %14s %10s\n", "", "no replay", "replay 0.2", "error");
    struct row {
        const char* name;
        bool whole;
    };
    const row rows[] = {{"world model 704-512-512", false}, {"world, blind and self model", true}};
    for (const row& r : rows) {
        double rate[2] = {};
        float error = 0.0f;
        for (int replays = 0; replays < 2; ++replays) {
            const float ratio = replays == 0 ? 0.0f : 0.2f;
            std::vector<model> models;
            models.emplace_back(observations + actions + state, observations, ratio);
            if (r.whole) models.emplace_back(observations + state, observations, ratio);
            if (r.whole) models.emplace_back(observations + actions + state, state, ratio);
            // What comes of it: a fixed mixture of what was, so that there is something to learn.
            std::vector<float> y(static_cast<std::size_t>(samples) * observations);
            for (std::size_t s = 0; s < samples; ++s) {
                const float* in = x.data() + s * (observations + actions + state);
                for (std::size_t o = 0; o < observations; ++o)
                    y[s * observations + o] = 0.8f * in[o] - 0.5f * in[(o + 7) % observations] + 0.3f * in[observations + o % actions];
            }
            std::vector<double> rounds;
            std::uint64_t refused = 0;
            for (int round = 0; round < 12; ++round) {
                const double start = bench::cpu_ns();
                for (std::size_t s = 0; s < samples; ++s) {
                    const float* in = x.data() + s * (observations + actions + state);
                    for (model& m : models) {
                        if (!ok(m.learner->step(std::span{in, m.inputs}, std::span{y.data() + s * observations, m.outputs}))) ++refused;
                    }
                }
                if (round >= 2) rounds.push_back((bench::cpu_ns() - start) / samples);
            }
            if (refused != 0) {
                std::fprintf(stderr, "bench_seed_size: %llu samples were refused\n", static_cast<unsigned long long>(refused));
                return 1;
            }
            rate[replays] = 1e9 / bench::median(rounds);
            error = models[0].learner->latest().error;
        }
        if (json) {
            std::printf("%s{\"what\":\"%s\",\"samples_per_second\":%.0f,\"with_replay\":%.0f,\"error\":%.4f}", &r == rows ? "" : ",",
                        r.name, rate[0], rate[1], static_cast<double>(error));
        } else {
            std::printf("%-34s %14.0f %14.0f %10.4f\n", r.name, rate[0], rate[1], static_cast<double>(error));
        }
    }
    if (json) std::printf("]}\n");
    return 0;
}
