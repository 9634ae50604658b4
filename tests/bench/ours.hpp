// Our networks and the plain loops as competitors.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <memory>
#include <new>
#include <span>
#include <vector>

#include <synapse/core/fields.hpp>
#include <synapse/network/network.hpp>

#include "plain_loops.hpp"
#include "workload.hpp"

namespace bench {

[[noreturn]] inline void fail(const char* what) {
    std::fprintf(stderr, "bench_step: %s\n", what);
    std::exit(1);
}

// Memory for a part of the library.
template <class Part>
class placed {
public:
    explicit placed(Part&& from) : part{from}, bytes_{synapse::measure(part)} {
        block_ = ::operator new (bytes_, std::align_val_t{synapse::config::block_alignment});
        if (!ok(synapse::place(part, std::span{static_cast<std::byte*>(block_), bytes_}))) fail("no memory");
    }
    placed(const placed&) = delete;
    placed& operator=(const placed&) = delete;
    ~placed() { ::operator delete (block_, std::align_val_t{synapse::config::block_alignment}); }
    Part part;

private:
    std::size_t bytes_;
    void* block_ = nullptr;
};

template <class Kernels>
class ours final : public competitor {
public:
    ours(const workload& work, synapse::activation f)
        : work_{work},
          net_{synapse::network<Kernels>{form(work, f)}},
          one_{synapse::workspace{form(work, f), 1, Kernels::lanes}},
          several_{synapse::workspace{form(work, f), batch_size, Kernels::lanes}} {
        name = "synapse";
        for (std::uint32_t l = 0; l < layer_count; ++l) {
            const auto w = net_.part.layer(l).weights();
            for (std::uint32_t j = 0; j < w.cols; ++j) {
                for (std::uint32_t k = 0; k < w.rows; ++k) w(k, j) = work.weight[l][std::size_t{j} * w.rows + k];
            }
        }
        net_.part.measure_weights();
    }

    void step(std::uint32_t sample) override {
        auto& scratch = one_.part;
        load(scratch, 0, sample);
        net_.part.forward(scratch, 1);
        compare(scratch, 0, sample, 1.0f);
        if (!net_.part.admits(1, work_.form.rate)) fail("a step was refused");
        net_.part.backward(scratch, 1, work_.form.rate);
    }
    void step_batch(const std::uint32_t* samples) override {
        auto& scratch = several_.part;
        for (std::uint32_t i = 0; i < batch_size; ++i) load(scratch, i, samples[i]);
        net_.part.forward(scratch, batch_size);
        for (std::uint32_t i = 0; i < batch_size; ++i) compare(scratch, i, samples[i], 1.0f / batch_size);
        if (!net_.part.admits(batch_size, work_.form.rate)) fail("a step was refused");
        net_.part.backward(scratch, batch_size, work_.form.rate);
    }
    const float* predict(std::uint32_t sample) override {
        load(one_.part, 0, sample);
        net_.part.forward(one_.part, 1);
        return one_.part.output(0);
    }

private:
    static synapse::topology form(const workload& work, synapse::activation f) {
        synapse::topology t;
        t.inputs = work.form.inputs;
        t.outputs = work.form.outputs;
        t.hidden[0] = t.hidden[1] = work.form.width;
        t.function = f;
        return t;
    }
    void load(synapse::workspace& scratch, std::uint32_t place, std::uint32_t sample) {
        std::memcpy(scratch.input(place), work_.input(sample), work_.form.inputs * sizeof(float));
    }
    void compare(synapse::workspace& scratch, std::uint32_t place, std::uint32_t sample, float share) {
        Kernels::squared(work_.form.outputs, scratch.output(place), work_.wanted(sample), share, std::numeric_limits<float>::infinity(),
                         scratch.output_delta(place));
    }

    const workload& work_;
    placed<synapse::network<Kernels>> net_;
    placed<synapse::workspace> one_;
    placed<synapse::workspace> several_;
};

class plain final : public competitor {
public:
    plain(const workload& work, synapse::activation f) : work_{work} {
        name = "plain C -O3";
        for (std::uint32_t l = 0; l < layer_count; ++l) {
            const std::uint32_t in = work.form.layer_inputs(l);
            const std::uint32_t out = work.form.layer_outputs(l);
            auto& memory = memory_[l];
            memory.resize(std::size_t{2} * in * out + std::size_t{4} * out);
            std::memcpy(memory.data(), work.weight[l].data(), std::size_t{in} * out * sizeof(float));
            float* rest = memory.data() + std::size_t{2} * in * out;
            layer_[l] = {memory.data(),
                         rest,
                         memory.data() + std::size_t{in} * out,
                         rest + out,
                         rest + std::size_t{2} * out,
                         rest + std::size_t{3} * out,
                         static_cast<int>(in),
                         static_cast<int>(out)};
        }
        net_ = {layer_, static_cast<int>(layer_count), f == synapse::activation::tanh};
    }
    void step(std::uint32_t sample) override { plain_step(&net_, work_.input(sample), work_.wanted(sample), work_.form.rate); }
    void step_batch(const std::uint32_t* samples) override {
        for (std::uint32_t i = 0; i < batch_size; ++i) {
            plain_accumulate(&net_, work_.input(samples[i]), work_.wanted(samples[i]), 1.0f / batch_size);
        }
        plain_apply(&net_, work_.form.rate);
    }
    const float* predict(std::uint32_t sample) override { return plain_forward(&net_, work_.input(sample)); }

private:
    const workload& work_;
    std::vector<float> memory_[layer_count];
    plain_layer layer_[layer_count];
    plain_net net_;
};

}  // namespace bench
