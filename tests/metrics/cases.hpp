// Shared by the tests of the metrics: parts over memory of their own, and comparison with what the definitions say.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <doctest/doctest.h>

#include <synapse/core/fields.hpp>

namespace cases {

// A part over a block of exactly the bytes that it asks for.
template <class Part>
struct housed {
    explicit housed(const Part& empty) : part{empty}, lines(synapse::measure(empty) / sizeof(line) + 1) {
        const auto block = std::as_writable_bytes(std::span{lines}).first(synapse::measure(empty));
        REQUIRE(synapse::place(part, block) == synapse::status::ok);
    }
    housed(const housed&) = delete;
    housed& operator=(const housed&) = delete;

    Part* operator->() { return &part; }
    Part& operator*() { return part; }

    struct alignas(64) line {
        std::byte bytes[64];
    };
    Part part;
    std::vector<line> lines;
};

inline bool near(float measured, double defined, double within = 1e-5) {
    return std::fabs(static_cast<double>(measured) - defined) <= within;
}

}  // namespace cases
