// What the machine can do at best: multiply-adds a second, and bytes a second from each level of memory.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <new>

#include "clock.hpp"
#include "plain_loops.hpp"

namespace bench {

// 64 bytes as compilers' vectors: as many registers as the target needs for them.
using line = std::uint32_t __attribute__((vector_size(64), aligned(64), may_alias));

class buffer {
public:
    explicit buffer(std::size_t bytes)
        : lines_{(bytes + 63) / 64 + 8}, data_{static_cast<line*>(::operator new (lines_ * 64, std::align_val_t{64}))} {
        for (std::size_t i = 0; i < lines_; ++i) data_[i] = line{};
    }
    buffer(const buffer&) = delete;
    buffer& operator=(const buffer&) = delete;
    ~buffer() { ::operator delete (data_, std::align_val_t{64}); }

    // Reads the first n lines once.
    std::uint32_t read(std::size_t n) const {
        line a{};
        line b{};
        line c{};
        line d{};
        for (std::size_t i = 0; i < n; i += 4) {
            a ^= data_[i];
            b ^= data_[i + 1];
            c ^= data_[i + 2];
            d ^= data_[i + 3];
        }
        a ^= b ^ c ^ d;
        return a[0] ^ a[5];
    }
    // Reads and writes back the first n lines, from the front.
    void change(std::size_t n) {
        for (std::size_t i = 0; i < n; i += 4) change_four(data_ + i, 1);
    }
    // The same at four places at once, as the kernels do.
    void change_in_streams(std::size_t n) {
        const std::size_t quarter = (n + 3) / 4;
        for (std::size_t i = 0; i < quarter; ++i) change_four(data_ + i, quarter);
    }

private:
    static void change_four(line* first, std::size_t apart) {
        const line one = line{} + 1u;
        first[0] += one;
        first[apart] += one;
        first[2 * apart] += one;
        first[3 * apart] += one;
    }

    std::size_t lines_;
    line* data_;
};

// The shortest of many short runs: a limit is what the machine does when no one disturbs it.
template <class Action>
double shortest_ns(Action&& action) {
    std::uint32_t repeats = 1;
    double best = 0.0;
    for (;; repeats *= 4) {
        const double start = cpu_ns();
        for (std::uint32_t i = 0; i < repeats; ++i) action();
        best = cpu_ns() - start;
        if (best > 5e5) break;
    }
    best /= repeats;
    for (int round = 0; round < 25; ++round) {
        const double start = cpu_ns();
        for (std::uint32_t i = 0; i < repeats; ++i) action();
        best = std::min(best, (cpu_ns() - start) / repeats);
    }
    return best;
}

struct passes {
    double read_ns, change_ns;  // one pass over the bytes, in place, as often as it takes to be in the nearest cache that holds them
};

inline passes measure_passes(std::size_t bytes) {
    buffer b{bytes};
    const std::size_t lines = (bytes + 63) / 64;
    passes p{};
    p.read_ns = shortest_ns([&] { keep(b.read(lines)); });
    p.change_ns = std::min(shortest_ns([&] {
                               b.change(lines);
                               keep(b);
                           }),
                           shortest_ns([&] {
                               b.change_in_streams(lines);
                               keep(b);
                           }));
    return p;
}

// Multiplications and additions a second of one core, in thousands of millions: fused, and apart.
inline double measure_gflops(bool fuse) {
    const int turns = 20000;
    const double ns = shortest_ns([&] { keep(fuse ? peak_fused(turns) : peak_separate(turns)); });
    return static_cast<double>(turns) * peak_flops(fuse) / ns;
}

}  // namespace bench
