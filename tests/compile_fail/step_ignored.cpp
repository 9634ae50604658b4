// refused: ask ok() of it whether anything was done, or cast it to void
#include <span>

#include <synapse/learner/learner.hpp>

using model_type = synapse::learner<synapse::shape{.inputs = 3, .outputs = 2, .hidden = {32}}>;

synapse::status learn(model_type& model, std::span<const float> x, std::span<const float> y) {
#ifdef SYNAPSE_WRONG
    model.step(x, y);
    return synapse::status::ok;
#else
    return model.step(x, y);
#endif
}
