// Classes that the factory never heard of. A sorting machine leaves it knowing three kinds of parts; two more turn up on the device,
// one after the other, and the old ones are not shown again. A reserved output is taken for each; replay keeps the others alive.
#include <cstdint>
#include <cstdio>

#include <synapse/synapse.hpp>

constexpr std::uint32_t kinds = 5;  // outputs reserved; an output that has seen no sample answers with probability 0

using model_type = synapse::learner<synapse::shape{.inputs = 4,
                                                   .outputs = kinds,
                                                   .hidden = {32},
                                                   .replay = 200,
                                                   .learns = synapse::task::classification,
                                                   .format = synapse::sample_format::u8,
                                                   .policy = synapse::replay_policy::balanced}>;
static synapse::fixed_arena<model_type::bytes> memory;

struct part {
    float x[4];  // weight, length, shine, sound: each kind has its own, and no two parts of a kind are the same
};
part measure_one(std::uint32_t kind, synapse::random_generator& world) {
    constexpr float typical[kinds][4] = {{0, 0, 0, 1}, {1, 0, 1, 0}, {0, 1, 1, 1}, {1, 1, 0, 0}, {0, 1, 0, 0}};
    part p;
    for (int i = 0; i < 4; ++i) p.x[i] = typical[kind][i] + 0.4f * (world.symmetric() + world.symmetric());
    return p;
}

void report(model_type& model, const char* when) {
    synapse::random_generator world{99};  // parts that were never learned
    std::printf("%-28s", when);
    for (std::uint32_t kind = 0; kind < kinds; ++kind) {
        int right = 0;
        for (int n = 0; n < 500; ++n) {
            const part p = measure_one(kind, world);
            const auto answer = model.classify(p.x);
            right += ok(answer) && *answer == kind;
        }
        std::printf("  %5.1f %%", right / 5.0);
    }
    std::printf("\n");
}

int main() {
    model_type model{memory, {.learning_rate = 0.03f, .replay_ratio = 0.67f, .replay_weight = 2.0f}};
    synapse::random_generator world{7};
    std::printf("recognised of kind                 0        1        2        3        4\n");

    for (int n = 0; n < 3000; ++n) {
        const std::uint32_t kind = world.below(3);
        if (!ok(model.step(measure_one(kind, world).x, kind))) return 1;
    }
    report(model, "from the factory");
    for (const std::uint32_t kind : {3u, 4u}) {
        for (int n = 0; n < 1000; ++n) {
            if (!ok(model.step(measure_one(kind, world).x, kind))) return 1;
        }
        report(model, kind == 3 ? "1000 parts of kind 3" : "1000 parts of kind 4");
    }
    while (!model.sleep(16).finished) {
    }
    report(model, "after sleep");

    // Kind 1 is no longer made: its samples, its count and its output go.
    const auto gone = model.forget(1);
    if (!ok(gone)) return 1;
    std::printf("kind 1 forgotten: %u stored samples removed, %u remain\n", gone->removed, gone->remaining);
    report(model, "without kind 1");
    std::printf("a kind beyond the reserved: %s\n", name(model.step(measure_one(0, world).x, kinds)));
}
