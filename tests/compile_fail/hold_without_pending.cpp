// refused: hold keeps samples until their answer comes: give the shape a pending
#include <synapse/learner/learner.hpp>

#ifdef SYNAPSE_WRONG
constexpr synapse::shape form{.inputs = 3, .outputs = 2, .hidden = {8}};
#else
constexpr synapse::shape form{.inputs = 3, .outputs = 2, .hidden = {8}, .pending = 4};
#endif

bool use(synapse::learner<form>& model) {
    const float x[3] = {1, 2, 3};
    return ok(model.hold(x));
}
