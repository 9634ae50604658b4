#include <array>
#include <cstdint>
#include <set>

#include <doctest/doctest.h>

#include <synapse/core/random.hpp>

TEST_CASE("random: the published generator") {
    // First outputs of xoshiro128++ from the state 1, 2, 3, 4, worked out from its definition.
    synapse::random_generator r;
    for (std::uint32_t i = 0; i < 4; ++i) r.word[i] = i + 1;
    const std::array<std::uint32_t, 10> expected{641,        1573767,    3222811527, 3517856514, 836907274,
                                                 4247214768, 3867114732, 1355841295, 495546011,  621204420};
    for (const std::uint32_t value : expected) CHECK(r.next() == value);
}

TEST_CASE("random: seeded by splitmix64") {
    // splitmix64 from 0 gives e220a8397b1dcdaf, then 6e789e6aa1b965f4.
    const synapse::random_generator r{0};
    CHECK(r.word[0] == 0x7b1dcdafu);
    CHECK(r.word[1] == 0xe220a839u);
    CHECK(r.word[2] == 0xa1b965f4u);
    CHECK(r.word[3] == 0x6e789e6au);
}

TEST_CASE("random: the same seed gives the same numbers, another seed others") {
    synapse::random_generator a{42};
    synapse::random_generator b{42};
    synapse::random_generator c{43};
    int same_as_c = 0;
    for (int i = 0; i < 1000; ++i) {
        const std::uint32_t value = a.next();
        CHECK(value == b.next());
        same_as_c += value == c.next();
    }
    CHECK(same_as_c <= 1);
}

TEST_CASE("random: no seed leads to the one forbidden state") {
    for (const std::uint64_t seed : {std::uint64_t{0}, ~std::uint64_t{0}, std::uint64_t{0x61c8864680b583ebull}, std::uint64_t{1} << 63}) {
        const synapse::random_generator r{seed};
        CHECK((r.word[0] | r.word[1] | r.word[2] | r.word[3]) != 0u);
    }
}

TEST_CASE("random: a copied state continues alike") {
    synapse::random_generator a{7};
    for (int i = 0; i < 17; ++i) a.next();
    synapse::random_generator b;
    for (int i = 0; i < 4; ++i) b.word[i] = a.word[i];
    for (int i = 0; i < 100; ++i) CHECK(a.next() == b.next());
}

TEST_CASE("random: below stays below, reaches every value, and evenly") {
    synapse::random_generator r{1};
    for (const std::uint32_t n : {1u, 2u, 3u, 7u, 10u, 0xffffffffu}) {
        for (int i = 0; i < 200; ++i) CHECK(r.below(n) < n);
    }
    std::array<int, 10> count{};
    for (int i = 0; i < 100000; ++i) ++count[r.below(10)];
    for (const int c : count) {
        CHECK(c > 9500);  // five standard deviations are 474
        CHECK(c < 10500);
    }
}

TEST_CASE("random: below nothing is 0") {
    synapse::random_generator r{1};
    for (int i = 0; i < 10; ++i) CHECK(r.below(0) == 0);
}

TEST_CASE("random: uniform and symmetric keep to their ranges and means") {
    synapse::random_generator r{3};
    double sum = 0.0;
    double symmetric_sum = 0.0;
    for (int i = 0; i < 100000; ++i) {
        const float u = r.uniform();
        CHECK((u >= 0.0f && u < 1.0f));
        const float s = r.symmetric();
        CHECK((s >= -1.0f && s < 1.0f));
        sum += static_cast<double>(u);
        symmetric_sum += static_cast<double>(s);
    }
    CHECK(sum / 100000 == doctest::Approx(0.5).epsilon(0.01));
    CHECK(symmetric_sum / 100000 < 0.01);
    CHECK(symmetric_sum / 100000 > -0.01);
}

TEST_CASE("random: the ends of uniform and symmetric") {
    // With word[0] = word[3] = 0 the next value is 0; with all ones in its place it is the largest.
    synapse::random_generator low;
    low.word[0] = 0;
    low.word[1] = low.word[2] = 1;
    low.word[3] = 0;
    synapse::random_generator copy = low;
    CHECK(low.uniform() == 0.0f);
    CHECK(copy.symmetric() == -1.0f);
    synapse::random_generator high;
    high.word[0] = 0xffffffffu;
    high.word[1] = high.word[2] = 1;
    high.word[3] = 1;  // the sum wraps to 0, so the value is word[0]
    copy = high;
    CHECK(high.uniform() == 1.0f - 0x1p-24f);
    CHECK(copy.symmetric() == 1.0f - 0x1p-23f);
}

TEST_CASE("random: does not soon repeat") {
    synapse::random_generator r{11};
    std::set<std::uint32_t> seen;
    for (int i = 0; i < 10000; ++i) seen.insert(r.next());
    CHECK(seen.size() > 9990);
}

TEST_CASE(
    "random: a number for a key is the published finaliser's, spread over the range, and its neighbours' have nothing to do with it") {
    // MurmurHash3's finaliser makes 0x514e28b7 of 1 and 0x30f4c306 of 2.
    CHECK(synapse::symmetric_of(0) == -1.0f);
    CHECK(synapse::symmetric_of(1) == static_cast<float>(0x514e28b7u >> 8) * 0x1p-23f - 1.0f);
    CHECK(synapse::symmetric_of(2) == static_cast<float>(0x30f4c306u >> 8) * 0x1p-23f - 1.0f);
    for (const std::uint32_t lag : {1u, 2u, 10u, 100u}) {
        double mean = 0.0, square = 0.0, product = 0.0;
        constexpr std::uint32_t n = 100000;
        for (std::uint32_t key = 77; key < 77 + n; ++key) {
            const float x = synapse::symmetric_of(key);
            REQUIRE(x >= -1.0f);
            REQUIRE(x < 1.0f);
            mean += static_cast<double>(x) / n;
            square += static_cast<double>(x * x) / n;
            product += static_cast<double>(x * synapse::symmetric_of(key + lag)) / n;
        }
        CHECK(mean == doctest::Approx(0.0).epsilon(0.01).scale(1.0));
        CHECK(square == doctest::Approx(1.0 / 3.0).epsilon(0.02));
        CHECK(product == doctest::Approx(0.0).epsilon(0.01).scale(1.0));
    }
}
