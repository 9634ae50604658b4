// Everything that decides the bytes of an agent.
#pragma once

#include <cstdint>

#include <synapse/learner/shape.hpp>
#include <synapse/metrics/cut_flow.hpp>
#include <synapse/metrics/integration.hpp>

namespace synapse {

// Of an agent's three learners. They differ in nothing but sizes.
struct agent_models {
    shape world;
    shape blind;
    shape self;
};

struct agent_shape {
    std::uint32_t observations = 0;                         // numbers that the sensors give
    std::uint32_t actions = 0;                              // numbers that the motors take
    std::uint32_t state = 16;                               // units of internal state, 2 to 32, at most those of the last hidden layer
    std::uint32_t hidden[max_hidden_layers] = {32};         // of the world model and of the self model
    std::uint32_t hidden_reserved[max_hidden_layers] = {};  // units a layer may grow to; 0: as many as at the start
    std::uint32_t ahead = 1;                                // steps from an observation to the one that is predicted
    std::uint32_t phi_lag = 1;                              // steps over which Phi looks at the state
    std::uint32_t replay = 0;                               // samples that each model remembers
    activation function = activation::tanh;                 // of hidden units
    std::uint32_t rank_memory = 32;                         // steps that the type-2 AUROC compares with

    // The three learners. The world model knows the action; the blind one does not, and is otherwise the same.
    [[nodiscard]] constexpr shape world() const noexcept { return model(observations + actions + state, observations); }
    [[nodiscard]] constexpr shape blind() const noexcept { return model(observations + state, observations); }
    [[nodiscard]] constexpr shape self() const noexcept { return model(observations + actions + state, state); }

    [[nodiscard]] constexpr agent_models models() const noexcept { return {world(), blind(), self()}; }

    [[nodiscard]] constexpr std::uint32_t inputs() const noexcept { return observations + actions + state; }
    [[nodiscard]] constexpr module_sizes modules() const noexcept { return {{observations, actions, state}}; }

    // The first thing wrong, as a sentence for its author; null if it can be built.
    [[nodiscard]] constexpr const char* flaw() const noexcept {
        if (observations == 0 || observations > 4096) return "agent_shape.observations lies outside [1, 4096]";
        if (actions == 0 || actions > 4096) return "agent_shape.actions lies outside [1, 4096]";
        if (state < 2 || state > cut_flow::largest_system) return "agent_shape.state lies outside [2, 32]";
        if (hidden[0] == 0) return "agent_shape.hidden is empty: the internal state is a trace of hidden units";
        if (hidden[world().network().hidden_layers() - 1] < state) return "agent_shape.state is above the units of the last hidden layer";
        if (ahead == 0 || ahead > 4096) return "agent_shape.ahead lies outside [1, 4096]";
        if (phi_lag == 0 || phi_lag > 4096) return "agent_shape.phi_lag lies outside [1, 4096]";
        if (rank_memory == 0 || rank_memory > 65536) return "agent_shape.rank_memory lies outside [1, 65536]";
        return world().flaw();
    }

    static constexpr bool saved_if_not_default = true;
    template <class Self, class Visitor>
    static constexpr void fields(Self& self, Visitor& visit) {
        visit.value("observations", self.observations);
        visit.value("actions", self.actions);
        visit.value("state", self.state);
        visit.list("hidden", self.hidden);
        visit.list("hidden_reserved", self.hidden_reserved);
        visit.value("ahead", self.ahead);
        visit.value("phi_lag", self.phi_lag);
        visit.value("replay", self.replay);
        visit.value("function", self.function);
        visit.value("rank_memory", self.rank_memory);
    }

    // True if an agent of this shape may take in a checkpoint of one of shape `saved`.
    [[nodiscard]] bool accepts(const agent_shape& saved) const noexcept {
        return observations == saved.observations && actions == saved.actions && state == saved.state && ahead == saved.ahead &&
               phi_lag == saved.phi_lag && rank_memory == saved.rank_memory && world().accepts(saved.world());
    }

private:
    [[nodiscard]] constexpr shape model(std::uint32_t in, std::uint32_t out) const noexcept {
        shape form;
        form.inputs = in;
        form.outputs = out;
        for (std::uint32_t l = 0; l < max_hidden_layers; ++l) {
            form.hidden[l] = hidden[l];
            form.hidden_reserved[l] = hidden_reserved[l];
            if (hidden_reserved[l] > hidden[l]) form.plastic = true;
        }
        form.function = function;
        form.replay = replay;
        return form;
    }
};

}  // namespace synapse
