// refused: shape.outputs is 1: to classify takes at least 2 classes
#include <synapse/learner/learner.hpp>

#ifdef SYNAPSE_WRONG
constexpr synapse::shape form{.inputs = 3, .outputs = 1, .learns = synapse::task::classification};
#else
constexpr synapse::shape form{.inputs = 3, .outputs = 2, .learns = synapse::task::classification};
#endif
synapse::fixed_arena<65536> memory;
synapse::learner<form> model{memory};
