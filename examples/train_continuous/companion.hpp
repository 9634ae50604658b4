// The agent that lives beside the learner where there are actions: it feels what the learner's body feels, and its metrics are the
// program's. It changes nothing in what the learner learns. Its health is looked at, and a warning said, now and then.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include <synapse/agent/health.hpp>
#include <synapse/agent/line.hpp>
#include <synapse/agent/maturity.hpp>
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
    static constexpr std::uint64_t look_steps = 200;  // between two looks at its health

    companion(const synapse::agent_shape& form, const synapse::agent_tuning& numbers) : agent_{form, numbers}, own_{numbers} {}

    // What is observed now and done from now on. A frame that is refused is left out.
    synapse::status feel(std::span<const float> observation, std::span<const float> action) {
        const synapse::status s = agent_.observe(observation, action);
        if (!ok(s)) agent_.interrupt();
        if (++vital_.steps % look_steps == 0) look();
        return s;
    }

    // Remedies are applied when its health asks for them.
    void care() { cared_for_ = true; }
    // Looks at its growing up: true when a window of so many steps has just ended in which all four signs held.
    // grown  units that the learner beside it has: it is the one that --neurogenesis lets grow
    [[nodiscard]] bool has_matured(std::uint64_t window, std::uint32_t grown) {
        return vital_.maturity.look(agent_.latest(), units() + grown, {.window = window});
    }
    [[nodiscard]] const synapse::maturity_verdict& verdict() const { return vital_.maturity.verdict(); }
    // What there is to say of its health, each once: nothing most of the time.
    using line = synapse::text_line<128>;
    [[nodiscard]] std::span<const line> lines() const { return {said_.data(), says_}; }
    void forget_lines() { says_ = 0; }

    // What comes next does not follow from what came last.
    void interrupt() { agent_.interrupt(); }

    // Metrics that are not defined yet stay unknown.
    void tell(progress& now) const {
        const synapse::agent_report felt = agent_.latest();
        const auto known = [](bool is, float x) { return is ? std::optional<double>{static_cast<double>(x)} : std::nullopt; };
        const bool has_phi = felt.phi.flag == synapse::phi_flag::measured || felt.phi.flag == synapse::phi_flag::below_noise;
        now.phi = known(has_phi, felt.phi.share);
        now.phi_recurrent = known(has_phi, felt.phi.recurrent);
        now.phi_cut = has_phi ? std::optional<std::uint64_t>{felt.phi.cut} : std::nullopt;
        now.agency = known(felt.agency.defined, felt.agency.share);
        now.counterfactual_agency = known(felt.agency.defined, felt.agency.counterfactual);
        const bool integrates = felt.integration.flag == synapse::integration_flag::measured;
        now.integration = known(integrates, felt.integration.share);
        now.o_information = known(integrates, felt.integration.o_information);
        now.confidence = known(felt.confidence.defined, felt.confidence.confidence);
        now.z2 = known(felt.confidence.defined, felt.confidence.z2);
        now.auroc = known(felt.confidence.defined, felt.confidence.auroc);
        now.self_prediction_error = known(felt.self_prediction.defined, felt.self_prediction.error);
    }
    [[nodiscard]] synapse::agent_report felt() const { return agent_.latest(); }
    [[nodiscard]] std::uint32_t units() const { return agent_.world_model().fast().units(); }

    // All of it, as one checkpoint inside the program's.
    void save(word_writer& out) {
        synapse::measuring_sink size;
        const whole_mind whole{agent_.body(), vital_};
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
        if (!in.good() || !ok(synapse::load(agent_.body(), source))) return false;
        vital_part part;  // of a companion from before there was one: it begins anew
        vital_ = ok(synapse::load(part, source)) ? part.signs : vitals{};
        return true;
    }

private:
    using body_type = synapse::agent_body<synapse::default_kernels>;

    // What is remembered of the agent's health and growing up.
    struct vitals {
        std::uint64_t steps = 0;
        synapse::health_monitor health;
        synapse::homeostasis remedy;
        synapse::maturity_monitor maturity;

        template <class Self, class Visitor>
        static void fields(Self& self, Visitor& visit) {
            visit.value("steps", self.steps);
            visit.group("health", self.health);
            visit.group("homeostasis", self.remedy);
            visit.group("maturity", self.maturity);
        }
    };
    // The agent and its vital signs, to be saved as one; and the signs alone, to be loaded.
    struct whole_mind {
        using kernels = body_type::kernels;
        body_type& agent;
        vitals& signs;

        [[nodiscard]] const synapse::agent_shape& form() const noexcept { return agent.form(); }
        [[nodiscard]] synapse::agent_report latest() const noexcept { return agent.latest(); }
        template <class Self, class Visitor>
        static void fields(Self& self, Visitor& visit) {
            body_type::fields(self.agent, visit);
            visit.group("vital_signs", self.signs);
        }
    };
    struct vital_part {
        struct nothing {};
        vitals signs;

        vital_part() = default;
        explicit vital_part(nothing) {}
        [[nodiscard]] nothing form() const noexcept { return {}; }
        template <class Self, class Visitor>
        static void fields(Self& self, Visitor& visit) {
            visit.group("vital_signs", self.signs);
        }
    };

    void look() {
        synapse::health_warning events[synapse::ailments];
        const std::uint32_t count = vital_.health.look(agent_.latest(), {}, events);
        for (std::uint32_t i = 0; i < count; ++i) say(events[i].line());
        if (!cared_for_) return;
        synapse::agent_tuning now = agent_.tuned();
        const bool changed = vital_.remedy.apply(vital_.health, own_, {}, now);
        if (vital_.remedy.lets_go()) {
            agent_.forget_experience();
            say(line{}.add("[Homeostasis] what was remembered is of another body or world: forgotten"));
        }
        if (!changed) return;
        static_cast<void>(agent_.retune(now));
        // Said as it begins, as it is taken back, and when it is over.
        const bool over = !(vital_.remedy.gain() > 1.0f || vital_.remedy.gain() < 1.0f) && !(vital_.remedy.replay() > 0.0f);
        if (count == 0 && !over) return;
        say(line{}.add("[Homeostasis] learning rate x ").add(vital_.remedy.gain()).add(", replay ratio ").add(now.learning.replay_ratio));
    }
    // Kept until somebody reads it, without allocating: this is in the middle of a step.
    void say(const line& text) {
        if (says_ < said_.size()) said_[says_++] = text;
    }

    synapse::any_agent<> agent_;
    synapse::agent_tuning own_;
    vitals vital_;
    bool cared_for_ = false;
    std::array<line, synapse::ailments + 2> said_;  // as many as one look has to say
    std::size_t says_ = 0;
};

}  // namespace train_continuous
