#include <bit>
#include <cmath>
#include <cstdint>
#include <initializer_list>
#include <limits>

#include <doctest/doctest.h>

#include <synapse/kernels/arithmetic.hpp>
#include <synapse/kernels/math.hpp>

// The stated errors were measured over every float of the range (2^32 of them, both arithmetics); here the range is sampled
// every few thousand floats, from a different start in each binade, and densely where the functions bend or end.

namespace {

// |y - exact| in units of the last place of a float near exact.
double ulps(float y, long double exact) {
    int exponent = 0;
    static_cast<void>(std::frexp(exact, &exponent));
    const long double unit = std::ldexp(1.0L, exponent < -125 ? -149 : exponent - 24);
    return static_cast<double>(std::fabs(static_cast<long double>(y) - exact) / unit);
}

struct range {
    float from, to;       // 0 < from <= to
    std::uint32_t every;  // sampled floats, 1 for all
};

// Calls action with x in order of its magnitude.
template <class Action>
void over(range r, float sign, Action&& action) {
    const std::uint32_t last = std::bit_cast<std::uint32_t>(r.to);
    for (std::uint32_t bits = std::bit_cast<std::uint32_t>(r.from); bits <= last; bits += r.every)
        action(sign * std::bit_cast<float>(bits));
    action(sign * r.to);
}

// The largest error of f over the range in ulp.
template <class Function, class Exact>
double worst(range r, float sign, Function&& f, Exact&& exact) {
    double largest = 0.0;
    over(r, sign, [&](float x) {
        const double error = ulps(f(x), exact(static_cast<long double>(x)));
        if (!(error <= largest)) largest = error;  // a NaN counts as the worst
    });
    return largest;
}

// The largest step backwards of f, in units of its last place, as |x| grows; direction +1 for a rising f.
template <class Function>
double largest_drop(range r, float sign, float direction, Function&& f) {
    double largest = 0.0;
    bool first = true;
    float before = 0.0f;
    over(r, sign, [&](float x) {
        const float y = f(x);
        if (!first && direction * (y - before) < 0.0f) {
            const double drop = ulps(y, static_cast<long double>(before));
            if (drop > largest) largest = drop;
        }
        before = y;
        first = false;
    });
    return largest;
}

constexpr float smallest = 0x1p-126f;

}  // namespace

TEST_CASE_TEMPLATE("tanh: at most 6 ulp, odd, within +-1", Arithmetic, synapse::separate, synapse::fused) {
    using operations = synapse::math::scalar_operations<Arithmetic>;
    const auto f = [](float x) { return synapse::math::tanh<operations>(x); };
    const auto exact = [](long double x) { return std::tanh(x); };
    CHECK(worst({smallest, 20.0f, 9973}, 1.0f, f, exact) < 6.0);
    CHECK(worst({0x1.a276cp+2f, 0x1.a276ep+2f, 1}, 1.0f, f, exact) < 6.0);  // where the error is largest
    CHECK(worst({8.9f, 9.1f, 11}, 1.0f, f, exact) < 6.0);
    bool odd = true;
    bool inside = true;
    over({smallest, 20.0f, 99991}, 1.0f, [&](float x) {
        odd = odd && f(-x) == -f(x);
        inside = inside && std::fabs(f(x)) <= 1.0f;
    });
    CHECK(odd);
    CHECK(inside);
    CHECK(std::bit_cast<std::uint32_t>(f(0.0f)) == 0);
    CHECK(std::signbit(f(-0.0f)));
    for (const float tiny : {1e-45f, 1e-40f, 1e-20f}) CHECK(f(tiny) == tiny);
}

TEST_CASE_TEMPLATE("tanh: saturates for good, and rises to within its error before that", Arithmetic, synapse::separate, synapse::fused) {
    using operations = synapse::math::scalar_operations<Arithmetic>;
    const auto f = [](float x) { return synapse::math::tanh<operations>(x); };
    // At most 2^-24 from 1, and the same number for ever after.
    const float end = f(9.01f);
    CHECK(end <= 1.0f);
    CHECK(end >= 1.0f - 0x1p-24f);
    for (const float beyond : {9.010001f, 20.0f, 1e6f, 0x1p20f, 1e30f, std::numeric_limits<float>::max()}) {
        CHECK(f(beyond) == end);
        CHECK(f(-beyond) == -end);
    }
    CHECK(largest_drop({0.001f, 10.0f, 1009}, 1.0f, 1.0f, f) <= 8.0);
    CHECK(largest_drop({8.5f, 9.02f, 7}, 1.0f, 1.0f, f) <= 8.0);
    CHECK(largest_drop({0.001f, 10.0f, 1009}, -1.0f, -1.0f, f) <= 8.0);
    // Over steps of any size that matters it does rise.
    float before = -1.0f;
    bool rising = true;
    for (int i = -850; i <= 850; ++i) {
        const float y = f(static_cast<float>(i) * 0.01f);
        rising = rising && (y > before || std::fabs(y) > 1.0f - 0x1p-14f);
        before = y;
    }
    CHECK(rising);
}

