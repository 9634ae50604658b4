// Where a new unit should look: which incoming weights it begins with.
//
// A layer's error asks for directions that its units do not have yet. The guide keeps one of them for each hidden layer, the
// strongest: the pair of unit vectors that best explains how the layer above errs when the layer below answers, found by power
// iteration along the stream, in memory of one vector for each side. A single new unit looks along it; several at once look half
// along it, half wherever chance says. Its kink lies near what it is shown, so that it is neither dead nor linear there.
// @source Evci et al. 2022, GradMax, for the singular vectors of the gradient; taking them along a stream, for the incoming side, and
// the kink at the sample: ours.
#pragma once

#include <cstdint>

#include <synapse/config.hpp>
#include <synapse/core/fields.hpp>
#include <synapse/core/random.hpp>
#include <synapse/core/slots.hpp>
#include <synapse/core/status.hpp>
#include <synapse/kernels/kernel_set.hpp>
#include <synapse/network/dense.hpp>
#include <synapse/network/network.hpp>

namespace synapse {

class incoming_guide {
public:
    static constexpr float horizon = 100.0f;  // samples

    constexpr incoming_guide() noexcept = default;
    // below: what the guided layer reads; above: what reads the guided layer.
    constexpr incoming_guide(slots below, slots above) noexcept : below_{below}, above_{above} {}

    template <class Self, class Visitor>
    static constexpr void fields(Self& self, Visitor& visit) {
        visit.value("below", self.below_.used);
        visit.value("above", self.above_.used);
        extent below = vector_extent(self.below_.used, self.below_.reserved);
        visit.array("mean", role::state, self.mean_, below = below.within(limit));
        visit.array("direction", role::state, self.direction_, below = below.within(2.0f * limit * limit));
        visit.array("error", role::state, self.error_, vector_extent(self.above_.used, self.above_.reserved).within(limit * limit));
    }

    status settle() const noexcept {
        return below_.used <= below_.reserved && above_.used <= above_.reserved ? status::ok : status::wrong_shape;
    }

    // Takes one sample: what the guided layer read, x [below], and how what reads it erred, delta [above]; both within +-limit.
    // @cost below and above a few times; loop-safe
    template <class Kernels>
    SYNAPSE_LOOP_SAFE SYNAPSE_OUTLINE void add(const float* x, const float* delta) noexcept {
        constexpr float share = 1.0f / horizon;
        float size = Kernels::dot(above_.used, error_, error_);
        if (!(size > smallest)) {
            for (std::uint32_t j = 0; j < above_.used; ++j) error_[j] = 1.0f;
            size = static_cast<float>(above_.used);
        }
        const float erred = held(Kernels::dot(above_.used, delta, error_) / config::square_root(size));
        const float answered = held(Kernels::dot(below_.used, x, direction_) - Kernels::dot(below_.used, mean_, direction_));
        for (std::uint32_t k = 0; k < below_.used; ++k) {
            const float mean = mean_[k] + share * (x[k] - mean_[k]);
            const float direction = direction_[k] + share * (erred * (x[k] - mean) - direction_[k]);
            mean_[k] = mean > smallest || mean < -smallest ? mean : 0.0f;  // no denormals in inputs that fell silent
            direction_[k] = direction > smallest || direction < -smallest ? direction : 0.0f;
        }
        for (std::uint32_t j = 0; j < above_.used; ++j) {
            const float error = error_[j] + share * (answered * delta[j] - error_[j]);
            error_[j] = error > smallest || error < -smallest ? error : 0.0f;
        }
    }

    // The layers beside the guided one have grown.
    void grow_below(std::uint32_t n) noexcept { below_.grow(n); }
    void grow_above(std::uint32_t n) noexcept { above_.grow(n); }

    // Not if it was made for no layer: then it guides nobody.
    [[nodiscard]] constexpr bool present() const noexcept { return above_.reserved != 0; }
    [[nodiscard]] constexpr std::uint32_t below() const noexcept { return below_.used; }
    [[nodiscard]] constexpr std::uint32_t above() const noexcept { return above_.used; }
    // Unnormalised, [below]; and its squared length, 0 while nothing is known.
    [[nodiscard]] const float* direction() const noexcept { return direction_; }
    template <class Kernels>
    [[nodiscard]] SYNAPSE_OUTLINE float squared_length() const noexcept {
        return Kernels::dot(below_.used, direction_, direction_);
    }

private:
    static constexpr float smallest = 1e-20f;
    static constexpr float held(float x) noexcept { return x > limit ? limit : x < -limit ? -limit : x; }

