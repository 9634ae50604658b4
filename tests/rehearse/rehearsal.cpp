#include <cstddef>
#include <vector>

#include <doctest/doctest.h>

#include "rehearse/rehearsal.hpp"

namespace {

rehearse::result lived(synapse::task learns, double error, double step) {
    rehearse::result r;
    r.tried.form.learns = learns;
    r.prequential = error;
    r.cost.step = step;
    return r;
}

}  // namespace

TEST_CASE("rehearsal: the lowest error is taken, or what is as good and cheaper") {
    const auto r = synapse::task::regression, c = synapse::task::classification;
    CHECK(rehearse::best_of({lived(r, 0.2, 10), lived(r, 0.1, 1000), lived(r, 0.104, 100), lived(r, 0.102, 500)}) == 2);
    // A small error is no reason to take one that is a quarter larger.
    CHECK(rehearse::best_of({lived(r, 0.0040, 10), lived(r, 0.0031, 1000), lived(r, 0.0032, 100)}) == 2);
    CHECK(rehearse::best_of({lived(r, 0.5, 10)}) == 0);
    CHECK(rehearse::best_of({lived(c, 0.0109, 10), lived(c, 0.01, 1000), lived(c, 0.0112, 1)}) == 0);
    CHECK(rehearse::best_of({lived(c, 0.0, 1000), lived(c, 0.002, 10)}) == 0);
}
