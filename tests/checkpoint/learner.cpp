// The learner itself: 2N steps are N steps, save, load into another learner, and N more, bit for bit; and what a load refuses.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "parts.hpp"

#include <synapse/hosted/any_learner.hpp>
#include <synapse/kernels/scalar.hpp>
#include <synapse/learner/learner.hpp>

using namespace checkpoint_test;

namespace {

struct life {
    const char* name;
    shape form;
    tuning numbers;
};

std::vector<life> lives() {
    const shape plain{.inputs = 4, .outputs = 2, .hidden = {8, 6}};
    const shape classes{.inputs = 4, .outputs = 5, .hidden = {12}, .replay = 20, .learns = task::classification};
    std::vector<life> out{
        {"plain regression", plain, {}},
        {"linear", {.inputs = 4, .outputs = 1}, {}},
        {"classification", classes, {.replay_ratio = 0.5f}},
    };
    const auto add = [&](const char* name, shape s, auto change, tuning t = {}) {
        change(s);
        out.push_back({name, s, t});
    };
    add("tanh, momentum", plain,
        [](shape& s) {
            s.function = activation::tanh;
            s.momentum = true;
        },
        {.momentum = 0.9f});
    add("reservoir replay", plain, [](shape& s) { s.replay = 30; }, {.replay_ratio = 0.6f});
    add("fifo, halves", plain,
        [](shape& s) {
            s.replay = 30;
            s.policy = replay_policy::fifo;
            s.format = sample_format::f16;
        },
        {.replay_ratio = 0.5f});
    add("priority, bytes", plain,
        [](shape& s) {
            s.replay = 30;
            s.policy = replay_policy::priority;
            s.format = sample_format::u8;
        },
        {.replay_ratio = 0.5f});
    add("slow, gated, drifting", plain,
        [](shape& s) {
            s.replay = 16;
            s.slow = true;
            s.batch = 3;
        },
        {.replay_ratio = 0.5f,
         .answers = answer::both,
         .gate_margin = 1.05f,
         .gate_horizon = 20,
         .drift_threshold = 5.0f,
         .on_drift = drift_response::faster});
    add("balanced bits", classes,
        [](shape& s) {
            s.policy = replay_policy::balanced;
            s.format = sample_format::bit;
            s.slow = true;
            s.momentum = true;
        },
        {.replay_ratio = 0.7f, .momentum = 0.5f, .slow_every = 3});
    add("readout beside one system", plain,
        [](shape& s) {
            s.replay = 16;
            s.readout = 12;
            s.readout_offset = 1.0f;
        },
        {.answers = answer::evidence, .readout_keep = 0.99f});
    add("three answers, judged", classes,
        [](shape& s) {
            s.slow = true;
            s.readout = 9;
            s.judges = 10;
            s.format = sample_format::u8;
        },
        {.replay_ratio = 0.5f, .answers = answer::evidence});
    add("unscaled, waiting", plain,
        [](shape& s) {
            s.scaling = input_scaling::none;
            s.pending = 5;
            s.range_low = -1.0f;
        },
        {});
    add("growing and recycling", plain,
        [](shape& s) {
            s.plastic = true;
            s.replay = 20;
            s.slow = true;
            s.momentum = true;
            s.hidden_reserved[0] = 14;
            s.hidden_reserved[1] = 11;
        },
        {.replay_ratio = 0.5f,
         .momentum = 0.4f,
         .grow_active_share = 0.3f,
         .grow_error_above = 0.0f,
         .growth_window = 10,
         .growth_pause = 15,
         .turnover_rate = 0.01f,
         .turnover_age = 5});
    add("growing alone", plain,
        [](shape& s) {
            s.plastic = true;
            s.turnover = false;
            s.hidden_reserved[0] = 14;
            s.hidden_reserved[1] = 11;
        },
        {.grow_active_share = 0.3f, .grow_error_above = 0.0f, .growth_window = 10, .growth_pause = 15});
    return out;
}

using model = any_learner<>;

// One event of a life: a step, now and then a sleep, a held sample or one without an answer.
void live(model& m, random_generator& dice) {
    float x[4];
    for (float& f : x) f = dice.symmetric();
    const float target = x[0] * x[1] + 0.3f * x[2];
    const std::uint32_t kind = dice.below(20);
    if (kind == 0 && m.form().replay != 0) static_cast<void>(m.sleep(1 + dice.below(7)));
    if (kind == 1 && m.form().slow) REQUIRE(m.observe(x) == status::ok);
    if (kind == 2 && m.form().pending != 0) REQUIRE(ok(m.hold(x)));
    if (m.is_classifier()) {
        REQUIRE(m.step(x, static_cast<std::uint32_t>((target + 1.3f) * 1.9f) % m.form().outputs) == status::ok);
    } else {
        float y[2] = {target, -target};
        REQUIRE(m.step(x, std::span<const float>{y, m.form().outputs}) == status::ok);
    }
}

std::string predictions(model& m) {
    std::string out;
    random_generator dice{99};
    for (int i = 0; i < 20; ++i) {
        float x[4];
        float y[8];
        for (float& f : x) f = dice.symmetric();
        REQUIRE(m.predict(x, std::span{y, m.form().outputs}) == status::ok);
        out.append(reinterpret_cast<const char*>(y), m.form().outputs * sizeof(float));
    }
    return out;
}

}  // namespace

