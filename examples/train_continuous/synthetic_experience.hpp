// A life in a world whose agency is known: the learner predicts what comes of an observation and an action, the companion measures.
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
#include "worlds/synthetic.hpp"

namespace train_continuous {

class synthetic_experience final : public experience {
public:
    // ratio: the share of what cannot be foreseen that is the agent's own doing, [0, 1]
    synthetic_experience(double ratio, std::uint64_t seed)
        : ratio_{ratio}, world_{ratio, seed}, companion_{mind_form(), mind_numbers(seed)} {
        form_.learns = synapse::task::regression;
        form_.inputs = worlds::synthetic_world::observations + worlds::synthetic_world::actions;
        form_.outputs = worlds::synthetic_world::observations;
    }
    [[nodiscard]] const synapse::streams::stream_form& form() const noexcept override { return form_; }
    void begin(model_type& model, stopwatch& watch) override {
        model_ = &model;
        watch_ = &watch;
    }
    [[nodiscard]] companion* mind() noexcept override { return &companion_; }

    [[nodiscard]] moment step() override {
        float x[worlds::synthetic_world::observations + worlds::synthetic_world::actions];
        std::size_t n = 0;
        for (const float o : world_.observation()) x[n++] = o;
        for (const float a : world_.action()) x[n++] = a;
        static_cast<void>(watch_->agent([&] { return companion_.feel(world_.observation(), world_.action()); }));
        world_.step();
        status_ = watch_->learner([&]() -> synapse::status { return model_->step(x, world_.observation()); });
        return ok(status_) ? moment::lived : moment::refused;
    }
    [[nodiscard]] synapse::status last_status() const noexcept override { return status_; }

    void save(word_writer& out) const override {
        out.put(static_cast<std::uint64_t>(life_kind::synthetic));
        out.put(layout);
        out.put_real(ratio_);
        out.put_bytes(&world_, sizeof world_);
        companion_.save(out);
    }
    [[nodiscard]] bool go_on_from(word_reader& in) override {
        if (in.get() != static_cast<std::uint64_t>(life_kind::synthetic) || in.get() != layout) return false;
        const double ratio = in.get_real();
        if (ratio < ratio_ || ratio > ratio_) return false;  // another world
        worlds::synthetic_world saved = world_;
        in.get_bytes(&saved, sizeof saved);
        if (!in.good() || !saved.sound() || !companion_.go_on_from(in)) return false;
        world_ = saved;
        return true;
    }

    void describe(console::json& out) const override { out.member("agency_ratio", ratio_); }
    [[nodiscard]] std::string summary() const override {
        const auto felt = companion_.felt().agency;
        if (!felt.defined) return {};
        return "Agency " + console::fixed(static_cast<double>(felt.share), 3) + " in a world where " + console::fixed(ratio_, 3) +
               " is true\n";
    }

private:
    static synapse::agent_shape mind_form() {
        synapse::agent_shape form;
        form.observations = worlds::synthetic_world::observations;
        form.actions = worlds::synthetic_world::actions;
        return form;
    }
    static synapse::agent_tuning mind_numbers(std::uint64_t seed) {
        synapse::agent_tuning numbers;
        numbers.learning.replay_ratio = 0.0f;
        numbers.learning.seed = seed;
        numbers.horizon = 4000.0f;
        return numbers;
    }
    static_assert(std::is_trivially_copyable_v<worlds::synthetic_world>);
    static constexpr std::uint64_t layout = sizeof(worlds::synthetic_world) << 1 | (std::endian::native == std::endian::little ? 0u : 1u);

    double ratio_;
    worlds::synthetic_world world_;
    mutable companion companion_;  // the list of what is to be saved is the one of what is loaded
    synapse::streams::stream_form form_;
    model_type* model_ = nullptr;
    stopwatch* watch_ = nullptr;
    synapse::status status_ = synapse::status::ok;
};

}  // namespace train_continuous
