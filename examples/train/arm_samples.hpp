// A data set from the simulated arm: what its motors did and how it moved, under a PD controller that knows nothing of its dynamics.
#pragma once

#include <cstdint>
#include <span>

#include <synapse/core/status.hpp>
#include <synapse/hosted/streams/data_error.hpp>
#include <synapse/hosted/streams/sample.hpp>

#include "worlds/arm_tracking.hpp"

namespace train {

// So many samples, made when they are asked for: the same ones each time, in memory that does not grow with their number. Nothing is
// picked up and nobody pushes, so there is one inverse model to be found.
class arm_samples final : public synapse::streams::indexed_stream {
public:
    arm_samples(std::uint64_t seed, std::uint64_t rows) : seed_{seed}, rows_{rows}, life_{seed} {
        form_.learns = synapse::task::regression;
        form_.inputs = worlds::model_inputs;
        form_.outputs = worlds::joints;
    }

    [[nodiscard]] const synapse::streams::stream_form& form() const noexcept override { return form_; }
    [[nodiscard]] std::uint64_t rows() const noexcept override { return rows_; }
    [[nodiscard]] std::uint32_t label(std::uint64_t) const noexcept override { return 0; }

    [[nodiscard]] synapse::streams::arrival next(synapse::streams::sample& out) override {
        if (made_ == rows_) return synapse::streams::arrival::end;
        make();
        out = {life_.catcher.x, life_.catcher.torque, 0};
        return synapse::streams::arrival::sample;
    }
    // A row before the last one is made anew from the first.
    void read(std::uint64_t row, synapse::streams::sample& out) override {
        if (row < made_) rewind();
        while (made_ <= row) make();
        out = {life_.catcher.x, life_.catcher.torque, 0};
    }
    void rewind() override {
        life_ = life{seed_};
        made_ = 0;
    }
    [[nodiscard]] synapse::streams::cursor tell() const noexcept override { return {made_, 0}; }
    void seek(const synapse::streams::cursor& to) override {
        if (to.offset < made_) rewind();
        while (made_ < to.offset && made_ < rows_) make();
    }

private:
    // A model that commands nothing and keeps what it is taught.
    struct sample_catcher {
        float x[worlds::model_inputs] = {};
        float torque[worlds::joints] = {};
        bool caught = false;
        void predict(const double (&)[worlds::model_inputs], double (&command)[worlds::joints]) const noexcept {
            command[0] = command[1] = 0;
        }
        void learn(const double (&motion)[worlds::model_inputs], const double (&applied)[worlds::joints]) noexcept {
            for (int i = 0; i < worlds::model_inputs; ++i) x[i] = static_cast<float>(motion[i]);
            for (int j = 0; j < worlds::joints; ++j) torque[j] = static_cast<float>(applied[j]);
            caught = true;
        }
    };

    struct life {
        explicit life(std::uint64_t seed) noexcept : world{seed, undisturbed()}, arm{world.reference().at(0.0)} {}
        worlds::arm_world world;
        worlds::tracked_arm arm;
        sample_catcher catcher;
    };

    static worlds::event_schedule undisturbed() noexcept {
        worlds::event_schedule quiet;
        quiet.first_seconds = 1e15;  // beyond any data set
        return quiet;
    }

    void make() {
        life_.catcher.caught = false;
        while (!life_.catcher.caught) {
            if (!ok(life_.arm.step(life_.world.next(), life_.catcher)))
                throw synapse::streams::data_error{"the arm", "left the finite numbers"};
        }
        ++made_;
    }

    std::uint64_t seed_;
    std::uint64_t rows_;
    std::uint64_t made_ = 0;
    life life_;
    synapse::streams::stream_form form_;
};

}  // namespace train
