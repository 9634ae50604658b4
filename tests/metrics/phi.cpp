#include <bit>
#include <cstdint>
#include <limits>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include <synapse/core/random.hpp>
#include <synapse/metrics/phi.hpp>

#include "cases.hpp"
#include "vectors.hpp"

using cases::near;

namespace {

using pairs = std::vector<float>;

synapse::phi_result phi_of(std::uint32_t units, const float* covariance, float shrinkage = 0.0f, float samples = 0.0f,
                           std::uint32_t nearby = 0, std::uint32_t budget = 0xffffffffu) {
    cases::housed search{synapse::phi_search{units}};
    search->begin(covariance, shrinkage, samples, nearby);
    while (!search->advance(budget)) {
    }
    return search->found();
}

// The covariance of (past, present) of copies of one system that know nothing of each other.
pairs apart(std::uint32_t units, const float* one, std::uint32_t copies) {
    const std::uint32_t n = units * copies;
    pairs out(synapse::triangle::size(2 * n));
    for (std::uint32_t i = 0; i < 2 * n; ++i) {
        for (std::uint32_t j = 0; j <= i; ++j) {
            if (i % n / units != j % n / units) continue;
            const std::uint32_t a = i / n * units + i % units;
            const std::uint32_t b = j / n * units + j % units;
            out[synapse::triangle::at(i, j)] = one[synapse::triangle::at(a, b)];
        }
    }
    return out;
}

pairs ring(std::uint32_t n, float r) {
    pairs out(synapse::triangle::size(2 * n));
    for (std::uint32_t i = 0; i < 2 * n; ++i) out[synapse::triangle::at(i, i)] = 1.0f;
    for (std::uint32_t i = 0; i < n; ++i) out[synapse::triangle::at(n + i, (i + n - 1) % n)] = r;
    return out;
}

bool same_cut(std::uint32_t a, std::uint32_t b, std::uint32_t units) {
    const std::uint32_t all = units == 32 ? 0xffffffffu : (1u << units) - 1;
    return a == b || a == (all ^ b);
}

const vectors::phi_case& named(const char* name) {
    for (const auto& c : vectors::phi_cases) {
        if (std::string_view{c.name} == name) return c;
    }
    FAIL("no such case");
    return vectors::phi_cases[0];
}

// x[t] = a x[t-1] + e on n units, coupled in a ring within blocks of the given size.
struct blocks_world {
    std::uint32_t n;
    std::uint32_t block;
    float r;
    std::vector<float> x;
    synapse::random_generator chance{7};

    void step() {
        std::vector<float> next(n);
        for (std::uint32_t i = 0; i < n; ++i) {
            const std::uint32_t start = i / block * block;
            const std::uint32_t before = start + (i - start + block - 1) % block;
            next[i] = r * x[before] + 1.7f * chance.symmetric();
        }
        x = next;
    }
};

}  // namespace

TEST_CASE("Phi is what its definition says, to 1e-5, and names the cut") {
    for (const auto& c : vectors::phi_cases) {
        CAPTURE(c.name);
        const auto found = phi_of(c.units, c.pairs, c.shrinkage, c.samples);
        CHECK(near(found.nats, c.phi));
        CHECK(near(found.share, 1.0 - std::exp(-2.0 * c.phi)));
        CHECK(near(found.floor, c.floor));
        CHECK(found.live == c.live);
        if (c.live >= 2) CHECK(near(found.raw, c.raw));
        if (c.live <= synapse::phi_search::exhaustive_units) CHECK(near(found.recurrent, c.recurrent));
        if (c.cut != 0) CHECK(same_cut(found.cut, c.cut, c.units));
    }
}

TEST_CASE("a search in slices of one row finds the same bits as one at a stroke") {
    for (const auto& c : vectors::phi_cases) {
        CAPTURE(c.name);
        const auto whole = phi_of(c.units, c.pairs, c.shrinkage, c.samples);
        const auto sliced = phi_of(c.units, c.pairs, c.shrinkage, c.samples, 0, 1);
        CHECK(std::bit_cast<std::uint32_t>(whole.raw) == std::bit_cast<std::uint32_t>(sliced.raw));
        CHECK(whole.cut == sliced.cut);
        CHECK(whole.cuts == sliced.cuts);
    }
}

TEST_CASE("Phi does not depend on the units' scales or order") {
    const auto plain = phi_of(8, named("two systems of four, weakly coupled").pairs);
    const auto scaled = phi_of(8, named("the same in other units").pairs);
    const auto permuted = phi_of(8, named("the same in another order").pairs);
    CHECK(near(scaled.nats, static_cast<double>(plain.nats), 1e-6));
    CHECK(near(permuted.nats, static_cast<double>(plain.nats), 1e-6));
    CHECK(same_cut(plain.cut, 0x0f, 8));
    CHECK(same_cut(scaled.cut, 0x0f, 8));
    CHECK_FALSE(same_cut(permuted.cut, 0x0f, 8));
}

