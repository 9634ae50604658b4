// refused: begin_column freezes units, which needs a record for each: set shape.plastic
#include <synapse/learner/learner.hpp>

#ifdef SYNAPSE_WRONG
constexpr synapse::shape form{.inputs = 3, .outputs = 2, .hidden = {8}, .learns = synapse::task::classification};
#else
constexpr synapse::shape form{.inputs = 3, .outputs = 2, .hidden = {8}, .learns = synapse::task::classification, .plastic = true};
#endif

bool use(synapse::learner<form>& model) { return ok(model.begin_column(4)); }
