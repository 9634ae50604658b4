// Other libraries on the same workload, each where the build found it: SYNAPSE_BENCH_EIGEN, SYNAPSE_BENCH_FANN, SYNAPSE_BENCH_DLIB.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include <synapse/config.hpp>
#include <synapse/network/activation.hpp>

#include "workload.hpp"

SYNAPSE_INTRINSICS_BEGIN  // of Eigen's AVX-512 too
#ifdef SYNAPSE_BENCH_EIGEN
#include <Eigen/Core>
#endif
#ifdef SYNAPSE_BENCH_FANN
#include <floatfann.h>
#endif
#ifdef SYNAPSE_BENCH_DLIB
#include <dlib/dnn.h>
#endif

namespace bench {

#ifdef SYNAPSE_BENCH_EIGEN
// The net written by hand on Eigen, sizes at run time.
class on_eigen final : public competitor {
public:
    on_eigen(const workload& work, synapse::activation f) : work_{work}, use_tanh_{f == synapse::activation::tanh} {
        name = "Eigen, by hand";
        for (std::uint32_t l = 0; l < layer_count; ++l) {
            const auto in = static_cast<Eigen::Index>(work.form.layer_inputs(l));
            const auto out = static_cast<Eigen::Index>(work.form.layer_outputs(l));
            using packed = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
            weight_[l] = Eigen::Map<const packed>(work.weight[l].data(), out, in);
            bias_[l] = Eigen::VectorXf::Zero(out);
            one_[l].h = one_[l].delta = Eigen::MatrixXf::Zero(out, 1);
            several_[l].h = several_[l].delta = Eigen::MatrixXf::Zero(out, batch_size);
        }
        several_x_.resize(static_cast<Eigen::Index>(work.form.inputs), batch_size);
        several_t_.resize(static_cast<Eigen::Index>(work.form.outputs), batch_size);
    }
    void step(std::uint32_t sample) override { learn(input(sample), wanted(sample), one_); }
    void step_batch(const std::uint32_t* samples) override {
        for (std::uint32_t i = 0; i < batch_size; ++i) {
            several_x_.col(i) = input(samples[i]);
            several_t_.col(i) = wanted(samples[i]);
        }
        learn(several_x_, several_t_, several_);
    }
    const float* predict(std::uint32_t sample) override {
        forward(input(sample), one_);
        return one_[layer_count - 1].h.data();
    }

private:
    struct level {
        Eigen::MatrixXf h, delta;  // [units][samples]
    };
    Eigen::Map<const Eigen::VectorXf> input(std::uint32_t i) const { return {work_.input(i), static_cast<Eigen::Index>(work_.form.inputs)}; }
    Eigen::Map<const Eigen::VectorXf> wanted(std::uint32_t i) const { return {work_.wanted(i), static_cast<Eigen::Index>(work_.form.outputs)}; }

    template <class X>
    void forward(const X& x, level* levels) {
        for (std::uint32_t l = 0; l < layer_count; ++l) {
            auto& h = levels[l].h;
            if (l == 0) {
                h.noalias() = weight_[l] * x;
            } else {
                h.noalias() = weight_[l] * levels[l - 1].h;
            }
            h.colwise() += bias_[l];
            if (l + 1 == layer_count) break;
            if (use_tanh_) {
                h = h.array().tanh();
            } else {
                h = h.array().max(0.0f);
            }
        }
    }
    template <class X, class T>
    void learn(const X& x, const T& target, level* levels) {
        forward(x, levels);
        const float rate = work_.form.rate / static_cast<float>(x.cols());
        levels[layer_count - 1].delta = levels[layer_count - 1].h - target;
        for (std::uint32_t l = layer_count; l-- > 0;) {
            const auto& delta = levels[l].delta;
            if (l > 0) {
                auto& before = levels[l - 1];
                before.delta.noalias() = weight_[l].transpose() * delta;
                if (use_tanh_) {
                    before.delta.array() *= 1.0f - before.h.array().square();
                } else {
                    before.delta = (before.h.array() > 0.0f).select(before.delta, 0.0f);
                }
                weight_[l].noalias() -= (rate * delta) * before.h.transpose();
            } else {
                weight_[l].noalias() -= (rate * delta) * x.transpose();
            }
            bias_[l] -= rate * delta.rowwise().sum();
        }
    }

