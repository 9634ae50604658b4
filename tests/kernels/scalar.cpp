#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include <doctest/doctest.h>

#include <synapse/kernels/arithmetic.hpp>
#include <synapse/kernels/kernel_set.hpp>
#include <synapse/kernels/math.hpp>
#include <synapse/kernels/scalar.hpp>

#include "same_bits.hpp"

namespace {

// The contract of kernel_set.hpp written down as it is said there, one multiplication at a time.
template <class Arithmetic>
struct contract {
    using arithmetic = Arithmetic;
    static constexpr std::uint32_t lanes = 1;
    using row_index = synapse::row_index;
    using row_list = synapse::row_list;
    using dense_view = synapse::dense_view;
    template <class T>
    using batch_view = synapse::batch_view<T>;

    static float madd(float a, float b, float c) {
        if constexpr (Arithmetic::is_fused) return std::fma(a, b, c);
        volatile float product = a * b;  // out of reach of any contraction
        return product + c;
    }
    static std::uint32_t nonzero(std::uint32_t n, const float* x, row_index* index) {
        return nonzero(n, batch_view<const float>{x, 1, 0}, index);
    }
    static std::uint32_t nonzero(std::uint32_t n, batch_view<const float> x, row_index* index) {
        std::uint32_t count = 0;
        for (std::uint32_t k = 0; k < n; ++k) {
            bool any = false;
            for (std::uint32_t b = 0; b < x.samples; ++b) any = any || x[b][k] != 0.0f;
            if (any) index[count++] = static_cast<row_index>(k);
        }
        return count;
    }
    static void forward(const dense_view& layer, row_list rows, const float* x, float* a) {
        for (std::uint32_t j = 0; j < layer.outputs; ++j) {
            a[j] = layer.bias[j];
            for (std::uint32_t i = 0; i < rows.count; ++i) {
                const std::uint32_t k = rows.index[i];
                a[j] = madd(x[k], layer.weight[std::size_t{k} * layer.stride + j], a[j]);
            }
        }
    }
    static void forward(const dense_view& layer, row_list rows, batch_view<const float> x, batch_view<float> a) {
        for (std::uint32_t b = 0; b < x.samples; ++b) forward(layer, rows, x[b], a[b]);
    }
    static void backward(const dense_view& layer, row_list rows, const float* x, const float* delta, float rate, float* dx) {
        backward(layer, rows, batch_view<const float>{x, 1, 0}, batch_view<const float>{delta, 1, 0}, rate, batch_view<float>{dx, 1, 0});
    }
    static void backward(const dense_view& layer, row_list rows, batch_view<const float> x, batch_view<const float> delta, float rate,
                         batch_view<float> dx) {
        if (dx.data != nullptr) {
            for (std::uint32_t b = 0; b < x.samples; ++b) {
                for (std::uint32_t i = 0; i < rows.count; ++i) {
                    const std::uint32_t k = rows.index[i];
                    dx[b][k] = dot(layer.outputs, delta[b], layer.weight + std::size_t{k} * layer.stride);
                }
            }
        }
        for (std::uint32_t b = 0; b < x.samples; ++b) {
            for (std::uint32_t i = 0; i < rows.count; ++i) {
                const std::uint32_t k = rows.index[i];
                for (std::uint32_t j = 0; j < layer.outputs; ++j) {
                    float& w = layer.weight[std::size_t{k} * layer.stride + j];
                    w = madd(-rate * x[b][k], delta[b][j], w);
                }
            }
            for (std::uint32_t j = 0; j < layer.outputs; ++j) layer.bias[j] = madd(-rate, delta[b][j], layer.bias[j]);
        }
    }
    static std::uint32_t forward_relu(const dense_view& layer, row_list rows, const float* x, float* a, row_index* active) {
        forward(layer, rows, x, a);
        relu(layer.outputs, a);
        return nonzero(layer.outputs, a, active);
    }
    static void backward_relu(const dense_view& layer, row_list rows, const float* x, const float* delta, float rate, float* dx) {
        std::vector<float> h(layer.inputs);  // 1 where listed, so that relu_backward lets these through
        for (std::uint32_t i = 0; i < rows.count; ++i) h[rows.index[i]] = 1.0f;
        backward(layer, rows, x, delta, rate, dx);
        relu_backward(layer.inputs, h.data(), dx);
    }
    static float dot(std::uint32_t n, const float* delta, const float* w) {
        float p[16] = {};
        for (std::uint32_t j = 0; j < n; ++j) p[j % 16] = madd(delta[j], w[j], p[j % 16]);
        for (int i = 0; i < 8; ++i) p[i] += p[i + 8];
        for (int i = 0; i < 4; ++i) p[i] += p[i + 4];
        for (int i = 0; i < 2; ++i) p[i] += p[i + 2];
        return (p[0] + p[1]) + 0.0f;
    }
    static void momentum(std::uint32_t n, float momentum, float s, const float* delta, float* velocity, float* w) {
        for (std::uint32_t j = 0; j < n; ++j) {
            volatile float pull = s * delta[j];
            velocity[j] = madd(momentum, velocity[j], pull);
            if (w != nullptr) w[j] += velocity[j];
        }
    }
    static void blend(std::uint32_t n, float share, const float* fast, float* slow) {
        for (std::uint32_t j = 0; j < n; ++j) slow[j] = madd(share, fast[j] - slow[j], slow[j]);
    }
    static float held(float x) { return x > 0x1p20f ? 0x1p20f : x < -0x1p20f ? -0x1p20f : x; }
    static float squared(std::uint32_t n, const float* y, const float* target, float scale, float clip, float* delta) {
        float sum = 0.0f;
        for (std::uint32_t j = 0; j < n; ++j) {
            const float error = held(y[j] - target[j]);
            sum = madd(0.5f * error, error, sum);
            delta[j] = scale * (error > clip ? clip : error < -clip ? -clip : error);
        }
        return sum;
    }
    static void close_delta(std::uint32_t n, float* delta) { linear(n, delta); }
    static void linear(std::uint32_t n, float* a) {
        for (std::uint32_t j = 0; j < n; ++j) a[j] = held(a[j]);
    }
    static void relu(std::uint32_t n, float* a) {
        for (std::uint32_t j = 0; j < n; ++j) a[j] = a[j] > 0.0f ? held(a[j]) : 0.0f;
    }
    static void relu_backward(std::uint32_t n, const float* h, float* delta) {
        for (std::uint32_t j = 0; j < n; ++j) delta[j] = h[j] > 0.0f ? held(delta[j]) : 0.0f;
    }
    static void tanh(std::uint32_t n, float* a) {
        for (std::uint32_t j = 0; j < n; ++j) a[j] = synapse::math::tanh<synapse::math::scalar_operations<Arithmetic>>(a[j]);
    }
    static void tanh_backward(std::uint32_t n, const float* h, float* delta) {
        for (std::uint32_t j = 0; j < n; ++j) {
            volatile float slope = madd(-h[j], h[j], 1.0f);
            delta[j] = held(delta[j] * slope);
        }
    }
    static std::uint32_t largest_bits(std::uint32_t n, const float* x) {
        std::uint32_t largest = 0;
        for (std::uint32_t j = 0; j < n; ++j) {
            const std::uint32_t bits = same_bits::bits_of(x[j]) & 0x7fffffffu;
            if (bits > largest) largest = bits;
        }
        return largest;
    }
};

}  // namespace

