// refused: this shape cannot be built: shape::flaw() says why
#include <synapse/learner/learner.hpp>

#ifdef SYNAPSE_WRONG
constexpr synapse::shape form{.inputs = 3, .outputs = 2, .range_low = 1.0f, .range_high = 0.0f};
#else
constexpr synapse::shape form{.inputs = 3, .outputs = 2, .range_low = 0.0f, .range_high = 1.0f};
#endif
synapse::fixed_arena<65536> memory;
synapse::learner<form> model{memory};
