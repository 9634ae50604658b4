// A time that the network grew, as a line; and whether the memory that growth asks for is there.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <stdexcept>
#include <string>

#include <unistd.h>

#include <synapse/core/fields.hpp>
#include <synapse/learner/body.hpp>
#include <synapse/learner/shape.hpp>
#include <synapse/plasticity/growth.hpp>

#include "train_continuous/defaults.hpp"

namespace train_continuous {

// "[Neurogenesis] Growing layer_0: High activation (0.87 > 0.85)"
inline std::string growth_line(const synapse::growth_event& e) {
    char numbers[64];
    std::snprintf(numbers, sizeof numbers, " (%.2f > %.2f)", static_cast<double>(e.value), static_cast<double>(e.threshold));
    return "[Neurogenesis] Growing layer_" + std::to_string(e.layer) + ": " + synapse::name(e.reason) + numbers;
}

// Throws std::runtime_error if a learner of this shape needs more memory than the machine has: to find out by using it would end in
// the system's choosing whom to kill.
inline void check_memory(const synapse::shape& form) {
    if (form.flaw() != nullptr) return;  // the learner will say so
    const std::size_t bytes = synapse::measure(synapse::learner_body<model_type::kernels>{form});
    const long pages = ::sysconf(_SC_PHYS_PAGES);
    const long page = ::sysconf(_SC_PAGESIZE);
    if (pages <= 0 || page <= 0) return;
    const auto there = static_cast<double>(pages) * static_cast<double>(page);
    if (static_cast<double>(bytes) < there) return;
    char text[160];
    std::snprintf(text, sizeof text, "a learner of this shape needs %.3g GiB, and this machine has %.3g: fewer --neurons or --max-neurons",
                  static_cast<double>(bytes) / 0x1p30, there / 0x1p30);
    throw std::runtime_error{text};
}

}  // namespace train_continuous