TEST_CASE("large systems: r^2 on a ring, 0 and the right cut for what is apart") {
    for (const std::uint32_t n : {17u, 24u, 32u}) {
        CAPTURE(n);
        CHECK(near(phi_of(n, ring(n, 0.8f).data()).share, 0.64));
        CHECK(near(phi_of(n, ring(n, 0.95f).data()).share, 0.9025));
    }
    const auto& ten = named("random, 10 units");
    const auto found = phi_of(30, apart(10, ten.pairs, 3).data());
    CHECK(near(found.nats, 0.0));
    for (std::uint32_t block = 0; block < 3; ++block) {
        const std::uint32_t inside = found.cut >> (10 * block) & 0x3ffu;
        CHECK((inside == 0 || inside == 0x3ffu));  // no block is cut through
    }
    const auto& eight = named("random, 8 units");
    const auto sixteen = phi_of(16, apart(8, eight.pairs, 2).data());
    CHECK(near(sixteen.nats, 0.0));
    CHECK(same_cut(sixteen.cut, 0x00ff, 16));
    const auto all = phi_of(32, apart(8, eight.pairs, 4).data());
    CHECK(near(all.nats, 0.0));
}

TEST_CASE("a search near a cut finds a weaker neighbour, and looks at few cuts") {
    const auto& c = named("two systems of 5 and 9");
    const auto full = phi_of(14, c.pairs);
    const auto close = phi_of(14, c.pairs, 0.0f, 0.0f, full.cut ^ 0x2u);
    CHECK(close.cut == full.cut);
    CHECK(close.cuts < 60);
    CHECK(full.cuts > 300);
    // A cut that leaves a side empty is no cut: the whole search is made.
    CHECK(phi_of(14, c.pairs, 0.0f, 0.0f, 0x3fff).cuts == full.cuts);
}

TEST_CASE("a singular system is measured with more shrinkage") {
    const auto& c = named("exact copies of one unit");
    const auto found = phi_of(4, c.pairs, 0.0f);
    CHECK(found.shrinkage == 1e-3f);
    CHECK(near(found.nats, c.phi));
    CHECK(found.flag == synapse::phi_flag::measured);
}

TEST_CASE("numbers that are no covariance give a number all the same") {
    synapse::random_generator chance{3};
    for (int trial = 0; trial < 200; ++trial) {
        pairs wrong(synapse::triangle::size(12));
        for (float& x : wrong) x = chance.symmetric() * (trial % 3 == 0 ? 1e20f : 1.0f);
        const auto found = phi_of(6, wrong.data(), 1e-3f, 100.0f);
        CHECK(synapse::is_finite(found.nats));
        CHECK(found.share >= 0.0f);
        CHECK(found.share <= 1.0f);
    }
}

TEST_CASE("the meter reads a stream: a ring, the same in two pieces, and back") {
    constexpr std::uint32_t n = 8;
    cases::housed meter{synapse::phi_meter{n, 1}};
    const synapse::phi_tuning numbers{.horizon = 4096.0f};
    blocks_world world{n, n, 0.8f, std::vector<float>(n), {}};
    for (int t = 0; t < 100; ++t) {
        world.step();
        REQUIRE(meter->push(world.x.data(), numbers) == synapse::status::ok);
    }
    CHECK(meter->latest().flag == synapse::phi_flag::too_few_samples);
    CHECK(meter->latest().share == 0.0f);
    for (int t = 0; t < 20000; ++t) {
        world.step();
        REQUIRE(meter->push(world.x.data(), numbers) == synapse::status::ok);
    }
    CHECK(meter->latest().flag == synapse::phi_flag::measured);
    CHECK(near(meter->latest().share, 0.64, 0.04));
    CHECK(meter->latest().recurrent > 0.3f);
    world.block = 4;
    for (int t = 0; t < 60000; ++t) {
        world.step();
        REQUIRE(meter->push(world.x.data(), numbers) == synapse::status::ok);
    }
    CHECK(meter->latest().flag == synapse::phi_flag::below_noise);
    CHECK(meter->latest().share == 0.0f);
    CHECK(same_cut(meter->latest().cut, 0x0f, n));
    world.block = 8;
    for (int t = 0; t < 60000; ++t) {
        world.step();
        REQUIRE(meter->push(world.x.data(), numbers) == synapse::status::ok);
    }
    CHECK(near(meter->latest().share, 0.64, 0.04));
}

