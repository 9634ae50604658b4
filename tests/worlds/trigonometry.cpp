#include <doctest/doctest.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <initializer_list>
#include <limits>

#include <synapse/core/random.hpp>

#include "worlds/trigonometry.hpp"

namespace {

double worst_error(double largest, int samples) {
    synapse::random_generator generator{7};
    double worst = 0;
    for (int i = 0; i < samples; ++i) {
        const double fine = static_cast<double>(generator.symmetric()) + static_cast<double>(generator.symmetric()) * 0x1p-23;
        const double angle = largest * fine;
        const worlds::sine_cosine got = worlds::sin_cos(angle);
        const auto exact = static_cast<long double>(angle);
        worst = std::fmax(worst, static_cast<double>(std::fabs(static_cast<long double>(got.sine) - std::sin(exact))));
        worst = std::fmax(worst, static_cast<double>(std::fabs(static_cast<long double>(got.cosine) - std::cos(exact))));
    }
    return worst;
}

}  // namespace

TEST_CASE("trigonometry: the stated absolute error holds") {
    CHECK(worst_error(0.8, 200000) < 2.3e-16);
    CHECK(worst_error(10.0, 200000) < 2.3e-16);
    CHECK(worst_error(1000.0, 200000) < 2.3e-16);
    CHECK(worst_error(worlds::largest_angle, 200000) < 4e-16);
}

TEST_CASE("trigonometry: every quarter, its edges and the signs") {
    for (int quarter = -40; quarter <= 40; ++quarter) {
        for (const double offset : {-1e-9, 0.0, 1e-9, 0.7853981633974483, -0.7853981633974483}) {
            const double angle = quarter * 1.5707963267948966 + offset;
            const worlds::sine_cosine got = worlds::sin_cos(angle);
            CHECK(std::fabs(got.sine - std::sin(angle)) < 3e-16);
            CHECK(std::fabs(got.cosine - std::cos(angle)) < 3e-16);
            const worlds::sine_cosine mirrored = worlds::sin_cos(-angle);
            CHECK(mirrored.sine == -got.sine);
            CHECK(mirrored.cosine == got.cosine);
        }
    }
    CHECK(worlds::sin_cos(0.0).sine == 0.0);
    CHECK(worlds::sin_cos(0.0).cosine == 1.0);
}

TEST_CASE("trigonometry: usable in a constant expression, the same bits at run time") {
    constexpr worlds::sine_cosine fixed = worlds::sin_cos(1.25);
    volatile double angle = 1.25;
    const worlds::sine_cosine now = worlds::sin_cos(angle);
    CHECK(std::bit_cast<std::uint64_t>(fixed.sine) == std::bit_cast<std::uint64_t>(now.sine));
    CHECK(std::bit_cast<std::uint64_t>(fixed.cosine) == std::bit_cast<std::uint64_t>(now.cosine));
}

TEST_CASE("trigonometry: angles that cannot be served are not a number") {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    for (const double angle : {800001.0, -800001.0, 1e300, infinity, -infinity, std::numeric_limits<double>::quiet_NaN()}) {
        CHECK(std::isnan(worlds::sin_cos(angle).sine));
        CHECK(std::isnan(worlds::sin_cos(angle).cosine));
    }
    for (const double turns : {0x1p62, -0x1p62, infinity, std::numeric_limits<double>::quiet_NaN()}) {
        CHECK(std::isnan(worlds::sin_cos_turns(turns).sine));
    }
}

TEST_CASE("trigonometry: turns lose nothing to whole turns") {
    for (const double part : {0.0, 0.125, 0.25, 0.375, 0.5, 0.625, 0.75, 0.875}) {
        const worlds::sine_cosine near = worlds::sin_cos_turns(part);
        const worlds::sine_cosine far = worlds::sin_cos_turns(1e9 + part);
        CHECK(far.sine == near.sine);
        CHECK(far.cosine == near.cosine);
        CHECK(std::fabs(near.sine - std::sin(part * 6.283185307179586)) < 3e-16);
        CHECK(std::fabs(worlds::sin_cos_turns(-part).sine + near.sine) < 3e-16);
    }
}

TEST_CASE("trigonometry: four side by side have the bits of one alone, and what has no sine is not a number") {
    synapse::random_generator generator{9};
    const auto same = [](double a, double b) {
        return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b) || (std::isnan(a) && std::isnan(b));
    };
    for (int i = 0; i < 20000; ++i) {
        worlds::lanes angle;
        for (int l = 0; l < worlds::lane_count; ++l)
            angle[l] = std::ldexp(static_cast<double>(generator.symmetric()), static_cast<int>(generator.below(24)) - 2);
        if (i % 100 == 0) angle[i / 100 % worlds::lane_count] = i % 200 == 0 ? std::numeric_limits<double>::quiet_NaN() : 1e300;
        worlds::sine_cosine_of<worlds::lanes> four, turns;
        worlds::sin_cos(angle, four);
        worlds::sin_cos_turns(angle, turns);
        for (int l = 0; l < worlds::lane_count; ++l) {
            const worlds::sine_cosine one = worlds::sin_cos(angle[l]);
            const worlds::sine_cosine turn = worlds::sin_cos_turns(angle[l]);
            REQUIRE((same(four.sine[l], one.sine) && same(four.cosine[l], one.cosine)));
            REQUIRE((same(turns.sine[l], turn.sine) && same(turns.cosine[l], turn.cosine)));
        }
    }
}

TEST_CASE("trigonometry: a turn from a known angle, small or large, alone or four side by side") {
    synapse::random_generator generator{10};
    double worst = 0;
    for (int i = 0; i < 20000; ++i) {
        worlds::lanes angle, turn;
        worlds::sine_cosine_of<worlds::lanes> at, four;
        for (int l = 0; l < worlds::lane_count; ++l) {
            angle[l] = 10.0 * static_cast<double>(generator.symmetric());
            turn[l] = (generator.below(50) == 0 ? 3.0 : worlds::small_turn) * static_cast<double>(generator.symmetric());
        }
        worlds::sin_cos(angle, at);
        worlds::turned(at, angle, turn, four);
        for (int l = 0; l < worlds::lane_count; ++l) {
            worlds::sine_cosine one{};
            worlds::turned(worlds::sin_cos(angle[l]), angle[l], turn[l], one);
            REQUIRE((one.sine == four.sine[l]));
            REQUIRE((one.cosine == four.cosine[l]));
            const long double exact = static_cast<long double>(angle[l]) + static_cast<long double>(turn[l]);
            worst = std::fmax(worst, static_cast<double>(std::fabs(static_cast<long double>(one.sine) - std::sin(exact))));
            worst = std::fmax(worst, static_cast<double>(std::fabs(static_cast<long double>(one.cosine) - std::cos(exact))));
        }
    }
    CHECK(worst < 1.3e-15);  // a large turn rounds the sum of the angles, of up to 13
}
