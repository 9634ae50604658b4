// A user's first file, built against synapse in each way that a project can take it in.
#include <cstdio>

#include <synapse/synapse.hpp>
#ifdef CONSUME_HOSTED
#include <synapse/hosted/any_learner.hpp>
#if defined(SYNAPSE_XTENSOR)
#include <synapse/hosted/xtensor.hpp>
#endif
#if defined(SYNAPSE_MSGPACK)
#include <msgpack.hpp>
#endif
#endif

using model_type = synapse::learner<synapse::shape{.inputs = 2, .outputs = 1, .hidden = {8}, .replay = 16}>;
static synapse::fixed_arena<model_type::bytes> memory;

#ifdef CONSUME_TWO_UNITS
unsigned long long learn_elsewhere(model_type& model, int samples);
#else
#include "unit.cpp"
#endif

int main() {
    model_type model{memory};
    std::printf("synapse %s learned %016llx\n", synapse::version, learn_elsewhere(model, 1000));
#ifdef CONSUME_HOSTED
    synapse::any_learner<> other{synapse::shape{.inputs = 1, .outputs = 1, .hidden = {4}}};
    std::printf("kernels %s", synapse::default_kernels::name);
#if defined(SYNAPSE_XTENSOR)
    std::printf(", xtensor %s", name(synapse::step(other, xt::xtensor<float, 1>{1.0f}, xt::xtensor<float, 1>{2.0f})));
#endif
#if defined(SYNAPSE_MSGPACK)
    msgpack::sbuffer buffer;
    msgpack::pack(buffer, 1);
    std::printf(", msgpack %u", static_cast<unsigned>(buffer.size()));
#endif
    std::printf("\n");
#endif
    return 0;
}