TEST_CASE_TEMPLATE("scalar kernels: the contract to the bit, packed, padded and small", Arithmetic, synapse::separate, synapse::fused) {
    using packed = synapse::scalar_kernels<Arithmetic, 1>;
    using padded = synapse::scalar_kernels<Arithmetic, 16>;
    same_bits::check<contract<Arithmetic>, packed>();
    same_bits::check<packed, padded>();
    using small = synapse::scalar_kernels<Arithmetic, 1, true>;
    same_bits::check<contract<Arithmetic>, small>();
    same_bits::check_tiles<contract<Arithmetic>, small>();
    same_bits::check_tiles<contract<Arithmetic>, packed>();
    same_bits::check_tiles<packed, padded>();
}

TEST_CASE_TEMPLATE("scalar kernels: fused rounds once, separate twice", Arithmetic, synapse::separate, synapse::fused) {
    same_bits::check_roundings<contract<Arithmetic>>();
    same_bits::check_roundings<synapse::scalar_kernels<Arithmetic, 1>>();
    same_bits::check_roundings<synapse::scalar_kernels<Arithmetic, 16>>();
}

TEST_CASE("scalar kernels: what is not finite is found") { same_bits::check_largest_bits<synapse::scalar_kernels<>>(); }

TEST_CASE("scalar kernels: activations and deltas saturate, -0 is not active") {
    using kernels = synapse::scalar_kernels<>;
    const float huge = std::numeric_limits<float>::max();
    float a[] = {huge, -huge, 1.5f, -1.5f, 0.0f, -0.0f, synapse::limit};
    float b[7];
    const auto reset = [&] {
        for (int i = 0; i < 7; ++i) b[i] = a[i];
    };
    reset();
    kernels::linear(7, b);
    CHECK(b[0] == synapse::limit);
    CHECK(b[1] == -synapse::limit);
    CHECK(b[2] == 1.5f);
    CHECK(b[3] == -1.5f);
    CHECK(std::signbit(b[5]));
    reset();
    kernels::relu(7, b);
    CHECK(b[0] == synapse::limit);
    CHECK(same_bits::bits_of(b[1]) == 0);
    CHECK(same_bits::bits_of(b[5]) == 0);
    CHECK(b[6] == synapse::limit);
    reset();
    const float h[] = {1.0f, 1.0f, 0.0f, -1.0f, 1.0f, -0.0f, 1e-45f};
    kernels::relu_backward(7, h, b);
    CHECK(b[0] == synapse::limit);
    CHECK(b[1] == -synapse::limit);
    CHECK(same_bits::bits_of(b[2]) == 0);
    CHECK(same_bits::bits_of(b[3]) == 0);
    CHECK(same_bits::bits_of(b[5]) == 0);
    CHECK(b[6] == synapse::limit);
    reset();
    kernels::tanh(7, b);
    CHECK(b[0] == 1.0f);
    CHECK(b[1] == -1.0f);
    reset();
    const float outputs[] = {0.0f, 0.5f, 1.0f, -1.0f, 0.5f, 0.5f, 0.0f};
    kernels::tanh_backward(7, outputs, b);
    CHECK(b[0] == synapse::limit);
    CHECK(b[1] == -synapse::limit);
    CHECK(b[2] == 0.0f);
    CHECK(b[6] == synapse::limit);
}
