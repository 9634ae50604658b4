// All hidden layers' units under one roof: what is known of each, where new ones should look, and how layers grow, are recycled and
// frozen. It holds no opinion on when: that is triggers.hpp's and the learner's.
#pragma once

#include <cstdint>
#include <type_traits>

#include <synapse/config.hpp>
#include <synapse/core/fields.hpp>
#include <synapse/core/random.hpp>
#include <synapse/core/status.hpp>
#include <synapse/network/network.hpp>
#include <synapse/network/topology.hpp>
#include <synapse/network/workspace.hpp>
#include <synapse/plasticity/incoming.hpp>
#include <synapse/plasticity/triggers.hpp>
#include <synapse/plasticity/turnover.hpp>
#include <synapse/plasticity/twins.hpp>
#include <synapse/plasticity/units.hpp>

namespace synapse {

// One hidden layer. Turnover: it may have what that needs.
template <bool Turnover = true>
struct basic_plastic_layer {
    unit_records units;
    [[no_unique_address]] std::conditional_t<Turnover, incoming_guide, detail::no_guide> guide;
    layer_pulse pulse;
    [[no_unique_address]] std::conditional_t<Turnover, turnover_credit, detail::no_credit> turnover;

    template <class Self, class Visitor>
    static constexpr void fields(Self& self, Visitor& visit) {
        visit.group("units", self.units);
        if constexpr (Turnover) {
            if (sees<Visitor>(feature::turnover) && self.guide.present()) visit.group("guide", self.guide);
        }
        visit.group("pulse", self.pulse);
        if constexpr (Turnover) {
            if (sees<Visitor>(feature::turnover) && self.guide.present()) visit.group("turnover", self.turnover);
        }
    }
};

template <kernel_set Kernels, network_pins Pins = network_pins{}>
class plastic_layers {
    using layer_type = basic_plastic_layer<Pins.turnover>;
    using guide_type = decltype(layer_type::guide);

public:
    constexpr plastic_layers() noexcept = default;
    explicit constexpr plastic_layers(const topology& t, bool turnover = Pins.turnover) noexcept
        : layers_{Pins.any ? t.hidden_layers() : 0}, outputs_{t.outputs}, function_{t.function} {
        for (std::uint32_t l = 0; l < layers(); ++l) {
            const slots below = l == 0 ? slots{t.inputs, t.inputs} : slots{t.hidden[l - 1], t.reserved(l - 1)};
            const slots above = l + 1 == layers() ? slots{t.outputs, t.outputs} : slots{t.hidden[l + 1], t.reserved(l + 1)};
            layer_[l].units = unit_records{slots{t.hidden[l], t.reserved(l)}};
            if (turnover) layer_[l].guide = guide_type{below, above};
            layer_[l].pulse = layer_pulse{slots{t.hidden[l], t.reserved(l)}};
        }
    }

    template <class Self, class Visitor>
    static constexpr void fields(Self& self, Visitor& visit) {
        for (std::uint32_t l = 0; l < self.layers(); ++l) visit.group("layer", l, self.layer_[l]);
        if (self.layers() == 0) return;
        visit.value("columns", self.columns_);
        visit.value("recycled", self.recycled_);
        visit.array("output_plasticity", role::state, self.output_plasticity_,
                    vector_extent(self.outputs_, self.outputs_).from_zero_to(1.0f));
    }

    // Everything begins free to learn. gain: of the weights at birth (network.hpp).
    void begin(float gain) noexcept {
        gain_ = gain;
        for (std::uint32_t l = 0; l < layers(); ++l) layer_[l].units.begin();
        for (std::uint32_t j = 0; layers() != 0 && j < outputs_; ++j) output_plasticity_[j] = 1.0f;
    }

    // True if this describes that network.
    [[nodiscard]] bool describes(const network<Kernels, Pins>& net) const noexcept {
        for (std::uint32_t l = 0; l < layers(); ++l) {
            const layer_type& layer = layer_[l];
            const std::uint32_t units = net.layer(l).outputs().used;
            if (layer.units.units().used != units || layer.pulse.units().used != units) return false;
            if (!layer.guide.present()) continue;
            if (layer.guide.below() != net.layer(l).inputs().used || layer.guide.above() != net.layer(l + 1).outputs().used) return false;
        }
        return true;
    }

