// One device of the fleet: a learner, its own experience, and its checkpoint.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include <synapse/checkpoint/load.hpp>
#include <synapse/checkpoint/save.hpp>
#include <synapse/core/status.hpp>
#include <synapse/hosted/any_learner.hpp>
#include <synapse/hosted/file_source.hpp>
#include <synapse/hosted/streams/sample.hpp>

#include "console/files.hpp"
#include "fleet/merge.hpp"
#include "train/arm_samples.hpp"
#include "worlds/arm_learner.hpp"

namespace fleet {

using model_type = synapse::any_learner<>;

inline constexpr std::uint32_t remembered = 1000;  // samples, which stay on the device
inline constexpr std::uint64_t endless = std::uint64_t{1} << 53;
inline constexpr std::uint64_t examined_motions = 4;
inline constexpr std::uint64_t examined_samples = 500;  // of each

// All begin with the same weights: their average would mean nothing otherwise.
inline synapse::tuning tuning(std::uint64_t seed) {
    synapse::tuning numbers = worlds::arm_tuning(seed);
    numbers.replay_ratio = 0.5f;
    numbers.replay_weight = 1.0f;
    return numbers;
}

inline void write_checkpoint(const std::string& path, model_type& model, std::uint64_t round) {
    details::bytes file;
    if (const synapse::status s = synapse::save(model, file, {"auto", 0, round + 1}); !ok(s)) throw console::write_error{path + ": " + synapse::name(s)};
    console::replace_file(path, {reinterpret_cast<const char*>(file.all.data()), file.all.size()});
}

class device {
public:
    device(std::uint32_t number, std::uint64_t seed)
        : number_{number}, model_{worlds::arm_shape(remembered), tuning(seed)}, experience_{seed + 1000003 * (std::uint64_t{number} + 1), endless} {}

    // Lives through so many samples.
    void live(std::uint64_t samples) {
        synapse::streams::sample s;
        for (std::uint64_t i = 0; i < samples; ++i) {
            if (experience_.next(s) != synapse::streams::arrival::sample) break;
            if (!ok(model_.step(s.inputs, s.targets))) ++refused_;
        }
    }

    [[nodiscard]] std::string path(const std::string& directory) const { return directory + "/device_" + std::to_string(number_) + ".syn"; }
    void save(const std::string& directory, std::uint64_t round) { write_checkpoint(path(directory), model_, round); }
    // As it stood after a meeting. Throws std::runtime_error.
    void go_on(const std::string& directory, std::uint64_t samples) {
        synapse::file_source file;
        const std::string from = path(directory);
        if (!ok(file.open(from)) || !ok(synapse::load(model_, file))) throw std::runtime_error{"cannot resume from " + from};
        experience_.seek({samples, 0});
    }

    [[nodiscard]] std::uint32_t number() const noexcept { return number_; }
    [[nodiscard]] model_type& model() noexcept { return model_; }
    [[nodiscard]] std::uint64_t refused() const noexcept { return refused_; }

private:
    std::uint32_t number_;
    model_type model_;
    train::arm_samples experience_;
    std::uint64_t refused_ = 0;
};

// Motions that no device of the fleet makes.
class examination {
public:
    explicit examination(std::uint64_t seed) {
        synapse::streams::sample s;
        for (std::uint64_t motion = 0; motion < examined_motions; ++motion) {
            train::arm_samples from{seed + 0x6578616dull + motion, examined_samples};
            while (from.next(s) == synapse::streams::arrival::sample) {
                x_.insert(x_.end(), s.inputs.begin(), s.inputs.end());
                y_.insert(y_.end(), s.targets.begin(), s.targets.end());
            }
        }
    }

    // Squared error over the variance of the torques, averaged over the joints.
    [[nodiscard]] double error(model_type& model) const {
        double all = 0;
        const std::size_t rows = y_.size() / worlds::joints;
        for (std::size_t j = 0; j < worlds::joints; ++j) {
            double miss = 0, sum = 0, squares = 0;
            for (std::size_t i = 0; i < rows; ++i) {
                float out[worlds::joints] = {};
                static_cast<void>(model.predict(std::span{x_}.subspan(i * worlds::model_inputs, worlds::model_inputs), out));
                const double y = static_cast<double>(y_[i * worlds::joints + j]);
                const double d = static_cast<double>(out[j]) - y;
                miss += d * d;
                sum += y;
                squares += y * y;
            }
            all += miss / (squares - sum * sum / static_cast<double>(rows));
        }
        return all / worlds::joints;
    }

private:
    std::vector<float> x_, y_;
};

}  // namespace fleet
