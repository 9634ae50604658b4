// The growth events that a checkpoint remembers, in the order in which they happened.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <synapse/hosted/checkpoint_reader.hpp>
#include <synapse/plasticity/growth.hpp>

namespace synapse {

// The oldest first; at most growth_history::most. Empty if there were none or the checkpoint's learner does not grow. A reason of a newer
// format is kept as it is: name() calls it unknown.
inline std::vector<growth_event> growth_events_in(const checkpoint_reader& in) {
    std::vector<growth_event> events;
    const auto column = [&](const char* name) { return in.find_tensor(std::string{"growth_history/"} + name); };
    const auto *step = column("step"), *layer = column("layer"), *reason = column("reason"), *value = column("value"),
               *threshold = column("threshold"), *before = column("before"), *after = column("after");
    for (const auto* t : {step, layer, reason, value, threshold, before, after}) {
        if (t == nullptr || t->rows != 1 || t->cols != step->cols) return events;
    }
    const std::uint64_t capacity = step->cols;
    const auto used =
        static_cast<std::uint64_t>(std::clamp(in.value("growth_history/used").value_or(0), 0.0, static_cast<double>(capacity)));
    const auto next =
        static_cast<std::uint64_t>(std::clamp(in.value("growth_history/next").value_or(0), 0.0, static_cast<double>(capacity)));
    for (std::uint64_t age = used; age > 0; --age) {
        const auto i = static_cast<std::size_t>((next + capacity - age) % capacity);
        events.push_back({static_cast<std::uint64_t>((*step)[i]), static_cast<std::uint32_t>((*layer)[i]),
                          static_cast<growth_reason>((*reason)[i]), static_cast<float>((*value)[i]), static_cast<float>((*threshold)[i]),
                          static_cast<std::uint32_t>((*before)[i]), static_cast<std::uint32_t>((*after)[i])});
    }
    return events;
}

}  // namespace synapse
