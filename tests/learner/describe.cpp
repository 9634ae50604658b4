#include <synapse/learner/describe.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <string>

#include <synapse/learner/learner.hpp>
#include <synapse/learner/shape.hpp>

namespace {

constexpr synapse::shape plain{.inputs = 6, .outputs = 3, .hidden = {32, 32}};
constexpr synapse::shape remembering{
    .inputs = 6, .outputs = 3, .hidden = {32, 32}, .replay = 64, .slow = true, .format = synapse::sample_format::u8};
constexpr synapse::shape whole{.inputs = 6,
                               .outputs = 3,
                               .hidden = {8, 8},
                               .replay = 64,
                               .learns = synapse::task::classification,
                               .slow = true,
                               .pending = 4,
                               .momentum = true,
                               .policy = synapse::replay_policy::priority,
                               .hidden_reserved = {32, 32},
                               .plastic = true,
                               .readout = 20,
                               .judges = 5};

// The parts are all of the block, and no byte twice.
template <synapse::shape Shape>
constexpr bool adds_up() {
    constexpr synapse::memory_map map = synapse::describe<Shape>();
    std::size_t sum = 0;
    for (const synapse::memory_part& p : map) sum += p.bytes;
    return sum == map.block && map.block == synapse::learner<Shape>::bytes && map.object == sizeof(synapse::learner<Shape>) &&
           map.total() == map.block + map.object;
}
static_assert(adds_up<plain>());
static_assert(adds_up<remembering>());
static_assert(adds_up<whole>());

constexpr synapse::memory_map small = synapse::describe<plain>();
static_assert(small.bytes_of("replay_buffer") == 0);
static_assert(small.bytes_of("slow") == 0);
// (6 + 1) 32 + (32 + 1) 32 + (32 + 1) 3 floats, and no more than a register's padding for each row.
static_assert(small.bytes_of("fast") >= 4 * (7 * 32 + 33 * 32 + 33 * 3));

}  // namespace

TEST_CASE("describe: a part is there if the shape has it, under its key in a checkpoint") {
    constexpr synapse::memory_map map = synapse::describe<remembering>();
    CHECK(map.bytes_of("slow") >= map.bytes_of("fast"));
    CHECK(map.bytes_of("slow") < map.bytes_of("fast") + synapse::config::block_alignment);
    CHECK(map.bytes_of("replay_buffer") >= 64 * (6 + 12));
    CHECK(map.bytes_of("replay_buffer") < 64 * (6 + 12) + 128);
    CHECK(map.bytes_of("work") > 0);
    CHECK(map.bytes_of("experts") == 0);
    CHECK(map.bytes_of("plasticity") == 0);
    constexpr synapse::memory_map all = synapse::describe<whole>();
    for (const char* name : {"fast", "slow", "replay_buffer", "classes", "experts", "pending", "plasticity", "work"}) {
        CAPTURE(std::string{name});
        CHECK(all.bytes_of(name) > 0);
    }
}

TEST_CASE("describe: a name that is none has no bytes, whatever it begins with") {
    constexpr synapse::memory_map map = synapse::describe<remembering>();
    for (const char* name : {"", "fas", "fastest", "Fast", "weights"}) {
        CAPTURE(std::string{name});
        CHECK(map.bytes_of(name) == 0);
    }
}

TEST_CASE("describe: what is twice as large takes twice as much, and only that") {
    constexpr synapse::shape twice{
        .inputs = 6, .outputs = 3, .hidden = {32, 32}, .replay = 128, .slow = true, .format = synapse::sample_format::u8};
    constexpr synapse::memory_map one = synapse::describe<remembering>(), two = synapse::describe<twice>();
    CHECK(two.bytes_of("replay_buffer") > one.bytes_of("replay_buffer") + 64 * (6 + 12) - 64);
    CHECK(two.bytes_of("fast") == one.bytes_of("fast"));
    CHECK(two.block - one.block == two.bytes_of("replay_buffer") - one.bytes_of("replay_buffer"));
}
