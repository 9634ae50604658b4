// refused: step: y must hold shape.outputs numbers
#include <synapse/learner/learner.hpp>

constexpr synapse::shape form{.inputs = 3, .outputs = 2, .hidden = {8}};

bool use(synapse::learner<form>& model) {
    const float x[3] = {1, 2, 3}, two[2] = {1, 2};
#ifdef SYNAPSE_WRONG
    return ok(model.step(x, x));
#else
    return ok(model.step(x, two));
#endif
}
