// refused: sleep replays what is remembered: give the shape a replay
#include <synapse/learner/learner.hpp>

#ifdef SYNAPSE_WRONG
constexpr synapse::shape form{.inputs = 3, .outputs = 2, .hidden = {8}};
#else
constexpr synapse::shape form{.inputs = 3, .outputs = 2, .hidden = {8}, .replay = 16};
#endif

bool use(synapse::learner<form>& model) { return model.sleep(1).finished; }
