#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include <synapse/checkpoint/load.hpp>
#include <synapse/checkpoint/save.hpp>
#include <synapse/hosted/checkpoint_reader.hpp>
#include <synapse/hosted/metrics_history.hpp>

#include "train_continuous/metrics_history.hpp"
#include "train_continuous/program_state.hpp"

using train_continuous::metrics_history;

namespace {

struct growing_sink {
    std::vector<std::byte> bytes;
    synapse::status write(std::span<const std::byte> more) {
        bytes.insert(bytes.end(), more.begin(), more.end());
        return synapse::status::ok;
    }
};

train_continuous::progress at(std::uint64_t step) {
    train_continuous::progress p;
    p.steps = step;
    p.learner.samples = 1;
    p.learner.error = static_cast<float>(step % 1000);
    if (step % 300 != 0) p.phi = 0.5;
    p.neurons = 64;
    return p;
}

metrics_history lived(std::uint64_t steps, metrics_history h = {}, std::uint64_t from = 0) {
    for (std::uint64_t i = from + 1; i <= steps; ++i) {
        if (h.due(i)) h.note(at(i));
    }
    return h;
}

bool equal(const metrics_history& a, const metrics_history& b) {
    if (a.rows() != b.rows() || a.spacing() != b.spacing()) return false;
    for (std::uint32_t i = 0; i < a.rows(); ++i) {
        if (a.step(i) != b.step(i)) return false;
        for (std::size_t c = 0; c < metrics_history::columns; ++c) {
            if (a.value(i, c) != b.value(i, c)) return false;
        }
    }
    return true;
}

synapse::shape small_shape() {
    synapse::shape form;
    form.inputs = 2;
    form.outputs = 1;
    form.hidden[0] = 3;
    return form;
}

}  // namespace

TEST_CASE("metrics history: rows stand evenly over the whole life, however long it is") {
    for (const std::uint64_t steps : {1u, 99u, 100u, 51200u, 51300u, 1000000u}) {
        CAPTURE(steps);
        const metrics_history h = lived(steps);
        CHECK(h.rows() == steps / h.spacing());
        if (steps >= 51300) CHECK(h.rows() > metrics_history::most_rows / 2 - 1);
        for (std::uint32_t i = 0; i < h.rows(); ++i) {
            CHECK(h.step(i) / h.spacing() == (i == 0 ? h.step(0) / h.spacing() : h.step(i - 1) / h.spacing() + 1));
            CHECK(h.value(i, 0) == static_cast<float>(h.step(i) % 1000));
        }
    }
}

TEST_CASE("metrics history: what was not known is not a number") {
    const metrics_history h = lived(1000);
    REQUIRE(h.rows() == 10);
    for (std::uint32_t i = 0; i < h.rows(); ++i) {
        CHECK(h.value(i, 2).has_value() == (h.step(i) % 300 != 0));
        CHECK_FALSE(h.value(i, 1).has_value());
        CHECK(h.value(i, 7) == 64.0f);
    }
}

TEST_CASE("metrics history: a row that comes late, as after a stop, does not shift those after it") {
    metrics_history h;
    CHECK_FALSE(h.due(99));
    CHECK(h.due(130));
    h.note(at(130));
    CHECK_FALSE(h.due(199));
    CHECK(h.due(200));
}

TEST_CASE("metrics history: in a checkpoint it stands where the learner has none, and goes on as if never stopped") {
    train_continuous::model_type model{small_shape(), {}};
    train_continuous::program_state program;
    for (const std::uint64_t stop : {50u, 7777u, 60001u}) {
        CAPTURE(stop);
        metrics_history then = lived(stop);
        growing_sink out;
        REQUIRE(ok(synapse::save(train_continuous::whole_life{model, program, &then}, out)));
        synapse::span_source source{out.bytes};
        train_continuous::history_part read;
        REQUIRE(ok(synapse::load(read, source)));
        CHECK(equal(read.history, then));
        CHECK(equal(lived(200000, read.history, stop), lived(200000)));
        REQUIRE(ok(synapse::load(model, source)));  // a learner passes over it
        synapse::checkpoint_reader in;
        REQUIRE(ok(in.open(out.bytes)));
        const synapse::metrics_history seen = synapse::metrics_history_in(in);
        CHECK(seen.steps.size() == then.rows());
        CHECK(seen.series.size() == (then.rows() == 0 ? 0 : 3));  // error, phi, neurons
    }
}

TEST_CASE("metrics history: a checkpoint without one has none; a damaged one is refused whole") {
    train_continuous::model_type model{small_shape(), {}};
    train_continuous::program_state program;
    growing_sink out;
    REQUIRE(ok(synapse::save(train_continuous::whole_life{model, program}, out)));
    synapse::span_source source{out.bytes};
    train_continuous::history_part read;
    CHECK(synapse::load(read, source).outcome == synapse::status::corrupt);
    CHECK(read.history.rows() == 0);
    synapse::checkpoint_reader in;
    REQUIRE(ok(in.open(out.bytes)));
    CHECK(synapse::metrics_history_in(in).series.empty());
}
