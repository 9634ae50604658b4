// The learner as it grows: when it does, when it does not, and what growing leaves alone.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <vector>

#include <doctest/doctest.h>

#include <synapse/checkpoint/load.hpp>
#include <synapse/checkpoint/save.hpp>
#include <synapse/kernels/default.hpp>
#include <synapse/learner/body.hpp>

#include "../network/built.hpp"

#include "rig.hpp"

using rig::clouds;
using rig::housed;
using rig::surface;
using synapse::growth_reason;
using synapse::shape;
using synapse::status;
using synapse::task;
using synapse::tuning;

namespace {

shape growing_shape(std::uint32_t born = 6, std::uint32_t reserved = 60) {
    shape s;
    s.inputs = 4;
    s.outputs = 2;
    s.hidden[0] = born;
    s.hidden[1] = born;
    s.hidden_reserved[0] = s.hidden_reserved[1] = reserved;
    s.replay = 200;
    s.slow = true;
    s.batch = 3;
    s.plastic = true;
    return s;
}

// For clouds of six classes, with room for three columns beside the first.
shape column_shape() {
    shape s = growing_shape(10, 40);
    s.learns = task::classification;
    s.inputs = 8;
    s.outputs = 6;
    s.scaling = synapse::input_scaling::none;
    s.range_low = -4.0f;
    s.range_high = 4.0f;
    return s;
}

tuning eager() {
    tuning t;
    t.learning_rate = 0.05f;
    t.replay_ratio = 0.5f;
    t.growth_window = 100;
    t.growth_pause = 200;
    t.grow_rank_share = 0.1f;
    t.grow_error_above = 0.001f;
    t.turnover_age = 100;
    t.turnover_rate = 3e-4f;
    return t;
}

template <class Learner>
void live(Learner& model, surface& world, int steps) {
    for (int i = 0; i < steps; ++i) {
        world.next();
        REQUIRE(ok(model.step(world.x, world.y)));
    }
}

struct memory_file {
    std::vector<std::byte> bytes;
    status write(std::span<const std::byte> more) {
        bytes.insert(bytes.end(), more.begin(), more.end());
        return status::ok;
    }
    [[nodiscard]] std::uint64_t size() const { return bytes.size(); }
    status read(std::uint64_t at, std::span<std::byte> out) const {
        if (at + out.size() > bytes.size()) return status::io_error;
        std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(at), out.size(), out.begin());
        return status::ok;
    }
};

}  // namespace

TEST_CASE("growing: both systems widen together, the history says why, the cap holds") {
    tuning t = eager();
    t.max_units = 40;
    housed<> model{growing_shape(), t};
    REQUIRE(ok(model.born));
    CHECK(model.latest().neurons == 12);
    surface world{4, 2, 3};
    live(model, world, 20000);
    CHECK(model.latest().neurons > 20);
    CHECK(model.latest().neurons <= 40);
    CHECK(model.latest().growth_events == model.growth().events());
    CHECK(model.fast().units() == model.latest().neurons + 2);
    CHECK(model.slow().units() == model.fast().units());
    REQUIRE(model.growth().size() > 0);
    std::uint64_t later = ~std::uint64_t{0};
    for (std::uint32_t age = 0; age < model.growth().size(); ++age) {
        const synapse::growth_event e = model.growth().back(age);
        CHECK(e.after > e.before);
        CHECK(e.value > e.threshold);
        CHECK(e.step + t.growth_pause <= later);
        later = e.step;
    }
}

TEST_CASE("growing: not a bit of any answer of numbers changes at an event, and no byte outside the marks moves") {
    tuning t = eager();
    t.turnover_rate = 0.0f;
    housed<> model{growing_shape(), t};
    housed<> twin{growing_shape(), [&] {
                      tuning still = t;
                      still.grow_rank_share = still.grow_active_share = still.grow_error_rise = 0.0f;
                      return still;
                  }()};
    surface world{4, 2, 3};
    surface same{4, 2, 3};
    int events = 0;
    while (model.latest().growth_events == 0) {
        live(model, world, 1);
        live(twin, same, 1);
        REQUIRE(++events < 5000);
    }
    // Until now they were one; the one that has just grown answers as the one that has not.
    for (int i = 0; i < 100; ++i) {
        world.next();
        std::vector<float> a(2), b(2);
        REQUIRE(ok(model.predict(world.x, a)));
        REQUIRE(ok(twin.predict(world.x, b)));
        CHECK(a == b);
    }
}

