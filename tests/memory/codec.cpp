#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include <synapse/core/random.hpp>
#include <synapse/memory/codec.hpp>

namespace codec = synapse::codec;
using synapse::sample_format;

namespace {

constexpr sample_format formats[] = {sample_format::f32, sample_format::f16, sample_format::u8, sample_format::bit};

std::vector<float> through(sample_format f, const std::vector<float>& x, float low, float high) {
    const auto n = static_cast<std::uint32_t>(x.size());
    std::vector<std::byte> stored(codec::bytes(f, n));
    std::vector<float> back(n);
    codec::encode(f, n, x.data(), low, high, stored.data());
    codec::decode(f, n, stored.data(), low, high, back.data());
    return back;
}

// The nearest half of x as a number, ties to even, saturating: by scaling to the quantum and rounding to an integer.
long double nearest_half(float x) {
    const auto exact = static_cast<long double>(x);
    int exponent = 0;
    std::frexp(exact, &exponent);  // |x| = m 2^exponent, m in [0.5, 1)
    const int quantum = (exponent - 1 > -14 ? exponent - 1 : -14) - 10;
    const long double rounded = std::ldexp(std::nearbyint(std::ldexp(exact, -quantum)), quantum);
    return rounded > 65504.0L ? 65504.0L : rounded < -65504.0L ? -65504.0L : rounded;
}

// How many of these floats, and their negatives, to_half rounds in another way than the oracle.
std::uint64_t disagreements(std::uint32_t first_bits, std::uint32_t count, std::uint32_t stride) {
    std::uint64_t wrong = 0;
    for (std::uint32_t i = 0; i < count; ++i) {
        const float x = std::bit_cast<float>((first_bits + i * stride) & 0x7fffffffu);
        if (!synapse::is_finite(x)) continue;
        const std::uint16_t h = codec::to_half(x);
        wrong += static_cast<long double>(codec::from_half(h)) != nearest_half(x);
        wrong += codec::to_half(-x) != (h | 0x8000u);
    }
    return wrong;
}

// Encoding and decoding are usable in constant expressions.
constexpr bool works_at_compile_time() {
    for (const sample_format f : formats) {
        const std::array<float, 9> x{0.0f, 1.0f, 1.0f, 0.0f, 1.0f, 0.0f, 0.0f, 0.0f, 1.0f};
        std::array<std::byte, 36> stored{};
        std::array<float, 9> back{};
        codec::encode(f, 9, x.data(), 0.0f, 1.0f, stored.data());
        codec::decode(f, 9, stored.data(), 0.0f, 1.0f, back.data());
        for (std::size_t i = 0; i < 9; ++i) {
            if (x[i] - back[i] > 1e-6f || back[i] - x[i] > 1e-6f) return false;
        }
    }
    return true;
}
static_assert(works_at_compile_time());
static_assert(codec::to_half(1.0f) == 0x3c00 && codec::to_half(-2.0f) == 0xc000 && codec::to_half(65504.0f) == 0x7bff);
static_assert(codec::from_half(0x0001) == 0x1p-24f && codec::from_half(0x8400) == -0x1p-14f);

}  // namespace

TEST_CASE("a sample takes the bytes that its format says") {
    CHECK(codec::bytes(sample_format::f32, 7) == 28);
    CHECK(codec::bytes(sample_format::f16, 7) == 14);
    CHECK(codec::bytes(sample_format::u8, 7) == 7);
    CHECK(codec::bytes(sample_format::bit, 7) == 1);
    CHECK(codec::bytes(sample_format::bit, 8) == 1);
    CHECK(codec::bytes(sample_format::bit, 9) == 2);
    for (const sample_format f : formats) CHECK(codec::bytes(f, 0) == 0);
    CHECK(codec::bytes(static_cast<sample_format>(9), 7) == 0);
}

TEST_CASE("each format has a name") {
    CHECK(std::string{name(sample_format::f32)} == "f32");
    CHECK(std::string{name(sample_format::f16)} == "f16");
    CHECK(std::string{name(sample_format::u8)} == "u8");
    CHECK(std::string{name(sample_format::bit)} == "bit");
    CHECK(std::string{name(static_cast<sample_format>(9))} == "unknown");
}

TEST_CASE("every finite half comes back from float as itself, and means what IEEE 754 says") {
    std::uint32_t changed = 0;
    std::uint32_t misread = 0;
    for (std::uint32_t i = 0; i < 0x10000u; ++i) {
        const auto h = static_cast<std::uint16_t>(i);
        const float x = codec::from_half(h);
        CHECK_UNARY(synapse::is_finite(x));  // damaged memory, too, decodes to a number
        const std::uint32_t exponent = (i >> 10) & 0x1f;
        if (exponent == 31) continue;
        const double mantissa = static_cast<double>(i & 0x3ff) + (exponent == 0 ? 0.0 : 1024.0);
        const double value = std::ldexp(mantissa, static_cast<int>(exponent == 0 ? 1 : exponent) - 25);
        misread += static_cast<double>(x) != ((i & 0x8000) != 0 ? -value : value) || std::signbit(x) != ((i & 0x8000) != 0);
        changed += codec::to_half(x) != h;
    }
    CHECK(misread == 0);
    CHECK(changed == 0);
}

