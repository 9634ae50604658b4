// refused: step: x must hold shape.inputs numbers
#include <synapse/learner/learner.hpp>

#ifdef SYNAPSE_WRONG
constexpr int given = 2;
#else
constexpr int given = 3;
#endif

constexpr synapse::shape form{.inputs = 3, .outputs = 2, .hidden = {8}};

bool use(synapse::learner<form>& model, const float (&x)[given], const float (&y)[2]) { return ok(model.step(x, y)); }