TEST_CASE("independent units, whatever their number, stay below the noise floor") {
    for (const std::uint32_t n : {2u, 8u, 12u, 20u}) {
        CAPTURE(n);
        cases::housed meter{synapse::phi_meter{n, 1}};
        synapse::random_generator chance{n};
        std::vector<float> x(n);
        int above = 0;
        int readings = 0;
        for (int t = 1; t <= 40000; ++t) {
            for (float& unit : x) unit = 0.7f * unit + chance.symmetric();
            REQUIRE(meter->push(x.data(), {}) == synapse::status::ok);
            if (t > 4096 && t % 2048 == 0) {
                ++readings;
                above += meter->latest().share > 0.0f ? 1 : 0;
            }
        }
        CHECK(readings == 17);
        CHECK(above <= 4);  // two deviations: one in twenty, and readings that share half their samples
    }
}

TEST_CASE("dead and constant units are left out, and a bad sample changes nothing") {
    constexpr std::uint32_t n = 5;
    cases::housed meter{synapse::phi_meter{n, 1}};
    blocks_world world{3, 3, 0.8f, std::vector<float>(3), {}};
    for (int t = 0; t < 12000; ++t) {
        world.step();
        const float x[n] = {world.x[0], 0.25f, world.x[1], 0.0f, world.x[2]};
        REQUIRE(meter->push(x, {}) == synapse::status::ok);
    }
    CHECK(meter->latest().live == 3);
    CHECK(near(meter->latest().share, 0.64, 0.06));
    CHECK((meter->latest().cut & 0b01010u) == 0);

    const std::vector<cases::housed<synapse::phi_meter>::line> before = meter.lines;
    for (const float wrong : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity(), -2e15f}) {
        const float x[n] = {0.0f, 0.0f, wrong, 0.0f, 0.0f};
        CHECK(meter->push(x, {}) == synapse::status::not_finite);
    }
    bool same = true;
    for (std::size_t i = 0; i < before.size(); ++i) {
        for (std::size_t j = 0; j < 64; ++j) same = same && before[i].bytes[j] == meter.lines[i].bytes[j];
    }
    CHECK(same);

    cases::housed still{synapse::phi_meter{n, 1}};
    const float constant[n] = {1.0f, 2.0f, 3.0f, 4.0f, 5.0f};
    for (int t = 0; t < 3000; ++t) REQUIRE(still->push(constant, {}) == synapse::status::ok);
    CHECK(still->latest().flag == synapse::phi_flag::too_few_units);
    CHECK(still->latest().share == 0.0f);
    CHECK(still->latest().live == 0);
}

TEST_CASE("a search never costs a step more than its budget and one row, and ends before the next is due") {
    for (const std::uint32_t n : {4u, 8u, 10u, 12u, 16u, 20u, 32u}) {
        CAPTURE(n);
        const synapse::phi_tuning numbers{};
        const cases::housed meter{synapse::phi_meter{n, 1}};
        const std::uint32_t budget = meter.part.budget(numbers);
        const auto system = ring(n, 0.7f);
        for (const std::uint32_t nearby : {0u, 1u}) {
            cases::housed search{synapse::phi_search{n}};
            search->begin(system.data(), 1e-3f, 0.0f, nearby);
            std::uint32_t steps = 1;
            while (!search->advance(budget)) ++steps;
            CHECK(steps <= (nearby == 0 ? numbers.period * numbers.full_every : numbers.period));
        }
        // Some ten times what the covariance costs.
        CHECK(budget < 13 * n * n);
    }
}

TEST_CASE("numbers of the tuning that make no sense are named") {
    CHECK(synapse::phi_tuning{}.flaw() == nullptr);
    CHECK(synapse::phi_tuning{.horizon = 0.5f}.flaw() != nullptr);
    CHECK(synapse::phi_tuning{.horizon = std::numeric_limits<float>::quiet_NaN()}.flaw() != nullptr);
    CHECK(synapse::phi_tuning{.shrinkage = 1.0f}.flaw() != nullptr);
    CHECK(synapse::phi_tuning{.period = 0}.flaw() != nullptr);
    CHECK(synapse::phi_tuning{.full_every = 0}.flaw() != nullptr);
    CHECK(synapse::phi_tuning{.period = (1u << 24) + 1}.flaw() != nullptr);
    CHECK(synapse::phi_tuning{.full_every = (1u << 24) + 1}.flaw() != nullptr);
    CHECK(synapse::phi_tuning{.period = 1u << 24, .full_every = 1u << 24}.is_sound());
    CHECK_FALSE(synapse::phi_tuning{.period = 0}.is_sound());
}
