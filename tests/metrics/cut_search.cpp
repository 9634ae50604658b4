#include <bit>
#include <cstdint>
#include <vector>

#include <doctest/doctest.h>

#include <synapse/core/random.hpp>
#include <synapse/metrics/cut_search.hpp>

#include "cases.hpp"

namespace {

// The weight of a graph's edges across a cut: symmetric and submodular, so that Queyranne's walk must find the least.
struct graph {
    std::uint32_t n;
    std::vector<float> edge;

    graph(std::uint32_t units, std::uint64_t seed) : n{units}, edge(std::size_t{units} * units) {
        synapse::random_generator chance{seed};
        for (std::uint32_t i = 0; i < n; ++i) {
            for (std::uint32_t j = 0; j < i; ++j) edge[i * n + j] = edge[j * n + i] = chance.uniform() < 0.4f ? chance.uniform() : 0.0f;
        }
    }
    [[nodiscard]] float across(std::uint32_t cut) const {
        float sum = 0.0f;
        for (std::uint32_t i = 0; i < n; ++i) {
            for (std::uint32_t j = 0; j < i; ++j) sum += (cut >> i & 1u) != (cut >> j & 1u) ? edge[i * n + j] : 0.0f;
        }
        return sum;
    }
};

struct walked {
    float value;
    std::uint32_t cut;
    std::uint32_t cuts;
};

walked walk(const graph& g, synapse::cut_walk how, std::uint32_t first = 1) {
    cases::housed search{synapse::cut_search{g.n}};
    search->begin(how, g.n, first);
    const std::uint32_t all = g.n == 32 ? 0xffffffffu : (1u << g.n) - 1;
    const auto natural = [](std::uint32_t i) { return i; };
    std::uint32_t cuts = 0;
    for (std::uint32_t cut = search->next(natural); cut != 0; cut = search->next(natural)) {
        REQUIRE((cut & ~all) == 0);
        REQUIRE(cut != all);
        search->take(cut, g.across(cut));
        ++cuts;
        REQUIRE(cuts < 5000);
    }
    return {search->best(), search->best_cut(), cuts};
}

}  // namespace

TEST_CASE("every cut of a small system is looked at once") {
    for (const std::uint32_t n : {2u, 3u, 7u, 10u}) {
        const graph g{n, n};
        const auto found = walk(g, synapse::cut_walk::exhaustive);
        CHECK(found.cuts == (1u << (n - 1)) - 1);
        for (std::uint32_t cut = 1; cut < 1u << (n - 1); ++cut) CHECK(g.across(cut) >= found.value);
        CHECK(g.across(found.cut) == found.value);
    }
}

TEST_CASE("Queyranne's walk finds the least cut of a graph") {
    for (std::uint64_t seed = 1; seed <= 40; ++seed) {
        CAPTURE(seed);
        const graph g{9, seed};
        CHECK(cases::near(walk(g, synapse::cut_walk::queyranne).value, static_cast<double>(walk(g, synapse::cut_walk::exhaustive).value)));
    }
    CHECK(walk(graph{16, 1}, synapse::cut_walk::queyranne).cuts < 900);
    CHECK(walk(graph{2, 1}, synapse::cut_walk::queyranne).cut != 0);
    CHECK(walk(graph{3, 1}, synapse::cut_walk::queyranne).cut != 0);
}

TEST_CASE("a sweep finds the cut that its order shows, and single units") {
    graph g{20, 3};
    for (std::uint32_t i = 0; i < 20; ++i) {
        for (std::uint32_t j = 0; j < 20; ++j) {
            g.edge[i * 20 + j] = (i < 8) == (j < 8) ? 1.0f : 0.01f;
        }
    }
    CHECK(walk(g, synapse::cut_walk::sweep).cut == 0x000ffu);
    for (std::uint32_t i = 0; i < 20; ++i) g.edge[13 * 20 + i] = g.edge[i * 20 + 13] = 0.001f;
    CHECK(walk(g, synapse::cut_walk::sweep).cut == 1u << 13);
}

TEST_CASE("a walk nearby moves single units while that helps, and never empties a side") {
    graph g{32, 5};
    for (std::uint32_t i = 0; i < 32; ++i) {
        for (std::uint32_t j = 0; j < 32; ++j) g.edge[i * 32 + j] = (i < 16) == (j < 16) ? 1.0f : 0.0f;
    }
    CHECK(walk(g, synapse::cut_walk::nearby, 0x00001ffbu).cut == 0x0000ffffu);
    CHECK(walk(graph{2, 1}, synapse::cut_walk::nearby, 2).cut != 0);
    const auto lonely = walk(graph{5, 1}, synapse::cut_walk::nearby, 1);
    CHECK(std::popcount(lonely.cut) >= 1);
}
