// What an agent costs: a step, the worst step, and the share of the metrics in it, at a state of 8, 16 and 32 units.
//     bench_agent [--json]
// The same life is lived several times over and each of its steps is timed each time; of a step the least time counts, so that what
// else the machine does is not taken for the agent's work. The usual step is the median, the worst the largest.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <memory>
#include <span>
#include <vector>

#include <synapse/core/random.hpp>
#include <synapse/hosted/any_agent.hpp>

#include "clock.hpp"

namespace {

constexpr std::uint32_t observations = 4;
constexpr std::uint32_t actions = 2;
constexpr int lives = 15;
constexpr int young = 2048;  // steps before any is timed
constexpr int timed = 8192;  // four whole searches

struct cost {
    double usual_ns = 0;
    double worst_ns = 0;
    double mean_ns = 0;
};

double now_ns() { return std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

cost of(const std::vector<double>& least) {
    cost out;
    out.usual_ns = bench::median(least);
    out.worst_ns = *std::max_element(least.begin(), least.end());
    for (const double ns : least) out.mean_ns += ns / static_cast<double>(least.size());
    return out;
}

// Times step(t) of lives that make() begins, t from young on.
template <class Make, class Step>
cost measured(const Make& make, const Step& step) {
    std::vector<double> least(timed, 1e30);
    for (int life = 0; life < lives; ++life) {
        auto thing = make();
        synapse::random_generator world{1};
        for (int t = 0; t < young + timed; ++t) {
            const double ns = step(*thing, world);
            if (t >= young) least[static_cast<std::size_t>(t - young)] = std::min(least[static_cast<std::size_t>(t - young)], ns);
        }
    }
    return of(least);
}

synapse::agent_shape form_of(std::uint32_t state, std::uint32_t hidden) {
    synapse::agent_shape form{.observations = observations, .actions = actions, .state = state};
    form.hidden[0] = hidden;
    return form;
}

cost of_agent(const synapse::agent_shape& form) {
    synapse::agent_tuning numbers;
    numbers.learning.replay_ratio = 0.0f;
    float o[observations] = {};
    return measured([&] { return std::make_unique<synapse::any_agent<>>(form, numbers); },
                    [&o](synapse::any_agent<>& agent, synapse::random_generator& world) {
                        float a[actions];
                        for (float& x : a) x = world.symmetric();
                        for (std::uint32_t i = 0; i < observations; ++i) o[i] = 0.7f * o[i] + a[i % actions] + 0.3f * world.symmetric();
                        const double start = now_ns();
                        bench::keep(agent.observe(o, a));
                        return now_ns() - start;
                    });
}

// The Phi meter alone, on a stream of as many units.
struct lone_meter {
    struct alignas(64) line {
        std::byte bytes[64];
    };
    explicit lone_meter(std::uint32_t units) : meter{units, 1}, memory(synapse::measure(meter) / sizeof(line) + 1), x(units) {
        if (!ok(synapse::place(meter, std::as_writable_bytes(std::span{memory})))) std::abort();
    }
    synapse::phi_meter meter;
    std::vector<line> memory;
    std::vector<float> x;
};

cost of_phi(std::uint32_t units) {
    return measured([&] { return std::make_unique<lone_meter>(units); },
                    [](lone_meter& m, synapse::random_generator& world) {
                        float before = m.x.back();
                        for (float& unit : m.x) {
                            const float now = 0.6f * before + world.symmetric();
                            before = unit;
                            unit = now;
                        }
                        const double start = now_ns();
                        bench::keep(m.meter.push(m.x.data(), {}));
                        return now_ns() - start;
                    });
}

}  // namespace

int main(int count, char** arguments) {
    const bool json = count == 2 && std::strcmp(arguments[1], "--json") == 0;
    if (count > 1 && !json) {
        std::fprintf(stderr, "usage: bench_agent [--json]\n");
        return 2;
    }
    struct row {
        std::uint32_t state;
        std::uint32_t hidden;
    };
    const row rows[] = {{8, 16}, {16, 32}, {32, 64}};
    if (json) std::printf("{\"agents\":[");
    if (!json)
        std::printf("%zu observations, %zu actions, no replay; least of %d lives; ns\n", std::size_t{observations}, std::size_t{actions},
                    lives);
    if (!json)
        std::printf("%6s %7s %9s %10s %10s %6s %10s %10s\n", "state", "hidden", "bytes", "usual", "worst", "ratio", "Phi usual",
                    "Phi worst");
    for (const row& r : rows) {
        const auto form = form_of(r.state, r.hidden);
        const cost agent = of_agent(form);
        const cost phi = of_phi(r.state);
        const std::size_t bytes = synapse::any_agent<>{form}.bytes();
        if (json) {
            std::printf(
                "%s{\"state\":%u,\"hidden\":%u,\"bytes\":%zu,\"step_ns\":%.0f,\"mean_step_ns\":%.0f,\"worst_step_ns\":%.0f,\"phi_ns\":%.0f,"
                "\"worst_phi_ns\":%.0f}",
                r.state == rows[0].state ? "" : ",", r.state, r.hidden, bytes, agent.usual_ns, agent.mean_ns, agent.worst_ns, phi.usual_ns,
                phi.worst_ns);
        } else {
            std::printf("%6u %7u %9zu %10.0f %10.0f %6.2f %10.0f %10.0f\n", r.state, r.hidden, bytes, agent.usual_ns, agent.worst_ns,
                        agent.worst_ns / agent.usual_ns, phi.usual_ns, phi.worst_ns);
        }
    }
    if (json) std::printf("]}\n");
    return 0;
}