TEST_CASE("learner: train 2N = train N, save, load, train N, bit for bit") {
    for (const life& l : lives()) {
        INFO(std::string(l.name));
        for (const int n : {1, 2, 17, 1000}) {
            CAPTURE(n);
            tuning numbers = l.numbers;
            numbers.seed = 7;
            model straight{l.form, numbers};
            random_generator dice{5};
            for (int i = 0; i < n; ++i) live(straight, dice);
            if (l.form.plastic && n == 1000) {
                CHECK(straight.latest().growth_events > 1);
                CHECK((straight.latest().recycled > 1) == l.form.turnover);
            }
            const auto file = saved(straight);
            const random_generator at_half = dice;

            numbers.seed = 1234;           // another birth, another past,
            numbers.learning_rate = 0.5f;  // and other tuning, all of which must vanish
            model resumed{l.form, numbers};
            random_generator other{6};
            for (int i = 0; i < 40; ++i) live(resumed, other);
            const load_result r = loaded(resumed, file);
            INFO(std::string(r.key.text));
            REQUIRE(r.outcome == status::ok);
            CHECK(r.same_numbers);
            REQUIRE(saved(resumed) == file);
            REQUIRE(weights_hash(resumed) == weights_hash(straight));

            for (int i = 0; i < n; ++i) live(straight, dice);
            dice = at_half;
            for (int i = 0; i < n; ++i) live(resumed, dice);
            REQUIRE(saved(resumed) == saved(straight));
            REQUIRE(predictions(resumed) == predictions(straight));
        }
    }
}

TEST_CASE("learner: a sized learner, a run-time one and its size-erased body read each other's files") {
    using sized = learner<shape{.inputs = 4, .outputs = 2, .hidden = {8, 6}, .replay = 30}>;
    static fixed_arena<sized::bytes> memory;
    sized a{memory};
    model b{shape{.inputs = 4, .outputs = 2, .hidden = {8, 6}, .replay = 30}, {.seed = 9}};
    random_generator dice{2};
    for (int i = 0; i < 100; ++i) live(b, dice);
    REQUIRE(ok(loaded(a, saved(b))));
    CHECK(saved(a) == saved(b));
    for (int i = 0; i < 10; ++i) live(b, dice);
    REQUIRE(ok(loaded<sized::body>(a, saved(b))));
    CHECK(saved(a) == saved(b));
}

