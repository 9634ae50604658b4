// A small seeded generator whose whole state is four words, saved with the learner: the same seed gives the same life.
#pragma once

#include <cstdint>

#include <synapse/config.hpp>

namespace synapse {

// xoshiro128++: 32-bit operations only, so it costs a microcontroller as little as a desktop. Not for secrets.
// @source Blackman, Vigna, "Scrambled linear pseudorandom number generators", 2021; seeding by splitmix64 as they advise.
class random_generator {
public:
    constexpr random_generator() noexcept : random_generator(0) {}
    // One to be assigned to before it is asked: all its words are zero.
    struct unseeded {};
    explicit constexpr random_generator(unseeded) noexcept {}
    explicit constexpr random_generator(std::uint64_t seed) noexcept {
        const std::uint64_t first = mixed(seed);
        const std::uint64_t second = mixed(seed);
        word[0] = static_cast<std::uint32_t>(first);
        word[1] = static_cast<std::uint32_t>(first >> 32);
        word[2] = static_cast<std::uint32_t>(second);
        word[3] = static_cast<std::uint32_t>(second >> 32);
    }

    // The next 32 random bits.
    constexpr std::uint32_t next() noexcept {
        const std::uint32_t sum = word[0] + word[3];
        const std::uint32_t value = rotate(sum, 7) + word[0];
        const std::uint32_t t = word[1] << 9;
        word[2] ^= word[0];
        word[3] ^= word[1];
        word[1] ^= word[2];
        word[0] ^= word[3];
        word[2] ^= t;
        word[3] = rotate(word[3], 11);
        return value;
    }

    // Uniform on {0, .., n-1}; 0 if n is 0. Multiply-shift: at most n / 2^32 away from uniform.
    constexpr std::uint32_t below(std::uint32_t n) noexcept {
        return static_cast<std::uint32_t>((static_cast<std::uint64_t>(next()) * n) >> 32);
    }

    // Uniform on [0, 1), on multiples of 2^-24.
    constexpr float uniform() noexcept { return static_cast<float>(next() >> 8) * 0x1p-24f; }

    // Uniform on [-1, 1), on multiples of 2^-23.
    constexpr float symmetric() noexcept { return static_cast<float>(next() >> 8) * 0x1p-23f - 1.0f; }

    // The state, public because a checkpoint must name it. All four words zero is the one state to avoid.
    std::uint32_t word[4]{};

private:
    SYNAPSE_OUTLINE static constexpr std::uint64_t mixed(std::uint64_t& seed) noexcept {
        seed += 0x9e3779b97f4a7c15ull;
        std::uint64_t z = seed;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
        return z ^ (z >> 31);
    }
    static constexpr std::uint32_t rotate(std::uint32_t x, int k) noexcept { return (x << k) | (x >> (32 - k)); }
};

// Uniform on [-1, 1) for a key, on multiples of 2^-23: neighbouring keys give numbers that have nothing to do with each other, and many of them are
// computed side by side.
// @source the finaliser of MurmurHash3, Appleby 2011
constexpr float symmetric_of(std::uint32_t key) noexcept {
    key ^= key >> 16;
    key *= 0x85ebca6bu;
    key ^= key >> 13;
    key *= 0xc2b2ae35u;
    key ^= key >> 16;
    return static_cast<float>(key >> 8) * 0x1p-23f - 1.0f;
}

}  // namespace synapse
