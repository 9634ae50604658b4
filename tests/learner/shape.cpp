#include <cstdint>
#include <cstring>
#include <limits>
#include <string>

#include <doctest/doctest.h>

#include <synapse/learner/shape.hpp>

namespace {

using synapse::replay_policy;
using synapse::sample_format;
using synapse::shape;
using synapse::task;

constexpr shape smallest{.inputs = 1, .outputs = 1};
static_assert(smallest.flaw() == nullptr);
static_assert(shape{}.flaw() != nullptr);

// Whether the flaw's sentence names what is wrong.
bool blames(const shape& form, const char* part) { return form.flaw() != nullptr && std::strstr(form.flaw(), part) != nullptr; }

template <class Change>
shape changed(Change change) {
    shape form{.inputs = 3, .outputs = 2, .hidden = {8, 4}, .replay = 10};
    change(form);
    return form;
}

// A sample of what saving sees of a shape: numbers by name, lists by length.
struct recorder {
    std::string names;
    template <class T>
    void value(const char* name, T&) {
        names += std::string{name} + " ";
    }
    template <class T, std::size_t Size>
    void list(const char* name, T (&)[Size]) {
        names += std::string{name} + "[" + std::to_string(Size) + "] ";
    }
};

}  // namespace

TEST_CASE("a shape that can be built has no flaw") {
    CHECK(smallest.flaw() == nullptr);
    CHECK(changed([](shape&) {}).flaw() == nullptr);
    CHECK(shape{.inputs = shape::widest, .outputs = 65535, .replay = 1u << 30, .learns = task::classification}.flaw() == nullptr);
    CHECK(shape{.inputs = 1, .outputs = 1, .hidden = {1, 2, 3, 4, 5, 6, 7}}.flaw() == nullptr);
    CHECK(shape{.inputs = 1, .outputs = 1, .range_low = -1e15f, .range_high = 1e15f}.flaw() == nullptr);
}

TEST_CASE("each flaw is found, and its sentence names the part that is wrong") {
    CHECK(blames(changed([](shape& s) { s.inputs = 0; }), "inputs"));
    CHECK(blames(changed([](shape& s) { s.outputs = 0; }), "outputs"));
    CHECK(blames(changed([](shape& s) { s.inputs = shape::widest + 1; }), "inputs"));
    CHECK(blames(changed([](shape& s) { s.outputs = 0xffffffffu; }), "outputs"));
    CHECK(blames(changed([](shape& s) { s.learns = task::classification, s.outputs = 1; }), "2 classes"));
    CHECK(blames(changed([](shape& s) { s.learns = task::classification, s.outputs = 65536; }), "65535"));
    CHECK(blames(changed([](shape& s) { s.hidden[0] = 0; }), "hidden"));  // 0, then 4
    CHECK(blames(changed([](shape& s) { s.hidden[6] = 1; }), "hidden"));  // a gap before it
    CHECK(blames(changed([](shape& s) { s.hidden[1] = shape::widest + 1; }), "hidden"));
    CHECK(blames(changed([](shape& s) { s.hidden_reserved[1] = 0xffffffffu; }), "hidden"));
    CHECK(blames(changed([](shape& s) { s.batch = 0; }), "batch"));
    CHECK(blames(changed([](shape& s) { s.pending = (1u << 24) + 1; }), "pending"));
    CHECK(blames(changed([](shape& s) { s.replay = (1u << 30) + 1; }), "replay"));
}

TEST_CASE("the range of coarse formats must be a range of numbers") {
    constexpr float infinity = std::numeric_limits<float>::infinity();
    constexpr float nan = std::numeric_limits<float>::quiet_NaN();
    const float bad[][2] = {{1.0f, 1.0f},      {1.0f, 0.0f},     {nan, 1.0f},           {0.0f, nan},    {nan, nan},
                            {-infinity, 1.0f}, {0.0f, infinity}, {-infinity, infinity}, {-2e15f, 0.0f}, {0.0f, 2e15f}};
    for (const auto& range : bad) {
        CAPTURE(range[0]);
        CAPTURE(range[1]);
        CHECK(blames(changed([&](shape& s) { s.range_low = range[0], s.range_high = range[1]; }), "range"));
    }
}

TEST_CASE("values that no enumeration has are flaws, as a file or a cast may bring them") {
    CHECK(blames(changed([](shape& s) { s.learns = static_cast<task>(2); }), "learns"));
    CHECK(blames(changed([](shape& s) { s.function = static_cast<synapse::activation>(3); }), "function"));
    CHECK(blames(changed([](shape& s) { s.format = static_cast<sample_format>(4); }), "format"));
    CHECK(blames(changed([](shape& s) { s.policy = static_cast<replay_policy>(255); }), "policy"));
    CHECK(blames(changed([](shape& s) { s.scaling = static_cast<synapse::input_scaling>(2); }), "scaling"));
}

