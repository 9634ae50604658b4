// Ready-made variations of replayed samples, for learner_body::augment_replay. Write your own in the same form.
#pragma once

#include <cstddef>
#include <cstdint>

#include <synapse/core/random.hpp>
#include <synapse/core/span.hpp>

namespace synapse::augment {

// An image of rows x columns pixels, one float each, moved by up to `reach` pixels each way; what enters is `background`.
struct shift {
    std::uint32_t rows = 0;
    std::uint32_t columns = 0;
    std::uint32_t reach = 2;
    float background = 0.0f;

    // context: a shift whose rows * columns is x.size(); otherwise x stays as it is. In place. @cost x.size(); loop-safe
    static void apply(void* context, span<float> x, random_generator& source) noexcept {
        const shift& s = *static_cast<const shift*>(context);
        if (x.size() != std::size_t{s.rows} * s.columns || s.reach >= s.rows || s.reach >= s.columns) return;
        const auto height = static_cast<std::int32_t>(s.rows);
        const auto width = static_cast<std::int32_t>(s.columns);
        const auto down = static_cast<std::int32_t>(source.below(2 * s.reach + 1)) - static_cast<std::int32_t>(s.reach);
        const auto right = static_cast<std::int32_t>(source.below(2 * s.reach + 1)) - static_cast<std::int32_t>(s.reach);
        // Against the direction of motion, so that no pixel is overwritten before it is read.
        for (std::int32_t i = 0; i < height; ++i) {
            const std::int32_t row = down > 0 ? height - 1 - i : i;
            const bool row_inside = row >= down && row - down < height;
            for (std::int32_t j = 0; j < width; ++j) {
                const std::int32_t column = right > 0 ? width - 1 - j : j;
                const bool inside = row_inside && column >= right && column - right < width;
                x[static_cast<std::size_t>(row * width + column)] =
                    inside ? x[static_cast<std::size_t>((row - down) * width + column - right)] : s.background;
            }
        }
    }
};

// Uniform noise of +-amount on every feature, in network units (deviations when inputs are standardised).
struct jitter {
    float amount = 0.05f;

    // context: a jitter. In place. @cost x.size(); loop-safe
    static void apply(void* context, span<float> x, random_generator& source) noexcept {
        const float amount = static_cast<const jitter*>(context)->amount;
        for (float& value : x) value += amount * source.symmetric();
    }
};

}  // namespace synapse::augment
