// bench_step [--json] [--quick] [--net N] [--activation relu|tanh]: what a training step costs, ours beside plain C and other
// libraries, and beside what the machine can do.
//
// Four nets, batch 1 and 5, and the forward pass alone, in both arithmetics, on the workload of workload.hpp. Everybody starts from
// the same weights and must reach the known mean loss after 5120 steps: if ours or the plain loops do not, nothing is printed; a peer
// that does not is left out and named. Then all take turns in interleaved rounds, and the medians are printed.
//
// The roofline of a step is the time to read the net's weights once and then once more in place, at what this machine was measured
// to do on that many bytes, or the time of its multiplications and additions at the measured peak, whichever is longer. Inactive
// relu units are skipped, their weights neither read nor written, so a relu net can be faster than that.
//
// Past the roofline: why updates are not deferred. Holding K = 8 rank-1 updates back and applying them together reads and writes
// each weight once in K steps, and a step then costs one read and the dot products with the pairs held back: by the rates measured
// here about half the time on 784-256-256-10 (1 MB, in L2), less on 64-128-128-10, nothing on nets that stay in L1. The price:
//   - The numbers change. A sum over W - rate sum_i x_i delta_i becomes a different chain of roundings, forward and back; every
//     kernel set would have to follow, the microcontroller's included, and keep 2 K vectors for each layer in its few kilobytes.
//   - Every Kth step carries the flush and takes several times as long as the others: a control loop pays for its worst step.
//   - Weights in memory lag behind what was learned: predicting by another path, saving, growing and forgetting must flush first.
//   - Where the traffic matters, a mini-batch (replay) shares it already, within the contract: compare the column batch 5.
// So: no.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <synapse/config.hpp>
#include <synapse/kernels/default.hpp>

#include "clock.hpp"
#include "limits.hpp"
#include "ours.hpp"
#include "peers.hpp"
#include "workload.hpp"

