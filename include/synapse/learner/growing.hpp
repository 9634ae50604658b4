// The learner's policy of growth: asks the triggers, adds units or recycles them, keeps the history. The mechanism is plasticity/'s.
#pragma once

#include <cstdint>

#include <synapse/config.hpp>
#include <synapse/core/fields.hpp>
#include <synapse/core/random.hpp>
#include <synapse/core/status.hpp>
#include <synapse/learner/report.hpp>
#include <synapse/learner/tuning.hpp>
#include <synapse/network/network.hpp>
#include <synapse/network/workspace.hpp>
#include <synapse/plasticity/growth.hpp>
#include <synapse/plasticity/incoming.hpp>
#include <synapse/plasticity/plastic_layers.hpp>
#include <synapse/plasticity/triggers.hpp>

namespace synapse {

template <kernel_set Kernels, network_pins Pins = network_pins{}>
class growing {
public:
    constexpr growing() noexcept = default;
    explicit constexpr growing(const topology& t, bool turnover = Pins.turnover) noexcept
        : layers_{t, turnover}, history_{growth_history::most} {}

    template <class Self, class Visitor>
    static constexpr void fields(Self& self, Visitor& visit) {
        visit.group("layers", self.layers_);
        visit.group("errors", self.errors_);
        visit.value("last_event", self.last_event_);
        visit.value("passes", self.passes_);
    }

    // Called before each backward pass; true for one in four, in which units are looked at: they change slowly, and looking costs.
    [[nodiscard]] bool looks() noexcept { return ++passes_ % looks_every == 0; }

    // gain: of the weights at birth. twins: units that growth adds are twins (plastic_layers.hpp).
    void begin(float gain, bool twins) noexcept {
        layers_.begin(gain);
        if constexpr (Pins.twins) layers_.choose_twins(twins);
    }
    [[nodiscard]] bool describes(const network<Kernels, Pins>& net) const noexcept { return layers_.describes(net); }

    // After a step was learned: turnover, and at the end of each window the triggers. squared_error: the running one, in network units;
    // 0 where labels are learned. slow may be null. The report says what was done.
    // @cost units in use, now and then one read of the weights above; a growing step, its columns besides; loop-safe
    SYNAPSE_LOOP_SAFE void step(const tuning& t, report& r, float squared_error, network<Kernels, Pins>& fast, network<Kernels, Pins>* slow,
                                basic_workspace<Pins>& work, random_generator& source) noexcept {
        turn_over(t, squared_error, fast, slow, work, source);
        respond(t, r.steps, r.last_error, fast, slow, work, source);
        say(r, fast);
    }

    // Whether every hidden layer can take in `units` more.
    [[nodiscard]] bool has_room(const tuning& t, std::uint32_t units, const network<Kernels, Pins>& fast) const noexcept {
        for (std::uint32_t l = 0; l < layers_.layers(); ++l) {
            if (fast.layer(l).outputs().free() < units) return false;
        }
        return t.max_units == 0 || hidden_units(fast) + std::uint64_t{units} * layers_.layers() <= t.max_units;
    }

    // How wide a column that nobody gave a width is: as a growth step of the narrowest layer, in every layer.
    [[nodiscard]] std::uint32_t column_width(const tuning& t, const network<Kernels, Pins>& fast) const noexcept {
        std::uint32_t narrowest = 0xffffffffu;
        for (std::uint32_t l = 0; l < layers_.layers(); ++l) {
            const std::uint32_t units = fast.layer(l).outputs().used;
            if (units < narrowest) narrowest = units;
        }
        return layers_.layers() == 0 ? 0 : growth_step(narrowest, t.growth, 0xffffffffu);
    }

    // A column: freezes what is there and the outputs marked [outputs] but those of `spared` (null for none), and takes `units` more of
    // every hidden layer into use, for which there is room. value, threshold: what the history says of the reason.
    // @cost the new units' columns, and the velocities if there are any
    void begin_column(report& r, std::uint32_t units, const std::uint8_t* outputs, const std::uint8_t* spared, float value, float threshold,
                      network<Kernels, Pins>& fast, network<Kernels, Pins>* slow, basic_workspace<Pins>& work,
                      random_generator& source) noexcept {
        layers_.freeze(fast, outputs, spared);
        for (std::uint32_t l = 0; l < layers_.layers(); ++l) {
            growth_event event{r.steps, l, growth_reason::column, value, threshold, fast.layer(l).outputs().used, 0};
            layers_.grow(fast, slow, l, units, work.units(l, 1)[0], source);
            event.after = fast.layer(l).outputs().used;
            history_.add(event);
        }
        last_event_ = r.steps;
        errors_.reset();
        say(r, fast);
    }

