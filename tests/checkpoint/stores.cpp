// save and load on the stores themselves: a learner on flash, cut at every byte, is always the last one saved or the one being saved.
#include <doctest/doctest.h>

#include "parts.hpp"

#include <synapse/checkpoint/flash_fault_injector.hpp>
#include <synapse/checkpoint/flash_slots.hpp>
#include <synapse/learner/learner.hpp>

using namespace checkpoint_test;

namespace {

using model_type = learner<shape{.inputs = 2, .outputs = 1, .hidden = {4}, .replay = 5}>;
using chip = simulated_flash<3 * 2048>;
using injector = flash_fault_injector<chip>;

void learn(model_type& m, random_generator& dice, int steps) {
    for (int i = 0; i < steps; ++i) {
        const float x[2] = {dice.symmetric(), dice.symmetric()};
        const float y[1] = {x[0] - x[1]};
        REQUIRE(m.step(x, y) == status::ok);
    }
}

}  // namespace

TEST_CASE("stores: a learner saved on flash is found by the next power-up; an empty flash says so") {
    static fixed_arena<model_type::bytes> first;
    static fixed_arena<model_type::bytes> second;
    model_type a{first};
    model_type b{second, {.seed = 4}};
    chip c{.erase_block = 512, .program_unit = 8};
    flash_slots<chip> store{c};
    CHECK(load(b, store) == status::not_found);
    random_generator dice{1};
    for (int n = 1; n <= 5; ++n) {
        learn(a, dice, 20);
        REQUIRE(save(a, store, {.reason = "auto"}) == status::ok);
        flash_slots<chip> again{c};
        CHECK(again.sequence() == static_cast<std::uint64_t>(n));
        REQUIRE(load(b, again) == status::ok);
        CHECK(weights_hash(a) == weights_hash(b));
    }
    CHECK(c.misuses == 0);
}

TEST_CASE("stores: a learner too large for its slots is refused before anything is erased") {
    static fixed_arena<model_type::bytes> memory;
    model_type a{memory};
    simulated_flash<3 * 256> c{.erase_block = 64, .program_unit = 8};
    flash_slots<simulated_flash<3 * 256>> store{c};
    const auto before = std::vector<std::byte>(c.memory, c.memory + 768);
    CHECK(save(a, store) == status::no_room);
    CHECK(std::vector<std::byte>(c.memory, c.memory + 768) == before);
}

TEST_CASE("stores: the power fails at every byte of a save; the learner that comes back is the last one or the new one") {
    static fixed_arena<model_type::bytes> first;
    static fixed_arena<model_type::bytes> second;
    model_type a{first};
    model_type b{second};
    random_generator dice{2};
    chip before{.erase_block = 512, .program_unit = 8};
    learn(a, dice, 10);
    {
        flash_slots<chip> store{before};
        REQUIRE(save(a, store) == status::ok);
    }
    const std::uint64_t last = weights_hash(a);
    learn(a, dice, 10);
    const std::uint64_t now = weights_hash(a);
    int last_found = 0;
    int now_found = 0;
    for (std::uint64_t k = 0;; k += 7) {
        chip c = before;
        injector flash{c};
        flash.cut_after(k, all_tears[k % 5], k);
        {
            flash_slots<injector> store{flash};
            static_cast<void>(save(a, store));
        }
        const bool cut = flash.dead();
        flash.power_on();
        flash_slots<injector> store{flash};
        REQUIRE(load(b, store) == status::ok);
        const std::uint64_t found = weights_hash(b);
        REQUIRE((found == last || found == now));
        (found == last ? last_found : now_found) += 1;
        if (!cut) {
            REQUIRE(found == now);
            break;
        }
    }
    CHECK(last_found > 100);
    CHECK(now_found > 0);
}
