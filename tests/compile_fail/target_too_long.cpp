// refused: step: y must hold shape.outputs numbers
#include <synapse/learner/learner.hpp>

#ifdef SYNAPSE_WRONG
constexpr int given = 3;
#else
constexpr int given = 2;
#endif

constexpr synapse::shape form{.inputs = 3, .outputs = 2, .hidden = {8}};

bool use(synapse::learner<form>& model, const float (&x)[3], const float (&y)[given]) { return ok(model.step(x, y)); }
