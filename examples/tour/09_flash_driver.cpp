// Your own flash driver, and how to trust it before the field does. A driver is four numbers and four functions. The fault injector
// stands in front of it and takes the power away at every single byte of a save, in five ways that real cells fail.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <span>

#include <synapse/synapse.hpp>

// A chip on an SPI bus, played by an array. Yours talks to the bus; `false` answers become io_error.
struct my_driver {
    std::uint32_t erase_block = 512;
    std::uint32_t program_unit = 16;
    std::byte erased{0xff};
    bool needs_erase = true;
    std::byte cells[3 * 2048] = {};

    [[nodiscard]] std::uint32_t size() const { return sizeof cells; }
    synapse::status read(std::uint32_t address, std::span<std::byte> out) {
        if (address > size() || out.size() > size() - address) return synapse::status::io_error;
        std::memcpy(out.data(), cells + address, out.size());
        return synapse::status::ok;
    }
    synapse::status program(std::uint32_t address, std::span<const std::byte> in) {
        if (address > size() || in.size() > size() - address || address % program_unit != 0) return synapse::status::io_error;
        for (std::size_t i = 0; i < in.size(); ++i) cells[address + i] &= in[i];  // bits fall, and only an erase lifts them
        return synapse::status::ok;
    }
    synapse::status erase(std::uint32_t address) {
        if (address % erase_block != 0 || address >= size()) return synapse::status::io_error;
        std::memset(cells + address, 0xff, erase_block);
        return synapse::status::ok;
    }
};
static_assert(synapse::flash_driver<my_driver>);

using model_type = synapse::learner<synapse::shape{.inputs = 2, .outputs = 1, .hidden = {6}, .replay = 8}>;
using broken = synapse::flash_fault_injector<my_driver>;
static synapse::fixed_arena<model_type::bytes> memory, other_memory;

void learn(model_type& model, synapse::random_generator& world, int samples) {
    for (int i = 0; i < samples; ++i) {
        const float x[2] = {world.symmetric(), world.symmetric()};
        const float y[1] = {x[0] - x[1]};
        static_cast<void>(model.step(x, y));  // all are finite and of the right size
    }
}

int main() {
    // How much there is to cut: the bytes that one save erases and programs.
    synapse::random_generator world{1};
    model_type model{memory};
    my_driver chip;
    broken flash{chip};
    synapse::flash_slots<broken> store{flash};
    if (!store.usable()) return 1;
    learn(model, world, 50);
    if (!ok(save(model, store))) return 1;
    const std::uint64_t old_weights = weights_hash(model), work = flash.work();
    const my_driver first = chip;  // the chip as it is after one good save
    learn(model, world, 50);

    unsigned cuts = 0, kept_old = 0, kept_new = 0, lost = 0;
    for (const synapse::tear kind : synapse::all_tears) {
        for (std::uint64_t at = 0; at <= work; ++at, ++cuts) {
            chip = first;
            flash = broken{chip};
            flash.cut_after(at, kind, at);
            synapse::flash_slots<broken> before{flash};
            const bool promised = ok(save(model, before));
            flash.power_on();
            synapse::flash_slots<broken> after{flash};
            model_type woken{other_memory};
            const bool sound = ok(load(woken, after));
            if (sound && weights_hash(woken) == weights_hash(model)) {
                ++kept_new;
            } else if (sound && weights_hash(woken) == old_weights && !promised) {
                ++kept_old;
            } else {
                ++lost;
            }
        }
    }
    std::printf("%u power cuts in five ways: %u woke with the old checkpoint, %u with the new one, %u lost\n", cuts, kept_old, kept_new,
                lost);
    return lost == 0 ? 0 : 1;
}
