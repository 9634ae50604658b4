// The closed-form readout over ten million steps in single precision, beside the normal equations in double: how far apart the
// weights are, in units of the largest, and what a step costs.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <span>
#include <vector>

#include <synapse/core/fields.hpp>
#include <synapse/core/random.hpp>
#include <synapse/kernels/default.hpp>
#include <synapse/network/least_squares.hpp>

#include "../network/normal_equations.hpp"

namespace {

struct alignas(64) line {
    std::byte bytes[64];
};

using solver = synapse::least_squares<synapse::default_kernels>;

double distance(const solver& part, const std::vector<double>& exact) {
    double worst = 0, largest = 0;
    for (std::uint32_t k = 0; k < part.size(); ++k) {
        const double e = exact[k];
        worst = std::max(worst, std::fabs(static_cast<double>(part.weights()(k, 0)) - e));
        largest = std::max(largest, std::fabs(e));
    }
    return worst / largest;
}

void long_life(std::uint32_t features, std::uint64_t steps) {
    solver part{features, 1, 1.0f};
    std::vector<line> memory(synapse::measure(part) / sizeof(line) + 1);
    if (!ok(synapse::place(part, std::as_writable_bytes(std::span{memory})))) return;
    part.begin();
    network_test::normal_equations oracle{features, 1, 1.0};
    synapse::random_generator random{1};
    std::vector<float> f(features), y(1);
    std::chrono::steady_clock::duration learning{};
    for (std::uint64_t i = 1; i <= steps; ++i) {
        f[0] = 1.0f;
        for (std::uint32_t k = 1; k < features; ++k) f[k] = random.symmetric() + 0.9f * f[k - 1];  // strongly correlated
        y[0] = random.symmetric();
        for (std::uint32_t k = 0; k < features; ++k) y[0] += f[k] * (static_cast<float>(k % 7) - 3.0f);
        const auto before = std::chrono::steady_clock::now();
        for (std::uint32_t k = 0; k < features; ++k) part.features()[k] = f[k];
        part.learn(y.data(), 1.0f);
        learning += std::chrono::steady_clock::now() - before;
        oracle.add(f, y, 1.0);
        if (i == steps / 100 || i == steps / 10 || i == steps) {
            std::printf("%4u features %9llu steps: distance %.2e, restarts %u, %.2f us a step, %zu bytes\n", features,
                        static_cast<unsigned long long>(i), distance(part, oracle.solve()), part.restarts(),
                        std::chrono::duration<double, std::micro>(learning).count() / static_cast<double>(i), synapse::measure(part));
        }
    }
}

}  // namespace

int main() {
    long_life(8, 10000000);
    long_life(32, 10000000);
    long_life(600, 20000);
}
