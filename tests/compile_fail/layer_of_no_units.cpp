// refused: shape.hidden has a layer of 0 units before another: leave it out
#include <synapse/learner/learner.hpp>

#ifdef SYNAPSE_WRONG
constexpr synapse::shape form{.inputs = 3, .outputs = 2, .hidden = {0, 8}};
#else
constexpr synapse::shape form{.inputs = 3, .outputs = 2, .hidden = {8}};
#endif
synapse::fixed_arena<65536> memory;
synapse::learner<form> model{memory};
