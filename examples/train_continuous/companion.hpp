// The agent that lives beside the learner where there are actions: it feels what the learner's body feels, and its metrics are the
// program's. It changes nothing in what the learner learns.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include <synapse/agent/shape.hpp>
#include <synapse/agent/tuning.hpp>
#include <synapse/checkpoint/load.hpp>
#include <synapse/checkpoint/save.hpp>
#include <synapse/checkpoint/stream.hpp>
#include <synapse/core/status.hpp>
#include <synapse/hosted/any_agent.hpp>

#include "train_continuous/program_state.hpp"
#include "train_continuous/progress.hpp"

namespace train_continuous {

class companion {
public:
    companion(const synapse::agent_shape& form, const synapse::agent_tuning& numbers) : agent_{form, numbers} {}

    // What is observed now and done from now on. A frame that is refused is left out.
    synapse::status feel(std::span<const float> observation, std::span<const float> action) {
        const synapse::status s = agent_.observe(observation, action);
        if (!ok(s)) agent_.interrupt();
        return s;
    }

    // What comes next does not follow from what came last.
    void interrupt() { agent_.interrupt(); }

    // Metrics that are not defined yet stay unknown.
    void tell(progress& now) const {
        const synapse::agent_report felt = agent_.latest();
        const auto known = [](bool is, float x) { return is ? std::optional<double>{static_cast<double>(x)} : std::nullopt; };
        now.phi = known(felt.phi.flag == synapse::phi_flag::measured || felt.phi.flag == synapse::phi_flag::below_noise, felt.phi.share);
        now.agency = known(felt.agency.defined, felt.agency.share);
        now.integration = known(felt.integration.flag == synapse::integration_flag::measured, felt.integration.share);
        now.confidence = known(felt.confidence.defined, felt.confidence.confidence);
        now.self_prediction_error = known(felt.self_prediction.defined, felt.self_prediction.error);
    }
    [[nodiscard]] synapse::agent_report felt() const { return agent_.latest(); }
    [[nodiscard]] std::uint32_t units() const { return agent_.world_model().fast().units(); }

    // All of it, as one checkpoint inside the program's.
    void save(word_writer& out) const {
        synapse::measuring_sink size;
        const body& whole = agent_;
        if (!ok(synapse::save(whole, size))) return out.put(0);
        std::vector<std::byte> bytes(static_cast<std::size_t>(size.size()));
        synapse::span_sink sink{bytes};
        if (!ok(synapse::save(whole, sink))) return out.put(0);
        out.put(bytes.size());
        out.put_bytes(bytes.data(), bytes.size());
    }
    // @return false, and nothing has changed, if what was saved is another agent or none
    [[nodiscard]] bool go_on_from(word_reader& in) {
        const std::uint64_t size = in.get();
        if (!in.good() || size == 0 || size > 8 * std::uint64_t{in.left()}) return false;
        std::vector<std::byte> bytes(static_cast<std::size_t>(size));
        in.get_bytes(bytes.data(), bytes.size());
        synapse::span_source source{bytes};
        return in.good() && ok(synapse::load(agent_.body(), source));
    }

private:
    using body = synapse::agent_body<synapse::default_kernels>;
    synapse::any_agent<> agent_;
};

}  // namespace train_continuous
