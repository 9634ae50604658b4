#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <doctest/doctest.h>

#include <synapse/core/fields.hpp>
#include <synapse/kernels/scalar.hpp>
#include <synapse/plasticity/consolidation.hpp>

namespace {

using kernels = synapse::scalar_kernels<>;

struct line {
    alignas(64) std::byte bytes[64];
};

struct placed {
    explicit placed(bool momentum) {
        synapse::topology t;
        t.inputs = 3;
        t.outputs = 2;
        t.hidden[0] = 5;
        t.momentum = momentum;
        net = synapse::network<kernels>{t};
        block.resize(synapse::measure(net) / sizeof(line) + 1);
        REQUIRE(ok(synapse::place(net, std::as_writable_bytes(std::span{block}))));
    }
    std::vector<line> block;
    synapse::network<kernels> net;
};

}  // namespace

TEST_CASE("follow moves every weight by its share of the difference") {
    placed fast{false};
    placed slow{false};
    synapse::random_generator source{1};
    fast.net.randomise(source, 1.0f, false);
    slow.net.randomise(source, 1.0f, false);
    const float a = fast.net.layer(0).weights()(1, 2);
    const float b = slow.net.layer(0).weights()(1, 2);
    fast.net.layer(1).bias()[1] = 3.0f;
    synapse::follow(fast.net, slow.net, 0.25f);
    CHECK(slow.net.layer(0).weights()(1, 2) == doctest::Approx(static_cast<double>(b + 0.25f * (a - b))));
    CHECK(slow.net.layer(1).bias()[1] == 0.75f);
    CHECK(fast.net.layer(0).weights()(1, 2) == a);
}

TEST_CASE("the share warms up from a plain average to the decay") {
    CHECK(synapse::follow_share(0.99f, 1, 1) == doctest::Approx(0.5));
    CHECK(synapse::follow_share(0.99f, 1, 9) == doctest::Approx(0.1));
    CHECK(synapse::follow_share(0.99f, 1, 1000000) == doctest::Approx(0.01).epsilon(1e-3));
    CHECK(synapse::follow_share(0.999f, 10, 1ull << 40) == doctest::Approx(1.0 - std::pow(0.999, 10)).epsilon(1e-3));
    CHECK(synapse::follow_share(0.0f, 1, 5) == 1.0f);
}

TEST_CASE("copying makes the systems one, and stops their motion") {
    placed from{true};
    placed to{true};
    synapse::random_generator source{2};
    from.net.randomise(source, 1.0f, false);
    to.net.layer(0).velocities()(0, 0) = 1.0f;
    to.net.layer(1).bias_velocity()[0] = 1.0f;
    synapse::copy_weights(from.net, to.net);
    CHECK(synapse::weights_hash(from.net) == synapse::weights_hash(to.net));
    CHECK(to.net.layer(0).velocities()(0, 0) == 0.0f);
    CHECK(to.net.layer(1).bias_velocity()[0] == 0.0f);
}
