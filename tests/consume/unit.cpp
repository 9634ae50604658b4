// A second translation unit of the same program: everything in the headers may be there twice.
#include <synapse/synapse.hpp>

#include <array>
#include <span>

using model_type = synapse::learner<synapse::shape{.inputs = 2, .outputs = 1, .hidden = {8}, .replay = 16}>;

// A user's functions take the standard's views, and the learner takes whatever lies one number behind another.
struct chip {
    std::uint32_t erase_block, program_unit;
    std::byte erased;
    bool needs_erase;
    std::uint32_t size() const { return 0; }
    synapse::status read(std::uint32_t, std::span<std::byte>) { return synapse::status::ok; }
    synapse::status program(std::uint32_t, std::span<const std::byte>) { return synapse::status::ok; }
    synapse::status erase(std::uint32_t) { return synapse::status::ok; }
};
static_assert(synapse::flash_driver<chip>);

unsigned long long learn_elsewhere(model_type& model, int samples);

unsigned long long learn_elsewhere(model_type& model, int samples) {
    synapse::random_generator world{1};
    for (int i = 0; i < samples; ++i) {
        const std::array<float, 2> x{world.symmetric(), world.symmetric()};
        const float y[1] = {x[0] * x[1]};
        if (!ok(model.step(x, std::span{y}))) return 0;
    }
    return weights_hash(model);
}