TEST_CASE_TEMPLATE("exp: at most 1.1 ulp, monotone, neither denormal nor infinite", Arithmetic, synapse::separate, synapse::fused) {
    using operations = synapse::math::scalar_operations<Arithmetic>;
    const auto f = [](float x) { return synapse::math::exp<operations>(x); };
    const auto exact = [](long double x) { return std::exp(x); };
    CHECK(worst({smallest, 88.0f, 9973}, 1.0f, f, exact) < 1.1);
    CHECK(worst({smallest, 87.33654f, 9973}, -1.0f, f, exact) < 1.1);
    CHECK(worst({87.9f, 88.0f, 3}, 1.0f, f, exact) < 1.1);
    CHECK(largest_drop({1e-6f, 88.0f, 9973}, 1.0f, 1.0f, f) == 0.0);
    CHECK(largest_drop({1e-6f, 87.0f, 9973}, -1.0f, -1.0f, f) == 0.0);
    // Around the points where the power of two changes, every float.
    for (const float turn : {0.34657359f, 1.03972077f, 20.4478416f, 60.3037907f}) {
        const float from = turn * (1.0f - 0x1p-16f);
        const float to = turn * (1.0f + 0x1p-16f);
        CHECK(largest_drop({from, to, 1}, 1.0f, 1.0f, f) == 0.0);
        CHECK(largest_drop({from, to, 1}, -1.0f, -1.0f, f) == 0.0);
        CHECK(worst({from, to, 1}, 1.0f, f, exact) < 1.1);
    }
    CHECK(f(0.0f) == 1.0f);
    CHECK(f(-0.0f) == 1.0f);
    for (const float beyond : {88.00001f, 100.0f, 1e30f, std::numeric_limits<float>::max()}) {
        CHECK(f(beyond) == f(88.0f));
        CHECK(f(-beyond) >= smallest);
        CHECK(f(-beyond) < 0x1.1p-126f);
    }
}

TEST_CASE_TEMPLATE("log: at most 0.9 ulp, monotone", Arithmetic, synapse::separate, synapse::fused) {
    using operations = synapse::math::scalar_operations<Arithmetic>;
    const auto f = [](float x) { return synapse::math::log<operations>(x); };
    const auto exact = [](long double x) { return std::log(x); };
    const float largest = std::numeric_limits<float>::max();
    CHECK(worst({smallest, largest, 9973}, 1.0f, f, exact) < 0.9);
    CHECK(worst({0.70f, 0.72f, 17}, 1.0f, f, exact) < 0.9);
    CHECK(worst({0.99f, 1.01f, 17}, 1.0f, f, exact) < 0.9);
    CHECK(worst({1.40f, 1.42f, 17}, 1.0f, f, exact) < 0.9);
    CHECK(largest_drop({smallest, largest, 9973}, 1.0f, 1.0f, f) == 0.0);
    CHECK(largest_drop({0.707f, 0.7072f, 1}, 1.0f, 1.0f, f) == 0.0);
    CHECK(largest_drop({1.414f, 1.4144f, 1}, 1.0f, 1.0f, f) == 0.0);
    CHECK(std::bit_cast<std::uint32_t>(f(1.0f)) == 0);
    CHECK(f(smallest) == doctest::Approx(-87.33654));
    CHECK(f(largest) == doctest::Approx(88.72284));
}

TEST_CASE_TEMPLATE("sigmoid: at most 2.5 ulp, between 0 and 1", Arithmetic, synapse::separate, synapse::fused) {
    using operations = synapse::math::scalar_operations<Arithmetic>;
    const auto f = [](float x) { return synapse::math::sigmoid<operations>(x); };
    const auto exact = [](long double x) { return 1.0L / (1.0L + std::exp(-x)); };
    CHECK(worst({smallest, 87.0f, 9973}, 1.0f, f, exact) < 2.5);
    CHECK(worst({smallest, 87.0f, 9973}, -1.0f, f, exact) < 2.5);
    CHECK(f(0.0f) == 0.5f);
    CHECK(f(-0.0f) == 0.5f);
    for (const float beyond : {90.0f, 1e30f, std::numeric_limits<float>::max()}) {
        CHECK(f(beyond) == 1.0f);
        CHECK(f(-beyond) >= smallest);
        CHECK(f(-beyond) < 0x1.1p-126f);
    }
}

TEST_CASE("scalar_operations: powers of two and the splitting of a number") {
    using operations = synapse::math::scalar_operations<synapse::separate>;
    for (int n = -126; n <= 127; ++n) CHECK(operations::pow2(static_cast<float>(n)) == std::ldexp(1.0f, n));
    for (const float x : {smallest, 0.7f, 0.70710677f, 0.70710678f, 0.7072f, 1.0f, 1.4142135f, 1.4142137f, 3.0f, 1e30f, 3.4e38f}) {
        float exponent = 0.0f;
        const float mantissa = operations::split(x, exponent);
        CHECK(std::ldexp(mantissa, static_cast<int>(exponent)) == x);
        CHECK(mantissa >= 0.7071067f);
        CHECK(mantissa < 1.4142137f);
    }
    CHECK(operations::positive(1.0f, 2.0f, 3.0f) == 2.0f);
    CHECK(operations::positive(0.0f, 2.0f, 3.0f) == 3.0f);
    CHECK(operations::positive(-1.0f, 2.0f, 3.0f) == 3.0f);
}
