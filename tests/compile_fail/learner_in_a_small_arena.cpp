// refused: the arena is smaller than learner<shape>::bytes
#include <synapse/learner/learner.hpp>

using model_type = synapse::learner<synapse::shape{.inputs = 3, .outputs = 2, .hidden = {32}}>;
#ifdef SYNAPSE_WRONG
synapse::fixed_arena<model_type::bytes - 1> memory;
#else
synapse::fixed_arena<model_type::bytes> memory;
#endif
model_type model{memory};
