// Steps a second, over the last second or two: steady enough to be read, new enough to be true.
#pragma once

#include <cstdint>

#include "train_continuous/limits.hpp"

namespace train_continuous {

class speedometer {
public:
    static constexpr double shortest = 1.0;  // s between two marks

    void start(steady::time_point now, std::uint64_t steps) noexcept { older_ = newer_ = {now, steps}; }

    // Since the mark before the last one.
    [[nodiscard]] double measure(steady::time_point now, std::uint64_t steps) noexcept {
        const double seconds = seconds_between(older_.at, now);
        const double speed = seconds > 0 ? static_cast<double>(steps - older_.steps) / seconds : 0.0;
        if (seconds_between(newer_.at, now) >= shortest) {
            older_ = newer_;
            newer_ = {now, steps};
        }
        return speed;
    }

private:
    struct mark {
        steady::time_point at;
        std::uint64_t steps = 0;
    };
    mark older_, newer_;
};

}  // namespace train_continuous