TEST_CASE("growing: a learner of labels adds twins, at once worth an error's attention, and answers as before but for rounding") {
    shape s = column_shape();
    const std::uint32_t classes = s.outputs;
    tuning t = eager();
    t.turnover_rate = 0.0f;
    t.growth = 1.0f;
    housed<> model{s, t};
    housed<> still{s, [&] {
                       tuning none = t;
                       none.grow_rank_share = none.grow_active_share = none.grow_error_rise = 0.0f;
                       return none;
                   }()};
    clouds world{s.inputs, classes, 2.0f, 4};
    const auto live_both = [&] {
        const std::uint32_t c = world.source.below(classes);
        const std::vector<float> x = world(c);
        REQUIRE(ok(model.step(x, c)));
        REQUIRE(ok(still.step(x, c)));
    };
    for (int i = 0; model.latest().growth_events == 0; ++i) {
        live_both();
        REQUIRE(i < 5000);
    }
    const synapse::growth_event e = model.growth().back(0);
    REQUIRE(e.after == 2 * e.before);
    for (const bool slow : {false, true}) {
        const auto& net = slow ? model.slow() : model.fast();
        const auto in = net.layer(e.layer).weights();
        const auto out = net.layer(e.layer + 1).weights();
        for (std::uint32_t j = e.before; j + 1 < e.after; j += 2) {
            for (std::uint32_t k = 0; k < in.rows; ++k) CHECK(in(k, j) == in(k, j + 1));
            CHECK(out(j, 0) != 0.0f);
            for (std::uint32_t i = 0; i < out.cols; ++i) CHECK(out(j, i) == -out(j + 1, i));
        }
    }
    for (int i = 0; i < 100; ++i) {
        const std::vector<float> x = world(world.source.below(classes));
        std::vector<float> a(classes), b(classes);
        REQUIRE(ok(model.predict(x, a)));
        REQUIRE(ok(still.predict(x, b)));
        for (std::uint32_t c = 0; c < classes; ++c) CHECK(std::abs(a[c] - b[c]) <= 1e-6f);
    }
    for (int i = 0; i < 100; ++i) live_both();
    const auto in = model.fast().layer(e.layer).weights();
    CHECK(in(0, e.before) != in(0, e.before + 1));
}

TEST_CASE("growing without turnover: the same life as with it and a rate of 0, in fewer bytes; their files are told apart") {
    tuning t = eager();
    shape alone = growing_shape();
    alone.turnover = false;
    housed<> lean{alone, t};  // which asks for turnover in vain
    t.turnover_rate = 0.0f;
    housed<> full{growing_shape(), t};
    CHECK(synapse::measure(lean) < synapse::measure(full));
    surface world{4, 2, 3};
    surface same{4, 2, 3};
    live(lean, world, 10000);
    live(full, same, 10000);
    CHECK(lean.latest().growth_events > 0);
    CHECK(lean.latest().recycled == 0);
    CHECK(lean.latest().growth_events == full.latest().growth_events);
    CHECK(synapse::weights_hash(lean) == synapse::weights_hash(full));

    memory_file of_lean, of_full;
    REQUIRE(ok(save(lean, of_lean)));
    REQUIRE(ok(save(full, of_full)));
    CHECK(of_lean.bytes.size() < of_full.bytes.size());
    CHECK(load(full, of_lean) == status::wrong_shape);
    CHECK(load(lean, of_full) == status::wrong_shape);
    CHECK(synapse::weights_hash(lean) == synapse::weights_hash(full));
    housed<> heir{alone};
    REQUIRE(ok(load(heir, of_lean)));
    live(heir, world, 500);
    live(full, same, 500);
    CHECK(synapse::weights_hash(heir) == synapse::weights_hash(full));
}

