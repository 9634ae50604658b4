// refused: step: this learner classifies: give it a label, not numbers
#include <synapse/learner/learner.hpp>

#ifdef SYNAPSE_WRONG
constexpr synapse::shape form{.inputs = 3, .outputs = 2, .hidden = {8}, .learns = synapse::task::classification};
#else
constexpr synapse::shape form{.inputs = 3, .outputs = 2, .hidden = {8}};
#endif

bool use(synapse::learner<form>& model) {
    const float x[3] = {1, 2, 3}, y[2] = {0, 1};
    return ok(model.step(x, y));
}
