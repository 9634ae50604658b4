// Firmware whose training steps are counted: bench_step's workload on 6-32-32-3, batch 1. The network alone, or (LEARNER) a whole learner,
// which also normalises, checks its sample and keeps a report. Fails unless it learned what bench_step's implementations learn.
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <span>

#include <synapse/synapse.hpp>

#include "../bench/workload.hpp"
#include "board.hpp"

#ifndef ARITHMETIC
#define ARITHMETIC fused
#endif
#ifndef FUNCTION
#define FUNCTION relu
#endif

// The places between which instructions are counted.
extern "C" [[gnu::noinline]] void stretch_begin() { asm volatile("" ::: "memory"); }
extern "C" [[gnu::noinline]] void stretch_end() { asm volatile("" ::: "memory"); }

namespace {

using kernels = synapse::fastest_kernels<synapse::ARITHMETIC>;
constexpr auto function = synapse::activation::FUNCTION;

#ifdef LEARNER
using model_type = synapse::learner<synapse::shape{.inputs = 6, .outputs = 3, .hidden = {32, 32}, .function = function}, kernels>;
synapse::fixed_arena<model_type::bytes> memory;
#else
using network = synapse::network<
    kernels, synapse::network_pins{
                 .layers = 3, .any = false, .function = function, .momentum = false, .single = true, .turnover = false, .watched = false}>;
using workspace = network::workspace;

alignas(synapse::config::block_alignment) std::byte network_block[8192];
alignas(synapse::config::block_alignment) std::byte workspace_block[4096];

synapse::topology form() {
    synapse::topology t;
    t.inputs = 6;
    t.outputs = 3;
    t.hidden[0] = t.hidden[1] = 32;
    t.function = function;
    return t;
}

[[gnu::noinline]] bool step(network& net, workspace& scratch, const float* x, const float* y, float rate) {
    std::memcpy(scratch.input(0), x, 6 * sizeof(float));
    net.forward(scratch, 1);
    kernels::squared(3, scratch.output(0), y, 1.0f, std::numeric_limits<float>::infinity(), scratch.output_delta(0));
    if (!net.admits(1, rate)) return false;
    net.backward(scratch, 1, rate);
    return true;
}
#endif

}  // namespace

int main() {
    const bench::workload work{bench::nets[0]};
#ifdef LEARNER
    model_type model{memory, {.learning_rate = work.form.rate, .replay_ratio = 0.0f}};
    for (std::uint32_t i = 0; i < bench::check_steps; ++i) {
        const std::uint32_t sample = i % bench::sample_count;
        const std::span<const float, 6> x{work.input(sample), 6};
        const std::span<const float, 3> y{work.wanted(sample), 3};
        stretch_begin();
        const synapse::status done = model.step(x, y);
        stretch_end();
        if (!ok(done)) return 1;
    }
    board::print("error ");
    board::print(model.latest().error, 6);
    board::print("\n");
    return 0;
#else
    network net{form()};
    workspace scratch{form(), 1, kernels::lanes};
    if (!ok(synapse::place(net, network_block)) || !ok(synapse::place(scratch, workspace_block))) return 1;
    for (std::uint32_t l = 0; l < bench::layer_count; ++l) {
        const auto w = net.layer(l).weights();
        for (std::uint32_t j = 0; j < w.cols; ++j) {
            for (std::uint32_t k = 0; k < w.rows; ++k) w(k, j) = work.weight[l][std::size_t{j} * w.rows + k];
        }
    }
    net.measure_weights();
    for (std::uint32_t i = 0; i < bench::check_steps; ++i) {
        const std::uint32_t sample = i % bench::sample_count;
        stretch_begin();
        const bool done = step(net, scratch, work.input(sample), work.wanted(sample), work.form.rate);
        stretch_end();
        if (!done) return 1;
    }
    float loss = 0.0f;
    for (std::uint32_t i = 0; i < bench::sample_count; ++i) {
        std::memcpy(scratch.input(0), work.input(i), 6 * sizeof(float));
        net.forward(scratch, 1);
        for (std::uint32_t j = 0; j < 3; ++j) {
            const float error = scratch.output(0)[j] - work.wanted(i)[j];
            loss += 0.5f * error * error;
        }
    }
    loss /= static_cast<float>(bench::sample_count);
    board::print("loss ");
    board::print(loss, 6);
    board::print("\n");
    return bench::learned(static_cast<double>(loss), work.form.loss(function), bench::loss_tolerance) ? 0 : 2;
#endif
}
