// A second translation unit of the same program: everything in the headers may be there twice.
#include <synapse/synapse.hpp>

using model_type = synapse::learner<synapse::shape{.inputs = 2, .outputs = 1, .hidden = {8}, .replay = 16}>;

unsigned long long learn_elsewhere(model_type& model, int samples);

unsigned long long learn_elsewhere(model_type& model, int samples) {
    synapse::random_generator world{1};
    for (int i = 0; i < samples; ++i) {
        const float x[2] = {world.symmetric(), world.symmetric()};
        const float y[1] = {x[0] * x[1]};
        if (!ok(model.step(x, y))) return 0;
    }
    return weights_hash(model);
}