TEST_CASE("floats round to the nearest half, ties to even: all over the range and around every midpoint") {
    CHECK(disagreements(0, 300000, 7158) == 0);                  // all magnitudes
    CHECK(disagreements(0x33000000u - 64, 128, 1) == 0);         // where it becomes zero
    CHECK(disagreements(0x38800000u - 64, 128, 1) == 0);         // the smallest normal half
    CHECK(disagreements(0x477fe000u - 0x2000, 0x5000, 1) == 0);  // where it saturates
    CHECK(disagreements(0x7f7fffffu - 64, 65, 1) == 0);          // the largest floats
    for (std::uint32_t h = 0; h < 0x7bffu; h += 3) {
        const float middle = 0.5f * (codec::from_half(static_cast<std::uint16_t>(h)) + codec::from_half(static_cast<std::uint16_t>(h + 1)));
        const std::uint32_t bits = std::bit_cast<std::uint32_t>(middle);
        if (bits < 2) continue;
        if (const auto wrong = disagreements(bits - 2, 5, 1); wrong != 0) FAIL_CHECK("around half " << h << ": " << wrong);
    }
}

TEST_CASE("f32 is exact to the bit, signs of zero and denormals included") {
    synapse::random_generator source{1};
    std::vector<float> x{0.0f, -0.0f, 0x1p-149f, -0x1p-130f, 3.402823466e38f, 1e15f};
    for (int i = 0; i < 1000; ++i) x.push_back(std::ldexp(source.symmetric(), static_cast<int>(source.below(200)) - 100));
    const auto back = through(sample_format::f32, x, 0.0f, 1.0f);
    CHECK(std::memcmp(x.data(), back.data(), x.size() * sizeof(float)) == 0);
}

TEST_CASE("stored bytes are little-endian and the first feature is the lowest bit, on every machine") {
    const std::vector<float> x{1.0f, -2.0f};
    std::array<std::byte, 8> stored{};
    codec::encode(sample_format::f32, 2, x.data(), 0.0f, 1.0f, stored.data());
    CHECK(stored == std::array{std::byte{0}, std::byte{0}, std::byte{0x80}, std::byte{0x3f}, std::byte{0}, std::byte{0}, std::byte{0},
                               std::byte{0xc0}});
    codec::encode(sample_format::f16, 2, x.data(), 0.0f, 1.0f, stored.data());
    CHECK(stored[0] == std::byte{0});
    CHECK(stored[1] == std::byte{0x3c});
    CHECK(stored[2] == std::byte{0});
    CHECK(stored[3] == std::byte{0xc0});
    const std::vector<float> bits{1, 0, 0, 1, 0, 0, 0, 1, 1};
    stored.fill(std::byte{0xff});  // what was there before does not shine through
    codec::encode(sample_format::bit, 9, bits.data(), 0.0f, 1.0f, stored.data());
    CHECK(stored[0] == std::byte{0x89});
    CHECK(stored[1] == std::byte{0x01});
    CHECK(stored[2] == std::byte{0xff});
}

TEST_CASE("u8 keeps 256 levels, each to the nearest, and holds what lies outside to the ends") {
    for (const auto& range : {std::pair{0.0f, 1.0f}, std::pair{-5.0f, 5.0f}, std::pair{-0.001f, 0.002f}, std::pair{100.0f, 1e6f}}) {
        const float low = range.first;
        const float high = range.second;
        CAPTURE(low);
        CAPTURE(high);
        const float level = (high - low) / 255.0f;
        std::vector<float> x;
        for (int i = 0; i < 256; ++i) x.push_back(low + static_cast<float>(i) * level);
        std::vector<std::byte> stored(256);
        codec::encode(sample_format::u8, 256, x.data(), low, high, stored.data());
        for (std::size_t i = 0; i < 256; ++i) CHECK(static_cast<std::size_t>(stored[i]) == i);
        synapse::random_generator source{3};
        for (float& v : x) v = low + (high - low) * source.uniform();
        const auto back = through(sample_format::u8, x, low, high);
        for (std::size_t i = 0; i < 256; ++i) CHECK(std::fabs(back[i] - x[i]) <= 0.5001f * level);
        const auto outside = through(sample_format::u8, {low - 1.0f, -1e30f, high + 1.0f, 1e30f}, low, high);
        CHECK(outside[0] == low);
        CHECK(outside[1] == low);
        CHECK(outside[2] == doctest::Approx(static_cast<double>(high)));
        CHECK(outside[3] == doctest::Approx(static_cast<double>(high)));
    }
}

TEST_CASE("u8 over a range too small for its own scale still stores and reads numbers") {
    const float tiny = 0x1p-149f;
    const auto back = through(sample_format::u8, {-1.0f, 0.0f, tiny, 1.0f, 1e15f}, 0.0f, tiny);
    for (const float x : back) CHECK_UNARY(synapse::is_finite(x));
}

TEST_CASE("bit keeps which half of the range a feature lies in; other features do not matter") {
    for (std::uint32_t n = 0; n < 40; ++n) {
        synapse::random_generator source{n};
        std::vector<float> x(n);
        for (float& v : x) v = -1.0f + 4.0f * source.uniform();
        const auto back = through(sample_format::bit, x, -1.0f, 3.0f);
        for (std::uint32_t i = 0; i < n; ++i) CHECK(back[i] == (x[i] > 1.0f ? 3.0f : -1.0f));
    }
    CHECK(through(sample_format::bit, {1.0f}, -1.0f, 3.0f)[0] == -1.0f);  // the middle itself is low
}
