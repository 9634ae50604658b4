// A control loop at 200 Hz that learns what it drives: a carriage on a spring, with drag and a load that changes half way.
// Each tick it reads, learns which force the motion took, commands, and sleeps a little in the idle rest of the tick.
#include <cmath>
#include <cstdio>
#include <limits>

#include <synapse/synapse.hpp>

using model_type =
    synapse::learner<synapse::shape{.inputs = 3, .outputs = 1, .hidden = {16}, .replay = 256, .function = synapse::activation::tanh}>;
static synapse::fixed_arena<model_type::bytes> memory;

constexpr float tick = 0.005f;  // s

struct carriage {
    float x = 0, v = 0, mass = 1;  // m, m/s, kg
    void push(float force) {
        for (int i = 0; i < 5; ++i) {
            v += tick / 5 * (force - 6 * x - 3 * v * (v < 0 ? -v : v)) / mass;
            x += tick / 5 * v;
        }
    }
};

// Where the carriage should be: two sines of 0.3 and 0.8 Hz, from rotations so that every machine computes the same.
struct wish {
    float slow[2] = {0.5f, 0}, fast[2] = {0.2f, 0};
    float x = 0, v = 0, a = 0;
    static void turn(float (&p)[2], float angle) {  // second order in the angle, length kept
        const float c = (1 - angle * angle / 4) / (1 + angle * angle / 4), s = angle / (1 + angle * angle / 4);
        const float next = c * p[0] - s * p[1];
        p[1] = s * p[0] + c * p[1];
        p[0] = next;
    }
    void advance() {
        constexpr float w1 = 6.283f * 0.3f, w2 = 6.283f * 0.8f;
        turn(slow, w1 * tick);
        turn(fast, w2 * tick);
        x = slow[1] + fast[1];
        v = w1 * slow[0] + w2 * fast[0];
        a = -w1 * w1 * slow[1] - w2 * w2 * fast[1];
    }
};

int main() {
    model_type model{memory, {.learning_rate = 0.05f, .replay_ratio = 0.5f}};
    carriage plain, taught;  // one under PD control alone, one with what is learned added
    wish goal;
    double square_plain = 0, square_taught = 0;
    unsigned refused = 0;
    for (int t = 1; t <= 8000; ++t) {
        goal.advance();
        if (t == 4001) plain.mass = taught.mass = 2;
        const auto pd = [&](const carriage& c) { return 40 * (goal.x - c.x) + 8 * (goal.v - c.v); };

        const float wanted[3] = {goal.x, goal.v, goal.a};
        float force[1] = {};
        if (t < 200 || !ok(model.predict(wanted, force))) force[0] = 0;  // the first second: only watch
        force[0] += pd(taught);
        const carriage before = taught;
        plain.push(pd(plain));
        taught.push(force[0]);

        float motion[3] = {(before.x + taught.x) / 2, (before.v + taught.v) / 2, (taught.v - before.v) / tick};
        if (t % 1000 == 7) motion[0] = std::numeric_limits<float>::quiet_NaN();  // a frame that the bus has spoilt
        if (!ok(model.step(motion, force))) ++refused;                           // the learner is as it was: go on
        model.sleep(2);

        const double miss_plain = static_cast<double>(goal.x - plain.x), miss_taught = static_cast<double>(goal.x - taught.x);
        square_plain += miss_plain * miss_plain / 1000;
        square_taught += miss_taught * miss_taught / 1000;
        if (t % 1000 == 0) {
            std::printf("%2.0f s, %.0f kg: off by %5.1f mm under PD alone, by %5.1f mm with what is learned\n", t * 0.005,
                        static_cast<double>(taught.mass), 1000 * std::sqrt(square_plain), 1000 * std::sqrt(square_taught));
            square_plain = square_taught = 0;
        }
    }
    std::printf("%u spoilt frames were refused; %u samples learned, %u replayed\n", refused, static_cast<unsigned>(model.latest().samples),
                static_cast<unsigned>(model.latest().replayed));
}
