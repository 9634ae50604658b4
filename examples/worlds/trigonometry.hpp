// Sine and cosine in double from + - * and comparisons alone, so that a simulation gives the same bits on every machine.
// The C library's own differ from one version to the next in the last place, and a simulated arm amplifies that.
#pragma once

#include <cstdint>
#include <limits>

namespace worlds {

struct sine_cosine {
    double sine;
    double cosine;
};

// Largest |angle| accepted, in radians: beyond it the reduction below would round.
inline constexpr double largest_angle = 800000.0;

// Sine and cosine of an angle in radians; both NaN if |angle| exceeds largest_angle or is not a number.
// Absolute error below 2.3e-16 (one unit in the last place of 1) for |angle| <= 1000, and below 4e-16 up to largest_angle.
// @source Cody and Waite's reduction: pi/2 in three parts of 33, 33 and 53 bits; then the Taylor series on [-pi/4, pi/4],
//         cut where the first term left out is below 1e-19.
constexpr sine_cosine sin_cos(double angle) noexcept {
    if (!(angle >= -largest_angle && angle <= largest_angle)) {
        constexpr double nan = std::numeric_limits<double>::quiet_NaN();
        return {nan, nan};
    }
    constexpr double quarters_per_radian = 0.63661977236758134308;
    constexpr double quarter_high = 0x1.921fb544p+0;
    constexpr double quarter_middle = 0x1.0b4611a6p-34;
    constexpr double quarter_low = 0x1.3198a2e037073p-69;

    const double scaled = angle * quarters_per_radian;
    const auto quarter = static_cast<std::int64_t>(scaled + (scaled < 0 ? -0.5 : 0.5));
    const double k = static_cast<double>(quarter);
    const double r = ((angle - k * quarter_high) - k * quarter_middle) - k * quarter_low;
    const double z = r * r;

    double s = 1.0 / 355687428096000.0;
    s = s * z - 1.0 / 1307674368000.0;
    s = s * z + 1.0 / 6227020800.0;
    s = s * z - 1.0 / 39916800.0;
    s = s * z + 1.0 / 362880.0;
    s = s * z - 1.0 / 5040.0;
    s = s * z + 1.0 / 120.0;
    s = s * z - 1.0 / 6.0;
    const double sine = r + r * (z * s);

    double c = -1.0 / 6402373705728000.0;
    c = c * z + 1.0 / 20922789888000.0;
    c = c * z - 1.0 / 87178291200.0;
    c = c * z + 1.0 / 479001600.0;
    c = c * z - 1.0 / 3628800.0;
    c = c * z + 1.0 / 40320.0;
    c = c * z - 1.0 / 720.0;
    c = c * z + 1.0 / 24.0;
    const double cosine = 1.0 - (0.5 * z - z * z * c);

    switch (quarter & 3) {
        case 0: return {sine, cosine};
        case 1: return {cosine, -sine};
        case 2: return {-sine, -cosine};
        default: return {-cosine, sine};
    }
}

// Sine and cosine of an angle in turns (1 = a full circle). The whole turns are dropped exactly, so a clock may run for years.
// |turns| below 2^62; both NaN otherwise.
constexpr sine_cosine sin_cos_turns(double turns) noexcept {
    if (!(turns > -0x1p62 && turns < 0x1p62)) return sin_cos(std::numeric_limits<double>::quiet_NaN());
    const double part = turns - static_cast<double>(static_cast<std::int64_t>(turns));
    return sin_cos(part * 6.28318530717958647693);
}

}  // namespace worlds
