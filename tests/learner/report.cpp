#include <cmath>
#include <cstdint>

#include <doctest/doctest.h>

#include <synapse/core/random.hpp>
#include <synapse/learner/report.hpp>

using synapse::report;

TEST_CASE("within the horizon the error is the plain average of all samples") {
    report r;
    synapse::random_generator source{1};
    double errors = 0;
    double losses = 0;
    for (int i = 1; i <= 500; ++i) {
        const float error = source.uniform();
        const float loss = 10.0f * source.uniform();
        r.add(error, loss, 1000.0f);
        errors += static_cast<double>(error);
        losses += static_cast<double>(loss);
        CHECK(static_cast<double>(r.error) == doctest::Approx(errors / i).epsilon(1e-4));
        CHECK(static_cast<double>(r.loss) == doctest::Approx(losses / i).epsilon(1e-4));
        CHECK(r.last_error == error);
        CHECK(r.samples == static_cast<std::uint64_t>(i));
    }
}

TEST_CASE("beyond the horizon old errors fade") {
    report r;
    for (int i = 0; i < 1000; ++i) r.add(1.0f, 2.0f, 50.0f);
    CHECK(r.error == doctest::Approx(1.0));
    for (int i = 0; i < 50; ++i) r.add(0.0f, 0.0f, 50.0f);
    CHECK(static_cast<double>(r.error) == doctest::Approx(std::pow(1.0 - 1.0 / 50, 50)).epsilon(1e-3));
    CHECK(static_cast<double>(r.loss) == doctest::Approx(2.0 * std::pow(1.0 - 1.0 / 50, 50)).epsilon(1e-3));
}

TEST_CASE("horizon 1 shows the last sample only") {
    report r;
    r.add(1.0f, 5.0f, 1.0f);
    r.add(0.25f, 3.0f, 1.0f);
    CHECK(r.error == 0.25f);
    CHECK(r.loss == 3.0f);
}

TEST_CASE("a very long life still averages over the horizon") {
    report r;
    r.samples = 0x100000000000ull;
    r.error = 1.0f;
    r.add(0.0f, 0.0f, 1e9f);
    CHECK(r.error < 1.0f);
    CHECK(r.error > 0.999f);
    CHECK(r.samples == 0x100000000001ull);
}

TEST_CASE("a count at the end of its numbers stays there, and the averages go on") {
    report r;
    r.samples = ~std::uint64_t{0} - 1;
    r.error = 1.0f;
    for (int i = 0; i < 3; ++i) {
        r.add(0.0f, 0.0f, 100.0f);
        CHECK(r.samples == ~std::uint64_t{0});
        CHECK(r.error < 1.0f);
        CHECK(r.error > 0.96f);
    }
}

TEST_CASE("accuracy is the share of right answers, 0 before the first") {
    report r;
    CHECK(r.accuracy() == 0.0f);
    r.samples = 8;
    r.correct = 6;
    CHECK(r.accuracy() == 0.75f);
    r.samples = 0x10000000000ull;
    r.correct = 0x8000000000ull;
    CHECK(r.accuracy() == 0.5f);
}