    const workload& work_;
    bool use_tanh_;
    Eigen::MatrixXf weight_[layer_count];
    Eigen::VectorXf bias_[layer_count];
    level one_[layer_count], several_[layer_count];
    Eigen::MatrixXf several_x_, several_t_;
};
#endif

#ifdef SYNAPSE_BENCH_FANN
// FANN's incremental training, tanh only: this FANN has no relu. It has no mini-batch between one sample and all of them.
class on_fann final : public competitor {
public:
    explicit on_fann(const workload& work) : work_{work} {
        name = "FANN";
        const unsigned int sizes[] = {work.form.inputs, work.form.width, work.form.width, work.form.outputs};
        net_ = fann_create_standard_array(4, sizes);
        fann_set_activation_function_hidden(net_, FANN_SIGMOID_SYMMETRIC);
        fann_set_activation_function_output(net_, FANN_LINEAR);
        fann_set_activation_steepness_hidden(net_, 1.0f);
        fann_set_activation_steepness_output(net_, 1.0f);
        fann_set_train_error_function(net_, FANN_ERRORFUNC_LINEAR);
        fann_set_training_algorithm(net_, FANN_TRAIN_INCREMENTAL);
        fann_set_learning_rate(net_, work.form.rate);
        fann_set_learning_momentum(net_, 0.0f);
        std::size_t next = 0;
        for (std::uint32_t l = 0; l < layer_count; ++l) {
            const std::uint32_t in = work.form.layer_inputs(l);
            for (std::uint32_t j = 0; j < work.form.layer_outputs(l); ++j) {
                for (std::uint32_t k = 0; k < in; ++k) net_->weights[next++] = work.weight[l][std::size_t{j} * in + k];
                net_->weights[next++] = 0.0f;  // the bias
            }
        }
    }
    on_fann(const on_fann&) = delete;
    on_fann& operator=(const on_fann&) = delete;
    ~on_fann() override { fann_destroy(net_); }
    void step(std::uint32_t sample) override { fann_train(net_, const_cast<float*>(work_.input(sample)), const_cast<float*>(work_.wanted(sample))); }
    void step_batch(const std::uint32_t*) override {}
    bool has_batch() const override { return false; }
    const float* predict(std::uint32_t sample) override { return fann_run(net_, const_cast<float*>(work_.input(sample))); }

private:
    const workload& work_;
    fann* net_;
};
#endif

#ifdef SYNAPSE_BENCH_DLIB
// dlib's layers, driven directly: its trainer would hand each mini-batch to another thread.
template <template <typename> class Activation>
class on_dlib final : public competitor {
public:
    explicit on_dlib(const workload& work) : work_{work}, solvers_(layer_count_of_net, dlib::sgd(0.0f, 0.0f)) {
        name = "dlib";
        dlib::layer<1>(net_).layer_details().set_num_outputs(static_cast<long>(work.form.outputs));
        dlib::layer<3>(net_).layer_details().set_num_outputs(static_cast<long>(work.form.width));
        dlib::layer<5>(net_).layer_details().set_num_outputs(static_cast<long>(work.form.width));
        const dlib::matrix<float> first = dlib::mat(work.input(0), static_cast<long>(work.form.inputs));
        net_.to_tensor(&first, &first + 1, one_);
        load(0);
        net_.subnet().forward(one_);  // sizes the parameters
        fill(dlib::layer<5>(net_).layer_details().get_layer_params(), 0);
        fill(dlib::layer<3>(net_).layer_details().get_layer_params(), 1);
        fill(dlib::layer<1>(net_).layer_details().get_layer_params(), 2);
        several_.set_size(batch_size, static_cast<long>(work.form.inputs), 1, 1);
        several_labels_.resize(batch_size);
    }
    void step(std::uint32_t sample) override {
        load(sample);
        label_ = dlib::mat(work_.wanted(sample), static_cast<long>(work_.form.outputs));
        net_.compute_loss(one_, &label_);
        net_.back_propagate_error(one_);
        net_.update_parameters(solvers_, static_cast<double>(work_.form.rate));
    }
    void step_batch(const std::uint32_t* samples) override {
        float* to = several_.host_write_only();
        for (std::uint32_t i = 0; i < batch_size; ++i) {
            std::copy_n(work_.input(samples[i]), work_.form.inputs, to + std::size_t{i} * work_.form.inputs);
            several_labels_[i] = dlib::mat(work_.wanted(samples[i]), static_cast<long>(work_.form.outputs));
        }
        net_.compute_loss(several_, several_labels_.begin());
        net_.back_propagate_error(several_);
        net_.update_parameters(solvers_, static_cast<double>(work_.form.rate));
    }
    const float* predict(std::uint32_t sample) override {
        load(sample);
        return net_.subnet().forward(one_).host();
    }

private:
    using net_type = dlib::loss_mean_squared_multioutput<
        dlib::fc<1, Activation<dlib::fc<1, Activation<dlib::fc<1, dlib::input<dlib::matrix<float>>>>>>>>;
    static constexpr std::size_t layer_count_of_net = net_type::num_computational_layers;

    void load(std::uint32_t sample) {
        one_.set_size(1, static_cast<long>(work_.form.inputs), 1, 1);
        std::copy_n(work_.input(sample), work_.form.inputs, one_.host_write_only());
    }
    // [inputs + 1][outputs], the biases last.
    void fill(dlib::tensor& params, std::uint32_t l) {
        const std::uint32_t in = work_.form.layer_inputs(l);
        const std::uint32_t out = work_.form.layer_outputs(l);
        float* p = params.host();
        for (std::uint32_t k = 0; k <= in; ++k) {
            for (std::uint32_t j = 0; j < out; ++j) p[std::size_t{k} * out + j] = k < in ? work_.weight[l][std::size_t{j} * in + k] : 0.0f;
        }
    }

    const workload& work_;
    net_type net_;
    std::vector<dlib::sgd> solvers_;
    dlib::resizable_tensor one_, several_;
    dlib::matrix<float> label_;
    std::vector<dlib::matrix<float>> several_labels_;
};
#endif

// Everyone who is there.
inline std::vector<std::unique_ptr<competitor>> peers([[maybe_unused]] const workload& work, [[maybe_unused]] synapse::activation f) {
    std::vector<std::unique_ptr<competitor>> all;
#ifdef SYNAPSE_BENCH_EIGEN
    all.push_back(std::make_unique<on_eigen>(work, f));
#endif
#ifdef SYNAPSE_BENCH_FANN
    if (f == synapse::activation::tanh) all.push_back(std::make_unique<on_fann>(work));
#endif
#ifdef SYNAPSE_BENCH_DLIB
    if (f == synapse::activation::tanh) {
        all.push_back(std::make_unique<on_dlib<dlib::htan>>(work));
    } else {
        all.push_back(std::make_unique<on_dlib<dlib::relu>>(work));
    }
#endif
    return all;
}

}  // namespace bench
SYNAPSE_INTRINSICS_END