TEST_CASE("learner: a larger replay reservation takes in an older file and goes on filling") {
    for (const replay_policy policy : {replay_policy::fifo, replay_policy::reservoir, replay_policy::priority}) {
        const shape small{.inputs = 4, .outputs = 2, .hidden = {8}, .replay = 10, .policy = policy};
        shape large = small;
        large.replay = 25;
        model a{small, {.replay_ratio = 0.5f}};
        model b{large, {.replay_ratio = 0.5f}};
        random_generator dice{3};
        for (int i = 0; i < 37; ++i) live(a, dice);
        REQUIRE(ok(loaded(b, saved(a))));
        CHECK(b.memory().size() == 10);
        // What is stored is drawn as before: both learn the same from now on, until the smaller one is full again.
        for (int i = 0; i < 5; ++i) {
            CHECK(a.sleep(3).samples == 3);
            CHECK(b.sleep(3).samples == 3);
        }
        CHECK(weights_hash(a) == weights_hash(b));
        for (int i = 0; i < 15; ++i) live(b, dice);
        CHECK(b.memory().size() == 25);
        const load_result r = loaded(a, saved(b));
        CHECK(r == status::wrong_shape);
    }
}

TEST_CASE("learner: files of other shapes and other arithmetic are refused and change nothing") {
    const shape form{.inputs = 4, .outputs = 2, .hidden = {8, 6}, .replay = 10};
    model m{form};
    random_generator dice{4};
    for (int i = 0; i < 30; ++i) live(m, dice);
    const auto before = saved(m);
    std::vector<shape> others(14, form);
    others[0].inputs = 5;
    others[1].outputs = 3;
    others[2].hidden[1] = 7;
    others[3].hidden[2] = 4;
    others[4].hidden[1] = 0;
    others[5].replay = 0;
    others[6].learns = task::classification;
    others[7].function = activation::tanh;
    others[8].slow = true;
    others[9].momentum = true;
    others[10].format = sample_format::u8;
    others[11].scaling = input_scaling::none;
    others[12].policy = replay_policy::priority;
    others[13].pending = 3;
    for (const shape& other : others) {
        model stranger{other};
        const load_result r = loaded(m, saved(stranger));
        CHECK(r == status::wrong_shape);
        CHECK(saved(m) == before);
    }
    any_learner<scalar_kernels<fused>> fused_learner{form, {.seed = 5}};
    const auto file = saved(fused_learner);
    const load_result r = loaded(m, file);
    CHECK(r == status::wrong_shape);
    CHECK(std::string(r.key.text) == "arithmetic");
    CHECK_FALSE(r.same_numbers);
    CHECK(saved(m) == before);
    const load_result taken = loaded(m, file, {.any_arithmetic = true});
    REQUIRE(ok(taken));
    CHECK_FALSE(taken.same_numbers);
    CHECK(weights_hash(m) == weights_hash(fused_learner));
}

TEST_CASE("learner: a shape read from a file builds the learner that takes it in") {
    for (const life& l : lives()) {
        INFO(std::string(l.name));
        model a{l.form, l.numbers};
        random_generator dice{8};
        for (int i = 0; i < 25; ++i) live(a, dice);
        const auto file = saved(a);
        span_source source{file};
        shape form;
        checkpoint_about about;
        REQUIRE(ok(read_about(source, form, about)));
        CHECK(about.steps == 25);
        model b{form};
        REQUIRE(ok(load(b, source)));
        CHECK(saved(b) == file);
    }
}

