// xtensor in, xtensor out: expressions as samples, answers as tensors, weights as views that copy nothing. Needs xtensor; link
// synapse::hosted, which finds it.
#include <cstdio>

#include <synapse/hosted/any_learner.hpp>
#include <synapse/hosted/xtensor.hpp>

#if __has_include(<xtensor/views/xview.hpp>)
#include <xtensor/views/xview.hpp>
#else
#include <xtensor/xview.hpp>
#endif

int main() {
    // A desktop's learner: its shape may come from a file, its memory from the heap.
    synapse::any_learner<> model{synapse::shape{.inputs = 3, .outputs = 2, .hidden = {24}, .replay = 100},
                                 synapse::tuning{.learning_rate = 0.05f, .replay_ratio = 0.5f}};

    // 4000 samples [x0, x1, x2] as the rows of one tensor.
    synapse::random_generator world{21};
    xt::xtensor<float, 2> data = xt::xtensor<float, 2>::from_shape({4000, 3});
    for (float& number : data) number = world.symmetric();

    for (std::size_t i = 0; i < data.shape()[0]; ++i) {
        const auto x = xt::view(data, i, xt::all());
        const xt::xtensor<float, 1> y = {x(0) * x(1), x(2)};
        // Any expression with one axis will do, a view with arithmetic on it, too: it is evaluated once.
        if (const auto s = synapse::step(model, 2.0f * x, y); !ok(s)) return 1;
    }
    std::printf("error %.4f of the variance after %u samples\n", static_cast<double>(model.latest().error),
                static_cast<unsigned>(model.latest().samples));

    xt::xtensor<float, 1> answer;
    const xt::xtensor<float, 1> question = {0.5f, -0.5f, 0.25f};
    if (!ok(synapse::predict(model, 2.0f * question, answer))) return 1;
    std::printf("(0.5, -0.5, 0.25): about (%.2f, %.2f)\n", static_cast<double>(answer(0)), static_cast<double>(answer(1)));
    std::printf("two numbers instead of three: %s\n", name(synapse::predict(model, xt::xtensor<float, 1>{0.5f, 0.5f}, answer)));

    // The first layer's weights where they lie, [inputs][units]: which input matters most?
    const auto weights = synapse::xtensor_view(model.fast().layer(0).weights());
    std::printf("weights %u x %u; squared sums of the rows:", static_cast<unsigned>(weights.shape()[0]),
                static_cast<unsigned>(weights.shape()[1]));
    for (std::size_t i = 0; i < weights.shape()[0]; ++i) {
        float sum = 0.0f;
        for (std::size_t j = 0; j < weights.shape()[1]; ++j) sum += weights(i, j) * weights(i, j);
        std::printf(" %.3f", static_cast<double>(sum));
    }
    std::printf("\n");
}
