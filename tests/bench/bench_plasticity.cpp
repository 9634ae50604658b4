// bench_plasticity [--runs N] [--steps N] [--json]
//
// Does a network that learns for ever stay able to learn? Slowly-changing regression (Dohare et al. 2024): 20 bits, of which 15 are
// drawn anew every 10,000 samples and 5 for each; target: 100 linear-threshold units with weights and biases from {-1, +1}, unit i
// firing iff w_i x + b_i > 0.7 (m + 1) - S_i, m = 20, S_i = (m - sum w_i + b_i) / 2, summed with signs. Learner: 20-N-1 relu,
// Kaiming uniform, batch 1, step 0.01; replacement 1e-4 (synapse 3e-4,
// but only of units that are worth less than a hundredth of the error), maturity 100. Printed: squared error over the last tenth of the life.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "console/command_line.hpp"
#include "console/exit_code.hpp"
#include "console/json.hpp"

#include "clock.hpp"

#include "../plasticity/slowly_changing.hpp"

namespace {

struct options {
    std::uint32_t runs = 30;
    std::uint32_t steps = 1000000;
    bool json = false;
    bool help = false;
};

std::span<const console::option<options>> option_table() {
    using o = options;
    using text = std::string_view;
    constexpr text group = "Options";
    static const console::option<options> table[] = {
        {group, "runs", 0, "N", "lives of each method (default 30)",
         [](o& x, text v) { x.runs = static_cast<std::uint32_t>(console::whole_number(v, 1, 10000)); }},
        {group, "steps", 0, "N", "samples of a life (default 1000000)",
         [](o& x, text v) { x.steps = static_cast<std::uint32_t>(console::whole_number(v, 1000, 1000000000)); }},
        {group, "json", 0, "", "one JSON object instead of the table", [](o& x, text) { x.json = true; }},
        {group, "help", 'h', "", "this text", [](o& x, text) { x.help = true; }},
    };
    return table;
}

using plasticity_test::way;

struct row {
    std::uint32_t units = 0;
    way how = way::backprop;
    double mean = 0.0;
    double error = 0.0;  // standard error of the mean
    double ns = 0.0;     // CPU time a sample, the problem's own included
};

row run(std::uint32_t units, way how, const options& x) {
    row r{units, how};
    double sum = 0.0, squares = 0.0;
    const double start = bench::cpu_ns();
    for (std::uint32_t seed = 1; seed <= x.runs; ++seed) {
        const double life = plasticity_test::last_tenth(units, how, seed, x.steps);
        sum += life;
        squares += life * life;
    }
    r.ns = (bench::cpu_ns() - start) / x.runs / x.steps;
    r.mean = sum / x.runs;
    r.error = x.runs < 2 ? 0.0 : std::sqrt(std::max(0.0, squares / x.runs - r.mean * r.mean) / (x.runs - 1));
    return r;
}

int bench_all(const options& x) {
    console::json out;
    out.open('{').member("steps", x.steps).key("rows").open('[');
    if (!x.json) std::printf("%6s  %-34s %10s %8s %10s %6s\n", "units", "method", "last tenth", "+-", "ns/sample", "runs");
    for (const std::uint32_t units : {5u, 20u}) {
        for (const way how : {way::backprop, way::published, way::turnover}) {
            const row r = run(units, how, x);
            if (x.json) {
                out.open('{').member("units", r.units).member("method", plasticity_test::name(r.how)).member("last_100k", r.mean);
                out.member("standard_error", r.error).member("ns_per_sample", r.ns).member("runs", x.runs).close('}');
            } else {
                std::printf("%6u  %-34s %10.3f %8.3f %10.0f %6u\n", r.units, plasticity_test::name(r.how), r.mean, r.error, r.ns, x.runs);
                std::fflush(stdout);
            }
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
            std::printf("bench_plasticity: does a network that learns for ever stay able to learn?\n\n%s", console::help(option_table()).c_str());
            return console::done;
        }
        return bench_all(x);
    } catch (const console::usage_error& error) {
        std::fprintf(stderr, "bench_plasticity: %s\n", error.what());
        return console::misused;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "bench_plasticity: %s\n", error.what());
        return console::failed;
    }
}