TEST_CASE("learner: hostile numbers that would break what it relies on are refused") {
    const shape form{
        .inputs = 4, .outputs = 3, .hidden = {6}, .replay = 8, .learns = task::classification, .policy = replay_policy::balanced};
    model m{form, {.replay_ratio = 0.5f}};
    random_generator dice{9};
    for (int i = 0; i < 30; ++i) live(m, dice);
    const auto file = saved(m);
    const auto before = saved(m);
    const auto refuse = [&](const std::string& what, const std::string& with) {
        const auto other = replaced(file, what, with);
        REQUIRE_FALSE(other.empty());
        CHECK_FALSE(ok(loaded(m, other)));
        CHECK(saved(m) == before);
    };
    refuse("\xa4used\x08", "\xa4used\x09");  // more stored than there is room for
    refuse("\xabrecent_used", "\xabrecent_usee");
    refuse("\xabrecent_used\x1e", "\xabrecent_used\x41");  // beyond the window of 64
    refuse("\xabrecent_next\x1e", "\xabrecent_next\x40");
    const auto credit = payload_of(file).find("replay_credit");
    REQUIRE(credit != std::string::npos);
    std::string payload = payload_of(file);
    payload.replace(credit + 13, 5, std::string("\xca\x7f\x00\x00\x00", 5));
    CHECK(loaded(m, file_of(payload)) == status::corrupt);
    // A label beyond the classes.
    const auto labels = payload_of(file).find("labels\x83");
    REQUIRE(labels != std::string::npos);
    payload = payload_of(file);
    const auto bytes = payload.find(
        "\xa1"
        "b\xc4",
        labels);
    payload[bytes + 4] = 3;
    CHECK(loaded(m, file_of(payload)) == status::corrupt);
    CHECK(saved(m) == before);
}

TEST_CASE("learner: a source that changes between two reads is found out, and leaves a learner that is sound") {
    struct changing {
        std::vector<std::byte> bytes;
        std::vector<std::byte> later;  // from read number `when` on
        int when;
        int reads = 0;
        bool other = false;  // bytes were served that are not the file's
        [[nodiscard]] std::uint64_t size() const { return bytes.size(); }
        status read(std::uint64_t offset, std::span<std::byte> out) {
            const bool changed = when >= 0 && reads >= when;
            ++reads;
            const status s = span_source{changed ? later : bytes}.read(offset, out);
            other = other || (ok(s) && !std::equal(out.begin(), out.end(), bytes.begin() + static_cast<std::ptrdiff_t>(offset)));
            return s;
        }
    };
    int torn = 0;
    int untouched = 0;
    for (const life& l : lives()) {
        INFO(std::string(l.name));
        model from{l.form, l.numbers};
        random_generator dice{12};
        for (int i = 0; i < 40; ++i) live(from, dice);
        const auto file = saved(from);
        changing clean{file, {}, -1};
        model taker{l.form, l.numbers};
        REQUIRE(ok(load(taker, clean)));
        for (int trial = 0; trial < 60; ++trial) {
            changing source{file, file, static_cast<int>(dice.below(static_cast<std::uint32_t>(clean.reads)))};
            // A byte, a stretch of ones (floats that are none), or everything behind the header.
            const std::size_t start = format::header_bytes + dice.below(static_cast<std::uint32_t>(file.size() - format::header_bytes));
            const std::size_t count = trial % 3 == 0 ? 1 : trial % 3 == 1 ? 40 : file.size();
            for (std::size_t i = start; i < file.size() && i < start + count; ++i) {
                source.later[i] = trial % 3 == 1 ? std::byte{0xff} : static_cast<std::byte>(dice.next() & 255u);
            }
            if (source.later == file) continue;
            model m{l.form, {.seed = 3}};
            random_generator past{13};
            for (int i = 0; i < 15; ++i) live(m, past);
            const auto before = saved(m);
            const load_result r = load(m, source);
            REQUIRE(ok(r) == !source.other);  // unseen only where the last look had already been
            if (ok(r)) {
                REQUIRE(saved(m) == file);
                continue;
            }
            if (!r.torn) {
                ++untouched;
                REQUIRE(saved(m) == before);
                continue;
            }
            ++torn;
            for (int i = 0; i < 10; ++i) live(m, past);
            static_cast<void>(predictions(m));
            model again{l.form};
            REQUIRE(ok(loaded(again, saved(m))));
        }
    }
    CHECK(torn > 50);
    CHECK(untouched > 50);
}
