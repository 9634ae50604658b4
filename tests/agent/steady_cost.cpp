// No step of an agent costs more than twice the usual one: counted in products of numbers, from the shapes alone, where a clock
// (tests/bench/bench_agent.cpp) or an emulated processor (tests/size/) only measures.
#include <cstdint>
#include <initializer_list>

#include <doctest/doctest.h>

#include <synapse/agent/shape.hpp>
#include <synapse/agent/tuning.hpp>
#include <synapse/metrics/covariance.hpp>
#include <synapse/metrics/integration.hpp>
#include <synapse/metrics/phi.hpp>

namespace {

// Forward, backward and update: three for each weight. The question asked at the end of a step is a forward more.
std::uint64_t model_cost(const synapse::shape& form, bool is_asked) {
    std::uint64_t weights = 0;
    std::uint64_t before = form.inputs;
    for (const std::uint32_t units : form.hidden) {
        if (units == 0) break;
        weights += before * units;
        before = units;
    }
    weights += before * form.outputs;
    return weights * (is_asked ? 4 : 3);
}

std::uint64_t triangle_of(std::uint64_t n) { return n * (n + 1) / 2; }

struct step_cost {
    std::uint64_t usual;  // no search is under way
    std::uint64_t worst;  // both are, each has run up what one row may cost too much, and a snapshot is taken
};

step_cost cost_of(const synapse::agent_shape& form) {
    const synapse::agent_tuning numbers;
    const std::uint64_t units = form.state;
    const std::uint64_t variables = form.modules().variables();
    step_cost cost{};
    cost.usual = model_cost(form.world(), true) + model_cost(form.blind(), true) + model_cost(form.self(), false) +
                 3 * triangle_of(2 * units) + 3 * triangle_of(variables);  // two covariances: three products a pair
    const std::uint64_t phi = synapse::phi_meter{form.state, form.phi_lag}.budget(numbers.phi);
    const std::uint64_t integration = synapse::integration_meter{form.modules()}.budget(numbers.phi.period);
    const auto row = [](std::uint64_t length) { return length * length / 2 + 4 * length + 24; };
    const std::uint64_t snapshots = 3 * triangle_of(2 * units) + 3 * triangle_of(variables);
    // A search that begins does not work in the same step, and two begin in the same step: the dearer of the two cases.
    const std::uint64_t searching = phi + row(2 * units) + integration + row(variables);
    cost.worst = cost.usual + (searching > snapshots ? searching : snapshots);
    return cost;
}

synapse::agent_shape form_of(std::uint32_t state) {
    synapse::agent_shape form{.observations = 4, .actions = 2, .state = state};
    form.hidden[0] = 2 * state;
    return form;
}

}  // namespace

TEST_CASE("no step of an agent costs more than twice the usual one, at a state of 8, 16 and 32 units") {
    for (const std::uint32_t state : {8u, 16u, 32u}) {
        CAPTURE(state);
        const step_cost cost = cost_of(form_of(state));
        MESSAGE(state << " units: usual " << cost.usual << " products, worst " << cost.worst << ", "
                      << static_cast<double>(cost.worst) / static_cast<double>(cost.usual) << " times as much");
        CHECK(cost.worst > cost.usual);
        CHECK(cost.worst <= 2 * cost.usual);
    }
}

TEST_CASE("searches cost what the state and the modules ask for, whatever the width of the models") {
    const synapse::agent_shape small = form_of(16);
    synapse::agent_shape wide = form_of(16);
    wide.hidden[0] = 128;
    const step_cost a = cost_of(small);
    const step_cost b = cost_of(wide);
    CHECK(b.worst - b.usual == a.worst - a.usual);
    CHECK(b.usual > 2 * a.usual);
}
