// The numbers behind the README's picture of the arm, as JSON, of which examples/pictures/draw.py makes it.
//   arm    for two seconds before the minute is over, where the tip should be, and where it is under PD alone and with what was learned; metres
//   miss   for each half second of 75: how far it is from there, root mean square, under both; metres. At 60 s both take up 0.5 kg.
#include <cmath>
#include <cstdio>
#include <string>

#include <synapse/hosted/any_learner.hpp>

#include "worlds/arm_learner.hpp"
#include "worlds/arm_tracking.hpp"
#include "worlds/trigonometry.hpp"

namespace {

struct place {
    double x, y;
};

place tip(const worlds::arm_parameters& arm, const double (&q)[worlds::joints]) {
    const auto first = worlds::sin_cos(q[0]);
    const auto second = worlds::sin_cos(q[0] + q[1]);
    return {arm.length[0] * first.cosine + arm.length[1] * second.cosine, arm.length[0] * first.sine + arm.length[1] * second.sine};
}

double squared_distance(const place& a, const place& b) { return (a.x - b.x) * (a.x - b.x) + (a.y - b.y) * (a.y - b.y); }

}  // namespace

int main() {
    constexpr int second = static_cast<int>(worlds::control_hertz), half = second / 2;
    synapse::any_learner<> learner{worlds::arm_shape(), worlds::arm_tuning()};
    worlds::learned_model<synapse::any_learner<>> model{learner};
    worlds::arm_tracking<worlds::learned_model<synapse::any_learner<>>> run{1, model};
    std::string path, misses;
    char text[160];
    double sum[2] = {};
    for (int i = 0; i < 75 * second; ++i) {
        const worlds::motion wanted = run.world().reference().at(run.world().seconds());
        const place goal = tip({}, wanted.q), plain = tip({}, run.state().pd.state().q), taught = tip({}, run.state().learner.state().q);
        if (i >= 57 * second && i < 59 * second && i % 4 == 0) {
            std::snprintf(text, sizeof text, "%s[[%.4f,%.4f],[%.4f,%.4f],[%.4f,%.4f]]", path.empty() ? "" : ",", goal.x, goal.y, plain.x, plain.y,
                          taught.x, taught.y);
            path += text;
        }
        sum[0] += squared_distance(goal, plain) / half;
        sum[1] += squared_distance(goal, taught) / half;
        if (i % half == half - 1) {
            std::snprintf(text, sizeof text, "%s[%.5f,%.5f]", misses.empty() ? "" : ",", std::sqrt(sum[0]), std::sqrt(sum[1]));
            misses += text;
            sum[0] = sum[1] = 0;
        }
        if (!ok(run.step())) return 1;
    }
    std::printf("{\"arm\":[%s],\n\"miss\":[%s]}\n", path.c_str(), misses.c_str());
    return 0;
}