namespace {

using bench::competitor;
using synapse::activation;

struct entry {
    std::unique_ptr<competitor> who;
    std::string arithmetic, kernels;  // of ours, else empty
    double loss = 0.0, step_ns = 0.0, forward_ns = 0.0, batch5_ns = 0.0;
};

struct measured {
    std::string net;
    activation function;
    double roofline_ns;
    std::vector<entry> entries;  // plain C first, then ours, then peers
    std::vector<std::string> left_out;
};

struct options {
    bool json = false;
    bool quick = false;
    int net = -1;
    bool relu = true, tanh = true;
};

struct machine {
    double fused_gflops, separate_gflops;
    struct level {
        const char* name;
        std::size_t bytes;
        bench::passes ns;
    } levels[3];
};

machine measure_machine() {
    machine m{
        bench::measure_gflops(true), bench::measure_gflops(false), {{"L1", 24 << 10, {}}, {"L2", 512 << 10, {}}, {"DRAM", 128 << 20, {}}}};
    for (auto& level : m.levels) level.ns = bench::measure_passes(level.bytes);
    return m;
}

template <class Kernels>
entry our(const bench::workload& work, activation f) {
    entry e{std::make_unique<bench::ours<Kernels>>(work, f), Kernels::arithmetic::name, Kernels::name};
    return e;
}

measured measure(const bench::net& form, activation f, const machine& limits, const options& chosen) {
    const bench::workload work{form};
    measured m{form.name(), f, 0.0, {}, {}};
    m.entries.push_back({std::make_unique<bench::plain>(work, f), "", ""});
    m.entries.push_back(our<synapse::fastest_kernels<synapse::separate>>(work, f));
    if (synapse::config::hardware_fma) m.entries.push_back(our<synapse::fastest_kernels<synapse::fused>>(work, f));
    const std::size_t own = m.entries.size();
    for (auto& peer : bench::peers(work, f)) m.entries.push_back({std::move(peer), "", ""});

    for (std::size_t i = 0; i < m.entries.size();) {
        entry& e = m.entries[i];
        for (std::uint32_t s = 0; s < bench::check_steps; ++s) e.who->step(s % bench::sample_count);
        e.loss = e.who->loss(work);
        const double tolerance = i < own ? bench::loss_tolerance : bench::peer_tolerance;
        if (bench::learned(e.loss, form.loss(f), tolerance)) {
            ++i;
            continue;
        }
        char line[200];
        std::snprintf(line, sizeof line, "%s on %s %s: loss %.6f, not %.6f", e.who->name.c_str(), m.net.c_str(), name(f), e.loss,
                      form.loss(f));
        if (i < own) bench::fail(line);
        m.left_out.push_back(line);
        m.entries.erase(m.entries.begin() + static_cast<std::ptrdiff_t>(i));
    }

    std::vector<bench::timed> turns;
    for (entry& e : m.entries) {
        competitor* who = e.who.get();
        turns.push_back({[who](std::uint32_t i) { who->step(i % bench::sample_count); }, &e.step_ns});
        turns.push_back({[who](std::uint32_t i) { bench::keep(who->predict(i % bench::sample_count)[0]); }, &e.forward_ns});
        if (!who->has_batch()) continue;
        turns.push_back(
            {[who, &work](std::uint32_t i) { who->step_batch(&work.batches[i % bench::sample_count * bench::batch_size]); }, &e.batch5_ns});
    }
    bench::interleave(turns, chosen.quick ? 5 : 15, chosen.quick ? 4.0 : 15.0);
    for (entry& e : m.entries) e.batch5_ns /= bench::batch_size;

    const auto traffic = bench::measure_passes(form.weights() * sizeof(float));
    const double flops = 2.0 * static_cast<double>(2 * form.weights() + form.weights() - std::size_t{form.inputs} * form.width);
    const double arithmetic_ns = flops / limits.fused_gflops;
    m.roofline_ns = traffic.read_ns + traffic.change_ns;
    if (arithmetic_ns > m.roofline_ns) m.roofline_ns = arithmetic_ns;
    return m;
}

void print_table(const machine& limits, const std::vector<measured>& all) {
    std::printf("One core: %.0f GFLOP/s fused, %.0f GFLOP/s multiplying and adding apart.\n", limits.fused_gflops, limits.separate_gflops);
    for (const auto& level : limits.levels) {
        const auto bytes = static_cast<double>(level.bytes);
        std::printf("%-5s %6.0f GB/s read, %6.0f GB/s in place (%.0f KiB)\n", level.name, bytes / level.ns.read_ns,
                    bytes / level.ns.change_ns, bytes / 1024);
    }
    std::printf("ns for each sample; x: how many times as fast as plain C; roofline: share of it that a batch-1 step reaches\n");
    for (const measured& m : all) {
        const entry& plain = m.entries.front();
        std::printf("\n%s %s, roofline %.0f ns\n", m.net.c_str(), name(m.function), m.roofline_ns);
        std::printf("  %-26s %10s %7s %9s %10s %7s %10s %7s %10s\n", "", "step", "x", "roofline", "forward", "x", "batch 5", "x", "loss");
        for (const entry& e : m.entries) {
            std::string who = e.who->name;
            if (!e.kernels.empty()) who += " " + e.kernels + " " + e.arithmetic;
            std::printf("  %-26s %10.0f %7.2f %8.0f%% %10.0f %7.2f", who.c_str(), e.step_ns, plain.step_ns / e.step_ns,
                        100.0 * m.roofline_ns / e.step_ns, e.forward_ns, plain.forward_ns / e.forward_ns);
            if (e.who->has_batch()) {
                std::printf(" %10.0f %7.2f", e.batch5_ns, plain.batch5_ns / e.batch5_ns);
            } else {
                std::printf(" %10s %7s", "-", "-");
            }
            std::printf(" %10.6f\n", e.loss);
        }
        for (const std::string& line : m.left_out) std::printf("  left out: %s\n", line.c_str());
    }
}

// One object for each of ours; plain C's and the peers' times stand beside it.
void print_json(const machine& limits, const std::vector<measured>& all) {
    std::printf("{\"machine\":{\"fused_gflops\":%.1f,\"separate_gflops\":%.1f,\"memory\":[", limits.fused_gflops, limits.separate_gflops);
    for (const auto& level : limits.levels) {
        const auto bytes = static_cast<double>(level.bytes);
        std::printf("%s{\"level\":\"%s\",\"bytes\":%zu,\"read_gbs\":%.1f,\"in_place_gbs\":%.1f}", &level == limits.levels ? "" : ",",
                    level.name, level.bytes, bytes / level.ns.read_ns, bytes / level.ns.change_ns);
    }
    std::printf("]},\"nets\":[");
    const char* comma = "\n";
    for (const measured& m : all) {
        const entry& plain = m.entries.front();
        for (const entry& e : m.entries) {
            if (e.kernels.empty()) continue;
            std::printf(
                "%s{\"net\":\"%s\",\"activation\":\"%s\",\"arithmetic\":\"%s\",\"kernels\":\"%s\",\"step_ns\":%.1f,\"plain_step_ns\":%.1f,",
                comma, m.net.c_str(), name(m.function), e.arithmetic.c_str(), e.kernels.c_str(), e.step_ns, plain.step_ns);
            std::printf("\"forward_ns\":%.1f,\"plain_forward_ns\":%.1f,\"batch5_ns\":%.1f,\"plain_batch5_ns\":%.1f,\"roofline_ns\":%.1f,",
                        e.forward_ns, plain.forward_ns, e.batch5_ns, plain.batch5_ns, m.roofline_ns);
            std::printf("\"roofline_share\":%.3f,\"loss\":%.6f,\"peers\":[", m.roofline_ns / e.step_ns, e.loss);
            const char* separator = "";
            for (const entry& peer : m.entries) {
                if (&peer == &plain || !peer.kernels.empty()) continue;
                std::printf("%s{\"name\":\"%s\",\"step_ns\":%.1f,\"forward_ns\":%.1f,\"batch5_ns\":", separator, peer.who->name.c_str(),
                            peer.step_ns, peer.forward_ns);
                if (peer.who->has_batch()) {
                    std::printf("%.1f", peer.batch5_ns);
                } else {
                    std::printf("null");
                }
                std::printf(",\"loss\":%.6f}", peer.loss);
                separator = ",";
            }
            std::printf("]}");
            comma = ",\n";
        }
    }
    std::printf("\n]}\n");
}

int usage() {
    std::fprintf(stderr, "usage: bench_step [--json] [--quick] [--net 0..3] [--activation relu|tanh]\n");
    return 2;
}

}  // namespace

int main(int argc, char** argv) {
    options chosen;
    for (int i = 1; i < argc; ++i) {
        const std::string argument = argv[i];
        const std::string next = i + 1 < argc ? argv[i + 1] : "";
        if (argument == "--json") {
            chosen.json = true;
        } else if (argument == "--quick") {
            chosen.quick = true;
        } else if (argument == "--net" && next.size() == 1 && next[0] >= '0' && next[0] <= '3') {
            chosen.net = next[0] - '0';
            ++i;
        } else if (argument == "--activation" && (next == "relu" || next == "tanh")) {
            chosen.relu = next == "relu";
            chosen.tanh = next == "tanh";
            ++i;
        } else {
            return usage();
        }
    }
    const machine limits = measure_machine();
    std::vector<measured> all;
    for (const activation f : {activation::relu, activation::tanh}) {
        if (!(f == activation::relu ? chosen.relu : chosen.tanh)) continue;
        for (int n = 0; n < 4; ++n) {
            if (chosen.net >= 0 && chosen.net != n) continue;
            all.push_back(measure(bench::nets[n], f, limits, chosen));
        }
    }
    if (chosen.json) {
        print_json(limits, all);
    } else {
        print_table(limits, all);
    }
    return 0;
}
