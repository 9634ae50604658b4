// The numbers behind the README's picture of the arm, as JSON, of which examples/pictures/draw.py makes it: where the tip should be, and
// where it is under PD alone and with what a minute has taught; metres.
#include <cstdio>

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
    std::printf("]");
    return true;
}

}  // namespace

int main() {
    std::printf("{");
    if (!print_arm()) return 1;
    std::printf("}\n");
    return 0;
}
