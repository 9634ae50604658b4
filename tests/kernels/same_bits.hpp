// Shared by the tests of the kernel sets: a layer and a mini-batch full of awkward numbers, every kernel function run on it,
// and everything that came out compared bit by bit.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <limits>
#include <new>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include <synapse/core/matrix.hpp>
#include <synapse/core/random.hpp>
#include <synapse/kernels/kernel_set.hpp>

namespace same_bits {

inline std::uint32_t bits_of(float x) { return std::bit_cast<std::uint32_t>(x); }

// Memory at a cache line that ends exactly behind its last element, so that a sanitizer sees the first one too many.
template <class T>
class exact {
public:
    explicit exact(std::size_t n, T value = T{})
        : data_{static_cast<T*>(::operator new (n * sizeof(T) + (n == 0), std::align_val_t{64}))}, size_{n} {
        for (std::size_t i = 0; i < n; ++i) data_[i] = value;
    }
    exact(const exact& other) : exact(other.size_) { std::memcpy(data_, other.data_, size_ * sizeof(T)); }
    exact& operator=(const exact&) = delete;
    ~exact() { ::operator delete (data_, std::align_val_t{64}); }
    T* data() { return data_; }
    const T* data() const { return data_; }
    std::size_t size() const { return size_; }
    T& operator[](std::size_t i) { return data_[i]; }
    const T& operator[](std::size_t i) const { return data_[i]; }

private:
    T* data_;
    std::size_t size_;
};

// What no kernel may leave where it had to write, nor replace where it had not: a NaN with a message.
inline const float untouched = std::bit_cast<float>(0x7fc0beefu);

enum class numbers { ordinary, awkward };

// Zeros of both signs, denormals, numbers near the smallest and far beyond any healthy one; sums of 200 products of two stay finite.
inline float draw(numbers kind, synapse::random_generator& random) {
    const float ordinary = random.symmetric() * 2.0f;
    if (kind == numbers::ordinary) return ordinary;
    const std::uint32_t sign = random.next() & 0x80000000u;
    const std::uint32_t mantissa = random.next() & 0x007fffffu;
    const auto scaled = [&](std::uint32_t exponent) { return std::bit_cast<float>(sign | (exponent << 23) | mantissa); };
    switch (random.below(10)) {
        case 0: return std::bit_cast<float>(sign);                                     // +-0
        case 1: return scaled(0);                                                      // denormal
        case 2: return std::bit_cast<float>(sign | 1u);                                // the smallest denormal
        case 3: return scaled(1 + random.below(40));                                   // tiny
        case 4: return scaled(127 + 20 + random.below(30));                            // huge
        case 5: return std::bit_cast<float>(sign | ((110 + random.below(35)) << 23));  // a power of two
        case 6: return std::bit_cast<float>(sign | 0x3f800001u);                       // next to 1
        default: return ordinary;
    }
}

// One layer and a mini-batch, packed; each kernel set gets a copy at its own stride.
struct problem {
    std::uint32_t inputs, outputs, reserved, samples;
    float rate;
    std::vector<float> weight, bias, x, delta;  // [inputs][outputs], [outputs], [samples][inputs], [samples][outputs]
    std::vector<synapse::row_index> rows;

    // zeros: the share of x that is 0, out of 8.
    problem(std::uint32_t in, std::uint32_t out, std::uint32_t spare, std::uint32_t batch, numbers kind, std::uint32_t zeros,
            std::uint64_t seed)
        : inputs{in}, outputs{out}, reserved{out + spare}, samples{batch}, rate{kind == numbers::ordinary ? 0.0625f + 0.001f : 0.7f} {
        synapse::random_generator random{seed};
        const auto fill = [&](std::vector<float>& v, std::size_t n) {
            v.resize(n);
            for (float& number : v) number = draw(kind, random);
        };
        fill(weight, std::size_t{in} * out);
        fill(bias, out);
        fill(x, std::size_t{batch} * in);
        fill(delta, std::size_t{batch} * out);
        for (float& number : x) {
            if (random.below(8) < zeros) number = random.below(2) == 0 ? 0.0f : -0.0f;
        }
        for (std::uint32_t k = 0; k < in; ++k) {
            if (random.below(8) >= zeros) rows.push_back(static_cast<synapse::row_index>(k));
        }
    }
};

// Everything that the kernel functions produced, each under its name.
struct outcome {
    struct entry {
        std::string name;
        std::vector<std::uint32_t> bits;
    };
    std::vector<entry> entries;

