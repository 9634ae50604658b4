#include "recovery.hpp"

#include <cstdint>

#include <doctest/doctest.h>

TEST_CASE("homeostasis shortens the recovery of an arm whose elbow has lost its strength") {
    std::uint32_t let_go = 0;
    double with = 0, without = 0, lost_with = 0, lost_without = 0;
    constexpr std::uint64_t seeds[] = {401, 402, 403};
    for (const std::uint64_t seed : seeds) {
        CAPTURE(seed);
        const recovery::outcome alone = recovery::run(seed, recovery::change::weak_elbow, false);
        const recovery::outcome cared_for = recovery::run(seed, recovery::change::weak_elbow, true);
        MESSAGE("back after ", alone.seconds, " s by itself, ", cared_for.seconds, " s with homeostasis");
        CHECK(alone.agency_before == cared_for.agency_before);  // nothing is treated while it is well
        CHECK(alone.let_go == 0);
        CHECK(cared_for.largest_gain <= synapse::homeostasis_bounds{}.largest_gain);
        CHECK(cared_for.agency_after > alone.agency_after - 0.05);
        let_go += cared_for.let_go;
        with += cared_for.seconds;
        without += alone.seconds;
        lost_with += cared_for.lost;
        lost_without += alone.lost;
    }
    CHECK(let_go >= 2);  // with the third seed agency stays above its limit: there is no warning, so no remedy
    CHECK(with < 0.6 * without);
    CHECK(lost_with < 0.6 * lost_without);
}