    float* mean_ = nullptr;
    float* direction_ = nullptr;
    float* error_ = nullptr;
    slots below_;
    slots above_;
};

namespace detail {

// In its place in a learner whose units never make room: all there is is chance.
struct no_guide {
    constexpr no_guide() noexcept = default;
    constexpr no_guide(slots, slots) noexcept {}
    template <class Kernels>
    static constexpr void add(const float*, const float*) noexcept {}
    static constexpr void grow_below(std::uint32_t) noexcept {}
    static constexpr void grow_above(std::uint32_t) noexcept {}
    static constexpr bool present() noexcept { return false; }
    static constexpr std::uint32_t below() noexcept { return 0; }
    static constexpr std::uint32_t above() noexcept { return 0; }
    static constexpr const float* direction() noexcept { return nullptr; }
    template <class Kernels>
    static constexpr float squared_length() noexcept {
        return 0.0f;
    }
};

}  // namespace detail

// How new units' incoming weights are chosen.
enum class incoming : std::uint8_t {
    chance,  // uniform, as at birth
    guided,  // along the guide's direction, several at once partly by chance, with the kink near the present sample
};

// Writes the incoming weights and biases of units [first, first + count) of hidden layer l. x [inputs of the layer]: the sample near
// which a single new unit has its kink; those of several spread between it and its reflection. range: half the width of the
// uniform distribution that weights are born from. The units' outgoing weights are not touched.
// @cost count columns of weights; loop-safe
template <class Kernels, network_pins Pins, class Guide>
SYNAPSE_LOOP_SAFE void draw_incoming(network<Kernels, Pins>& net, std::uint32_t l, std::uint32_t first, std::uint32_t count, incoming how,
                                     const Guide& guide, const float* x, float range, random_generator& source) noexcept {
    auto& layer = net.layer(l);
    const auto w = layer.weights();
    float* bias = layer.bias();
    const float length = how == incoming::guided ? guide.template squared_length<Kernels>() : 0.0f;
    const bool guided = length > 1e-30f;
    // Both parts together are as long as a vector of chance: its elements have a variance of range^2 / 3.
    const float by_chance = !guided ? range : count == 1 ? 0.0f : 0.5f * range;
    const float by_guide =
        guided ? (count == 1 ? 1.0f : 0.8660254f) * range * config::square_root(static_cast<float>(w.rows) / (3.0f * length)) : 0.0f;
    const std::uint32_t luck = source.next();  // all of it: a draw for each weight would take longer than learning does
    const std::uint32_t phase = luck >> 31;
    for (std::uint32_t j = first; j < first + count; ++j) bias[j] = 0.0f;
    std::uint32_t key = luck;
    for (std::uint32_t k = 0; k < w.rows; ++k, key += count) {
        float* const row = w.row(k);
        const float towards = guided ? by_guide * guide.direction()[k] : 0.0f;
        for (std::uint32_t j = first; j < first + count; ++j) {
            row[j] = by_chance * symmetric_of(key + j) + (((j + phase) & 1u) != 0 ? towards : -towards);
            bias[j] -= row[j] * x[k];
        }
    }
    float largest = by_chance + by_guide * config::square_root(length);
    for (std::uint32_t j = first; j < first + count; ++j) {
        bias[j] = !guided ? 0.0f : bias[j] * (count == 1 ? 0.8f : symmetric_of(key + j));
        const float magnitude = bias[j] < 0.0f ? -bias[j] : bias[j];
        largest = magnitude > largest ? magnitude : largest;
    }
    net.admit_weight(largest);
    if (!net.has_momentum(layer)) return;
    for (std::uint32_t k = 0; k < w.rows; ++k) {
        for (std::uint32_t j = first; j < first + count; ++j) layer.velocities()(k, j) = 0.0f;
    }
    for (std::uint32_t j = first; j < first + count; ++j) layer.bias_velocity()[j] = 0.0f;
}

// The same weights for another network of the same topology: columns [first, first + count) of layer l are copied.
template <class Kernels, network_pins Pins>
SYNAPSE_LOOP_SAFE void copy_incoming(const network<Kernels, Pins>& from, network<Kernels, Pins>& to, std::uint32_t l, std::uint32_t first,
                                     std::uint32_t count) noexcept {
    const auto source = from.layer(l).weights();
    const auto target = to.layer(l).weights();
    for (std::uint32_t j = first; j < first + count; ++j) {
        for (std::uint32_t k = 0; k < source.rows; ++k) {
            target(k, j) = source(k, j);
            to.admit_weight(target(k, j) < 0.0f ? -target(k, j) : target(k, j));
        }
        const float bias = from.layer(l).bias()[j];
        to.layer(l).bias()[j] = bias;
        to.admit_weight(bias < 0.0f ? -bias : bias);
    }
}

}  // namespace synapse
