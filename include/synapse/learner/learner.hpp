// The door: a learner whose shape is known when compiling.
#pragma once

#include <cstddef>

#include <synapse/core/arena.hpp>
#include <synapse/core/fields.hpp>
#include <synapse/kernels/default.hpp>
#include <synapse/learner/body.hpp>
#include <synapse/learner/pinned_shape.hpp>

namespace synapse {

//     using model_type = synapse::learner<synapse::shape{.inputs = 3, .outputs = 2, .hidden = {32}, .replay = 64}>;
//     static synapse::fixed_arena<model_type::bytes> memory;
//     model_type model{memory, {.learning_rate = 0.05f}};
template <shape Shape, kernel_set Kernels = default_kernels>
class learner : public learner_body<Kernels, pinned_shape<pins_of(Shape)>> {
    static_assert(Shape.inputs != 0, "shape.inputs is 0: say how many numbers a sample has");
    static_assert(Shape.outputs != 0, "shape.outputs is 0: say how many numbers, or classes, to predict");
    static_assert(Shape.inputs == 0 || Shape.outputs == 0 || Shape.flaw() == nullptr,
                  "this shape cannot be built: shape::flaw() says why");

public:
    // Shared by learners of other sizes that have the same parts.
    using body = learner_body<Kernels, pinned_shape<pins_of(Shape)>>;

    // The memory it needs, exactly; all of it comes from the arena.
    static constexpr std::size_t bytes = measure(body{Shape});

    // What it has, for lists of fields that leave the rest out.
    static constexpr feature_set features = Shape.features();

    // memory  in; lives as long as the learner. numbers: a tuning with a flaw is a wrong program; the defaults are used instead.
    template <std::size_t Bytes>
    explicit learner(fixed_arena<Bytes>& memory) noexcept : learner{memory, default_tuning} {}
    template <std::size_t Bytes>
    learner(fixed_arena<Bytes>& memory, const tuning& numbers) noexcept : body{Shape} {
        static_assert(Bytes >= bytes, "the arena is smaller than learner<shape>::bytes");
        SYNAPSE_ASSERT(numbers.is_sound());
        static_cast<void>(this->begin(memory.span(), numbers.is_sound() ? numbers : default_tuning));
    }

    learner(const learner&) = delete;
    learner& operator=(const learner&) = delete;
};

}  // namespace synapse
