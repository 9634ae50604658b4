// Learning class after class: what bench_remember measures on MNIST, on a problem small enough for every build.
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include <doctest/doctest.h>

#include "../bench/remember_ours.hpp"
#include "../bench/remember_problem.hpp"
#include "../bench/remember_protocol.hpp"
#include "../bench/remember_published.hpp"

namespace {

constexpr std::uint32_t fresh = 5;
constexpr std::uint32_t capacity = 100;
constexpr std::uint64_t seeds = 2;
constexpr std::size_t fast = 0, slow = 1;  // ways of our student

const remember::problem& world() {
    static const remember::problem p = remember::clouds(600, 60);
    return p;
}

struct figures {
    double accuracy[3] = {};
    double forgetting[3] = {};
    std::size_t replay_bytes = 0;
};

template <class Make>
figures mean(Make make, bool shuffled = false) {
    figures f;
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
        const std::unique_ptr<remember::student> student = make(seed);
        const remember::outcome o = remember::live(world(), *student, fresh, shuffled, seed);
        REQUIRE(o.learned);
        for (std::size_t w = 0; w < o.accuracy.size(); ++w) {
            f.accuracy[w] += o.accuracy[w] / static_cast<double>(seeds);
            f.forgetting[w] += o.forgetting[w] / static_cast<double>(seeds);
        }
        f.replay_bytes = o.replay_bytes;
    }
    return f;
}

figures published(remember::published method, bool shuffled = false) {
    remember::published_numbers n;
    n.method = method;
    n.capacity = capacity;
    n.replays = fresh;
    return mean([&n](std::uint64_t seed) { return std::make_unique<remember::published_student>(world(), n, fresh, seed); }, shuffled);
}

remember::our_numbers usual() {
    remember::our_numbers n;
    n.fresh = fresh;
    n.replays = fresh;
    n.capacity = capacity;
    return n;
}

// A life of 6000 samples is short: its slow system averages over the last hundred steps.
synapse::tuning numbers(const remember::our_numbers& n, std::uint64_t seed) {
    synapse::tuning t = remember::our_tuning(n, seed);
    t.slow_decay = 0.99f;
    t.slow_every = 2;
    return t;
}

figures ours(const remember::our_numbers& n) {
    return mean([&n](std::uint64_t seed) { return std::make_unique<remember::our_student>(world(), n, numbers(n, seed)); });
}

const figures& usual_life() {
    static const figures f = ours(usual());
    return f;
}

}  // namespace

TEST_CASE("without replay the old classes are lost; with it most of what joint learning reaches is kept") {
    const figures lost = published(remember::published::fine_tune);
    const figures joint = published(remember::published::fine_tune, true);
    const figures& kept = usual_life();
    CHECK(lost.accuracy[0] < 30.0);
    CHECK(lost.forgetting[0] > 80.0);
    CHECK(joint.accuracy[0] > 88.0);
    CHECK(kept.accuracy[fast] > joint.accuracy[0] - 8.0);
    CHECK(kept.accuracy[slow] > lost.accuracy[0] + 50.0);
}

TEST_CASE("the recipe beats the published methods at the same number of samples") {
    const figures& kept = usual_life();
    const figures er = published(remember::published::replay);
    const figures ace = published(remember::published::asymmetric);
    CHECK(kept.accuracy[fast] > er.accuracy[0] + 5.0);
    CHECK(kept.forgetting[fast] < er.forgetting[0] - 10.0);
    CHECK(kept.accuracy[fast] > ace.accuracy[0] + 3.0);
    CHECK(kept.accuracy[fast] > published(remember::published::dark_replay).accuracy[0]);
    CHECK(kept.accuracy[slow] > er.accuracy[0]);
}

TEST_CASE("the slow system forgets less than the fast one") {
    const figures& kept = usual_life();
    CHECK(kept.forgetting[slow] < kept.forgetting[fast] - 2.0);
}

TEST_CASE("agreement with the slow system is worth having") {
    const auto life = [](float consistency) {
        return mean([consistency](std::uint64_t seed) {
            synapse::tuning t = numbers(usual(), seed);
            t.consistency = consistency;
            return std::make_unique<remember::our_student>(world(), usual(), t);
        });
    };
    CHECK(usual_life().forgetting[fast] < life(0.0f).forgetting[fast] - 2.0);
}

