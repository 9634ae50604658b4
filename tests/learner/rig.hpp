// Shared by the tests of the learner: a body whose every byte can be looked at, and worlds to learn. The worlds use nothing but
// the library's own generator and sums, so that they are the same on every machine.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include <synapse/core/fields.hpp>
#include <synapse/core/random.hpp>
#include <synapse/kernels/default.hpp>
#include <synapse/learner/body.hpp>

namespace rig {

struct alignas(64) line {
    std::byte bytes[64];
};

// A learner over a block of exactly the bytes it asks for (or fewer, or displaced), all of them visible.
template <class Kernels = synapse::default_kernels>
class housed : public synapse::learner_body<Kernels> {
public:
    explicit housed(const synapse::shape& form, const synapse::tuning& numbers = {}, std::size_t fewer = 0, std::size_t displaced = 0)
        : synapse::learner_body<Kernels>{form},
          size_{synapse::measure(synapse::learner_body<Kernels>{form}) - fewer},
          lines_((size_ + displaced) / sizeof(line) + 1),
          block_{std::as_writable_bytes(std::span{lines_}).subspan(displaced, size_)},
          born{this->begin(block_, numbers)} {}

    // Every byte of the object and of its block.
    [[nodiscard]] std::vector<std::byte> image() const {
        std::vector<std::byte> all(sizeof(synapse::learner_body<Kernels>) + size_);
        std::memcpy(all.data(), static_cast<const void*>(static_cast<const synapse::learner_body<Kernels>*>(this)),
                    sizeof(synapse::learner_body<Kernels>));
        std::memcpy(all.data() + sizeof(synapse::learner_body<Kernels>), block_.data(), size_);
        return all;
    }
    [[nodiscard]] std::vector<std::byte> block() const { return {block_.begin(), block_.end()}; }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }

private:
    std::size_t size_;
    std::vector<line> lines_;
    std::span<std::byte> block_;

public:
    synapse::status born;
};

// Everything that influences the future: all fields but scratch, and but the value named `except`.
struct state_of : synapse::fields::flat<state_of> {
    std::string except;
    std::vector<std::byte> bytes;
    bool finite = true;

    template <class T>
    void value(const char* name, T& v) {
        if (except != name) add(&v, 1);
    }
    template <class T>
    void array(const char*, synapse::role r, T* data, const synapse::extent& e) {
        if (r == synapse::role::scratch) return;
        for (std::uint32_t i = 0; i < e.rows; ++i) add(data + std::size_t{i} * e.stride, e.cols);
    }

private:
    template <class T>
    void add(const T* data, std::size_t count) {
        if (count == 0) return;
        if constexpr (std::is_same_v<std::remove_const_t<T>, float>) {
            for (std::size_t i = 0; i < count; ++i) finite = finite && synapse::is_finite(data[i]);
        }
        const std::span<const std::byte> view = std::as_bytes(std::span{data, count});
        bytes.insert(bytes.end(), view.begin(), view.end());
    }
};

template <class Learner>
state_of state(const Learner& model, const char* except = "") {
    state_of seen;
    seen.except = except;
    Learner::fields(model, seen);
    return seen;
}

// Noisy points around one centre for each class.
class clouds {
public:
    clouds(std::uint32_t features, std::uint32_t classes, float spread, std::uint64_t seed)
        : features_{features}, spread_{spread}, centres_(std::size_t{features} * classes), source{seed} {
        for (float& c : centres_) c = 2.0f * source.symmetric();
    }
    std::vector<float> operator()(std::uint32_t c) {
        std::vector<float> x(features_);
        for (std::size_t i = 0; i < x.size(); ++i) {
            x[i] = centres_[std::size_t{c} * features_ + i] + spread_ * (source.symmetric() + source.symmetric());
        }
        return x;
    }

private:
    std::uint32_t features_;
    float spread_;
    std::vector<float> centres_;

public:
    synapse::random_generator source;
};

// A smooth function of a few numbers, in units of its own.
struct surface {
    std::vector<float> x;
    std::vector<float> y;
    synapse::random_generator source;

    surface(std::uint32_t inputs, std::uint32_t outputs, std::uint64_t seed) : x(inputs), y(outputs), source{seed} {}
    void next() {
        for (float& v : x) v = 3.0f * source.symmetric();
        for (std::size_t j = 0; j < y.size(); ++j) {
            const float a = x[j % x.size()];
            const float b = x[(j + 1) % x.size()];
            y[j] = 100.0f + 20.0f * (a * b + 0.5f * a * a - b);
        }
    }
};

inline constexpr float not_a_number = std::numeric_limits<float>::quiet_NaN();
inline constexpr float infinity = std::numeric_limits<float>::infinity();

// What no sensor should say: each is refused in every place where a number may stand.
inline constexpr float bad_numbers[] = {not_a_number, -not_a_number, infinity, -infinity, 1e16f, -1e16f, 3.402823466e38f};

}  // namespace rig