    // For network::backward: holds back what is frozen and, if `looks`, learns from the last of `samples` what it tells of units and errors.
    // @cost the units and inputs of the layer a few times; loop-safe
    SYNAPSE_LOOP_SAFE void watch(std::uint32_t l, basic_workspace<Pins>& work, std::uint32_t samples, bool looks = true) noexcept {
        const auto delta = work.delta(l + 1, samples);
        const std::uint32_t last = samples - 1;
        if (looks && l > 0 && layer_[l - 1].guide.present())
            layer_[l - 1].guide.template add<Kernels>(work.units(l - 1, samples)[last], delta[last]);
        if (looks && l < layers()) {
            layer_type& layer = layer_[l];
            const float* h = work.units(l + 1, samples)[last];
            layer.units.observe(h);
            layer.pulse.observe(h, function() == activation::tanh ? 0.5f : 0.0f, layer.units);
        }
        if (columns_ == 0) return;  // nothing is frozen
        const float* factor = l < layers() ? layer_[l].units.plasticities() : output_plasticity_;
        const std::uint32_t n = l < layers() ? layer_[l].units.units().used : outputs_;
        for (std::uint32_t b = 0; b < samples; ++b) {
            for (std::uint32_t j = 0; j < n; ++j) delta[b][j] *= factor[j];
        }
    }

    // Takes n more units of hidden layer l into use, n at most what is reserved; slow may be null. x: what the layer read lately.
    // Returns how many. What the networks answer keeps its bits, or, with twins, changes by rounding. Once anything is frozen there are no
    // twins: when they part, frozen outputs would hear it. @cost n columns of weights, with twins n rows besides; loop-safe
    SYNAPSE_LOOP_SAFE std::uint32_t grow(network<Kernels, Pins>& fast, network<Kernels, Pins>* slow, std::uint32_t l, std::uint32_t n,
                                         const float* x, random_generator& source) noexcept {
        const std::uint32_t first = layer_[l].units.units().used;
        const std::uint32_t taken = fast.widen(l, n);
        if (slow != nullptr) slow->widen(l, taken);
        layer_[l].units.grow(taken);
        if (l > 0) layer_[l - 1].guide.grow_above(taken);
        if (l + 1 < layers()) layer_[l + 1].guide.grow_below(taken);
        connect(fast, slow, l, first, taken, grown_, grown_gain * gain_, x, source);
        if (brings_twins() && columns_ == 0) {
            const float range = twin_gain * gain_ / config::square_root(static_cast<float>(fast.layer(l + 1).inputs().used));
            const std::uint32_t key = source.next();
            make_twins(fast, l, first, taken, range, key);
            if (slow != nullptr) make_twins(*slow, l, first, taken, range, key);
        }
        layer_[l].pulse.grow(taken);
        return taken;
    }

    // Lets the least useful unit of layer l make room for a new one, if it is worth less than `enough`; false if none is. how: where it
    // looks. One of a few units does best where the guide points; in a wide layer the guided ones become copies of each other.
    // @cost one read of the weights above, and one column below; loop-safe
    SYNAPSE_LOOP_SAFE bool recycle(network<Kernels, Pins>& fast, network<Kernels, Pins>* slow, std::uint32_t l, std::uint32_t maturity,
                                   enough_worth enough, incoming how, const float* x, random_generator& source) noexcept {
        unit_records& units = layer_[l].units;
        const std::uint32_t j = least_useful(fast, l, units, maturity, enough);
        if (j == no_unit) return false;
        retire(fast, l, j, units.mean(j));
        if (slow != nullptr) retire(*slow, l, j, units.mean(j));
        connect(fast, slow, l, j, 1, how, gain_, x, source);
        units.renew(j);
        ++recycled_;
        return true;
    }

