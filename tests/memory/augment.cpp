#include <cstdint>
#include <vector>

#include <doctest/doctest.h>

#include <synapse/memory/augment.hpp>

TEST_CASE("shift moves a picture whole, fills with background, and reaches every offset") {
    synapse::random_generator source{3};
    bool seen[5][5] = {};
    for (int round = 0; round < 2000; ++round) {
        std::vector<float> picture(7 * 9, 0.0f);
        for (std::size_t i = 0; i < picture.size(); ++i) picture[i] = static_cast<float>(i + 1);
        synapse::augment::shift s{7, 9, 2, -1.0f};
        synapse::augment::shift::apply(&s, picture, source);
        const int centre = static_cast<int>(picture[3 * 9 + 4]) - 1;  // where this pixel came from
        const int down = 3 - centre / 9;
        const int right = 4 - centre % 9;
        REQUIRE(down >= -2);
        REQUIRE(down <= 2);
        REQUIRE(right >= -2);
        REQUIRE(right <= 2);
        seen[down + 2][right + 2] = true;
        for (int r = 0; r < 7; ++r) {
            for (int c = 0; c < 9; ++c) {
                const bool inside = r - down >= 0 && r - down < 7 && c - right >= 0 && c - right < 9;
                const float expected = inside ? static_cast<float>((r - down) * 9 + c - right + 1) : -1.0f;
                REQUIRE(picture[static_cast<std::size_t>(r * 9 + c)] == expected);
            }
        }
    }
    for (const auto& row : seen) {
        for (const bool s : row) CHECK(s);
    }
}

TEST_CASE("shift leaves a sample of another size, or a picture too small for its reach, as it is") {
    synapse::random_generator source{4};
    std::vector<float> picture(6, 2.0f);
    synapse::augment::shift wrong_size{2, 4, 1};
    synapse::augment::shift::apply(&wrong_size, picture, source);
    synapse::augment::shift too_far{2, 3, 2};
    synapse::augment::shift::apply(&too_far, picture, source);
    CHECK(picture == std::vector<float>(6, 2.0f));
}

TEST_CASE("jitter stays within its amount and is centred") {
    synapse::random_generator source{5};
    synapse::augment::jitter j{0.1f};
    std::vector<float> x(10000, 1.0f);
    synapse::augment::jitter::apply(&j, x, source);
    double sum = 0.0;
    for (const float v : x) {
        CHECK(v >= 0.9f);
        CHECK(v <= 1.1f);
        sum += static_cast<double>(v) - 1.0;
    }
    CHECK(sum / 10000.0 == doctest::Approx(0.0).epsilon(1.0).scale(0.005));
}
