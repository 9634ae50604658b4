#include "plain_loops.hpp"

#include <math.h>

namespace bench {

const float* plain_forward(const plain_net* net, const float* x) {
    for (int l = 0; l < net->layers; ++l) {
        const plain_layer* layer = &net->layer[l];
        const int inputs = layer->inputs;
        const bool last = l + 1 == net->layers;
        for (int j = 0; j < layer->outputs; ++j) {
            const float* w = layer->weight + j * inputs;
            float sum = layer->bias[j];
            for (int k = 0; k < inputs; ++k) sum += w[k] * x[k];
            if (!last) sum = net->use_tanh ? tanhf(sum) : sum > 0.0f ? sum : 0.0f;
            layer->out[j] = sum;
        }
        x = layer->out;
    }
    return x;
}

static void output_delta(const plain_net* net, const float* target, float share) {
    const plain_layer* layer = &net->layer[net->layers - 1];
    for (int j = 0; j < layer->outputs; ++j) layer->delta[j] = share * (layer->out[j] - target[j]);
}

static void through_activation(const plain_net* net, const plain_layer* layer) {
    for (int k = 0; k < layer->outputs; ++k) {
        const float h = layer->out[k];
        if (net->use_tanh) {
            layer->delta[k] *= 1.0f - h * h;
        } else if (!(h > 0.0f)) {
            layer->delta[k] = 0.0f;
        }
    }
}

void plain_step(const plain_net* net, const float* x, const float* target, float rate) {
    plain_forward(net, x);
    output_delta(net, target, 1.0f);
    for (int l = net->layers; l-- > 0;) {
        const plain_layer* layer = &net->layer[l];
        const int inputs = layer->inputs;
        const float* __restrict__ in = l > 0 ? net->layer[l - 1].out : x;
        float* __restrict__ dx = l > 0 ? net->layer[l - 1].delta : nullptr;
        if (dx) {
            for (int k = 0; k < inputs; ++k) dx[k] = 0.0f;
        }
        for (int j = 0; j < layer->outputs; ++j) {
            float* __restrict__ w = layer->weight + j * inputs;
            const float d = layer->delta[j];
            const float s = rate * d;
            if (dx) {
                for (int k = 0; k < inputs; ++k) {
                    dx[k] += d * w[k];
                    w[k] -= s * in[k];
                }
            } else {
                for (int k = 0; k < inputs; ++k) w[k] -= s * in[k];
            }
            layer->bias[j] -= s;
        }
        if (dx) through_activation(net, &net->layer[l - 1]);
    }
}

void plain_accumulate(const plain_net* net, const float* x, const float* target, float share) {
    plain_forward(net, x);
    output_delta(net, target, share);
    for (int l = net->layers; l-- > 0;) {
        const plain_layer* layer = &net->layer[l];
        const int inputs = layer->inputs;
        const float* __restrict__ in = l > 0 ? net->layer[l - 1].out : x;
        float* __restrict__ dx = l > 0 ? net->layer[l - 1].delta : nullptr;
        if (dx) {
            for (int k = 0; k < inputs; ++k) dx[k] = 0.0f;
        }
        for (int j = 0; j < layer->outputs; ++j) {
            const float* w = layer->weight + j * inputs;
            float* __restrict__ g = layer->gradient + j * inputs;
            const float d = layer->delta[j];
            if (dx) {
                for (int k = 0; k < inputs; ++k) dx[k] += d * w[k];
            }
            for (int k = 0; k < inputs; ++k) g[k] += d * in[k];
            layer->bias_gradient[j] += d;
        }
        if (dx) through_activation(net, &net->layer[l - 1]);
    }
}

void plain_apply(const plain_net* net, float rate) {
    for (int l = 0; l < net->layers; ++l) {
        const plain_layer* layer = &net->layer[l];
        const int count = layer->inputs * layer->outputs;
        for (int i = 0; i < count; ++i) {
            layer->weight[i] -= rate * layer->gradient[i];
            layer->gradient[i] = 0.0f;
        }
        for (int j = 0; j < layer->outputs; ++j) {
            layer->bias[j] -= rate * layer->bias_gradient[j];
            layer->bias_gradient[j] = 0.0f;
        }
    }
}

// The widest register that the target has.
#if defined(__AVX512F__)
typedef float lanes __attribute__((vector_size(64)));
#elif defined(__AVX__)
typedef float lanes __attribute__((vector_size(32)));
#else
typedef float lanes __attribute__((vector_size(16)));
#endif

int peak_flops(bool fused) { return static_cast<int>(sizeof(lanes) / sizeof(float)) * 12 * (fused ? 2 : 1); }

static float total(const lanes (&sum)[12]) {
    lanes all = {};
    for (const lanes& s : sum) all += s;
    float result = 0.0f;
    for (unsigned i = 0; i < sizeof(lanes) / sizeof(float); ++i) result += all[i];
    return result;
}

float peak_fused(int turns) {
    lanes sum[12];
    for (int k = 0; k < 12; ++k) sum[k] = lanes{} + static_cast<float>(k);  // chains that differ, or a compiler merges them
    const lanes factor = lanes{} + 0.999f;
    const lanes step = lanes{} + 0.001f;
    for (int i = 0; i < turns; ++i) {
#pragma GCC unroll 12
        for (int k = 0; k < 12; ++k) sum[k] = sum[k] * factor + step;
    }
    return total(sum);
}

float peak_separate(int turns) {
    lanes sum[12];
    for (int k = 0; k < 12; ++k) sum[k] = lanes{} + static_cast<float>(k);  // chains that differ, or a compiler merges them
    const lanes factor = lanes{} + 0.999f;
    const lanes step = lanes{} + 0.001f;
    for (int i = 0; i < turns; ++i) {
#pragma GCC unroll 12
        for (int k = 0; k < 12; ++k) sum[k] = k % 2 == 0 ? sum[k] * factor : sum[k] + step;
    }
    return total(sum);
}

}  // namespace bench