TEST_CASE("new samples that compete with old classes hurt them") {
    const auto life = [](std::uint32_t recent_labels) {
        return mean([recent_labels](std::uint64_t seed) {
            synapse::tuning t = numbers(usual(), seed);
            t.recent_labels = recent_labels;
            return std::make_unique<remember::our_student>(world(), usual(), t);
        });
    };
    CHECK(usual_life().accuracy[fast] > life(0).accuracy[fast] + 2.0);
}

TEST_CASE("sleep gains what scarce waking replay has left behind") {
    remember::our_numbers n = usual();
    n.replay_ratio = 0.1f;
    const figures awake = ours(n);
    n.sleep = 1000;
    const figures rested = ours(n);
    CHECK(rested.accuracy[fast] > awake.accuracy[fast] + 2.0);
    CHECK(rested.accuracy[slow] > awake.accuracy[slow]);
}

TEST_CASE("a balanced buffer remembers at least as well as a reservoir") {
    remember::our_numbers n = usual();
    REQUIRE(n.policy == synapse::replay_policy::balanced);
    n.policy = synapse::replay_policy::reservoir;
    CHECK(usual_life().accuracy[fast] >= ours(n).accuracy[fast]);
}

TEST_CASE("eight bits a feature cost nothing, one bit little; each takes the memory it says") {
    remember::our_numbers n = usual();
    n.format = synapse::sample_format::f32;
    const figures whole = ours(n);
    REQUIRE(usual().format == synapse::sample_format::u8);
    const figures& bytes = usual_life();
    n.format = synapse::sample_format::bit;
    const figures bits = ours(n);
    CHECK(bytes.accuracy[fast] > whole.accuracy[fast] - 1.0);
    CHECK(bits.accuracy[fast] > whole.accuracy[fast] - 4.0);
    const std::size_t features = world().train.features;
    // 32, 8 and 1 bits, each array aligned to a line of the cache.
    constexpr std::size_t line = 64;
    CHECK(whole.replay_bytes - bytes.replay_bytes == capacity * features * 3 / line * line);
    CHECK(bytes.replay_bytes - bits.replay_bytes == capacity * (features - features / 8) / line * line);
}

TEST_CASE("a classifier knows no class before its first sample, and only those it has met after it") {
    const remember::problem& p = world();
    const remember::our_numbers n = usual();
    remember::our_student student{p, n, numbers(n, 1)};
    for (std::size_t way = 0; way < 3; ++way) CHECK(student.classify(way, p.test[0]) == 0);
    CHECK_FALSE(student.model().knows(7));
    std::uint32_t seven = 0;
    while (p.train.label[seven] != 7) ++seven;
    const std::uint32_t label[] = {7};
    REQUIRE(student.learn(p.train[seven], label));
    CHECK(student.model().knows(7));
    for (std::size_t way = 0; way < 3; ++way) {
        for (std::uint32_t i = 0; i < p.test.size(); i += 50) CHECK(student.classify(way, p.test[i]) == 7);
    }
    const std::uint32_t wrong[] = {p.classes};
    CHECK_FALSE(student.learn(p.train[seven], wrong));
    CHECK_FALSE(student.learn(p.train[seven].first(3), label));
}

TEST_CASE("who meets the classes one after another ends where one does who was told of all ten") {
    remember::our_numbers told = usual();
    told.told = true;
    const figures known = ours(told);
    for (const std::size_t way : {fast, slow}) {
        CHECK(usual_life().accuracy[way] > known.accuracy[way] - 0.3);
    }
}

TEST_CASE("a life is the same for the same seed, and another for another") {
    const auto accuracy = [](std::uint64_t seed) {
        remember::our_student student{world(), usual(), numbers(usual(), seed)};
        return remember::live(world(), student, fresh, false, seed).accuracy;
    };
    const auto first = accuracy(1);
    CHECK(first == accuracy(1));
    CHECK(first != accuracy(2));
}
