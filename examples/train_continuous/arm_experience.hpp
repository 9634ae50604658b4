// The default life: a simulated arm that learns its own dynamics while it moves, as fast as the machine can simulate.
#pragma once

#include <bit>
#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>

#include <synapse/core/status.hpp>
#include <synapse/hosted/streams/sample.hpp>

#include "console/json.hpp"
#include "console/text.hpp"
#include "train_continuous/companion.hpp"
#include "train_continuous/defaults.hpp"
#include "train_continuous/experience.hpp"
#include "train_continuous/stopwatch.hpp"
#include "worlds/arm_learner.hpp"
#include "worlds/arm_tracking.hpp"
#include "worlds/feeling_arm.hpp"

namespace train_continuous {

// A step is one control step, 5 simulated ms. Beside the learner's arm run three others, which give its tracking error a scale.
class arm_experience final : public experience {
public:
    explicit arm_experience(std::uint64_t seed) : seed_{seed}, companion_{mind_form(), mind_numbers(seed)} {
        form_.learns = synapse::task::regression;
        form_.inputs = worlds::model_inputs;
        form_.outputs = worlds::joints;
    }
    [[nodiscard]] const synapse::streams::stream_form& form() const noexcept override { return form_; }
    void begin(model_type& model, stopwatch& watch) override {
        watch_ = &watch;
        timed_.emplace(model, watch);
        learned_.emplace(*timed_);
        tracking_.emplace(seed_, *learned_);
    }

    [[nodiscard]] moment step() override {
        const std::uint64_t refused_before = learned_->refused();
        const worlds::arm_state before = tracking_->state().learner.state();
        status_ = tracking_->step();
        if (ok(status_)) feel(before);
        if (ok(status_) && learned_->refused() != refused_before) status_ = synapse::status::diverged;
        return ok(status_) ? moment::lived : moment::refused;
    }
    [[nodiscard]] synapse::status last_status() const noexcept override { return status_; }
    [[nodiscard]] companion* mind() noexcept override { return &companion_; }

    void save(word_writer& out) const override {
        out.put(static_cast<std::uint64_t>(life_kind::arm));
        out.put(layout);
        const worlds::arm_tracking_state& state = tracking_->state();
        out.put_bytes(&state, sizeof state);
        const memory& remembered = learned_->remembered();
        out.put_bytes(&remembered, sizeof remembered);
        companion_.save(out);
    }
    [[nodiscard]] bool go_on_from(word_reader& in) override {
        if (in.get() != static_cast<std::uint64_t>(life_kind::arm) || in.get() != layout) return false;
        worlds::arm_tracking_state state{seed_};
        memory remembered;
        in.get_bytes(&state, sizeof state);
        in.get_bytes(&remembered, sizeof remembered);
        if (!in.good() || !state.sound() || !companion_.go_on_from(in) || in.left() != 0) return false;
        tracking_->state() = state;
        learned_->restore(remembered);
        return true;
    }

    void describe(console::json& out) const override {
        const worlds::tracking_errors rms = tracking_->errors();
        const bool moved = tracking_->world().steps() != 0;
        const auto known = [moved](double x) { return moved ? std::optional<double>{x} : std::nullopt; };
        out.member("tracking_rms_pd", known(rms.pd)).member("tracking_rms_linear", known(rms.linear));
        out.member("tracking_rms_learner", known(rms.learner)).member("tracking_rms_model", known(rms.model));
        out.member("simulated_seconds", tracking_->world().seconds());
        out.member("payload_changes", tracking_->world().payload_changes()).member("pushes", tracking_->world().pushes());
        out.member("changes_noticed", learned_->changes());
    }

    [[nodiscard]] std::string summary() const override {
        const worlds::tracking_errors rms = tracking_->errors();
        if (tracking_->world().steps() == 0) return {};
        const auto line = [&rms](const char* name, double error) {
            return std::string{name} + console::fixed(error, 5) + " rad, " + console::fixed(error > 0 ? rms.pd / error : 0, 1) +
                   " x better than PD\n";
        };
        return "Simulated time: " + console::duration(tracking_->world().seconds()) + "\n" +
               "Tracking error over the last 20 simulated seconds:\n" + "  PD alone           " + console::fixed(rms.pd, 5) + " rad\n" +
               line("  a linear model     ", rms.linear) + line("  this learner       ", rms.learner) +
               line("  the exact model    ", rms.model);
    }

private:
    // The learner's arm: its angles and velocities, and the torques that were held from then on.
    void feel(const worlds::arm_state& before) {
        float observation[2 * worlds::joints];
        float action[worlds::joints];
        for (int j = 0; j < worlds::joints; ++j) {
            observation[j] = static_cast<float>(before.q[j]);
            observation[worlds::joints + j] = static_cast<float>(before.qd[j]);
            action[j] = static_cast<float>(tracking_->state().learner.torque()[j]);
        }
        static_cast<void>(watch_->agent([&] { return companion_.feel(observation, action); }));
    }
    static synapse::agent_shape mind_form() {
        synapse::agent_shape form = worlds::feeling_arm_shape();
        form.replay = 0;
        return form;
    }
    static synapse::agent_tuning mind_numbers(std::uint64_t seed) {
        synapse::agent_tuning numbers = worlds::feeling_arm_tuning(seed);
        numbers.learning.replay_ratio = 0.0f;
        return numbers;
    }

    using memory = worlds::learned_model<timed_learner<model_type>>::memory;
    static_assert(std::is_trivially_copyable_v<worlds::arm_tracking_state> && std::is_trivially_copyable_v<memory>);
    // Their bytes go into the checkpoint as they are; a machine that lays them out otherwise cannot take them in.
    static constexpr std::uint64_t layout =
        sizeof(worlds::arm_tracking_state) << 16 | sizeof(memory) << 1 | (std::endian::native == std::endian::little ? 0u : 1u);

    std::uint64_t seed_;
    stopwatch* watch_ = nullptr;
    mutable companion companion_;  // the list of what is to be saved is the one of what is loaded
    synapse::streams::stream_form form_;
    std::optional<timed_learner<model_type>> timed_;
    std::optional<worlds::learned_model<timed_learner<model_type>>> learned_;
    std::optional<worlds::arm_tracking<worlds::learned_model<timed_learner<model_type>>>> tracking_;
    synapse::status status_ = synapse::status::ok;
};

}  // namespace train_continuous
