// A planar arm of two links in a vertical plane: the full rigid-body equations, with friction, a payload and torque limits.
//
// Angles in radians: q[0] of the first link from the horizontal, q[1] of the second link from the first. Torques in N m at the joints.
//     M(q) qdd + c(q, qd) + g(q) + friction(qd) = torque + push
// Everything is double, from + - * / and sqrt, so the same motion, bit for bit, comes out on every machine. The equations are written
// once, over a kind of number: double for one arm, lanes for four side by side.
// @source the Lagrangian of two rigid links and a point mass, as in any text on robot dynamics (e.g. Siciliano et al., "Robotics", 7.3.2).
#pragma once

#include <cmath>
#include <cstdint>

#include <synapse/core/random.hpp>
#include <synapse/core/status.hpp>

#include "worlds/lanes.hpp"
#include "worlds/trigonometry.hpp"

namespace worlds {

inline constexpr int joints = 2;

// Seconds per step of integration: 1 kHz.
inline constexpr double arm_tick_seconds = 0.001;

struct arm_parameters {
    double mass[joints] = {1.0, 1.0};                               // kg
    double length[joints] = {0.35, 0.30};                           // m, joint to joint
    double centre[joints] = {0.175, 0.15};                          // m, joint to centre of mass
    double inertia[joints] = {0.35 * 0.35 / 12, 0.30 * 0.30 / 12};  // kg m^2 about the centre of mass: uniform rods
    double viscous[joints] = {0.20, 0.08};                          // N m s
    double coulomb[joints] = {0.40, 0.15};                          // N m
    double coulomb_width = 0.1;                                     // rad/s over which Coulomb friction changes its sign
    double torque_limit[joints] = {20.0, 10.0};                     // N m
    double gravity = 9.81;                                          // m/s^2
    double payload = 0.0;                                           // kg, a point at the end of the second link
};

template <class Number>
struct arm_state_of {
    Number q[joints] = {};   // rad
    Number qd[joints] = {};  // rad/s
};
using arm_state = arm_state_of<double>;

// What the equations need at one configuration.
template <class Number>
struct arm_terms_of {
    double mass_22;           // kg m^2, of the symmetric mass matrix
    Number mass_11, mass_12;  // kg m^2
    Number coriolis[joints];  // N m, Coriolis and centrifugal
    Number gravity[joints];   // N m
    Number friction[joints];  // N m, against the motion
};
using arm_terms = arm_terms_of<double>;

constexpr double clamp(double x, double limit) noexcept { return x > limit ? limit : x < -limit ? -limit : x; }

inline bool is_finite(const double (&v)[joints]) noexcept { return v[0] - v[0] == 0 && v[1] - v[1] == 0; }

// @param at  sine and cosine of both angles q
template <class Number>
void terms(const arm_parameters& p, const sine_cosine_of<Number> (&at)[joints], const Number (&qd)[joints],
           arm_terms_of<Number>& t) noexcept {
    const double l1 = p.length[0];
    const double l2 = p.length[1];
    const Number second = at[0].cosine * at[1].cosine - at[0].sine * at[1].sine;  // cosine of q[0] + q[1]
    const double moment = p.mass[1] * p.centre[1] + p.payload * l2;               // kg m about the elbow
    const double about_elbow = p.inertia[1] + p.mass[1] * p.centre[1] * p.centre[1] + p.payload * l2 * l2;
    const Number coupling = moment * l1 * at[1].cosine;
    const Number swirl = moment * l1 * at[1].sine;

    t.mass_22 = about_elbow;
    t.mass_12 = about_elbow + coupling;
    t.mass_11 = p.inertia[0] + p.mass[0] * p.centre[0] * p.centre[0] + (p.mass[1] + p.payload) * l1 * l1 + about_elbow + 2.0 * coupling;
    t.coriolis[0] = -swirl * qd[1] * (2.0 * qd[0] + qd[1]);
    t.coriolis[1] = swirl * qd[0] * qd[0];
    t.gravity[1] = moment * p.gravity * second;
    t.gravity[0] = (p.mass[0] * p.centre[0] + (p.mass[1] + p.payload) * l1) * p.gravity * at[0].cosine + t.gravity[1];
    for (int i = 0; i < joints; ++i) {
        t.friction[i] = p.viscous[i] * qd[i];
        if (p.coulomb[i] == 0) continue;
        Number width;
        square_root(qd[i] * qd[i] + p.coulomb_width * p.coulomb_width, width);
        t.friction[i] += p.coulomb[i] * qd[i] / width;
    }
}
inline arm_terms terms(const arm_parameters& p, const double (&q)[joints], const double (&qd)[joints]) noexcept {
    const sine_cosine at[joints] = {sin_cos(q[0]), sin_cos(q[1])};
    arm_terms t;
    terms(p, at, qd, t);
    return t;
}

// Forward dynamics: the accelerations, rad/s^2, that joint torques (not limited here) and a push, both N m, cause.
template <class Number>
void acceleration(const arm_parameters& p, const sine_cosine_of<Number> (&at)[joints], const Number (&qd)[joints],
                  const Number (&torque)[joints], const double (&push)[joints], Number (&qdd)[joints]) noexcept {
    arm_terms_of<Number> t;
    terms(p, at, qd, t);
    const Number a = torque[0] + push[0] - t.coriolis[0] - t.gravity[0] - t.friction[0];
    const Number b = torque[1] + push[1] - t.coriolis[1] - t.gravity[1] - t.friction[1];
    const Number inverse = 1.0 / (t.mass_11 * t.mass_22 - t.mass_12 * t.mass_12);
    qdd[0] = (t.mass_22 * a - t.mass_12 * b) * inverse;
    qdd[1] = (t.mass_11 * b - t.mass_12 * a) * inverse;
}
inline void acceleration(const arm_parameters& p, const arm_state& s, const double (&torque)[joints], const double (&push)[joints],
                         double (&qdd)[joints]) noexcept {
    const sine_cosine at[joints] = {sin_cos(s.q[0]), sin_cos(s.q[1])};
    acceleration(p, at, s.qd, torque, push, qdd);
}

// Inverse dynamics: the joint torques, N m, under which the arm would move exactly so. Exact: acceleration() gives qdd back.
inline void inverse_dynamics(const arm_parameters& p, const double (&q)[joints], const double (&qd)[joints], const double (&qdd)[joints],
                             double (&torque)[joints]) noexcept {
    const arm_terms t = terms(p, q, qd);
    torque[0] = t.mass_11 * qdd[0] + t.mass_12 * qdd[1] + t.coriolis[0] + t.gravity[0] + t.friction[0];
    torque[1] = t.mass_12 * qdd[0] + t.mass_22 * qdd[1] + t.coriolis[1] + t.gravity[1] + t.friction[1];
}

// Kinetic plus potential energy, J; the potential is zero with the arm stretched out horizontally.
inline double energy(const arm_parameters& p, const arm_state& s) noexcept {
    const arm_terms t = terms(p, s.q, s.qd);
    const double kinetic = 0.5 * (t.mass_11 * s.qd[0] * s.qd[0] + 2 * t.mass_12 * s.qd[0] * s.qd[1] + t.mass_22 * s.qd[1] * s.qd[1]);
    const double first = sin_cos(s.q[0]).sine;
    const double second = sin_cos(s.q[0] + s.q[1]).sine;
    const double height = (p.mass[0] * p.centre[0] + (p.mass[1] + p.payload) * p.length[0]) * first +
                          (p.mass[1] * p.centre[1] + p.payload * p.length[1]) * second;
    return kinetic + p.gravity * height;
}

// What the motors can give of the torques asked for, N m.
inline void limit_torque(const arm_parameters& p, double (&torque)[joints]) noexcept {
    for (int i = 0; i < joints; ++i) torque[i] = clamp(torque[i], p.torque_limit[i]);
}

// One tick of arm_tick_seconds by the classical Runge-Kutta method of order 4, torque (within its limits) and push held.
template <class Number>
void tick(const arm_parameters& p, arm_state_of<Number>& s, const Number (&torque)[joints], const double (&push)[joints]) noexcept {
    constexpr double h = arm_tick_seconds;
    constexpr double ahead[3] = {0.5 * h, 0.5 * h, h};
    constexpr double weight[4] = {h / 6, h / 3, h / 3, h / 6};
    sine_cosine_of<Number> start[joints];
    for (int i = 0; i < joints; ++i) sin_cos(s.q[i], start[i]);
    Number velocity[joints] = {s.qd[0], s.qd[1]};
    Number qdd[joints];
    acceleration(p, start, velocity, torque, push, qdd);
    arm_state_of<Number> next = s;
    for (int stage = 0; stage < 3; ++stage) {
        sine_cosine_of<Number> at[joints];
        for (int i = 0; i < joints; ++i) {
            next.q[i] += weight[stage] * velocity[i];
            next.qd[i] += weight[stage] * qdd[i];
            turned(start[i], s.q[i], ahead[stage] * velocity[i], at[i]);
            velocity[i] = s.qd[i] + ahead[stage] * qdd[i];
        }
        acceleration(p, at, velocity, torque, push, qdd);
    }
    for (int i = 0; i < joints; ++i) {
        s.q[i] = next.q[i] + weight[3] * velocity[i];
        s.qd[i] = next.qd[i] + weight[3] * qdd[i];
    }
}

// One tick. Torques beyond the limits are cut.
// @return ok; not_finite if a torque, a push or the motion that would follow is not finite (the state is unchanged).
inline synapse::status advance(const arm_parameters& p, arm_state& s, const double (&asked)[joints],
                               const double (&push)[joints]) noexcept {
    if (!is_finite(asked) || !is_finite(push)) return synapse::status::not_finite;
    double torque[joints] = {asked[0], asked[1]};
    limit_torque(p, torque);
    arm_state next = s;
    tick(p, next, torque, push);
    if (!is_finite(next.q) || !is_finite(next.qd)) return synapse::status::not_finite;
    s = next;
    return synapse::status::ok;
}

// So many ticks of four arms with the same parameters and push, each under its own torques: the bits that advance() gives each, in a
// third of the time.
// @return ok; not_finite if a torque, the push or a motion that would follow is not finite (all four are unchanged).
[[gnu::flatten]] inline synapse::status advance(const arm_parameters& p, arm_state* const (&arms)[lane_count],
                                                const double (&asked)[lane_count][joints], const double (&push)[joints],
                                                int ticks) noexcept {
    if (!is_finite(push)) return synapse::status::not_finite;
    arm_state_of<lanes> s;
    lanes torque[joints];
    for (int a = 0; a < lane_count; ++a) {
        if (!is_finite(asked[a])) return synapse::status::not_finite;
        for (int i = 0; i < joints; ++i) {
            s.q[i][a] = arms[a]->q[i];
            s.qd[i][a] = arms[a]->qd[i];
            torque[i][a] = clamp(asked[a][i], p.torque_limit[i]);
        }
    }
    for (int t = 0; t < ticks; ++t) tick(p, s, torque, push);
    for (int i = 0; i < joints; ++i) {
        if (!all(s.q[i] - s.q[i] == 0.0) || !all(s.qd[i] - s.qd[i] == 0.0)) return synapse::status::not_finite;
    }
    for (int a = 0; a < lane_count; ++a) {
        for (int i = 0; i < joints; ++i) {
            arms[a]->q[i] = s.q[i][a];
            arms[a]->qd[i] = s.qd[i][a];
        }
    }
    return synapse::status::ok;
}

// A normal deviate of mean 0 and variance 1 but for its tails, which end at 6: the sum of twelve 16-bit uniforms.
// The exact mean is kept by counting each uniform from the middle of its step.
inline double nearly_normal(synapse::random_generator& generator) noexcept {
    std::uint32_t sum = 0;
    for (int i = 0; i < 6; ++i) {
        const std::uint32_t bits = generator.next();
        sum += (bits >> 16) + (bits & 0xffff);
    }
    return (static_cast<double>(sum) + 6.0) * 0x1p-16 - 6.0;
}

}  // namespace worlds
