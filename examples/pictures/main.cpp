// The numbers behind the README's pictures, as JSON; examples/pictures/draw.py makes the pictures of them.
//   arm       where the tip of the arm should be, and where it is under PD alone and with what a minute has taught; metres
//   matrix    ten classes learned in five parts: the share recognised of each part after each part, with and without replay
#include <cstdint>
#include <cstdio>
#include <span>

#include <synapse/core/random.hpp>
#include <synapse/hosted/any_learner.hpp>

#include "worlds/arm_learner.hpp"
#include "worlds/arm_tracking.hpp"
#include "worlds/trigonometry.hpp"

namespace {

void print_tip(const worlds::arm_parameters& arm, const double (&q)[worlds::joints], const char* end) {
    const auto first = worlds::sin_cos(q[0]);
    const auto second = worlds::sin_cos(q[0] + q[1]);
    std::printf("[%.4f,%.4f]%s", arm.length[0] * first.cosine + arm.length[1] * second.cosine,
                arm.length[0] * first.sine + arm.length[1] * second.sine, end);
}

bool print_arm() {
    synapse::any_learner<> learner{worlds::arm_shape(), worlds::arm_tuning()};
    worlds::learned_model<synapse::any_learner<>> model{learner};
    worlds::arm_tracking<worlds::learned_model<synapse::any_learner<>>> run{1, model};
    constexpr int minute = 58 * static_cast<int>(worlds::control_hertz);
    constexpr int shown = 2 * static_cast<int>(worlds::control_hertz);
    for (int i = 0; i < minute; ++i) {
        if (!ok(run.step())) return false;
    }
    std::printf("\"arm\":[");
    for (int i = 0; i < shown; ++i) {
        const worlds::motion wanted = run.world().reference().at(run.world().seconds());
        if (i % 4 == 0) {
            std::printf(i == 0 ? "[" : ",[");
            print_tip({}, wanted.q, ",");
            print_tip({}, run.state().pd.state().q, ",");
            print_tip({}, run.state().learner.state().q, "]");
        }
        if (!ok(run.step())) return false;
    }
    std::printf("],\n");
    return true;
}

constexpr std::uint32_t inputs = 16, classes = 10, parts = 5;

bool print_matrix(const char* name, bool replay) {
    synapse::shape form;
    form.inputs = inputs;
    form.outputs = classes;
    form.hidden[0] = 64;
    form.replay = replay ? 200 : 0;
    form.learns = synapse::task::classification;
    form.policy = synapse::replay_policy::balanced;
    synapse::tuning numbers{.learning_rate = 0.03f};
    numbers.replay_ratio = replay ? 0.8f : 0.0f;
    numbers.replay_weight = 4.0f;
    numbers.recent_labels = replay ? 2 : 0;
    synapse::any_learner<> model{form, numbers};
    float centre[classes][inputs];
    synapse::random_generator world{3};
    for (auto& row : centre) {
        for (float& number : row) number = world.symmetric();
    }
    const auto draw = [&](std::uint32_t label, float(&x)[inputs]) {
        for (std::uint32_t i = 0; i < inputs; ++i) x[i] = centre[label][i] + 0.8f * (world.symmetric() + world.symmetric());
    };
    std::printf("\"%s\":[", name);
    for (std::uint32_t part = 0; part < parts; ++part) {
        float x[inputs];
        for (int i = 0; i < 2000; ++i) {
            const std::uint32_t label = 2 * part + world.below(2);
            draw(label, x);
            if (!ok(model.step(std::span<const float>{x}, label))) return false;
        }
        std::printf("%s[", part == 0 ? "" : ",");
        for (std::uint32_t old = 0; old <= part; ++old) {
            int right = 0;
            for (int i = 0; i < 1000; ++i) {
                const std::uint32_t label = 2 * old + world.below(2);
                draw(label, x);
                const auto answer = model.classify(x);
                right += ok(answer) && *answer == label;
            }
            std::printf("%s%.3f", old == 0 ? "" : ",", right / 1000.0);
        }
        std::printf("]");
    }
    std::printf("]");
    return true;
}

}  // namespace

int main() {
    std::printf("{");
    if (!print_arm() || !print_matrix("with_replay", true)) return 1;
    std::printf(",\n");
    if (!print_matrix("without_replay", false)) return 1;
    std::printf("}\n");
    return 0;
}
