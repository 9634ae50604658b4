// Your own kernel set: a DSP, an accelerator, a counter of work. It is a type that a learner takes as an argument; what it leaves out it
// inherits. It must give the same bits as the definition, kernels/scalar.hpp, and the way to know is to let both learn the same.
#include <cstdint>
#include <cstdio>

#include <synapse/synapse.hpp>

// The forward pass as a part with a vector unit of four lanes would do it: four outputs at once, inputs in the order of the list, so
// that every sum is the contract's (kernel_set.hpp); and a count of the weights read.
struct my_kernels : synapse::scalar_kernels<synapse::separate, 4> {
    static constexpr const char* name = "mine";
    static inline std::uint64_t weights_read = 0;

    using base = synapse::scalar_kernels<synapse::separate, 4>;
    using base::forward;  // that of batches
    static void forward(const synapse::dense_view& layer, synapse::row_list rows, const float* x, float* a) noexcept {
        for (std::uint32_t j = 0; j < layer.stride; j += 4) {
            float sum[4] = {layer.bias[j], layer.bias[j + 1], layer.bias[j + 2], layer.bias[j + 3]};
            for (std::uint32_t i = 0; i < rows.count; ++i) {
                const std::uint32_t k = rows.index[i];
                const float* w = layer.weight + std::size_t{k} * layer.stride + j;
                for (int lane = 0; lane < 4; ++lane) sum[lane] = arithmetic::madd(x[k], w[lane], sum[lane]);
            }
            for (std::uint32_t lane = 0; lane < 4; ++lane) a[j + lane] = sum[lane];
        }
        weights_read += std::uint64_t{rows.count} * layer.stride;
    }
};
static_assert(synapse::kernel_set<my_kernels>);  // every function is there, with the right arguments

constexpr synapse::shape layout{.inputs = 5, .outputs = 3, .hidden = {20, 12}, .replay = 50, .function = synapse::activation::tanh};
using mine_type = synapse::learner<layout, my_kernels>;
using reference_type = synapse::learner<layout, synapse::scalar_kernels<synapse::separate>>;
static synapse::fixed_arena<mine_type::bytes> mine_memory;
static synapse::fixed_arena<reference_type::bytes> reference_memory;

int main() {
    const synapse::tuning numbers{.learning_rate = 0.05f, .replay_ratio = 0.5f};
    mine_type mine{mine_memory, numbers};
    reference_type reference{reference_memory, numbers};
    synapse::random_generator world{5};
    for (int i = 1; i <= 6000; ++i) {
        float x[5];
        for (float& number : x) number = world.below(3) == 0 ? 0.0f : world.symmetric();
        const float y[3] = {x[0] * x[1], x[2] - x[3], x[4] * x[4]};
        if (!ok(mine.step(x, y)) || !ok(reference.step(x, y))) return 1;
        if (weights_hash(mine) != weights_hash(reference)) {
            std::printf("the weights differ after %d steps\n", i);
            return 1;
        }
        if (i % 2000 == 0) {
            std::printf("%d steps: error %.4f, weights %016llx in both\n", i, static_cast<double>(mine.latest().error),
                        static_cast<unsigned long long>(weights_hash(mine)));
        }
    }
    std::printf("%llu weights read by forward passes\n", static_cast<unsigned long long>(my_kernels::weights_read));
}
