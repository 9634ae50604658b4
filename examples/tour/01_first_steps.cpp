// The first program: one block of memory, one learner, one sample at a time.
#include <cstdio>

#include <synapse/synapse.hpp>

using model_type = synapse::learner<synapse::shape{.inputs = 2, .outputs = 1, .hidden = {32}, .replay = 64}>;
static synapse::fixed_arena<model_type::bytes> memory;  // exact, known to the linker

int main() {
    model_type model{memory, {.learning_rate = 0.03f, .replay_ratio = 0.5f}};
    synapse::random_generator world{7};
    for (int i = 1; i <= 20000; ++i) {
        const float x[2] = {world.symmetric(), world.symmetric()};
        const float y[1] = {x[0] * x[1]};
        if (!ok(model.step(x, y))) return 1;  // a bad sample: the learner is unchanged
        if (i % 5000 == 0) std::printf("%5d samples, error %.4f of the variance\n", i, static_cast<double>(model.latest().error));
    }
    float question[2] = {0.5f, -0.5f}, answer[1];
    if (!ok(model.predict(question, answer))) return 1;
    std::printf("0.5 * -0.5 is about %.2f\n", static_cast<double>(answer[0]));
}
