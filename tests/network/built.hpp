// Shared by the tests of networks: a network and its workspace in memory of their own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <new>
#include <span>
#include <vector>

#include <doctest/doctest.h>

#include <synapse/config.hpp>
#include <synapse/core/fields.hpp>
#include <synapse/core/random.hpp>
#include <synapse/kernels/default.hpp>
#include <synapse/network/network.hpp>

namespace network_test {

// A part of the library, placed in a block exactly as large as it asked for.
template <class Part>
class placed {
public:
    template <class... Arguments>
    explicit placed(const Arguments&... arguments) : part(arguments...), bytes_{synapse::measure(part)} {
        block_ = static_cast<std::byte*>(::operator new (bytes_, std::align_val_t{synapse::config::block_alignment}));
        std::memset(block_, 0xa5, bytes_);
        REQUIRE(synapse::place(part, std::span{block_, bytes_}) == synapse::status::ok);
    }
    placed(const placed&) = delete;
    placed& operator=(const placed&) = delete;
    ~placed() { ::operator delete (block_, std::align_val_t{synapse::config::block_alignment}); }

    std::vector<std::byte> bytes() const { return {block_, block_ + bytes_}; }

    Part part;

private:
    std::size_t bytes_;
    std::byte* block_ = nullptr;
};

template <class Kernels>
struct built {
    explicit built(const synapse::topology& t, std::uint32_t batch = 1, std::uint64_t seed = 1, float gain = 2.449f)
        : form{t}, network_memory{t}, work_memory{t, batch, Kernels::lanes}, net{network_memory.part}, work{work_memory.part} {
        synapse::random_generator random{seed};
        net.randomise(random, gain, true);
    }

    // The last layer starts at zero: draws it too, so that gradients reach the rest.
    void draw_outputs(std::uint64_t seed) {
        synapse::random_generator random{seed};
        net.layer(net.layers() - 1).randomise(0.5f, random);
        net.measure_weights();
    }
    void set_input(std::uint32_t sample, const std::vector<float>& x) {
        std::memcpy(work.input(sample), x.data(), x.size() * sizeof(float));
    }
    std::vector<float> output(std::uint32_t sample = 0) { return {work.output(sample), work.output(sample) + form.outputs}; }
    std::vector<float> predict(const std::vector<float>& x) {
        set_input(0, x);
        net.forward(work, 1);
        return output();
    }

    // Everything outside the units in use is still +0.
    bool padding_is_zero() {
        for (std::uint32_t l = 0; l < net.layers(); ++l) {
            const synapse::dense& layer = net.layer(l);
            for (std::uint32_t k = 0; k <= layer.inputs().reserved; ++k) {
                const bool bias = k == layer.inputs().reserved;
                const float* row = bias ? layer.bias() : layer.view().weight + std::size_t{k} * layer.stride();
                const std::uint32_t used = bias || k < layer.inputs().used ? layer.outputs().used : 0;
                for (std::uint32_t j = used; j < layer.stride(); ++j) {
                    std::uint32_t bits;
                    std::memcpy(&bits, row + j, sizeof bits);
                    if (bits != 0) return false;
                }
            }
        }
        return true;
    }

    synapse::topology form;
    placed<synapse::network<Kernels>> network_memory;
    placed<synapse::workspace> work_memory;
    synapse::network<Kernels>& net;
    synapse::workspace& work;
};

inline std::vector<float> draw(std::uint32_t n, synapse::random_generator& random, float range = 1.0f) {
    std::vector<float> v(n);
    for (float& x : v) x = range * random.symmetric();
    return v;
}

}  // namespace network_test
