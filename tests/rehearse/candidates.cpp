#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <limits>

#include "rehearse/candidates.hpp"
#include "rehearse/device.hpp"

using namespace rehearse;

namespace {

constexpr double any = std::numeric_limits<double>::infinity();

synapse::streams::stream_form some_data(synapse::task learns) {
    synapse::streams::stream_form f;
    f.learns = learns;
    f.inputs = 6;
    f.outputs = learns == synapse::task::regression ? 1 : 3;
    return f;
}

}  // namespace

TEST_CASE("candidates: all fit, and one more remembered sample would not") {
    for (const synapse::task learns : {synapse::task::regression, synapse::task::classification}) {
        for (const std::size_t kib : {4u, 16u, 100u}) {
            const auto all = candidates(some_data(learns), kib * 1024, 100000, any, 7);
            REQUIRE(all.size() > 4);
            for (const candidate& c : all) {
                CHECK(c.form.flaw() == nullptr);
                CHECK(c.numbers.flaw() == nullptr);
                CHECK(c.numbers.seed == 7);
                CHECK(ram_bytes(c.form) <= kib * 1024);
                CHECK((c.form.replay == 0) == (c.numbers.replay_ratio == 0.0f));
                if (c.form.replay == 0) continue;
                synapse::shape more = c.form;
                ++more.replay;
                CHECK(ram_bytes(more) > kib * 1024);
            }
        }
    }
}

TEST_CASE("candidates: no more is remembered than there is, no step is longer than allowed, and perhaps nothing fits") {
    for (const candidate& c : candidates(some_data(synapse::task::regression), 1 << 20, 50, any, 1)) CHECK(c.form.replay <= 50);
    const auto quick = candidates(some_data(synapse::task::regression), 1 << 20, 1000, 8000, 1);
    CHECK_FALSE(quick.empty());
    CHECK(quick.size() < candidates(some_data(synapse::task::regression), 1 << 20, 1000, any, 1).size());
    for (const candidate& c : quick) CHECK(instructions_of(c.form, c.numbers.replay_ratio).step <= 8000);
    CHECK(candidates(some_data(synapse::task::regression), 512, 1000, any, 1).empty());
    CHECK(candidates(some_data(synapse::task::regression), 1 << 20, 1000, 10, 1).empty());
}

TEST_CASE("device: instructions as counted on the emulated board, within a tenth") {
    const auto form = [](synapse::task learns, std::uint32_t in, std::uint32_t first, std::uint32_t second, std::uint32_t out,
                         bool remembers) {
        synapse::shape s;
        s.learns = learns;
        s.inputs = in;
        s.hidden[0] = first;
        s.hidden[1] = second;
        s.outputs = out;
        s.replay = remembers ? 256 : 0;
        return s;
    };
    struct counted {
        synapse::shape form;
        float ratio;
        double step, predict;
    };
    const auto r = synapse::task::regression, c = synapse::task::classification;
    // The mean of 750 steps, and of as many predictions.
    const counted all[] = {{form(r, 16, 64, 64, 8, false), 0.0f, 38858, 14183}, {form(r, 16, 64, 64, 8, true), 0.8f, 194717, 14155},
                           {form(r, 8, 16, 0, 1, true), 0.8f, 17312, 1324},     {form(r, 30, 0, 0, 4, true), 0.8f, 23285, 2216},
                           {form(c, 60, 32, 0, 10, true), 0.8f, 142887, 10858}, {form(c, 6, 32, 32, 3, false), 0.0f, 13853, 4846}};
    for (const counted& x : all) {
        const instructions found = instructions_of(x.form, x.ratio);
        CHECK(found.step == doctest::Approx(x.step).epsilon(0.1));
        CHECK(found.predict == doctest::Approx(x.predict).epsilon(0.1));
    }
}