TEST_CASE("growing: an easy stationary task does not make a learner grow; neither does a constant one, or noise") {
    for (int kind = 0; kind < 3; ++kind) {
        tuning t;
        t.learning_rate = 0.02f;
        housed<> model{growing_shape(12), t};
        synapse::random_generator source{5};
        for (int i = 0; i < 30000; ++i) {
            float x[4], y[2];
            for (float& v : x) v = source.symmetric();
            y[0] = kind == 0 ? x[0] - 0.5f * x[1] : kind == 1 ? 1.0f : source.symmetric();
            y[1] = kind == 0 ? x[2] : kind == 1 ? -4.0f : source.symmetric();
            REQUIRE(ok(model.step(x, y)));
        }
        CAPTURE(kind);
        if (kind < 2) CHECK(model.latest().growth_events == 0);
        for (std::uint32_t age = 0; age < model.growth().size(); ++age)
            CHECK(model.growth().back(age).reason != growth_reason::rising_error);
    }
}

TEST_CASE("growing: an error that has risen for good makes the network grow") {
    tuning t;
    t.learning_rate = 0.02f;
    t.grow_rank_share = t.grow_active_share = 0.0f;
    housed<> model{growing_shape(12), t};
    surface world{4, 2, 3};
    live(model, world, 10000);
    CHECK(model.latest().growth_events == 0);
    for (int i = 0; i < 3000; ++i) {
        world.next();
        for (float& v : world.y) v = 200.0f - v;
        REQUIRE(ok(model.step(world.x, world.y)));
    }
    REQUIRE(model.latest().growth_events > 0);
    CHECK(model.growth().back(0).reason == growth_reason::rising_error);
    CHECK(model.growth().back(0).value > 1.1f);
}

TEST_CASE("growing: a checkpoint of a grown learner goes on bit for bit, also in a larger reservation") {
    housed<> model{growing_shape(), eager()};
    surface world{4, 2, 3};
    while (model.latest().growth_events < 3) live(model, world, 50);
    memory_file file;
    REQUIRE(ok(synapse::save(model, file)));
    for (const std::uint32_t reserved : {60u, 90u}) {
        surface rest = world;
        surface again = world;
        housed<> whole{growing_shape(), eager()};
        housed<> resumed{growing_shape(6, reserved), eager()};
        REQUIRE(ok(synapse::load(whole, file)));
        REQUIRE(ok(synapse::load(resumed, file)));
        CHECK(resumed.latest().neurons == model.latest().neurons);
        CHECK(resumed.growth().events() == model.growth().events());
        live(whole, rest, 3000);
        live(resumed, again, 3000);
        CHECK(whole.latest().growth_events > model.latest().growth_events);
        CHECK(synapse::weights_hash(whole) == synapse::weights_hash(resumed));
        if (reserved == 60) CHECK(rig::state(whole).bytes == rig::state(resumed).bytes);
    }
    housed<> small{growing_shape(6, 7), eager()};
    const auto before = small.image();
    CHECK(synapse::load(small, file) == status::wrong_shape);
    CHECK(small.image() == before);
    surface on = world;
    housed<> resumed{growing_shape(), eager()};
    REQUIRE(ok(synapse::load(resumed, file)));
    live(model, on, 2000);
    live(resumed, world, 2000);
    CHECK(rig::state(model).bytes == rig::state(resumed).bytes);
}

TEST_CASE("growing: the life does not depend on what is reserved") {
    surface a{4, 2, 3};
    surface b{4, 2, 3};
    tuning t = eager();
    t.max_units = 30;
    housed<> tight{growing_shape(6, 30), t};
    housed<> roomy{growing_shape(6, 333), t};
    live(tight, a, 8000);
    live(roomy, b, 8000);
    CHECK(tight.latest().growth_events > 0);
    CHECK(synapse::weights_hash(tight) == synapse::weights_hash(roomy));

    shape labels = column_shape();
    labels.hidden_reserved[0] = labels.hidden_reserved[1] = 30;
    housed<> narrow{labels, t};
    labels.hidden_reserved[0] = labels.hidden_reserved[1] = 333;
    housed<> wide{labels, t};
    clouds world{labels.inputs, labels.outputs, 2.0f, 4};
    for (int i = 0; i < 3000; ++i) {
        const std::uint32_t c = world.source.below(labels.outputs);
        const std::vector<float> x = world(c);
        REQUIRE(ok(narrow.step(x, c)));
        REQUIRE(ok(wide.step(x, c)));
    }
    CHECK(narrow.latest().growth_events > 0);
    CHECK(synapse::weights_hash(narrow) == synapse::weights_hash(wide));
}