    // Freezes every unit in use, and the outputs that are marked but not `spared` (null: none is): from now on learning changes none of their
    // incoming weights.
    // @cost the velocities, if there are any
    void freeze(network<Kernels, Pins>& net, const std::uint8_t* outputs, const std::uint8_t* spared) noexcept {
        ++columns_;
        for (std::uint32_t l = 0; l < layers(); ++l) {
            for (std::uint32_t j = 0; j < layer_[l].units.units().used; ++j) layer_[l].units.set_plasticity(j, 0.0f);
        }
        for (std::uint32_t j = 0; j < outputs_; ++j) {
            if (outputs[j] != 0 && (spared == nullptr || spared[j] == 0)) output_plasticity_[j] = 0.0f;
        }
        for (std::uint32_t l = 0; l < net.layers(); ++l) {
            auto& layer = net.layer(l);
            if (!net.has_momentum(layer)) continue;
            const auto v = layer.velocities();
            for (std::uint32_t k = 0; k < v.rows; ++k) {
                for (std::uint32_t j = 0; j < v.cols; ++j) v(k, j) = 0.0f;
            }
            for (std::uint32_t j = 0; j < v.cols; ++j) layer.bias_velocity()[j] = 0.0f;
        }
    }

    [[nodiscard]] constexpr std::uint32_t layers() const noexcept { return Pins.any ? layers_ : Pins.layers - 1; }
    [[nodiscard]] constexpr layer_type& layer(std::uint32_t l) noexcept { return layer_[l]; }
    [[nodiscard]] constexpr const layer_type& layer(std::uint32_t l) const noexcept { return layer_[l]; }
    [[nodiscard]] std::uint32_t columns() const noexcept { return columns_; }    // begun so far, the first not counted
    [[nodiscard]] std::uint64_t recycled() const noexcept { return recycled_; }  // units, ever
    // How the weights of units that growth adds are chosen; not saved. By chance unless said otherwise: many units that look the same way
    // are worth little more than one (tests/bench/bench_growth.cpp), while a single recycled one does best where the guide points.
    void choose_incoming(incoming how) noexcept { grown_ = how; }
    // Whether units that growth adds are twins; not saved. A learner of labels begins with yes, one of numbers with no: as at its birth, when
    // the weights of outputs are drawn or zero.
    void choose_twins(bool yes) noexcept requires(Pins.twins) { twins_ = yes; }

private:
    // How long the weights of units that growth adds are, as a share of those at birth. As long as at birth the errors of the arm and the
    // teacher are 3 to 6 % higher (bench_growth, other seeds than the README's), that of split-MNIST about the same.
    static constexpr float grown_gain = 0.7f;
    // The same of twins' outgoing weights. Split-MNIST's error against that of born wide over 100 seeds: at 1 1.5 % more, at 1.5 0.4, at 2 more
    // again; at 0, which is no twins, 13.
    static constexpr float twin_gain = 1.5f;

    [[nodiscard]] constexpr bool brings_twins() const noexcept { return Pins.twins && twins_; }

    void connect(network<Kernels, Pins>& fast, network<Kernels, Pins>* slow, std::uint32_t l, std::uint32_t first, std::uint32_t count,
                 incoming how, float gain, const float* x, random_generator& source) noexcept {
        if (count == 0) return;
        const float range = gain / config::square_root(static_cast<float>(fast.layer(l).inputs().used));
        draw_incoming(fast, l, first, count, how, layer_[l].guide, x, range, source);
        if (slow != nullptr) copy_incoming(fast, *slow, l, first, count);
    }

    // What is pinned, or else what is.
    [[nodiscard]] constexpr activation function() const noexcept { return Pins.any ? function_ : Pins.function; }

    layer_type layer_[Pins.layers > 1 ? Pins.layers - 1 : 1];
    std::uint32_t layers_ = 0;
    std::uint32_t outputs_ = 0;
    activation function_ = activation::relu;
    incoming grown_ = incoming::chance;
    bool twins_ = false;
    float gain_ = 1.0f;
    std::uint32_t columns_ = 0;
    std::uint64_t recycled_ = 0;
    float* output_plasticity_ = nullptr;
};

}  // namespace synapse
