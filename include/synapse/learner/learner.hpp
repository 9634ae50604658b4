// The door: a learner whose shape is known when compiling.
#pragma once

#include <cstddef>
#include <cstdint>

#include <synapse/config.hpp>
#include <synapse/core/arena.hpp>
#include <synapse/core/fields.hpp>
#include <synapse/core/result.hpp>
#include <synapse/core/span.hpp>
#include <synapse/core/status.hpp>
#include <synapse/kernels/default.hpp>
#include <synapse/learner/body.hpp>
#include <synapse/learner/pinned_shape.hpp>
#include <synapse/learner/report.hpp>
#include <synapse/learner/shape.hpp>
#include <synapse/learner/tuning.hpp>
#include <synapse/memory/pending.hpp>

namespace synapse {

namespace detail {

constexpr bool has_a_layer_after_an_empty_one(const shape& form) noexcept {
    for (std::uint32_t l = 1; l < max_hidden_layers; ++l) {
        if (form.hidden[l - 1] == 0 && form.hidden[l] != 0) return true;
    }
    return false;
}
// One with a sentence of its own, so that a wrong program hears of it once.
constexpr bool has_a_flaw_of_its_own(const shape& form) noexcept {
    return form.inputs == 0 || form.outputs == 0 || (form.learns == task::classification && form.outputs == 1) || form.batch == 0 ||
           has_a_layer_after_an_empty_one(form);
}

}  // namespace detail

//     using model_type = synapse::learner<synapse::shape{.inputs = 3, .outputs = 2, .hidden = {32}, .replay = 64}>;
//     static synapse::fixed_arena<model_type::bytes> memory;
//     model_type model{memory, {.learning_rate = 0.05f}};
template <shape Shape, kernel_set Kernels = default_kernels>
class learner : public learner_body<Kernels, pinned_shape<pins_of(Shape)>> {
    static_assert(Shape.inputs != 0, "shape.inputs is 0: say how many numbers a sample has");
    static_assert(Shape.outputs != 0, "shape.outputs is 0: say how many numbers, or classes, to predict");
    static_assert(Shape.learns != task::classification || Shape.outputs != 1, "shape.outputs is 1: to classify takes at least 2 classes");
    static_assert(!detail::has_a_layer_after_an_empty_one(Shape), "shape.hidden has a layer of 0 units before another: leave it out");
    static_assert(Shape.batch != 0, "shape.batch is 0: at least one sample is learned at a time");
    static_assert(detail::has_a_flaw_of_its_own(Shape) || Shape.flaw() == nullptr, "this shape cannot be built: shape::flaw() says why");

public:
    // Shared by learners of other sizes that have the same parts.
    using body = learner_body<Kernels, pinned_shape<pins_of(Shape)>>;

    // The memory it needs, exactly; all of it comes from the arena.
    static constexpr std::size_t bytes = measure(body{Shape});

    // What it has, for lists of fields that leave the rest out.
    static constexpr feature_set features = Shape.features();

    // memory  in; lives as long as the learner. numbers: a tuning with a flaw is a wrong program; the defaults are used instead.
    template <std::size_t Bytes>
    explicit learner(fixed_arena<Bytes>& memory) noexcept : body{unborn} {
        static_assert(Bytes >= bytes, "the arena is smaller than learner<shape>::bytes");
        static_cast<void>(this->begin_as_usual(memory.span()));
    }
    template <std::size_t Bytes>
    learner(fixed_arena<Bytes>& memory, const tuning& numbers) noexcept : body{unborn} {
        static_assert(Bytes >= bytes, "the arena is smaller than learner<shape>::bytes");
        SYNAPSE_ASSERT(numbers.is_sound());
        if (!ok(this->begin(memory.span(), numbers))) static_cast<void>(this->begin_as_usual(memory.span()));
    }

    // How every one begins: copied from read-only memory, which takes less of it than a function that writes the numbers would.
    static constexpr body unborn{Shape};

    learner(const learner&) = delete;
    learner& operator=(const learner&) = delete;

    // The body's functions, which say what they do. Here a wrong program is refused by the compiler where the body could only return a
    // status: arrays whose length is not the shape's, and parts that the shape does not have.
    using body::classify;
    using body::predict;
    using body::resolve;
    using body::step;

    // Answers for one sample, x [inputs], y [outputs]: learner_body::predict.
    template <std::size_t X, std::size_t Y>
    SYNAPSE_LOOP_SAFE status predict(const float (&x)[X], float (&y)[Y]) noexcept {
        static_assert(X == Shape.inputs, "predict: x must hold shape.inputs numbers");
        static_assert(Y == Shape.outputs, "predict: y must hold shape.outputs numbers");
        return body::predict_whole(x, y);
    }
    // The most probable class of x [inputs]: learner_body::classify.
    template <std::size_t X>
    SYNAPSE_LOOP_SAFE result<std::uint32_t> classify(const float (&x)[X]) noexcept {
        static_assert(X == Shape.inputs, "classify: x must hold shape.inputs numbers");
        static_assert(Shape.learns == task::classification, "classify: set shape.learns to task::classification, or ask predict");
        return body::classify(span<const float>{x});
    }
    // Learns one sample: x [inputs] and the numbers y [outputs], or a label below outputs: learner_body::step.
    template <std::size_t X, std::size_t Y>
    SYNAPSE_LOOP_SAFE status step(const float (&x)[X], const float (&y)[Y]) noexcept {
        static_assert(X == Shape.inputs, "step: x must hold shape.inputs numbers");
        static_assert(Shape.learns == task::regression, "step: this learner classifies: give it a label, not numbers");
        static_assert(Shape.learns != task::regression || Y == Shape.outputs, "step: y must hold shape.outputs numbers");
        return body::step_whole(x, y);
    }
    template <std::size_t X>
    SYNAPSE_LOOP_SAFE status step(const float (&x)[X], std::uint32_t label) noexcept {
        static_assert(X == Shape.inputs, "step: x must hold shape.inputs numbers");
        static_assert(Shape.learns == task::classification,
                      "step: this learner predicts numbers: give it shape.outputs of them, not a label");
        return body::step(span<const float>{x}, label);
    }
    // Learns from memory alone: learner_body::sleep. Only with shape.replay.
    SYNAPSE_LOOP_SAFE sleep_report sleep(std::uint32_t budget) noexcept {
        static_assert(Shape.replay != 0, "sleep replays what is remembered: give the shape a replay");
        return body::sleep(budget);
    }
    // Holds x [inputs] until resolve() brings its answer: learner_body::hold. Only with shape.pending.
    SYNAPSE_LOOP_SAFE result<ticket> hold(span<const float> x) noexcept {
        static_assert(Shape.pending != 0, "hold keeps samples until their answer comes: give the shape a pending");
        return body::hold(x);
    }
    // Takes in x [inputs] without an answer: learner_body::observe. Only with shape.slow.
    SYNAPSE_LOOP_SAFE status observe(span<const float> x) noexcept {
        static_assert(Shape.slow, "observe learns agreement with the slow system: set shape.slow");
        return body::observe(x);
    }
    // Freezes what is known and opens a column of new units: learner_body::begin_column. Only for classes, with shape.plastic.
    status begin_column(std::uint32_t units) noexcept {
        static_assert(Shape.plastic, "begin_column freezes units, which needs a record for each: set shape.plastic");
        static_assert(Shape.learns == task::classification, "begin_column is for classes: set shape.learns to task::classification");
        return body::begin_column(units);
    }
};

}  // namespace synapse
