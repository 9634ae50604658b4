// bench_growth [--seeds N] [--steps N] [--path DIR] [--json]
//
// Does growing pay? On each task three learners of the same final width live through the same samples: one born wide, one born with
// a tenth of it that grows by the library's triggers, and one that stays at a tenth. Printed: the mean prequential error over the
// last fifth of the life, the learner's cost, and, for the grown one, each way of connecting new units: by chance, with outgoing weights of
// zero; by chance in twins; towards what was answered worst lately (growth_residual.hpp); along the library's guide. Then the
// cost of an event against that of a step, and the cost of a step for each neuron from 1,000 neurons to 500,000.
// Tasks: the arm with a payload taken up half way; a teacher network whose width grows; split-MNIST, if there.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <synapse/hosted/any_learner.hpp>
#include <synapse/hosted/streams/data_error.hpp>

#include "console/command_line.hpp"
#include "console/exit_code.hpp"
#include "console/json.hpp"

#include "clock.hpp"
#include "growth_residual.hpp"
#include "remember_problem.hpp"

namespace {

using model = synapse::any_learner<>;

struct options {
    std::string path = "build/mnist";
    std::uint32_t seeds = 3;
    std::uint32_t steps = 60000;
    bool json = false;
    bool help = false;
};

std::span<const console::option<options>> option_table() {
    using o = options;
    using text = std::string_view;
    constexpr text group = "Options";
    static const console::option<options> table[] = {
        {group, "path", 0, "DIR", "MNIST in four IDX files (default build/mnist); without it that task is left out",
         [](o& x, text v) { x.path = console::some_text(v); }},
        {group, "seeds", 0, "N", "lives of each learner (default 3)",
         [](o& x, text v) { x.seeds = static_cast<std::uint32_t>(console::whole_number(v, 1, 1000)); }},
        {group, "steps", 0, "N", "samples of a life (default 60000; split-MNIST has 60000 anyway)",
         [](o& x, text v) { x.steps = static_cast<std::uint32_t>(console::whole_number(v, 1000, 100000000)); }},
        {group, "json", 0, "", "one JSON object instead of the table", [](o& x, text) { x.json = true; }},
        {group, "help", 'h', "", "this text", [](o& x, text) { x.help = true; }},
    };
    return table;
}

// A sum of tanh units of the world's own; how many of them speak grows in five parts from a fifth to all.
class teacher {
public:
    static constexpr std::uint32_t inputs = 8, units = 40;
    static constexpr float to_network = 1.7320508f;  // inputs are uniform on [-1, 1): so their deviation is 1
    explicit teacher(std::uint64_t seed) : random_{seed} {
        for (float& w : weight_) w = 1.5f * random_.symmetric();
        for (float& v : outgoing_) v = random_.symmetric();
    }
    // Sample i of `of`.
    void next(std::uint32_t i, std::uint32_t of) {
        for (float& v : x) v = random_.symmetric();
        const std::uint32_t speak = units * (1 + static_cast<std::uint32_t>(std::uint64_t{5} * i / of)) / 5;
        y[0] = 0.0f;
        for (std::uint32_t u = 0; u < speak; ++u) {
            float sum = weight_[u * (inputs + 1) + inputs];
            for (std::uint32_t k = 0; k < inputs; ++k) sum += weight_[u * (inputs + 1) + k] * x[k];
            y[0] += outgoing_[u] * std::tanh(2.0f * sum);
        }
    }
    float x[inputs] = {};
    float y[1] = {};

private:
    synapse::random_generator random_;
    float weight_[units * (inputs + 1)] = {};
    float outgoing_[units] = {};
};

// The torques of a two-link arm from angles, speeds and accelerations; half way a load is taken up.
class lifting_arm {
public:
    static constexpr std::uint32_t inputs = 6;
    static constexpr float to_network = 0.57735027f;  // as the teacher's, on [-3, 3)
    explicit lifting_arm(std::uint64_t seed) : random_{seed} {}
    void next(std::uint32_t i, std::uint32_t of) {
        for (float& v : x) v = 3.0f * random_.symmetric();
        const float load = 2 * i < of ? 0.0f : 1.5f;
        const float m1 = 1.5f, m2 = 1.0f + load, l1 = 0.5f, c1 = 0.25f, c2 = (0.2f + 0.4f * load) / (1.0f + load), g = 9.81f;
        const float c = std::cos(x[1]), s = std::sin(x[1]);
        const float a = 0.03f + m1 * c1 * c1 + 0.02f + m2 * (l1 * l1 + c2 * c2), b = m2 * l1 * c2, d = 0.02f + m2 * c2 * c2;
        const float pull = m2 * c2 * g * std::cos(x[0] + x[1]);
        y[0] = (a + 2 * b * c) * x[4] + (d + b * c) * x[5] - b * s * (2 * x[2] * x[3] + x[3] * x[3]) +
               (m1 * c1 + m2 * l1) * g * std::cos(x[0]) + pull;
        y[1] = (d + b * c) * x[4] + d * x[5] + b * s * x[2] * x[2] + pull;
    }
    float x[inputs] = {};
    float y[2] = {};

private:
    synapse::random_generator random_;
};

enum class kind { born_wide, grown_alone, grown_twins, grown_by_residual, grown_guided, stays_small };
constexpr kind kinds[] = {kind::born_wide,         kind::grown_alone,  kind::grown_twins,
                          kind::grown_by_residual, kind::grown_guided, kind::stays_small};
constexpr const char* name(kind k) {
    switch (k) {
        case kind::born_wide: return "born wide";
        case kind::grown_alone: return "grown, by chance";
        case kind::grown_twins: return "grown, by chance, in twins";
        case kind::grown_by_residual: return "grown, by residual";
        case kind::grown_guided: return "grown, guided";
        case kind::stays_small: return "stays small";
    }
    return "";
}

synapse::shape sized(synapse::shape s, kind k) {
    s.plastic = k != kind::born_wide && k != kind::stays_small;
    for (std::uint32_t l = 0; l < synapse::max_hidden_layers; ++l) {
        if (s.hidden[l] == 0) break;
        s.hidden_reserved[l] = s.hidden[l];
        if (k != kind::born_wide) s.hidden[l] = (s.hidden[l] + 9) / 10;
    }
    return s;
}

struct row {
    std::string task;
    kind how = kind::born_wide;
    double error = 0.0;
    double ns = 0.0;
    double neurons = 0.0;
    double events = 0.0;
};

// Takes one life's figures into a row's means.
void add(row& r, double error, double ns, const model& m, std::uint32_t seeds) {
    r.error += error / seeds;
    r.ns += ns / seeds;
    r.neurons += static_cast<double>(m.fast().units() - m.form().outputs) / seeds;
    r.events += static_cast<double>(m.growth().events()) / seeds;
}

void choose(model& m, kind k) {
    if (!m.form().plastic) return;
    m.units().choose_incoming(k == kind::grown_guided ? synapse::incoming::guided : synapse::incoming::chance);
    m.units().choose_twins(k == kind::grown_twins);
}

// pause: steps. Long enough that being narrow for a while pays for being looked at for ever.
synapse::tuning quick_growth(std::uint32_t pause) {
    synapse::tuning t;
    t.learning_rate = 0.02f;
    t.growth_window = 200;
    t.growth_pause = pause;
    t.growth = 1.0f;
    t.grow_rank_share = 0.05f;
    t.grow_error_above = 0.001f;
    return t;
}

template <class World>
row numbers(const char* task, std::uint32_t inputs, std::uint32_t outputs, kind k, const options& x) {
    row r{task, k};
    for (std::uint32_t seed = 1; seed <= x.seeds; ++seed) {
        synapse::shape s;
        s.inputs = inputs;
        s.outputs = outputs;
        s.hidden[0] = s.hidden[1] = 100;
        s.replay = 1000;
        s.batch = 2;
        synapse::tuning t = quick_growth(2400);
        t.seed = seed;
        t.replay_ratio = 0.5f;
        model m{sized(s, k), t};
        choose(m, k);
        World world{seed + 50};
        bench::worst_samples worst{200};
        double error = 0.0, spent = 0.0;
        for (std::uint32_t i = 0; i < x.steps; ++i) {
            world.next(i, x.steps);
            const double start = bench::cpu_ns();
            if (!ok(m.step(world.x, world.y))) throw std::runtime_error{"a sample was refused"};
            spent += bench::cpu_ns() - start;
            if (k == kind::grown_by_residual) worst.after_step(m, {world.x, inputs}, World::to_network);
            if (i >= x.steps - x.steps / 5) error += static_cast<double>(m.latest().last_error);
        }
        add(r, error / (x.steps / 5), spent / x.steps, m, x.seeds);
    }
    return r;
}

// Class after class, each sample once; the error is that of the last part's end: wrong labels over all ten classes.
row digits(const remember::problem& p, kind k, const options& x) {
    row r{"split-MNIST", k};
    for (std::uint32_t seed = 1; seed <= x.seeds; ++seed) {
        synapse::shape s;
        s.inputs = p.train.features;
        s.outputs = p.classes;
        s.hidden[0] = s.hidden[1] = 200;
        s.learns = synapse::task::classification;
        s.replay = 1000;
        s.batch = 5;
        s.slow = true;
        s.format = synapse::sample_format::u8;
        s.policy = synapse::replay_policy::balanced;
        s.scaling = synapse::input_scaling::none;
        synapse::tuning t = quick_growth(400);
        t.seed = seed;
        t.replay_ratio = 0.8f;
        model m{sized(s, k), t};
        choose(m, k);
        synapse::random_generator source{seed};
        bench::worst_samples worst{200};
        double spent = 0.0;
        for (std::uint32_t part = 0; part < p.parts; ++part) {
            std::vector<std::uint32_t> own;
            for (std::uint32_t i = 0; i < p.train.size(); ++i) {
                if (p.part_of(p.train.label[i]) == part) own.push_back(i);
            }
            for (std::uint32_t i = static_cast<std::uint32_t>(own.size()); i-- > 1;) std::swap(own[i], own[source.below(i + 1)]);
            const double start = bench::cpu_ns();
            for (const std::uint32_t i : own) {
                if (!ok(m.step(p.train[i], p.train.label[i]))) throw std::runtime_error{"a sample was refused"};
                if (k == kind::grown_by_residual) worst.after_step(m, p.train[i], 1.0f);
            }
            spent += bench::cpu_ns() - start;
        }
        std::uint32_t wrong = 0;
        for (std::uint32_t i = 0; i < p.test.size(); ++i) wrong += m.classify(p.test[i]).value_or(99) == p.test.label[i] ? 0u : 1u;
        add(r, static_cast<double>(wrong) / p.test.size(), spent / p.train.size(), m, x.seeds);
    }
    return r;
}

// An event and a step of the same network, ns.
struct cost {
    std::uint32_t neurons = 0;
    double step_ns = 0.0;
    double event_ns = 0.0;
};

cost measure_cost(std::uint32_t neurons) {
    synapse::shape s;
    s.inputs = 16;
    s.outputs = 4;
    s.hidden[0] = neurons;
    constexpr int rounds_of = 7;
    const std::uint32_t more = std::max(1u, neurons / 10);
    s.hidden_reserved[0] = neurons + rounds_of * more;
    s.plastic = true;
    synapse::tuning t;
    t.grow_active_share = t.grow_error_rise = t.grow_rank_share = 0.0f;
    model m{s, t};
    synapse::random_generator source{1};
    float x[16], y[4];
    const auto step = [&] {
        for (float& v : x) v = source.symmetric();
        for (float& v : y) v = source.symmetric();
        bench::keep(m.step(x, y));
    };
    const std::uint32_t steps = std::max(20u, 4000000u / neurons);
    for (std::uint32_t i = 0; i < steps; ++i) step();
    std::vector<double> rounds;
    for (int round = 0; round < rounds_of; ++round) {
        const double start = bench::cpu_ns();
        for (std::uint32_t i = 0; i < steps; ++i) step();
        rounds.push_back((bench::cpu_ns() - start) / steps);
    }
    cost c{neurons, bench::median(rounds), 0.0};
    std::vector<double> events;
    for (int round = 0; round < rounds_of; ++round) {
        step();
        const double start = bench::cpu_ns();
        m.units().grow(m.fast(), nullptr, 0, more, x, source);
        events.push_back(bench::cpu_ns() - start);
    }
    c.event_ns = bench::median(events);
    return c;
}

int bench_all(const options& x) {
    console::json out;
    out.open('{').key("rows").open('[');
    if (!x.json)
        std::printf("%-24s %-26s %10s %10s %12s %9s %8s\n", "task", "learner", "error", "to wide", "ns/sample", "neurons", "events");
    double wide = 0.0;
    const auto show = [&](const row& r) {
        if (r.how == kind::born_wide) wide = r.error;
        if (x.json) {
            out.open('{').member("task", r.task).member("method", name(r.how)).member("error", r.error).member("ns_per_sample", r.ns);
            out.member("neurons", r.neurons).member("growth_events", r.events).member("seeds", x.seeds).close('}');
        } else {
            std::printf("%-24s %-26s %10.5f %9.1f%% %12.0f %9.0f %8.1f\n", r.task.c_str(), name(r.how), r.error,
                        100.0 * (r.error / wide - 1.0), r.ns, r.neurons, r.events);
            std::fflush(stdout);
        }
    };
    for (const kind k : kinds) show(numbers<lifting_arm>("arm, a payload half way", lifting_arm::inputs, 2, k, x));
    for (const kind k : kinds) show(numbers<teacher>("a teacher that grows", teacher::inputs, 1, k, x));
    try {
        const remember::problem p = remember::split_mnist(x.path);
        for (const kind k : kinds) show(digits(p, k, x));
    } catch (const synapse::streams::data_error& error) {
        std::fprintf(stderr, "bench_growth: split-MNIST is left out: %s\n", error.what());
    }
    out.close(']').key("costs").open('[');
    if (!x.json) std::printf("\n%10s %12s %14s %12s %14s\n", "neurons", "us/step", "ns/neuron", "us/event", "event/step");
    for (const std::uint32_t n : {1000u, 10000u, 100000u, 500000u}) {
        const cost c = measure_cost(n);
        if (x.json) {
            out.open('{').member("neurons", c.neurons).member("step_ns", c.step_ns).member("event_ns", c.event_ns).close('}');
        } else {
            std::printf("%10u %12.1f %14.2f %12.1f %14.2f\n", c.neurons, 1e-3 * c.step_ns, c.step_ns / c.neurons, 1e-3 * c.event_ns,
                        c.event_ns / c.step_ns);
        }
    }
    if (x.json) std::printf("%s\n", out.close(']').close('}').text().c_str());
    return console::done;
}

}  // namespace

int main(int argc, char** argv) {
    try {
        options x;
        console::parse({argv + 1, static_cast<std::size_t>(argc - 1)}, x, option_table());
        if (x.help) {
            std::printf("bench_growth: does growing pay, and what does it cost?\n\n%s", console::help(option_table()).c_str());
            return console::done;
        }
        return bench_all(x);
    } catch (const console::usage_error& error) {
        std::fprintf(stderr, "bench_growth: %s\n", error.what());
        return console::misused;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "bench_growth: %s\n", error.what());
        return console::failed;
    }
}
