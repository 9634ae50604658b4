// refused: step: this learner predicts numbers: give it shape.outputs of them, not a label
#include <synapse/learner/learner.hpp>

#ifdef SYNAPSE_WRONG
constexpr synapse::shape form{.inputs = 3, .outputs = 2, .hidden = {8}};
#else
constexpr synapse::shape form{.inputs = 3, .outputs = 2, .hidden = {8}, .learns = synapse::task::classification};
#endif

bool use(synapse::learner<form>& model) {
    const float x[3] = {1, 2, 3};
    return ok(model.step(x, 1u));
}
