// refused: shape.outputs is 0: say how many numbers, or classes, to predict
#include <synapse/learner/learner.hpp>

#ifdef SYNAPSE_WRONG
constexpr synapse::shape form{.inputs = 3};
#else
constexpr synapse::shape form{.inputs = 3, .outputs = 2};
#endif
synapse::fixed_arena<65536> memory;
synapse::learner<form> model{memory};