    void add(std::string name, const float* data, std::size_t n) {
        entry e{std::move(name), {}};
        for (std::size_t i = 0; i < n; ++i) e.bits.push_back(bits_of(data[i]));
        entries.push_back(std::move(e));
    }
    void add(std::string name, std::vector<std::uint32_t> bits) { entries.push_back({std::move(name), std::move(bits)}); }
};

// The name of the first entry that differs, or nothing.
inline std::string first_difference(const outcome& a, const outcome& b) {
    if (a.entries.size() != b.entries.size()) return "number of entries";
    for (std::size_t i = 0; i < a.entries.size(); ++i) {
        if (a.entries[i].name != b.entries[i].name || a.entries[i].bits != b.entries[i].bits) return a.entries[i].name;
    }
    return {};
}

// A problem laid out as one kernel set wants it.
template <class Kernels>
class laid_out {
public:
    explicit laid_out(const problem& p)
        : stride{synapse::round_up(p.reserved, Kernels::lanes)},
          in_stride{synapse::round_up(p.inputs, Kernels::lanes)},
          weight{std::size_t{p.inputs} * stride},
          bias{stride},
          x{std::size_t{p.samples} * in_stride},
          delta{std::size_t{p.samples} * stride},
          p_{p} {
        for (std::uint32_t k = 0; k < p.inputs; ++k)
            copy(p.weight.data() + (std::size_t{k} * p.outputs), weight.data() + std::size_t{k} * stride, p.outputs);
        copy(p.bias.data(), bias.data(), p.outputs);
        for (std::uint32_t b = 0; b < p.samples; ++b) {
            copy(p.x.data() + std::size_t{b} * p.inputs, x.data() + std::size_t{b} * in_stride, p.inputs);
            copy(p.delta.data() + std::size_t{b} * p.outputs, delta.data() + std::size_t{b} * stride, p.outputs);
        }
    }
    synapse::dense_view view() { return {weight.data(), bias.data(), p_.inputs, p_.outputs, stride}; }
    synapse::batch_view<const float> inputs() const { return {x.data(), p_.samples, in_stride}; }
    synapse::batch_view<const float> deltas() const { return {delta.data(), p_.samples, stride}; }

    // The layer after an update; false if its padding is no longer +0.
    bool report(outcome& to, const std::string& name) const {
        std::vector<float> packed;
        bool clean = true;
        for (std::uint32_t k = 0; k <= p_.inputs; ++k) {
            const float* row = k < p_.inputs ? weight.data() + std::size_t{k} * stride : bias.data();
            packed.insert(packed.end(), row, row + p_.outputs);
            for (std::uint32_t j = p_.outputs; j < stride; ++j) clean = clean && bits_of(row[j]) == 0;
        }
        to.add(name, packed.data(), packed.size());
        return clean;
    }

