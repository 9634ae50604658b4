// A control loop that learns. Every 5 ms it reads the arm, learns its inverse dynamics from the motion that took place, and commands;
// in the idle rest of the 5 ms it sleeps, which is replaying; once a second it saves to flash. The power fails eight times in forty
// simulated seconds, at any instruction of all that, and each time it resumes from the newest checkpoint.
#include <cstdint>

#include <synapse/checkpoint/flash_slots.hpp>
#include <synapse/checkpoint/load.hpp>
#include <synapse/checkpoint/save.hpp>
#include <synapse/synapse.hpp>

#include "board.hpp"
#include "plant.hpp"
#include "worlds/arm_learner.hpp"

namespace {

using model_type = synapse::learner<worlds::arm_shape(512)>;
synapse::fixed_arena<model_type::bytes> memory;  // exact, known to the linker

constexpr std::uint32_t seconds = 40;
constexpr std::uint32_t steps = seconds * worlds::control_hertz;
constexpr std::uint32_t power_cuts = 8;
// Bytes of stack, those of the simulated arm and of the interrupt included.
#ifdef __OPTIMIZE_SIZE__
constexpr std::uint32_t stack_budget = 4096;
#else
constexpr std::uint32_t stack_budget = 5632;
#endif

void print_progress(const plant& world, const model_type& model) {
    board::print(static_cast<std::uint32_t>(world.steps()) / worlds::control_hertz);
    board::print(" s: error ");
    board::print(model.latest().error, 4);
    board::print(" of the variance; tracking error ");
    board::print(1000 * world.error_with_learner(100), 2);
    board::print(" mrad, PD alone ");
    board::print(1000 * world.error_with_pd(100), 2);
    board::print(" mrad\n");
}

int fail(const char* why) {
    board::print(why);
    board::print("\n");
    return 1;
}

}  // namespace

extern "C" void timer_interrupt() {
    plant::get().power_was_cut();
    board::reset();
}

int main() {
    board::lock_heap();  // nothing may ask for memory from here on
    plant& world = plant::get();
    synapse::tuning numbers = worlds::arm_tuning();
    numbers.replay_ratio = 0.5f;
    numbers.replay_weight = 1.0f;
    model_type model{memory, numbers};
    worlds::learned_model<model_type> inverse{model};

    synapse::flash_slots<nor_flash> store{world.flash};
    if (world.steps() == 0) board::print("power on\n");
    const synapse::load_result loaded = synapse::load(model, store);
    if (world.cuts() != 0) {
        board::print("power cut ");
        board::print(world.cuts());
        board::print(" at ");
        board::print(static_cast<float>(world.steps()) / static_cast<float>(worlds::control_hertz), 2);
        board::print(ok(loaded.outcome) ? " s: resumed from checkpoint " : " s: no checkpoint: ");
        board::print(static_cast<std::uint32_t>(store.sequence()));
        board::print(", ");
        board::print(static_cast<std::uint32_t>(model.latest().steps));
        board::print(" steps learned\n");
        if (!store.empty() && !ok(loaded.outcome)) return fail("the checkpoint was refused");
    }

    // The mains: a failure is due somewhere after every ninth part of the time.
    const std::uint32_t next_cut = world.cuts() < power_cuts ? (world.cuts() + 1) * steps / (power_cuts + 1) : steps;
    bool failing = false;
    while (world.steps() < steps) {
        if (!failing && world.steps() >= next_cut) {
            world.cut_power_within(200000);
            failing = true;
        }

        if (!ok(world.step(inverse))) return fail("the arm has left the finite numbers");
        if (inverse.refused() != 0) return fail("a sample was refused");
        model.sleep(2);
        if (world.steps() % worlds::control_hertz == 0 && !ok(save(model, store, {.reason = "auto"}))) return fail("the flash failed");
        if (world.steps() % (10 * worlds::control_hertz) == 0) print_progress(world, model);
    }

    const bool five_fold = world.error_with_pd(100) >= 5 * world.error_with_learner(100);
    const std::uint32_t flags = board::take_float_exceptions() & (board::invalid | board::divided_by_zero | board::overflow);
    board::print("learner ");
    board::print(static_cast<std::uint32_t>(model_type::bytes + sizeof model));
    board::print(" bytes of RAM, stack ");
    board::print(static_cast<std::uint32_t>(board::stack_bytes_used()));
    board::print(" of at most ");
    board::print(stack_budget);
    board::print(" bytes, flash blocks erased ");
    board::print(world.flash.blocks_erased);
    board::print(", power cuts ");
    board::print(world.cuts());
    board::print("\n");
    if (world.cuts() != power_cuts) return fail("the power was not cut as often as planned");
    if (flags != 0) return fail("a floating-point exception");
    if (board::stack_bytes_used() > stack_budget) return fail("the stack is deeper than its budget");
    if (!five_fold) return fail("the learner does not track five times better than PD alone");
    board::print("the learner tracks at least five times better than PD alone\n");
    return 0;
}
