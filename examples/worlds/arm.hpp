// A planar arm of two links in a vertical plane: the full rigid-body equations, with friction, a payload and torque limits.
//
// Angles in radians: q[0] of the first link from the horizontal, q[1] of the second link from the first. Torques in N m at the joints.
//     M(q) qdd + c(q, qd) + g(q) + friction(qd) = torque + push
// Everything is double, from + - * / and sqrt, so the same motion, bit for bit, comes out on every machine.
// @source the Lagrangian of two rigid links and a point mass, as in any text on robot dynamics (e.g. Siciliano et al., "Robotics", 7.3.2).
#pragma once

#include <cmath>
#include <cstdint>

#include <synapse/core/random.hpp>
#include <synapse/core/status.hpp>

#include "worlds/trigonometry.hpp"

namespace worlds {

inline constexpr int joints = 2;

// Seconds per step of integration: 1 kHz.
inline constexpr double arm_tick_seconds = 0.001;

struct arm_parameters {
    double mass[joints] = {1.0, 1.0};                      // kg
    double length[joints] = {0.35, 0.30};                  // m, joint to joint
    double centre[joints] = {0.175, 0.15};                 // m, joint to centre of mass
    double inertia[joints] = {0.35 * 0.35 / 12, 0.30 * 0.30 / 12};  // kg m^2 about the centre of mass: uniform rods
    double viscous[joints] = {0.20, 0.08};                 // N m s
    double coulomb[joints] = {0.40, 0.15};                 // N m
    double coulomb_width = 0.1;                            // rad/s over which Coulomb friction changes its sign
    double torque_limit[joints] = {20.0, 10.0};            // N m
    double gravity = 9.81;                                 // m/s^2
    double payload = 0.0;                                  // kg, a point at the end of the second link
};

struct arm_state {
    double q[joints] = {};   // rad
    double qd[joints] = {};  // rad/s
};

// What the equations need at one configuration.
struct arm_terms {
    double mass_11, mass_12, mass_22;  // kg m^2, the symmetric mass matrix
    double coriolis[joints];           // N m, Coriolis and centrifugal
    double gravity[joints];            // N m
    double friction[joints];           // N m, against the motion
};

constexpr double clamp(double x, double limit) noexcept { return x > limit ? limit : x < -limit ? -limit : x; }

inline bool is_finite(const double (&v)[joints]) noexcept { return v[0] - v[0] == 0 && v[1] - v[1] == 0; }

inline arm_terms terms(const arm_parameters& p, const double (&q)[joints], const double (&qd)[joints]) noexcept {
    const double l1 = p.length[0];
    const double l2 = p.length[1];
    const sine_cosine elbow = sin_cos(q[1]);
    const double first = sin_cos(q[0]).cosine;
    const double second = sin_cos(q[0] + q[1]).cosine;
    const double moment = p.mass[1] * p.centre[1] + p.payload * l2;  // kg m about the elbow
    const double about_elbow = p.inertia[1] + p.mass[1] * p.centre[1] * p.centre[1] + p.payload * l2 * l2;
    const double coupling = moment * l1 * elbow.cosine;
    const double swirl = moment * l1 * elbow.sine;

    arm_terms t{};
    t.mass_22 = about_elbow;
    t.mass_12 = about_elbow + coupling;
    t.mass_11 = p.inertia[0] + p.mass[0] * p.centre[0] * p.centre[0] + (p.mass[1] + p.payload) * l1 * l1 + about_elbow + 2 * coupling;
    t.coriolis[0] = -swirl * qd[1] * (2 * qd[0] + qd[1]);
    t.coriolis[1] = swirl * qd[0] * qd[0];
    t.gravity[1] = moment * p.gravity * second;
    t.gravity[0] = (p.mass[0] * p.centre[0] + (p.mass[1] + p.payload) * l1) * p.gravity * first + t.gravity[1];
    for (int i = 0; i < joints; ++i) {
        t.friction[i] = p.viscous[i] * qd[i];
        if (p.coulomb[i] != 0) t.friction[i] += p.coulomb[i] * qd[i] / std::sqrt(qd[i] * qd[i] + p.coulomb_width * p.coulomb_width);
    }
    return t;
}

// Forward dynamics: the accelerations, rad/s^2, that joint torques (not limited here) and a push, both N m, cause.
inline void acceleration(const arm_parameters& p, const arm_state& s, const double (&torque)[joints], const double (&push)[joints],
                         double (&qdd)[joints]) noexcept {
    const arm_terms t = terms(p, s.q, s.qd);
    const double a = torque[0] + push[0] - t.coriolis[0] - t.gravity[0] - t.friction[0];
    const double b = torque[1] + push[1] - t.coriolis[1] - t.gravity[1] - t.friction[1];
    const double determinant = t.mass_11 * t.mass_22 - t.mass_12 * t.mass_12;
    qdd[0] = (t.mass_22 * a - t.mass_12 * b) / determinant;
    qdd[1] = (t.mass_11 * b - t.mass_12 * a) / determinant;
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

// One tick of arm_tick_seconds by the classical Runge-Kutta method of order 4, torque and push held. Torques beyond the limits are cut.
// @return ok; not_finite if a torque, a push or the motion that would follow is not finite (the state is unchanged).
inline synapse::status advance(const arm_parameters& p, arm_state& s, const double (&asked)[joints], const double (&push)[joints]) noexcept {
    if (!is_finite(asked) || !is_finite(push)) return synapse::status::not_finite;
    double torque[joints] = {asked[0], asked[1]};
    limit_torque(p, torque);

    constexpr double h = arm_tick_seconds;
    constexpr double ahead[4] = {0.0, 0.5 * h, 0.5 * h, h};
    constexpr double weight[4] = {h / 6, h / 3, h / 3, h / 6};
    arm_state next = s;
    double velocity[joints] = {};
    double qdd[joints] = {};
    for (int stage = 0; stage < 4; ++stage) {
        arm_state at = s;
        for (int i = 0; i < joints; ++i) {
            at.q[i] += ahead[stage] * velocity[i];
            at.qd[i] += ahead[stage] * qdd[i];
        }
        acceleration(p, at, torque, push, qdd);
        for (int i = 0; i < joints; ++i) {
            velocity[i] = at.qd[i];
            next.q[i] += weight[stage] * velocity[i];
            next.qd[i] += weight[stage] * qdd[i];
        }
    }
    if (!is_finite(next.q) || !is_finite(next.qd)) return synapse::status::not_finite;
    s = next;
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