    std::uint32_t stride, in_stride;
    exact<float> weight, bias, x, delta;

private:
    static void copy(const float* from, float* to, std::size_t n) {
        if (n != 0) std::memcpy(to, from, n * sizeof(float));
    }
    const problem& p_;
};

// Runs every kernel function on the problem. `clean` becomes false where padding was changed or a guard overwritten.
template <class Kernels>
outcome outcome_of(const problem& p, bool& clean) {
    outcome out;
    const laid_out<Kernels> start{p};
    const std::uint32_t room = synapse::round_up(p.inputs, Kernels::lanes);
    const synapse::row_list rows{p.rows.data(), static_cast<std::uint32_t>(p.rows.size())};

    exact<synapse::row_index> index(room);
    for (std::uint32_t b = 0; b < p.samples; ++b) {
        const std::uint32_t n = Kernels::nonzero(p.inputs, start.inputs()[b], index.data());
        out.add("nonzero", {index.data(), index.data() + n});
    }
    const std::uint32_t any = Kernels::nonzero(p.inputs, start.inputs(), index.data());
    out.add("nonzero of a batch", {index.data(), index.data() + any});

    exact<float> a(std::size_t{p.samples} * start.stride);
    const auto report_sums = [&](const char* name) {
        for (std::uint32_t b = 0; b < p.samples; ++b) {
            const float* sums = a.data() + std::size_t{b} * start.stride;
            out.add(name, sums, p.outputs);
            for (std::uint32_t j = p.outputs; j < start.stride; ++j) clean = clean && bits_of(sums[j]) == 0;
        }
    };
    laid_out<Kernels> layer{p};
    for (std::uint32_t b = 0; b < p.samples; ++b)
        Kernels::forward(layer.view(), rows, layer.inputs()[b], a.data() + std::size_t{b} * start.stride);
    report_sums("forward");
    Kernels::forward(layer.view(), rows, layer.inputs(), synapse::batch_view<float>{a.data(), p.samples, start.stride});
    report_sums("forward of a batch");
    clean = clean && layer.report(out, "weights after forward");

    exact<synapse::row_index> active(start.stride);
    for (std::uint32_t b = 0; b < p.samples; ++b) {
        const std::uint32_t n =
            Kernels::forward_relu(layer.view(), rows, layer.inputs()[b], a.data() + std::size_t{b} * start.stride, active.data());
        out.add("active units", {active.data(), active.data() + n});
    }
    report_sums("forward_relu");

    exact<float> dx(std::size_t{p.samples} * room, untouched);
    const auto report_dx = [&](const char* name) {
        for (std::uint32_t b = 0; b < p.samples; ++b) {
            float* from = dx.data() + std::size_t{b} * room;
            out.add(name, from, p.inputs);
            for (std::uint32_t k = 0; k < room; ++k) {
                if (k >= p.inputs) clean = clean && bits_of(from[k]) == bits_of(untouched);
                from[k] = untouched;
            }
        }
    };
    // Sample after sample, with and without dx; the same memory each time, so the updates add up.
    for (std::uint32_t b = 0; b < p.samples && b < 3; ++b) {
        Kernels::backward(layer.view(), rows, layer.inputs()[b], layer.deltas()[b], p.rate, dx.data() + std::size_t{b} * room);
    }
    report_dx("dx");
    clean = clean && layer.report(out, "weights after backward");
    Kernels::backward(layer.view(), rows, layer.inputs()[0], layer.deltas()[0], p.rate, nullptr);
    clean = clean && layer.report(out, "weights after backward without dx");

    // Inputs as relu leaves them, or all active but the zeros.
    exact<float> units(room);
    for (std::uint32_t k = 0; k < p.inputs; ++k) {
        const float x = layer.inputs()[0][k];
        units[k] = x > 0.0f ? x : p.samples % 2 == 0 && x < 0.0f ? -x : 0.0f;
    }
    const std::uint32_t listed = Kernels::nonzero(p.inputs, units.data(), index.data());
    Kernels::backward_relu(layer.view(), {index.data(), listed}, units.data(), layer.deltas()[0], p.rate, dx.data());
    out.add("dx through relu", dx.data(), p.inputs);
    for (std::uint32_t k = p.inputs; k < room; ++k) clean = clean && bits_of(dx[k]) == 0;
    for (std::uint32_t k = 0; k < room; ++k) dx[k] = untouched;
    clean = clean && layer.report(out, "weights after backward through relu");
    // The same again where x lies, by the sets that can.
    float* const place = synapse::works_in_place<Kernels> ? units.data() : dx.data();
    Kernels::backward_relu(layer.view(), {index.data(), listed}, units.data(), layer.deltas()[0], p.rate, place);
    out.add("dx through relu, in place", place, p.inputs);
    for (std::uint32_t k = p.inputs; k < room; ++k) clean = clean && bits_of(place[k]) == 0;
    for (std::uint32_t k = 0; k < room; ++k) dx[k] = untouched;
    clean = clean && layer.report(out, "weights after backward through relu, in place");

    laid_out<Kernels> batch{p};
    Kernels::backward(batch.view(), rows, batch.inputs(), batch.deltas(), p.rate, synapse::batch_view<float>{dx.data(), p.samples, room});
    report_dx("dx of a batch");
    clean = clean && batch.report(out, "weights after backward of a batch");
    Kernels::backward(batch.view(), rows, batch.inputs(), batch.deltas(), p.rate, synapse::batch_view<float>{nullptr, p.samples, room});
    clean = clean && batch.report(out, "weights after backward of a batch without dx");
    return out;
}

// Runs the elementwise functions and the dot product over n numbers.
template <class Kernels>
outcome outcome_of_elements(std::uint32_t n, numbers kind, std::uint64_t seed) {
    outcome out;
    synapse::random_generator random{seed};
    exact<float> first(n);
    exact<float> second(n);
    exact<float> third(n);
    for (std::uint32_t i = 0; i < n; ++i) first[i] = draw(kind, random);
    for (std::uint32_t i = 0; i < n; ++i) second[i] = draw(kind, random);
    for (std::uint32_t i = 0; i < n; ++i) third[i] = draw(kind, random);

    const float dot = Kernels::dot(n, first.data(), second.data());
    out.add("dot", &dot, 1);
    out.add("largest_bits", {Kernels::largest_bits(n, first.data())});
    const auto in_place = [&](const char* name, auto&& action) {
        exact<float> data(second);
        action(data.data());
        out.add(name, data.data(), n);
    };
    in_place("blend", [&](float* slow) { Kernels::blend(n, 0.3f, first.data(), slow); });
    in_place("linear", [&](float* a) { Kernels::linear(n, a); });
    for (const float clip : {std::numeric_limits<float>::infinity(), 0.75f}) {
        in_place("delta of squared", [&](float* target) {
            const float sum = Kernels::squared(n, first.data(), target, 0.3f, clip, target);
            out.add("squared", &sum, 1);
        });
    }
    const std::uint32_t padded = synapse::round_up(n, Kernels::lanes);
    exact<float> closed(padded, untouched);
    for (std::uint32_t i = 0; i < n; ++i) closed[i] = second[i];
    Kernels::close_delta(n, closed.data());
    out.add("close_delta", closed.data(), n);
    std::uint32_t padding = 0;
    for (std::uint32_t i = n; i < padded; ++i) padding |= bits_of(closed[i]);
    out.add("padding of close_delta", {padding});
    in_place("relu", [&](float* a) { Kernels::relu(n, a); });
    in_place("tanh", [&](float* a) { Kernels::tanh(n, a); });
    in_place("relu_backward", [&](float* delta) { Kernels::relu_backward(n, first.data(), delta); });
    in_place("tanh_backward", [&](float* delta) { Kernels::tanh_backward(n, first.data(), delta); });
    in_place("velocity alone", [&](float* velocity) { Kernels::momentum(n, 0.9f, -0.3f, first.data(), velocity, nullptr); });
    in_place("velocity", [&](float* velocity) {
        exact<float> weight(third);
        Kernels::momentum(n, 0.9f, -0.3f, first.data(), velocity, weight.data());
        out.add("momentum", weight.data(), n);
    });
    return out;
}

// Every function of Candidate gives the bits of Reference, for lengths 0..130 on either side of a layer.
template <class Reference, class Candidate>
void check() {
    for (std::uint32_t n = 0; n <= 130; ++n) {
        for (const numbers kind : {numbers::ordinary, numbers::awkward}) {
            INFO("length " << n << (kind == numbers::awkward ? ", awkward" : ", ordinary"));
            REQUIRE(first_difference(outcome_of_elements<Reference>(n, kind, 77 + n), outcome_of_elements<Candidate>(n, kind, 77 + n)) ==
                    "");
            const std::uint32_t small = 1 + n % 11;
            const std::uint32_t spare = n % 3 == 0 ? 0 : n % 37;
            const std::uint32_t samples = 1 + (n + (kind == numbers::awkward ? 6 : 0)) % 13;
            const problem wide{small, n, spare, samples, kind, n % 5, 1000 + n};
            const problem tall{n, small, spare, samples, kind, (n + 2) % 9, 2000 + n};
            for (const problem* p : {&wide, &tall}) {
                INFO("layer " << p->inputs << " x " << p->outputs << ", batch " << p->samples << ", rows " << p->rows.size());
                bool clean = true;
                REQUIRE(first_difference(outcome_of<Reference>(*p, clean), outcome_of<Candidate>(*p, clean)) == "");
                REQUIRE(clean);
            }
        }
    }
}

// Layers and batches large enough for every block, tile and pass of a wide kernel set, on every count of samples.
template <class Reference, class Candidate>
void check_tiles() {
    for (std::uint32_t samples = 1; samples <= 13; ++samples) {
        const problem p{37, 16 * samples + 50, 5, samples, numbers::awkward, samples % 4, 3000 + samples};
        INFO("batch " << samples);
        bool clean = true;
        REQUIRE(first_difference(outcome_of<Reference>(p, clean), outcome_of<Candidate>(p, clean)) == "");
        REQUIRE(clean);
    }
    for (const std::uint32_t outputs : {255u, 256u, 257u, 272u, 400u, 513u}) {
        const problem p{19, outputs, 0, 3, numbers::ordinary, 1, 4000 + outputs};
        INFO("outputs " << outputs);
        bool clean = true;
        REQUIRE(first_difference(outcome_of<Reference>(p, clean), outcome_of<Candidate>(p, clean)) == "");
        REQUIRE(clean);
    }
}

// Layers that a kernel set may treat as small, around every width at which it may change its ways.
template <class Reference, class Candidate>
void check_small() {
    for (const std::uint32_t inputs : {15u, 16u, 32u, 48u, 64u, 65u, 80u}) {
        for (const std::uint32_t outputs : {0u, 1u, 3u, 4u, 5u, 8u, 15u, 16u, 17u, 32u, 33u, 48u, 49u, 63u, 64u, 65u}) {
            for (const numbers kind : {numbers::ordinary, numbers::awkward}) {
                const problem p{inputs, outputs, outputs % 5, 1 + outputs % 2, kind, outputs % 7, 5000 + 100 * inputs + outputs};
                INFO("layer " << inputs << " x " << outputs << (kind == numbers::awkward ? ", awkward" : ", ordinary"));
                bool clean = true;
                REQUIRE(first_difference(outcome_of<Reference>(p, clean), outcome_of<Candidate>(p, clean)) == "");
                REQUIRE(clean);
            }
        }
    }
}

// Infinities and NaN in every place of a vector are seen, whatever their sign and payload.
template <class Kernels>
void check_largest_bits() {
    CHECK(Kernels::largest_bits(0, nullptr) == 0);
    for (std::uint32_t n = 1; n <= 67; ++n) {
        exact<float> data(n, -0.0f);
        REQUIRE(Kernels::largest_bits(n, data.data()) == 0);
        for (std::uint32_t i = 0; i < n; ++i) {
            for (const std::uint32_t bits : {0x7f800000u, 0xff800000u, 0x7fc00000u, 0xff800001u, 0x80000001u, 0xff7fffffu}) {
                data[i] = std::bit_cast<float>(bits);
                REQUIRE(Kernels::largest_bits(n, data.data()) == (bits & 0x7fffffffu));
            }
            data[i] = 0.0f;
        }
    }
}

// A product and a sum whose two roundings lose what one rounding keeps: (1 + 2^-12)^2 - (1 + 2^-11) is 2^-24, or 0.
template <class Kernels>
void check_roundings() {
    constexpr bool once = Kernels::arithmetic::is_fused;
    const float expected = once ? 0x1p-24f : 0.0f;
    const float factor = 1.0f + 0x1p-12f;
    const float rest = -(1.0f + 0x1p-11f);
    const std::uint32_t outputs = 21;
    const std::uint32_t stride = synapse::round_up(outputs, Kernels::lanes);
    for (std::uint32_t samples = 1; samples <= 4; ++samples) {
        const std::uint32_t inputs = 9;
        exact<float> weight(std::size_t{inputs} * stride);
        exact<float> bias(stride);
        exact<float> x(std::size_t{samples} * 16);
        exact<float> delta(std::size_t{samples} * stride);
        exact<float> a(std::size_t{samples} * stride);
        std::vector<synapse::row_index> all;
        for (std::uint32_t k = 0; k < inputs; ++k) {
            all.push_back(static_cast<synapse::row_index>(k));
            for (std::uint32_t j = 0; j < outputs; ++j) weight[std::size_t{k} * stride + j] = k == 4 ? factor : 0.0f;
        }
        for (std::uint32_t j = 0; j < outputs; ++j) bias[j] = rest;
        for (std::uint32_t b = 0; b < samples; ++b) x[std::size_t{b} * 16 + 4] = factor;
        const synapse::row_list rows{all.data(), inputs};
        const synapse::dense_view layer{weight.data(), bias.data(), inputs, outputs, stride};

        // Forward: x W + b.
        if (samples == 1) {
            Kernels::forward(layer, rows, x.data(), a.data());
        } else {
            Kernels::forward(layer, rows, synapse::batch_view<const float>{x.data(), samples, 16},
                             synapse::batch_view<float>{a.data(), samples, stride});
        }
        for (std::uint32_t b = 0; b < samples; ++b) {
            for (std::uint32_t j = 0; j < outputs; ++j) REQUIRE(a[std::size_t{b} * stride + j] == expected);
        }

        // Update: (-rate x) delta + W with rate x = -factor; the bias likewise.
        for (std::uint32_t b = 0; b < samples; ++b) {
            for (std::uint32_t k = 0; k < inputs; ++k) x[std::size_t{b} * 16 + k] = b == 0 ? 1.0f : 0.0f;
            for (std::uint32_t j = 0; j < outputs; ++j) delta[std::size_t{b} * stride + j] = b == 0 ? factor : 0.0f;
        }
        for (std::uint32_t k = 0; k < inputs; ++k) {
            for (std::uint32_t j = 0; j < outputs; ++j) weight[std::size_t{k} * stride + j] = rest;
        }
        if (samples == 1) {
            Kernels::backward(layer, rows, x.data(), delta.data(), -factor, nullptr);
        } else {
            Kernels::backward(layer, rows, synapse::batch_view<const float>{x.data(), samples, 16},
                              synapse::batch_view<const float>{delta.data(), samples, stride}, -factor,
                              synapse::batch_view<float>{nullptr, samples, 16});
        }
        for (std::uint32_t k = 0; k < inputs; ++k) {
            for (std::uint32_t j = 0; j < outputs; ++j) REQUIRE(weight[std::size_t{k} * stride + j] == expected);
        }
        for (std::uint32_t j = 0; j < outputs; ++j) REQUIRE(bias[j] == expected);
    }

    // Sums of products: two terms in the same partial sum, 16 places apart.
    exact<float> first(32);
    exact<float> second(32);
    first[3] = -1.0f;
    second[3] = -rest;
    first[19] = second[19] = factor;
    CHECK(Kernels::dot(32, first.data(), second.data()) == expected);
    for (std::uint32_t n = 1; n <= 35; ++n) {
        exact<float> slow(n, rest);
        const exact<float> fast(n, rest + 1.0f);  // fast - slow is exactly 1, so blend is share + slow: no rounding to tell apart
        Kernels::blend(n, factor, fast.data(), slow.data());
        for (std::uint32_t i = 0; i < n; ++i) REQUIRE(slow[i] == factor + rest);
        exact<float> velocity(n, factor);
        const exact<float> delta(n, rest);
        Kernels::momentum(n, factor, 1.0f, delta.data(), velocity.data(), nullptr);
        for (std::uint32_t i = 0; i < n; ++i) REQUIRE(velocity[i] == expected);
        const exact<float> h(n, factor);
        exact<float> slope(n, 1.0f);
        Kernels::tanh_backward(n, h.data(), slope.data());  // 1 - h^2
        const float once_rounded = -(0x1p-11f + 0x1p-24f);
        for (std::uint32_t i = 0; i < n; ++i) REQUIRE(slope[i] == (once ? once_rounded : -0x1p-11f));
    }
}

}  // namespace same_bits
