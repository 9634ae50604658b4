#include <cmath>
#include <string>

#include <doctest/doctest.h>

#include <synapse/kernels/scalar.hpp>
#include <synapse/network/activation.hpp>

using synapse::activation;
using kernels = synapse::scalar_kernels<>;

TEST_CASE("activation: names") {
    CHECK(std::string{name(activation::linear)} == "linear");
    CHECK(std::string{name(activation::relu)} == "relu");
    CHECK(std::string{name(activation::tanh)} == "tanh");
    CHECK(std::string{name(static_cast<activation>(200))} == "unknown");
}

TEST_CASE("activate: each function, in place") {
    const float in[] = {-2.0f, -0.5f, 0.0f, 0.25f, 3.0f};
    for (const float x : in) {
        float linear = x;
        float relu = x;
        float tanh = x;
        synapse::activate<kernels>(activation::linear, 1, &linear);
        synapse::activate<kernels>(activation::relu, 1, &relu);
        synapse::activate<kernels>(activation::tanh, 1, &tanh);
        CHECK(linear == x);
        CHECK(relu == (x > 0.0f ? x : 0.0f));
        CHECK(static_cast<double>(tanh) == doctest::Approx(std::tanh(static_cast<double>(x))).epsilon(1e-6));
    }
}

TEST_CASE("activate_backward: the derivative, against central differences") {
    for (const float x : {-1.75f, -0.5f, 0.25f, 2.5f}) {
        for (const activation f : {activation::linear, activation::relu, activation::tanh}) {
            const auto at = [&](double u) {
                return f == activation::linear ? u : f == activation::relu ? (u > 0 ? u : 0.0) : std::tanh(u);
            };
            const double slope = (at(static_cast<double>(x) + 1e-5) - at(static_cast<double>(x) - 1e-5)) / 2e-5;
            float h = x;
            float delta = 0.75f;
            synapse::activate<kernels>(f, 1, &h);
            synapse::activate_backward<kernels>(f, 1, &h, &delta);
            CHECK(static_cast<double>(delta) == doctest::Approx(0.75 * slope).epsilon(1e-5));
        }
    }
}

TEST_CASE("activate: what overflowed saturates, with every function") {
    for (const activation f : {activation::linear, activation::relu, activation::tanh}) {
        float a[] = {3e38f, -3e38f};
        synapse::activate<kernels>(f, 2, a);
        CHECK(std::fabs(a[0]) <= synapse::limit);
        CHECK(std::fabs(a[1]) <= synapse::limit);
        float delta[] = {3e38f, -3e38f};
        const float h[] = {0.5f, 0.5f};
        synapse::activate_backward<kernels>(f, 2, h, delta);
        CHECK(delta[0] == synapse::limit);
        CHECK(delta[1] == -synapse::limit);
    }
}
