// A learner that starts small, grows when its world does, and sleeps. Growing happens inside the memory that was reserved; not a bit of
// any answer changes when it happens. In sleep a slow copy takes over what the replayed samples teach.
#include <cstdio>

#include <synapse/synapse.hpp>

using model_type = synapse::learner<synapse::shape{
    .inputs = 3, .outputs = 1, .hidden = {6}, .replay = 500, .slow = true, .hidden_reserved = {48}, .plastic = true}>;
static synapse::fixed_arena<model_type::bytes> memory;

// The world becomes richer in three stages.
float truth(int stage, const float (&x)[3]) {
    float y = x[0];
    if (stage >= 1) y += 2 * x[0] * x[1];
    if (stage >= 2) y += 4 * x[0] * x[1] * x[2];
    return y;
}

// Squared error on samples that were never learned, as a share of their variance.
double examine(model_type& model, int stage) {
    synapse::random_generator world{99};
    double error = 0, variance = 0;
    for (int i = 0; i < 2000; ++i) {
        const float x[3] = {world.symmetric(), world.symmetric(), world.symmetric()};
        float y[1];
        if (!ok(model.predict(x, y))) return -1;
        const double wanted = static_cast<double>(truth(stage, x)), miss = static_cast<double>(y[0]) - wanted;
        error += miss * miss;
        variance += wanted * wanted;
    }
    return error / variance;
}

int main() {
    synapse::tuning numbers{.learning_rate = 0.02f, .replay_ratio = 0.2f, .slow_decay = 0.999f, .sleep_rounds = 10};
    model_type model{memory, numbers};
    synapse::random_generator world{1};
    for (int stage = 0; stage < 3; ++stage) {
        for (int i = 1; i <= 30000; ++i) {
            const float x[3] = {world.symmetric(), world.symmetric(), world.symmetric()};
            const float y[1] = {truth(stage, x)};
            if (!ok(model.step(x, y))) return 1;
        }
        const auto& now = model.latest();
        std::printf("stage %d: %2u neurons after %u events of growth, error %.4f of the variance\n", stage, now.neurons,
                    static_cast<unsigned>(now.growth_events), examine(model, stage));
    }

    // A day in one corner of the world: what is not seen fades, here in both systems.
    const auto tell = [&](const char* when) {
        std::printf("%s: ", when);
        for (const auto who : {synapse::answer::fast, synapse::answer::slow}) {
            numbers.answers = who;
            if (!ok(model.retune(numbers))) return;
            std::printf(" %s %.4f", who == synapse::answer::fast ? "fast" : "slow", examine(model, 2));
        }
        std::printf("\n");
    };
    for (int i = 0; i < 3000; ++i) {
        const float x[3] = {0.9f + 0.1f * world.symmetric(), 0.9f + 0.1f * world.symmetric(), world.symmetric()};
        const float y[1] = {truth(2, x)};
        if (!ok(model.step(x, y))) return 1;
    }
    tell("after a day in a corner");

    // Idle time: sleep in portions as small as the machine can spare, until a cycle is over. A good moment to save.
    unsigned samples = 0, portions = 0;
    for (bool finished = false; !finished; ++portions) {
        const synapse::sleep_report part = model.sleep(8);
        samples += part.samples;
        finished = part.finished;
    }
    std::printf("slept: %u samples replayed in %u portions\n", samples, portions);
    tell("after the night");
    std::printf("%u bytes, all of them reserved from the start\n", static_cast<unsigned>(model_type::bytes));
}
