// The yardstick: the same net as plain C loops, sizes at run time, weights [out][in], backward and update in one pass at batch 1.
// In a file of its own, which the build compiles with -O3 and a compiler's ordinary floating point (which may fuse). So the
// measurement of the machine's peak is there too.
#pragma once

namespace bench {

struct plain_layer {
    float* weight;  // [outputs][inputs]
    float* bias;
    float* gradient;       // [outputs][inputs], for mini-batches
    float* bias_gradient;  // [outputs]
    float* out;            // activations
    float* delta;
    int inputs, outputs;
};

struct plain_net {
    plain_layer* layer;
    int layers;
    int use_tanh;  // else relu; the last layer is linear
};

const float* plain_forward(const plain_net* net, const float* x);
void plain_step(const plain_net* net, const float* x, const float* target, float rate);
void plain_accumulate(const plain_net* net, const float* x, const float* target, float share);
void plain_apply(const plain_net* net, float rate);

// Turns of independent arithmetic on a dozen registers: multiply-adds, fused where the target can; or as many multiplications and
// additions apart. Return a number that depends on all of it; peak_flops says how many operations a turn has.
float peak_fused(int turns);
float peak_separate(int turns);
int peak_flops(bool fused);

}  // namespace bench
