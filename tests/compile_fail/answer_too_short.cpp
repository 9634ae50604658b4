// refused: predict: y must hold shape.outputs numbers
#include <synapse/learner/learner.hpp>

constexpr synapse::shape form{.inputs = 3, .outputs = 2, .hidden = {8}};

bool use(synapse::learner<form>& model) {
    const float x[3] = {1, 2, 3};
#ifdef SYNAPSE_WRONG
    float y[1];
#else
    float y[2];
#endif
    return ok(model.predict(x, y));
}
