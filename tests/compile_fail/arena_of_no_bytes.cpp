// refused: fixed_arena needs a size: use learner<shape>::bytes
#include <synapse/core/arena.hpp>

#ifdef SYNAPSE_WRONG
synapse::fixed_arena<0> memory;
#else
synapse::fixed_arena<1> memory;
#endif