    [[nodiscard]] constexpr plastic_layers<Kernels, Pins>& layers() noexcept { return layers_; }
    [[nodiscard]] constexpr const plastic_layers<Kernels, Pins>& layers() const noexcept { return layers_; }
    [[nodiscard]] constexpr growth_history& history() noexcept { return history_; }
    [[nodiscard]] constexpr const growth_history& history() const noexcept { return history_; }

private:
    static constexpr std::uint32_t looks_every = 4;

    static std::uint32_t hidden_units(const network<Kernels, Pins>& net) noexcept { return net.units() - net.outputs(); }

    void say(report& r, const network<Kernels, Pins>& fast) const noexcept {
        r.neurons = hidden_units(fast);
        r.growth_events = history_.events();
        r.recycled = layers_.recycled();
    }

    // At the end of a window of errors: grows if a trigger asks for it; at the cap, the least useful unit makes room instead.
    void respond(const tuning& t, std::uint64_t step, float error, network<Kernels, Pins>& fast, network<Kernels, Pins>* slow,
                 basic_workspace<Pins>& work, random_generator& source) noexcept {
        if (!errors_.add(error, t.growth_window) || step < last_event_ + t.growth_pause) return;
        growth_event event;
        if (!(errors_.recent() > t.grow_error_above) || !wanted(t, event)) return;
        last_event_ = step;
        event.step = step;
        event.before = fast.layer(event.layer).outputs().used;
        const float* x = work.units(event.layer, 1)[0];
        const std::uint32_t room = room_for(t, fast, event.layer);
        if (room == 0) {
            layers_.recycle(fast, slow, event.layer, t.turnover_age, enough_worth::of_mean(0.1f), incoming::chance, x, source);
            return;
        }
        layers_.grow(fast, slow, event.layer, growth_step(event.before, t.growth, room), x, source);
        event.after = fast.layer(event.layer).outputs().used;
        history_.add(event);
    }

    void turn_over(const tuning& t, float squared_error, network<Kernels, Pins>& fast, network<Kernels, Pins>* slow,
                   basic_workspace<Pins>& work, random_generator& source) noexcept {
        if (!(t.turnover_rate > 0.0f)) return;
        if (passes_ % looks_every != 0) return;  // nothing new is known
        for (std::uint32_t l = 0; l < layers_.layers(); ++l) {
            auto& layer = layers_.layer(l);
            if (!layer.guide.present()) return;
            const float rate = static_cast<float>(looks_every) * t.turnover_rate;
            if (!layer.turnover.earn(eligible_units(layer.units, t.turnover_age), rate < 1.0f ? rate : 1.0f)) continue;
            const bool comparable = l + 1 == layers_.layers() && squared_error > 0.0f;
            const auto enough = comparable ? enough_worth::of(worthless * squared_error) : enough_worth::of_mean(worthless);
            layers_.recycle(fast, slow, l, t.turnover_age, enough, incoming::guided, work.units(l, 1)[0], source);
        }
    }

    // Which layer must grow, and why; false if none must.
    bool wanted(const tuning& t, growth_event& event) noexcept {
        const std::uint32_t n = layers_.layers();
        if (n == 0) return false;
        std::uint32_t fullest = 0;
        float rank = -1.0f;
        for (std::uint32_t l = 0; l < n; ++l) {
            const float share = layers_.layer(l).pulse.rank_share(layers_.layer(l).units.units().used);
            if (share > rank) {
                rank = share;
                fullest = l;
            }
        }
        if (t.grow_error_rise > 0.0f && errors_.certain() && errors_.ratio() > 1.0f + t.grow_error_rise) {
            event = {0, fullest, growth_reason::rising_error, errors_.ratio(), 1.0f + t.grow_error_rise, 0, 0};
            return true;
        }
        for (std::uint32_t l = 0; l < n; ++l) {
            const float active = layers_.layer(l).pulse.active();
            if (!(t.grow_active_share > 0.0f && active > t.grow_active_share)) continue;
            event = {0, l, growth_reason::activity, active, t.grow_active_share, 0, 0};
            return true;
        }
        if (!(t.grow_rank_share > 0.0f && rank > t.grow_rank_share)) return false;
        event = {0, fullest, growth_reason::bottleneck, rank, t.grow_rank_share, 0, 0};
        return true;
    }

    // Units that layer l may still get, all caps considered.
    [[nodiscard]] std::uint32_t room_for(const tuning& t, const network<Kernels, Pins>& fast, std::uint32_t l) const noexcept {
        const std::uint32_t reserved = fast.layer(l).outputs().free();
        if (t.max_units == 0) return reserved;
        const std::uint64_t used = hidden_units(fast);
        if (used >= t.max_units) return 0;
        const std::uint64_t left = t.max_units - used;
        return left < reserved ? static_cast<std::uint32_t>(left) : reserved;
    }

    plastic_layers<Kernels, Pins> layers_;
    error_windows errors_;
    growth_history history_;
    std::uint64_t last_event_ = 0;
    std::uint32_t passes_ = 0;
};

}  // namespace synapse