TEST_CASE("columns: what the old head answers never changes by a bit, whatever is learned after") {
    for (const bool momentum : {false, true}) {
        shape s = column_shape();
        s.momentum = momentum;
        tuning t;
        t.momentum = momentum ? 0.5f : 0.0f;
        t.replay_ratio = 0.5f;
        housed<> model{s, t};
        clouds world{8, 6, 0.8f, 4};
        for (int i = 0; i < 3000; ++i) {
            const std::uint32_t c = world.source.below(3);
            REQUIRE(ok(model.step(world(c), c)));
        }
        CHECK(model.begin_column(0) == status::out_of_range);
        CHECK(model.begin_column(31) == status::no_room);
        REQUIRE(ok(model.begin_column(10)));
        CHECK(model.latest().neurons == 40);
        CHECK(model.growth().back(0).reason == growth_reason::column);
        // The scores themselves, of both systems, before any softmax.
        network_test::placed<synapse::workspace> memory{s.network(), 1u, synapse::default_kernels::lanes};
        const auto scores = [&](const synapse::network<synapse::default_kernels>& net, const std::vector<float>& x) {
            std::copy(x.begin(), x.end(), memory.part.input(0));
            net.forward(memory.part, 1);
            return std::vector<float>(memory.part.output(0), memory.part.output(0) + 6);
        };
        std::vector<std::vector<float>> questions, fast, slow;
        std::vector<std::uint32_t> named;
        const std::uint8_t old[6] = {1, 1, 1, 0, 0, 0};
        for (int i = 0; i < 200; ++i) {
            questions.push_back(world(world.source.below(3)));
            fast.push_back(scores(model.fast(), questions.back()));
            slow.push_back(scores(model.slow(), questions.back()));
            named.push_back(model.classify(questions.back(), old).value_or(9));
        }
        for (int i = 0; i < 3000; ++i) {
            const std::uint32_t c = 3 + world.source.below(3);
            REQUIRE(ok(model.step(world(c), c)));
        }
        bool new_scores_moved = false;
        for (std::size_t i = 0; i < questions.size(); ++i) {
            const std::vector<float> now = scores(model.fast(), questions[i]);
            const std::vector<float> then = scores(model.slow(), questions[i]);
            CHECK(std::equal(now.begin(), now.begin() + 3, fast[i].begin()));
            CHECK(std::equal(then.begin(), then.begin() + 3, slow[i].begin()));
            CHECK(model.classify(questions[i], old).value_or(8) == named[i]);  // forgotten: exactly nothing
            new_scores_moved = new_scores_moved || now[4] != fast[i][4];
        }
        CHECK(new_scores_moved);
        std::uint32_t right = 0;
        const std::uint8_t fresh[6] = {0, 0, 0, 1, 1, 1};
        for (int i = 0; i < 300; ++i) {
            const std::uint32_t c = 3 + world.source.below(3);
            right += model.classify(world(c), fresh).value_or(9) == c ? 1u : 0u;
        }
        CHECK(right > 240);
    }
    housed<> numbers{growing_shape(), eager()};
    CHECK(numbers.begin_column(1) == status::out_of_range);
}

