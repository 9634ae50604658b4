// Sine and cosine in double from + - * and comparisons alone, so that a simulation gives the same bits on every machine.
// The C library's own differ from one version to the next in the last place, and a simulated arm amplifies that.
#pragma once

#include <cstdint>
#include <limits>

#include "worlds/lanes.hpp"

namespace worlds {

// Number  double or lanes
template <class Number>
struct sine_cosine_of {
    Number sine;
    Number cosine;
};
using sine_cosine = sine_cosine_of<double>;

// s and c of sin r = r + r z s and cos r = 1 - (z / 2 - z^2 c), z = r^2 <= 0.62. Pairs first, so that no chain is long.
template <class Number>
constexpr void sine_and_cosine_series(const Number& z, Number& s, Number& c) noexcept {
    const Number zz = z * z;
    const Number zzzz = zz * zz;
    s = (z * (1.0 / 120.0) - 1.0 / 6.0) + zz * (z * (1.0 / 362880.0) - 1.0 / 5040.0) +
        zzzz * ((z * (1.0 / 6227020800.0) - 1.0 / 39916800.0) + zz * (z * (1.0 / 355687428096000.0) - 1.0 / 1307674368000.0));
    c = (1.0 / 24.0 - z * (1.0 / 720.0)) + zz * (1.0 / 40320.0 - z * (1.0 / 3628800.0)) +
        zzzz * ((1.0 / 479001600.0 - z * (1.0 / 87178291200.0)) + zz * (1.0 / 20922789888000.0 - z * (1.0 / 6402373705728000.0)));
}

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

    double s, c;
    sine_and_cosine_series(z, s, c);
    const double sine = r + r * (z * s);
    const double cosine = 1.0 - (0.5 * z - z * z * c);

    switch (quarter & 3) {
        case 0: return {sine, cosine};
        case 1: return {cosine, -sine};
        case 2: return {-sine, -cosine};
        default: return {-cosine, sine};
    }
}

// The same for a template over the kind of number.
constexpr void sin_cos(double angle, sine_cosine& out) noexcept { out = sin_cos(angle); }
// Four angles side by side; each lane has the bits of sin_cos().
inline void sin_cos(const lanes& angle, sine_cosine_of<lanes>& out) noexcept {
    constexpr double quarters_per_radian = 0.63661977236758134308;
    constexpr double quarter_high = 0x1.921fb544p+0;
    constexpr double quarter_middle = 0x1.0b4611a6p-34;
    constexpr double quarter_low = 0x1.3198a2e037073p-69;

    const lane_integers usable = (angle >= -largest_angle) & (angle <= largest_angle);
    lanes half, scaled = angle * quarters_per_radian;
    select(scaled < 0.0, lanes{} - 0.5, lanes{} + 0.5, half);
    select(usable, scaled + half, lanes{}, scaled);
    const lane_integers quarter = __builtin_convertvector(scaled, lane_integers);
    const lanes k = __builtin_convertvector(quarter, lanes);
    const lanes r = ((angle - k * quarter_high) - k * quarter_middle) - k * quarter_low;
    const lanes z = r * r;

    lanes s, c;
    sine_and_cosine_series(z, s, c);
    const lanes sine = r + r * (z * s);
    const lanes cosine = 1.0 - (0.5 * z - z * z * c);

    const lane_integers odd = (quarter & 1) != 0;
    lanes a, b;
    select(odd, cosine, sine, a);
    select(odd, sine, cosine, b);
    select((quarter & 2) != 0, -a, a, a);
    select(((quarter + 1) & 2) != 0, -b, b, b);
    const lanes nan = lanes{} + std::numeric_limits<double>::quiet_NaN();
    select(usable, a, nan, out.sine);
    select(usable, b, nan, out.cosine);
}

// Largest |turn| of which turned() makes a polynomial.
inline constexpr double small_turn = 0.03125;

// Sine and cosine of angle + turn, from those of the angle (`at`). A small turn costs a fifth of sin_cos(); a larger one goes there.
// Absolute error below 4e-16 for |angle| <= 1000.
// @source the addition theorems; the Taylor series of the turn, cut where the first term left out is below 1e-19
template <class Number>
constexpr void turn_a_little(const sine_cosine_of<Number>& at, const Number& turn, sine_cosine_of<Number>& out) noexcept {
    const Number z = turn * turn;
    const Number zz = z * z;
    const Number sine = turn - turn * z * ((1.0 / 6.0 - z * (1.0 / 120.0)) + zz * (1.0 / 5040.0));
    const Number missing = z * ((0.5 - z * (1.0 / 24.0)) + zz * (1.0 / 720.0 - z * (1.0 / 40320.0)));  // 1 - cosine
    out.sine = at.sine + (at.cosine * sine - at.sine * missing);
    out.cosine = at.cosine - (at.sine * sine + at.cosine * missing);
}
constexpr void turned(const sine_cosine& at, double angle, double turn, sine_cosine& out) noexcept {
    if (turn >= -small_turn && turn <= small_turn) return turn_a_little(at, turn, out);
    out = sin_cos(angle + turn);
}
inline void turned(const sine_cosine_of<lanes>& at, const lanes& angle, const lanes& turn, sine_cosine_of<lanes>& out) noexcept {
    const lane_integers little = (turn >= -small_turn) & (turn <= small_turn);
    turn_a_little(at, turn, out);
    if (all(little)) return;
    sine_cosine_of<lanes> anew;
    sin_cos(angle + turn, anew);
    select(little, out.sine, anew.sine, out.sine);
    select(little, out.cosine, anew.cosine, out.cosine);
}

// Sine and cosine of an angle in turns (1 = a full circle). The whole turns are dropped exactly, so a clock may run for years.
// |turns| below 2^62; both NaN otherwise.
constexpr sine_cosine sin_cos_turns(double turns) noexcept {
    if (!(turns > -0x1p62 && turns < 0x1p62)) return sin_cos(std::numeric_limits<double>::quiet_NaN());
    const double part = turns - static_cast<double>(static_cast<std::int64_t>(turns));
    return sin_cos(part * 6.28318530717958647693);
}
// Four of them; each lane has the bits of sin_cos_turns().
inline void sin_cos_turns(const lanes& turns, sine_cosine_of<lanes>& out) noexcept {
    lanes within;
    select((turns > -0x1p62) & (turns < 0x1p62), turns, lanes{}, within);
    const lanes part = within - __builtin_convertvector(__builtin_convertvector(within, lane_integers), lanes);
    lanes angle;
    select((turns > -0x1p62) & (turns < 0x1p62), part * 6.28318530717958647693, lanes{} + std::numeric_limits<double>::quiet_NaN(), angle);
    sin_cos(angle, out);
}

}  // namespace worlds
