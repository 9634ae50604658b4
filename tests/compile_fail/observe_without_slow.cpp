// refused: observe learns agreement with the slow system: set shape.slow
#include <synapse/learner/learner.hpp>

#ifdef SYNAPSE_WRONG
constexpr synapse::shape form{.inputs = 3, .outputs = 2, .hidden = {8}};
#else
constexpr synapse::shape form{.inputs = 3, .outputs = 2, .hidden = {8}, .slow = true};
#endif

bool use(synapse::learner<form>& model) {
    const float x[3] = {1, 2, 3};
    return ok(model.observe(x));
}
