// bench_remember [--path DIR | --synthetic] [--seeds N] [--method TEXT] [--quick] [--json]
//
// Learning class after class in one pass, without forgetting: published methods and this library's, over the same data, network
// (784-400-400-10, relu), order and seeds. Exit code 3 if there is no data.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <synapse/hosted/streams/data_error.hpp>

#include "console/command_line.hpp"
#include "console/exit_code.hpp"
#include "console/json.hpp"

#include "remember_ours.hpp"
#include "remember_problem.hpp"
#include "remember_protocol.hpp"
#include "remember_published.hpp"

namespace {

struct options {
    std::string path = "build/mnist";
    std::string method;
    std::uint32_t seeds = 5;
    bool synthetic = false;
    bool quick = false;
    bool json = false;
    bool help = false;
};

std::span<const console::option<options>> option_table() {
    using o = options;
    using text = std::string_view;
    constexpr text group = "Options";
    static const console::option<options> table[] = {
        {group, "path", 0, "DIR", "MNIST in four IDX files, as examples/get_mnist leaves it (default build/mnist)",
         [](o& x, text v) { x.path = console::some_text(v); }},
        {group, "synthetic", 0, "", "a small generated problem instead", [](o& x, text) { x.synthetic = true; }},
        {group, "seeds", 0, "N", "lives of each method (default 5)",
         [](o& x, text v) { x.seeds = static_cast<std::uint32_t>(console::whole_number(v, 1, 1000)); }},
        {group, "method", 0, "TEXT", "only methods whose name holds this text", [](o& x, text v) { x.method = console::some_text(v); }},
        {group, "quick", 0, "", "one seed of the methods that take seconds", [](o& x, text) { x.quick = true; }},
        {group, "json", 0, "", "one JSON object instead of the table", [](o& x, text) { x.json = true; }},
        {group, "help", 'h', "", "this text", [](o& x, text) { x.help = true; }},
    };
    return table;
}

struct method {
    std::string name;
    std::uint32_t samples = 0;  // remembered
    std::uint32_t fresh = 10;   // a step
    bool shuffled = false;      // the whole data as one part
    bool quick = false;         // part of --quick
    std::function<std::unique_ptr<remember::student>(const remember::problem&, std::uint64_t seed)> make;
};

constexpr std::uint32_t published_batch = 10;

// Each at the best of the rates .03, .05 and .1.
method published(std::string name, remember::published kind, std::uint32_t capacity, float rate = 0.1f, bool shuffled = false) {
    remember::published_numbers numbers;
    numbers.method = kind;
    numbers.capacity = capacity;
    numbers.replays = published_batch;
    numbers.rate = rate;
    return {std::move(name), capacity, published_batch, shuffled, true, [numbers](const remember::problem& p, std::uint64_t seed) {
                return std::make_unique<remember::published_student>(p, numbers, published_batch, seed);
            }};
}

method ours(std::string name, const remember::our_numbers& numbers) {
    const bool quick = numbers.fresh == 10 && numbers.replays == 10 && numbers.sleep == 0;
    return {std::move(name), numbers.capacity, numbers.fresh, false, quick, [numbers](const remember::problem& p, std::uint64_t seed) {
                return std::make_unique<remember::our_student>(p, numbers, remember::our_tuning(numbers, seed));
            }};
}

std::vector<method> methods() {
    using remember::our_numbers;
    std::vector<method> all;
    all.push_back(published("fine-tune", remember::published::fine_tune, 0));
    all.push_back(published("joint i.i.d.", remember::published::fine_tune, 0, 0.1f, true));
    for (const std::uint32_t capacity : {200u, 1000u}) {
        all.push_back(published("ER", remember::published::replay, capacity));
        all.push_back(published("ER-ACE", remember::published::asymmetric, capacity));
        all.push_back(published("DER++", remember::published::dark_replay, capacity, capacity == 200 ? 0.03f : 0.1f));
        for (const auto& [fresh, replays] : {std::pair{10u, 10u}, std::pair{10u, 50u}, std::pair{1u, 4u}}) {
            our_numbers n;
            n.fresh = fresh;
            n.replays = replays;
            n.capacity = capacity;
            all.push_back(ours("synapse " + std::to_string(fresh) + "+" + std::to_string(replays), n));
        }
        our_numbers plain;
        plain.capacity = capacity;
        plain.augment = false;
        all.push_back(ours("synapse 10+10, no augmentation", plain));
        our_numbers told;
        told.capacity = capacity;
        told.told = true;
        all.push_back(ours("synapse 10+10, told of all classes", told));
    }
    our_numbers bits;
    bits.replays = 50;
    bits.capacity = 800;
    bits.format = synapse::sample_format::bit;
    all.push_back(ours("synapse 10+50, 1 bit a pixel", bits));
    for (const std::uint32_t sleep : {0u, 200u, 500u, 1000u, 2000u, 4000u, 10000u}) {
        our_numbers drowsy;
        drowsy.fresh = 1;
        drowsy.replays = 4;
        drowsy.capacity = 1000;
        drowsy.replay_ratio = 0.2f;
        drowsy.sleep = sleep;
        all.push_back(ours("synapse, replay ratio 0.2, sleep " + std::to_string(sleep), drowsy));
    }
    return all;
}

struct spread {
    double mean = 0;
    double deviation = 0;  // of the seeds; 0 for one
};

spread over(const std::vector<double>& v) {
    spread s;
    for (const double x : v) s.mean += x / static_cast<double>(v.size());
    for (const double x : v) s.deviation += (x - s.mean) * (x - s.mean);
    s.deviation = v.size() < 2 ? 0.0 : std::sqrt(s.deviation / static_cast<double>(v.size() - 1));
    return s;
}

struct row {
    std::string name;
    std::uint32_t samples = 0;
    double passes = 0;
    spread accuracy;
    spread forgetting;
    std::size_t bytes = 0;
    std::size_t replay_bytes = 0;
    double us_per_sample = 0;
    std::uint32_t seeds = 0;
};

// One row for each way that the method's learners can answer. Empty if a sample was refused.
std::vector<row> run(const method& m, const remember::problem& p, std::uint32_t seeds) {
    std::vector<remember::outcome> lives;
    std::vector<std::string> ways;
    for (std::uint32_t seed = 1; seed <= seeds; ++seed) {
        const auto student = m.make(p, seed);
        ways = student->ways();
        lives.push_back(remember::live(p, *student, m.fresh, m.shuffled, seed));
        if (!lives.back().learned) return {};
    }
    std::vector<row> rows;
    for (std::size_t w = 0; w < ways.size(); ++w) {
        std::vector<double> accuracy, forgetting, passes, cost;
        for (const remember::outcome& o : lives) {
            accuracy.push_back(o.accuracy[w]);
            forgetting.push_back(o.forgetting[w]);
            passes.push_back(o.passes);
            cost.push_back(o.us_per_sample);
        }
        rows.push_back({ways[w].empty() ? m.name : m.name + ", " + ways[w], m.samples, over(passes).mean, over(accuracy), over(forgetting),
                        lives[0].bytes, lives[0].replay_bytes, bench::median(cost), seeds});
    }
    return rows;
}

void print(const row& r) {
    std::printf("%-46s %7u %6.2f %8.2f %6.2f %10.2f %9zu %11zu %9.1f %5u\n", r.name.c_str(), r.samples, r.passes, r.accuracy.mean,
                r.accuracy.deviation, r.forgetting.mean, r.bytes, r.replay_bytes, r.us_per_sample, r.seeds);
    std::fflush(stdout);
}

void write(console::json& out, const row& r) {
    out.open('{').member("method", r.name).member("samples", r.samples).member("passes", r.passes);
    out.member("accuracy", r.accuracy.mean).member("accuracy_std", r.accuracy.deviation);
    out.member("forgetting", r.forgetting.mean).member("forgetting_std", r.forgetting.deviation);
    out.member("bytes", r.bytes).member("replay_bytes", r.replay_bytes).member("us_per_sample", r.us_per_sample);
    out.member("seeds", r.seeds).close('}');
}

int bench_all(const options& x) {
    const remember::problem p = x.synthetic ? remember::clouds(600, 200) : remember::split_mnist(x.path);
    console::json out;
    out.open('{').member("problem", p.name).key("rows").open('[');
    if (!x.json) {
        std::printf("%s: %u classes in %u parts, %u samples, each seen once; %u to be tested on\n\n", p.name.c_str(), p.classes, p.parts,
                    p.train.size(), p.test.size());
        std::printf("%-46s %7s %6s %8s %6s %10s %9s %11s %9s %5s\n", "method", "samples", "passes", "accuracy", "+-", "forgetting", "bytes",
                    "of them replay", "us/sample", "seeds");
    }
    int code = console::done;
    for (const method& m : methods()) {
        if ((x.quick && !m.quick) || (m.name.find(x.method) == std::string::npos)) continue;
        const std::vector<row> rows = run(m, p, x.quick ? 1 : x.seeds);
        if (rows.empty()) {
            std::fprintf(stderr, "bench_remember: %s refused a sample\n", m.name.c_str());
            code = console::diverged;
        }
        for (const row& r : rows) x.json ? write(out, r) : print(r);
    }
    if (x.json) std::printf("%s\n", out.close(']').close('}').text().c_str());
    return code;
}

}  // namespace

int main(int argc, char** argv) {
    try {
        options x;
        console::parse({argv + 1, static_cast<std::size_t>(argc - 1)}, x, option_table());
        if (x.help) {
            std::printf("bench_remember: learning class after class in one pass, without forgetting\n\n%s",
                        console::help(option_table()).c_str());
            return console::done;
        }
        return bench_all(x);
    } catch (const console::usage_error& error) {
        std::fprintf(stderr, "bench_remember: %s\n", error.what());
        return console::misused;
    } catch (const synapse::streams::data_error& error) {
        std::fprintf(stderr, "bench_remember: %s\nexamples/get_mnist fetches MNIST; --path says where it is; --synthetic needs no data\n",
                     error.what());
        return console::bad_data;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "bench_remember: %s\n", error.what());
        return console::failed;
    }
}
