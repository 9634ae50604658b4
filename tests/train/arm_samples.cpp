#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <vector>

#include "train/arm_samples.hpp"
#include "worlds/inverse_model.hpp"

using synapse::streams::arrival;
using synapse::streams::sample;
using train::arm_samples;

namespace {

std::vector<float> numbers(const sample& s) {
    std::vector<float> all{s.inputs.begin(), s.inputs.end()};
    all.insert(all.end(), s.targets.begin(), s.targets.end());
    return all;
}

}  // namespace

TEST_CASE("arm_samples: the same each time, in any order, and other ones for another seed") {
    arm_samples a{5, 300}, b{5, 300}, other{6, 300};
    sample s, t;
    std::vector<std::vector<float>> all;
    while (a.next(s) == arrival::sample) all.push_back(numbers(s));
    REQUIRE(all.size() == 300);
    CHECK(a.next(s) == arrival::end);
    for (const std::uint64_t row : {0u, 299u, 17u, 18u}) {
        b.read(row, t);
        CHECK(numbers(t) == all[row]);
    }
    b.seek({100, 0});
    REQUIRE(b.next(t) == arrival::sample);
    CHECK(numbers(t) == all[100]);
    CHECK(b.tell().offset == 101);
    b.rewind();
    REQUIRE(b.next(t) == arrival::sample);
    CHECK(numbers(t) == all[0]);
    REQUIRE(other.next(t) == arrival::sample);
    CHECK(numbers(t) != all[0]);
}

TEST_CASE("arm_samples: the exact model of the arm explains the torques but for the encoders' noise") {
    arm_samples a{1, 2000};
    const worlds::exact_model exact;
    sample s;
    double miss = 0, squares = 0;
    while (a.next(s) == arrival::sample) {
        double x[worlds::model_inputs], torque[worlds::joints];
        for (std::size_t i = 0; i < worlds::model_inputs; ++i) x[i] = static_cast<double>(s.inputs[i]);
        exact.predict(x, torque);
        for (std::size_t j = 0; j < worlds::joints; ++j) {
            const double y = static_cast<double>(s.targets[j]);
            miss += (torque[j] - y) * (torque[j] - y);
            squares += y * y;
        }
    }
    CHECK(squares > 0);
    CHECK(miss < 0.05 * squares);
}
