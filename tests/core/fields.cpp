#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <synapse/core/fields.hpp>

namespace {

using synapse::extent;
using synapse::role;

struct inner {
    float* weight = nullptr;
    std::uint8_t* mark = nullptr;
    std::uint32_t rows = 2;

    template <class Self, class Visitor>
    static constexpr void fields(Self& self, Visitor& visit) {
        visit.array("weight", role::weights, self.weight, extent{self.rows, 3, 4, 4});
        visit.array("mark", role::state, self.mark, synapse::vector_extent(5, 5));
    }
};

struct outer {
    std::uint32_t steps = 9;
    float* trace = nullptr;
    inner first{};
    inner layers[2]{};

    template <class Self, class Visitor>
    static constexpr void fields(Self& self, Visitor& visit) {
        visit.value("steps", self.steps);
        visit.array("trace", role::state, self.trace, synapse::vector_extent(3, 8));
        visit.group("first", self.first);
        for (std::uint32_t i = 0; i < 2; ++i) visit.group("layer", i, self.layers[i]);
    }
};

// A visitor as a checkpoint would write one: it sees the part as const.
struct list_names {
    std::string prefix;
    std::vector<std::string> names;

    template <class T>
    void value(const char* name, const T&) {
        names.push_back(prefix + name);
    }
    template <class T>
    void array(const char* name, role, T*, const extent& e) {
        names.push_back(prefix + name + ":" + std::to_string(e.used()));
    }
    template <class Part>
    void group(const char* name, Part& part) {
        descend(std::string(name), part);
    }
    template <class Part>
    void group(const char* name, std::uint32_t i, Part& part) {
        descend(std::string(name) + std::to_string(i), part);
    }
    template <class Part>
    void descend(const std::string& name, Part& part) {
        const std::string before = prefix;
        prefix += name + ".";
        std::remove_const_t<Part>::fields(part, *this);
        prefix = before;
    }
};

outer carved(synapse::arena& memory) {
    outer part;
    synapse::fields::carve carve;
    carve.memory = memory;
    outer::fields(part, carve);
    memory = carve.memory;
    return part;
}

}  // namespace

TEST_CASE("fields: one list, in order, with names of groups") {
    const outer part;
    list_names visit;
    outer::fields(part, visit);
    const std::vector<std::string> expected{"steps",           "trace:3",       "first.weight:6",  "first.mark:5",
                                            "layer0.weight:6", "layer0.mark:5", "layer1.weight:6", "layer1.mark:5"};
    CHECK(visit.names == expected);
}

TEST_CASE("fields: measure is a constant, and exactly what carving needs") {
    constexpr std::size_t bytes = synapse::measure(outer{});
    static_assert(bytes > 0);
    synapse::fixed_arena<bytes> memory;
    synapse::arena exact{memory.span()};
    CHECK(carved(exact).layers[1].mark != nullptr);
    CHECK(exact.fits());
    CHECK(exact.used() == bytes);

    synapse::arena short_by_one{memory.span().first(bytes - 1)};
    CHECK(carved(short_by_one).layers[1].mark == nullptr);
    CHECK_FALSE(short_by_one.fits());
    CHECK(short_by_one.used() == bytes);
}

TEST_CASE("fields: carved arrays are aligned and do not overlap") {
    synapse::fixed_arena<synapse::measure(outer{})> memory;
    synapse::arena a{memory.span()};
    const outer part = carved(a);
    CHECK(part.steps == 9);  // values are not touched
    const std::byte* end = memory.span().data();
    const auto follows = [&](const void* start, std::size_t bytes) {
        CHECK(synapse::is_block_aligned(start));
        CHECK(static_cast<const std::byte*>(start) >= end);
        end = static_cast<const std::byte*>(start) + bytes;
    };
    follows(part.trace, 32);
    for (const inner* p : {&part.first, &part.layers[0], &part.layers[1]}) {
        follows(p->weight, 64);
        follows(p->mark, 5);
    }
    CHECK(end == memory.span().data() + memory.span().size());
}

TEST_CASE("place: zeroes the reservation and its padding, not the values, and nothing behind them") {
    constexpr std::size_t bytes = synapse::measure(outer{});
    synapse::fixed_arena<bytes + 64> memory;
    std::memset(memory.span().data(), 0xff, memory.span().size());
    outer part;
    REQUIRE(synapse::place(part, memory.span()) == synapse::status::ok);
    CHECK(part.steps == 9);
    for (int i = 0; i < 8; ++i) CHECK(part.trace[i] == 0.0f);
    for (const inner* p : {&part.first, &part.layers[0], &part.layers[1]}) {
        for (int i = 0; i < 16; ++i) CHECK(p->weight[i] == 0.0f);
        for (int i = 0; i < 5; ++i) CHECK(p->mark[i] == 0);
    }
    for (std::size_t i = bytes; i < memory.span().size(); ++i) CHECK(memory.span()[i] == std::byte{0xff});
    CHECK(synapse::place(part, memory.span().first(bytes - 1)) == synapse::status::no_memory);
}

TEST_CASE("weights_hash: the weights in use, and nothing else") {
    synapse::fixed_arena<synapse::measure(outer{})> memory;
    outer part;
    REQUIRE(synapse::place(part, memory.span()) == synapse::status::ok);
    float next = 0.0f;
    synapse::fnv1a64 expected;
    for (inner* p : {&part.first, &part.layers[0], &part.layers[1]}) {
        for (int r = 0; r < 2; ++r) {
            for (int c = 0; c < 3; ++c) {
                p->weight[4 * r + c] = next;
                expected.add(next);
                next += 0.5f;
            }
        }
    }
    const std::uint64_t hash = synapse::weights_hash(part);
    CHECK(hash == expected.value());

    part.trace[0] = 1.0f;             // state
    part.first.mark[0] = 1;           // state of another type
    part.first.weight[3] = 1.0f;      // padding
    part.first.weight[4 * 2] = 1.0f;  // reserved row
    part.steps = 10;
    CHECK(synapse::weights_hash(part) == hash);

    part.layers[1].weight[4 + 2] += 1.0f;  // the last weight in use
    CHECK(synapse::weights_hash(part) != hash);
}

TEST_CASE("weights_hash: of no weights is the empty hash") {
    outer part;
    for (inner* p : {&part.first, &part.layers[0], &part.layers[1]}) p->rows = 0;
    CHECK(synapse::weights_hash(part) == synapse::fnv1a64{}.value());
}
