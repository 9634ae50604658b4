// The same bits on the desk. A microcontroller's learner (scalar kernels, rows without padding) hands its checkpoint to a desktop's
// (the widest registers this machine has). From then on both see the same log, and after any number of steps they are the same learner
// to the bit: what a desk tries out is what the device will do.
#include <cstdio>
#include <vector>

#include <synapse/synapse.hpp>

constexpr synapse::shape layout{.inputs = 3, .outputs = 2, .hidden = {24, 24}, .replay = 128};
using device_type = synapse::learner<layout, synapse::scalar_kernels<synapse::separate, 1>>;
using desk_type = synapse::learner<layout>;
static synapse::fixed_arena<device_type::bytes> device_memory;
static synapse::fixed_arena<desk_type::bytes> desk_memory;

struct row {
    float x[3];
    float y[2];
};
std::vector<row> record(int count, synapse::random_generator& world) {
    std::vector<row> log;
    for (int i = 0; i < count; ++i) {
        row r{{world.symmetric(), world.symmetric(), world.symmetric()}, {}};
        r.y[0] = r.x[0] * r.x[1];
        r.y[1] = r.x[2] > 0 ? r.x[0] : r.x[1];
        log.push_back(r);
    }
    return log;
}

template <class Model>
void learn(Model& model, const std::vector<row>& log) {
    for (const row& r : log) {
        if (!ok(model.step(r.x, r.y))) std::printf("refused\n");
    }
}

template <class Model>
void show(const char* who, const Model& model) {
    std::printf("  %-6s error %.5f, weights %016llx\n", who, static_cast<double>(model.latest().error),
                static_cast<unsigned long long>(weights_hash(model)));
}

int main() {
    const synapse::tuning numbers{.learning_rate = 0.03f, .replay_ratio = 0.5f};
    device_type device{device_memory, numbers};
    desk_type desk{desk_memory};  // its tuning comes with the checkpoint

    synapse::random_generator world{11};
    learn(device, record(5000, world));

    // Home by wire: a checkpoint is bytes in any sink.
    std::vector<std::byte> bytes(65536);
    synapse::span_sink wire{bytes};
    if (!ok(save(device, wire))) return 1;
    synapse::span_source arrived{wire.written()};
    if (!ok(load(desk, arrived))) return 1;
    std::printf("a checkpoint of %u bytes went from the device to the desk\n", static_cast<unsigned>(wire.written().size()));
    show("device", device);
    show("desk", desk);

    const auto log = record(20000, world);
    learn(device, log);
    learn(desk, log);
    std::printf("both then learned the same 20000 samples\n");
    show("device", device);
    show("desk", desk);
    const bool twins = weights_hash(device) == weights_hash(desk);
    std::printf(twins ? "they are twins\n" : "THEY DIFFER\n");
    return twins ? 0 : 1;
}
