#include <cmath>
#include <cstdint>
#include <vector>

#include <doctest/doctest.h>

#include <synapse/kernels/default.hpp>
#include <synapse/plasticity/incoming.hpp>

#include "slowly_changing.hpp"

#include "../network/built.hpp"

using kernels = synapse::default_kernels;
using network_test::built;
using network_test::draw;
using plasticity_test::owned;
using synapse::incoming;
using synapse::incoming_guide;
using synapse::slots;

namespace {

float cosine(const float* a, const std::vector<float>& b) {
    float ab = 0.0f, aa = 0.0f, bb = 0.0f;
    for (std::size_t i = 0; i < b.size(); ++i) {
        ab += a[i] * b[i];
        aa += a[i] * a[i];
        bb += b[i] * b[i];
    }
    return ab / std::sqrt(aa * bb);
}

synapse::topology growing_net() {
    synapse::topology t;
    t.inputs = 12;
    t.outputs = 3;
    t.hidden[0] = 4;
    t.hidden_reserved[0] = 40;
    t.momentum = true;
    return t;
}

}  // namespace

TEST_CASE("the guide finds the direction that the errors ask for, whatever the inputs' mean") {
    owned<incoming_guide> held{slots{12, 12}, slots{3, 3}};
    incoming_guide& guide = held.part;
    synapse::random_generator source{1};
    const std::vector<float> wanted = draw(12, source);
    const float spread[3] = {0.5f, -1.0f, 0.25f};
    for (int i = 0; i < 2000; ++i) {
        std::vector<float> x = draw(12, source);
        float along = 0.0f;
        for (std::size_t k = 0; k < 12; ++k) along += x[k] * wanted[k];
        for (float& v : x) v += 3.0f;
        float delta[3];
        for (int j = 0; j < 3; ++j) delta[j] = spread[j] * along + 0.1f * source.symmetric();
        guide.add<kernels>(x.data(), delta);
    }
    CHECK(std::fabs(cosine(guide.direction(), wanted)) > 0.9f);
}

TEST_CASE("the guide stays finite whatever it is shown, and begins again after silence") {
    owned<incoming_guide> held{slots{12, 12}, slots{3, 3}};
    incoming_guide& guide = held.part;
    synapse::random_generator source{1};
    for (const float scale : {synapse::limit, 0.0f, 1.0f}) {
        for (int i = 0; i < 20000; ++i) {
            const std::vector<float> x = draw(12, source, scale);
            const std::vector<float> delta = draw(3, source, scale);
            guide.add<kernels>(x.data(), delta.data());
        }
        CHECK(kernels::largest_bits(12, guide.direction()) < 0x7f800000u);
        if (scale == 0.0f) CHECK(guide.squared_length<kernels>() == 0.0f);
    }
    CHECK(guide.squared_length<kernels>() > 0.0f);
}

TEST_CASE("drawn weights are as long as those at birth, by chance or guided, and touch nothing else") {
    for (const incoming how : {incoming::chance, incoming::guided}) {
        built<kernels> b{growing_net()};
        b.draw_outputs(2);
        owned<incoming_guide> held{slots{12, 12}, slots{3, 3}};
        incoming_guide& guide = held.part;
        synapse::random_generator source{7};
        for (int i = 0; i < 300; ++i) {
            const std::vector<float> x = draw(12, source);
            const float delta[3] = {x[0], -x[1], 0.3f * x[2]};
            guide.add<kernels>(x.data(), delta);
        }
        const std::vector<float> x = draw(12, source);
        const std::vector<float> before = b.predict(x);
        REQUIRE(b.net.widen(0, 30) == 30);
        b.net.layer(0).velocities()(3, 10) = 1.0f;
        synapse::draw_incoming(b.net, 0, 4, 30, how, guide, x.data(), 0.5f, source);
        CHECK(b.predict(x) == before);
        CHECK(b.padding_is_zero());
        CHECK(b.net.layer(0).velocities()(3, 10) == 0.0f);
        double squares = 0.0;
        for (std::uint32_t j = 4; j < 34; ++j) {
            for (std::uint32_t k = 0; k < 12; ++k) squares += std::pow(static_cast<double>(b.net.layer(0).weights()(k, j)), 2.0);
        }
        CHECK(squares / 30 == doctest::Approx(12 * 0.25 / 3).epsilon(0.15));
        if (how == incoming::chance) {
            for (std::uint32_t j = 4; j < 34; ++j) CHECK(b.net.layer(0).bias()[j] == 0.0f);
        }
        // One alone has its kink near x.
        synapse::draw_incoming(b.net, 0, 4, 1, how, guide, x.data(), 0.5f, source);
        float sum = 0.0f;
        for (std::uint32_t k = 0; k < 12; ++k) sum += b.net.layer(0).weights()(k, 4) * x[k];
        if (how == incoming::guided) CHECK(b.net.layer(0).bias()[4] == doctest::Approx(static_cast<double>(-0.8f * sum)).epsilon(1e-4));
    }
}

TEST_CASE("a guide that knows nothing leaves it to chance; copies are exact") {
    built<kernels> b{growing_net()};
    built<kernels> other{growing_net(), 1, 9};
    owned<incoming_guide> held{slots{12, 12}, slots{3, 3}};
    synapse::random_generator source{7};
    const std::vector<float> x = draw(12, source);
    b.net.widen(0, 2);
    other.net.widen(0, 2);
    synapse::random_generator one{8};
    synapse::random_generator two{8};
    synapse::draw_incoming(b.net, 0, 4, 2, incoming::guided, held.part, x.data(), 0.5f, one);
    synapse::copy_incoming(b.net, other.net, 0, 4, 2);
    const std::uint32_t key = two.next();
    for (std::uint32_t k = 0; k < 12; ++k) {
        for (std::uint32_t j = 4; j < 6; ++j) {
            CHECK(b.net.layer(0).weights()(k, j) == 0.5f * synapse::symmetric_of(key + 2 * k + j));
            CHECK(other.net.layer(0).weights()(k, j) == b.net.layer(0).weights()(k, j));
        }
        CHECK(other.net.layer(0).weights()(k, 0) != b.net.layer(0).weights()(k, 0));
    }
    CHECK(other.padding_is_zero());
}