TEST_CASE("columns: a drift opens one, and what was known then stays as it is") {
    const shape s = column_shape();
    tuning t;
    t.replay_ratio = 0.5f;
    t.drift_threshold = 5.0f;
    t.on_drift = synapse::drift_response::column;
    t.growth = 1.0f;
    const auto learn = [](auto& model, clouds& world, std::uint32_t first, int steps) {
        for (int i = 0; i < steps; ++i) {
            const std::uint32_t c = first + world.source.below(3);
            REQUIRE(ok(model.step(world(c), c)));
        }
    };
    const auto right = [](auto& model, clouds& world, std::uint32_t first) {
        std::uint8_t among[6] = {};
        for (std::uint32_t c = first; c < first + 3; ++c) among[c] = 1;
        std::uint32_t n = 0;
        for (int i = 0; i < 300; ++i) {
            const std::uint32_t c = first + world.source.below(3);
            n += model.classify(world(c), among).value_or(9) == c ? 1u : 0u;
        }
        return n;
    };
    housed<> model{s, t};
    clouds world{8, 6, 0.4f, 4};  // too far apart for errors that would blur when the change began
    learn(model, world, 0, 3000);
    REQUIRE(model.latest().drifts == 0);
    int late = 0;
    for (; model.latest().drifts == 0 && late < 300; ++late) learn(model, world, 3, 1);
    REQUIRE(model.latest().drifts == 1);
    CHECK(late > 5);
    // One column, as wide as what was there, in each of the two layers; the history says how strong the evidence was.
    CHECK(model.latest().neurons == 40);
    REQUIRE(model.growth().events() == 2);
    for (std::uint32_t age = 0; age < 2; ++age) {
        const synapse::growth_event e = model.growth().back(age);
        CHECK(e.reason == growth_reason::column);
        CHECK(e.step == model.latest().last_drift_step);
        CHECK(e.value > e.threshold);
        CHECK(e.threshold == 5.0f);
        CHECK(e.before == 10);
        CHECK(e.after == 20);
    }
    // The old classes' outputs, by weight and by bit; the new ones' go on learning although they had been met before the alarm.
    const auto outgoing = [&](std::uint32_t c) {
        std::vector<float> w;
        const auto all = model.fast().layer(2).weights();
        for (std::uint32_t k = 0; k < all.rows; ++k) w.push_back(all(k, c));
        return w;
    };
    REQUIRE(model.knows(3));
    const std::vector<float> old = outgoing(0), fresh = outgoing(3);
    const std::uint32_t kept = right(model, world, 0);
    CHECK(kept > 270);
    learn(model, world, 3, 2000);
    CHECK(outgoing(0) == old);
    CHECK(outgoing(3) != fresh);
    CHECK(right(model, world, 0) + 15 > kept);
    CHECK(right(model, world, 3) > 240);

    // Where there is no room, or nothing to freeze, the drift is counted and that is all.
    const auto lives = [&](const shape& form, const tuning& numbers) {
        housed<> other{form, numbers};
        clouds same{8, 6, 0.4f, 4};
        learn(other, same, 0, 3000);
        learn(other, same, 3, 300);
        CHECK(other.latest().drifts != 0);
        return std::pair{synapse::weights_hash(other), other.latest().growth_events};
    };
    tuning noting = t;
    noting.on_drift = synapse::drift_response::note;
    shape full = s;
    full.hidden_reserved[0] = full.hidden_reserved[1] = 19;
    CHECK(lives(full, t) == lives(full, noting));
    tuning capped = t;
    capped.max_units = 39;
    CHECK(lives(s, capped).second == 0);
    shape plain = s;
    plain.plastic = false;
    plain.hidden_reserved[0] = plain.hidden_reserved[1] = 0;
    CHECK(lives(plain, t) == lives(plain, noting));
}

TEST_CASE("growing: what a bad sample or a refused column leaves is every byte as before") {
    housed<> model{growing_shape(), eager()};
    surface world{4, 2, 3};
    live(model, world, 500);
    const auto before = model.image();
    for (const float bad : rig::bad_numbers) {
        world.x[1] = bad;
        CHECK(model.step(world.x, world.y) == status::not_finite);
    }
    CHECK(model.begin_column(1000) == status::out_of_range);
    CHECK(model.image() == before);
}

TEST_CASE("growing: one life on every kernel set and machine") {
    housed<> model{growing_shape(), eager()};
    surface world{4, 2, 3};
    live(model, world, 5000);
    CHECK(model.latest().growth_events > 2);
    CHECK(model.latest().recycled > 0);
    housed<synapse::scalar_kernels<>> scalar{growing_shape(), eager()};
    surface same{4, 2, 3};
    live(scalar, same, 5000);
    CHECK(synapse::weights_hash(model) == synapse::weights_hash(scalar));

    housed<> labels{column_shape(), eager()};
    housed<synapse::scalar_kernels<>> one_by_one{column_shape(), eager()};
    clouds named{8, 6, 2.0f, 4};
    for (int i = 0; i < 3000; ++i) {
        const std::uint32_t c = named.source.below(6);
        const std::vector<float> of_it = named(c);
        REQUIRE(ok(labels.step(of_it, c)));
        REQUIRE(ok(one_by_one.step(of_it, c)));
    }
    CHECK(labels.latest().growth_events > 2);
    CHECK(synapse::weights_hash(labels) == synapse::weights_hash(one_by_one));
}