TEST_CASE("network and memory take over what concerns them") {
    const shape form{.inputs = 5,
                     .outputs = 3,
                     .hidden = {16, 8},
                     .replay = 20,
                     .learns = task::classification,
                     .function = synapse::activation::tanh,
                     .momentum = true,
                     .format = sample_format::u8,
                     .policy = replay_policy::balanced,
                     .hidden_reserved = {32}};
    const synapse::topology t = form.network();
    CHECK(t.inputs == 5);
    CHECK(t.outputs == 3);
    CHECK(t.hidden_layers() == 2);
    CHECK(t.hidden[1] == 8);
    CHECK(t.reserved(0) == 32);
    CHECK(t.reserved(1) == 8);
    CHECK(t.function == synapse::activation::tanh);
    CHECK(t.momentum);
    const synapse::replay_form classes = form.memory();
    CHECK(classes.capacity == 20);
    CHECK(classes.features == 5);
    CHECK(classes.targets == 0);
    CHECK(classes.classes == 3);
    CHECK(classes.format == sample_format::u8);
    CHECK(classes.policy == replay_policy::balanced);
    shape numbers = form;
    numbers.learns = task::regression;
    CHECK(numbers.memory().targets == 3);
    CHECK(numbers.memory().classes == 0);
}

TEST_CASE("each task has a name") {
    CHECK(std::string{name(task::regression)} == "regression");
    CHECK(std::string{name(task::classification)} == "classification");
}

TEST_CASE("a checkpoint fits a shape that differs only in what is reserved") {
    const shape mine = changed([](shape&) {});
    CHECK(mine.accepts(mine));
    CHECK(mine.accepts(changed([](shape& s) { s.replay = 500; })));
    CHECK(mine.accepts(changed([](shape& s) { s.batch = 9; })));
    CHECK(mine.accepts(changed([](shape& s) { s.hidden_reserved[0] = 90; })));
    CHECK_FALSE(mine.accepts(changed([](shape& s) { s.inputs = 4; })));
    CHECK_FALSE(mine.accepts(changed([](shape& s) { s.outputs = 4; })));
    CHECK_FALSE(mine.accepts(changed([](shape& s) { s.hidden[2] = 4; })));
    CHECK_FALSE(mine.accepts(changed([](shape& s) { s.learns = task::classification; })));
    CHECK_FALSE(mine.accepts(changed([](shape& s) { s.function = synapse::activation::linear; })));
    CHECK_FALSE(mine.accepts(changed([](shape& s) { s.slow = true; })));
    CHECK_FALSE(mine.accepts(changed([](shape& s) { s.plastic = true; })));
    CHECK_FALSE(mine.accepts(changed([](shape& s) { s.momentum = true; })));
    CHECK_FALSE(mine.accepts(changed([](shape& s) { s.scaling = synapse::input_scaling::none; })));
    CHECK_FALSE(mine.accepts(changed([](shape& s) { s.pending = 1; })));
    CHECK_FALSE(mine.accepts(changed([](shape& s) { s.replay = 0; })));
    CHECK_FALSE(mine.accepts(changed([](shape& s) { s.format = sample_format::f16; })));
    CHECK_FALSE(mine.accepts(changed([](shape& s) { s.range_low = -1.0f; })));
    CHECK_FALSE(mine.accepts(changed([](shape& s) { s.range_high = 2.0f; })));
    CHECK_FALSE(mine.accepts(changed([](shape& s) { s.readout_offset = 0.5f; })));
    CHECK_FALSE(mine.accepts(changed([](shape& s) { s.readout_ridge = 2.0f; })));
    CHECK_FALSE(mine.accepts(changed([](shape& s) { s.readout = 9; })));
    CHECK_FALSE(mine.accepts(changed([](shape& s) {
        s.judges = 9;
        s.slow = true;
    })));
    CHECK_FALSE(mine.accepts(changed([](shape& s) { s.policy = replay_policy::priority; })));
}

TEST_CASE("a checkpoint names every part of a shape") {
    shape form;
    recorder seen;
    shape::fields(form, seen);
    CHECK(seen.names ==
          "inputs outputs hidden[7] replay learns function batch slow pending momentum format policy scaling range_low range_high "
          "hidden_reserved[7] plastic readout readout_offset readout_ridge judges turnover ");
}
