// A life in a classic control world: the learner predicts how what it observes will change with what it does, the companion measures.
// When an episode ends, by a fall or at the goal, the next one begins.
#pragma once

#include <bit>
#include <cstddef>
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
#include "worlds/explorer.hpp"

namespace train_continuous {

// kind  what a checkpoint calls this world
template <worlds::control_world World, life_kind kind>
class control_experience final : public experience {
public:
    explicit control_experience(std::uint64_t seed) : life_{seed}, companion_{mind_form(), mind_numbers(seed)} {
        form_.learns = synapse::task::regression;
        form_.inputs = World::observations + 1;
        form_.outputs = World::observations;
    }
    [[nodiscard]] const synapse::streams::stream_form& form() const noexcept override { return form_; }
    void begin(model_type& model, stopwatch& watch) override {
        model_ = &model;
        watch_ = &watch;
    }
    [[nodiscard]] companion* mind() noexcept override { return &companion_; }

    [[nodiscard]] moment step() override {
        float x[World::observations + 1];
        float change[World::observations];
        const float action[1] = {life_.action()};
        for (std::size_t i = 0; i < World::observations; ++i) x[i] = life_.observation()[i];
        x[World::observations] = action[0];
        static_cast<void>(watch_->agent([&] { return companion_.feel(life_.observation(), action); }));
        const bool ended = life_.step();
        for (std::size_t i = 0; i < World::observations; ++i) change[i] = life_.observation()[i] - x[i];
        status_ = watch_->learner([&]() -> synapse::status { return model_->step(x, change); });
        if (ended) {
            companion_.interrupt();
            life_.begin_again();
        }
        return ok(status_) ? moment::lived : moment::refused;
    }
    [[nodiscard]] synapse::status last_status() const noexcept override { return status_; }

    void save(word_writer& out) const override {
        out.put(static_cast<std::uint64_t>(kind));
        out.put(layout);
        out.put_bytes(&life_, sizeof life_);
        companion_.save(out);
    }
    [[nodiscard]] bool go_on_from(word_reader& in) override {
        if (in.get() != static_cast<std::uint64_t>(kind) || in.get() != layout) return false;
        worlds::explorer<World> saved = life_;
        in.get_bytes(&saved, sizeof saved);
        if (!in.good() || !saved.sound() || !companion_.go_on_from(in)) return false;
        life_ = saved;
        return true;
    }

    void describe(console::json& out) const override {
        out.member("episodes", life_.episodes()).member("longest_episode", life_.longest());
    }
    [[nodiscard]] std::string summary() const override {
        if (life_.episodes() == 0) return {};
        return "Episodes: " + console::with_thousands(life_.episodes()) + ", the longest of " + console::with_thousands(life_.longest()) +
               " steps\n";
    }

private:
    static synapse::agent_shape mind_form() {
        synapse::agent_shape form;
        form.observations = World::observations;
        form.actions = 1;
        form.state = 8;
        form.hidden[0] = 32;
        return form;
    }
    static synapse::agent_tuning mind_numbers(std::uint64_t seed) {
        synapse::agent_tuning numbers;
        numbers.learning.replay_ratio = 0.0f;
        numbers.learning.seed = seed;
        numbers.horizon = 4000.0f;
        return numbers;
    }
    static_assert(std::is_trivially_copyable_v<worlds::explorer<World>>);
    static constexpr std::uint64_t layout = sizeof(worlds::explorer<World>) << 1 | (std::endian::native == std::endian::little ? 0u : 1u);

    worlds::explorer<World> life_;
    mutable companion companion_;  // the list of what is to be saved is the one of what is loaded
    synapse::streams::stream_form form_;
    model_type* model_ = nullptr;
    stopwatch* watch_ = nullptr;
    synapse::status status_ = synapse::status::ok;
};

}  // namespace train_continuous
