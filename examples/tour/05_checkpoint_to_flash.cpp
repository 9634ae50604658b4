// What was learned survives the power. A learner saves to three slots of a flash chip; the power fails in the middle of a save; the
// next boot finds the newest checkpoint that was complete and goes on from there.
#include <cstdio>

#include <synapse/synapse.hpp>

using model_type = synapse::learner<synapse::shape{.inputs = 2, .outputs = 1, .hidden = {24}, .replay = 64}>;

// 3 slots of 4 KiB. On a device this is your driver: four numbers and read, program, erase (see 09_flash_driver.cpp). The chip
// here is in RAM, behind an injector that can take its power away.
using chip_type = synapse::simulated_flash<3 * 4096>;
using driver_type = synapse::flash_fault_injector<chip_type>;
static chip_type chip{.erase_block = 1024, .program_unit = 8};
static driver_type driver{chip};
static synapse::fixed_arena<model_type::bytes> memory;

// One life between two failures of the power: returns what it knew when it ended.
unsigned live(int number, int samples, bool cut_the_last_save) {
    model_type model{memory, {.learning_rate = 0.03f, .replay_ratio = 0.5f}};
    synapse::flash_slots<driver_type> store{driver};

    const synapse::load_result loaded = load(model, store);
    if (loaded.outcome == synapse::status::not_found) {
        std::printf("boot %d: no checkpoint, starting fresh\n", number);
    } else if (ok(loaded)) {
        std::printf("boot %d: checkpoint %u, %u samples known, error %.4f\n", number, static_cast<unsigned>(store.sequence()),
                    static_cast<unsigned>(model.latest().samples), static_cast<double>(model.latest().error));
    } else {
        std::printf("boot %d: %s\n", number, name(loaded.outcome));  // wrong_shape: another firmware's; too_new: update
    }

    synapse::random_generator world{static_cast<std::uint64_t>(number)};
    for (int i = 1; i <= samples; ++i) {
        const float x[2] = {world.symmetric(), world.symmetric()};
        const float y[1] = {x[0] * x[1]};
        if (!ok(model.step(x, y))) return 0;
        if (i % 1000 != 0) continue;
        if (cut_the_last_save && i == samples) driver.cut_after(900, synapse::tear::bits, 1);
        const synapse::status saved = save(model, store, {.reason = "auto"});
        std::printf("  %4d samples, saving: %s\n", i, name(saved));
    }
    return static_cast<unsigned>(model.latest().samples);
}

int main() {
    live(1, 3000, false);
    driver.power_on();
    const unsigned before = live(2, 2000, true);  // the second save of this life is torn
    driver.power_on();
    const unsigned after = live(3, 1000, false);
    std::printf("knew %u samples when the power failed; went on from %u\n", before, after - 1000);
    return after - 1000 == 4000 && chip.misuses == 0 ? 0 : 1;
}
