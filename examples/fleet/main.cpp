// fleet: learners on many machines that share what they know. See options.hpp for what it can be told, merge.hpp for how they share.
#include <cstdint>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <memory>
#include <span>
#include <string>
#include <system_error>
#include <vector>

#include <synapse/config.hpp>
#include <synapse/core/fields.hpp>

#include "console/command_line.hpp"
#include "console/exit_code.hpp"
#include "console/files.hpp"
#include "console/json.hpp"
#include "console/text.hpp"
#include "fleet/device.hpp"
#include "fleet/meeting.hpp"
#include "fleet/merge.hpp"
#include "fleet/options.hpp"

namespace {

// A round of the fleet is written in two directories in turn, so that the one before stays whole until the next one is.
std::string directory_of(const fleet::options& x, std::uint64_t round) { return x.directory + (round % 2 == 0 ? "/even" : "/odd"); }
std::string mark_of(const fleet::options& x) { return x.directory + "/meetings"; }

// What must be the same for a saved fleet to be this one.
std::string identity(const fleet::options& x) {
    return std::to_string(x.devices) + " devices, " + std::to_string(x.samples) + " samples, seed " + std::to_string(x.seed) + (x.alone ? ", alone" : "");
}

class run {
public:
    explicit run(const fleet::options& x) : options_{x}, meeting_{x.timeout} {
        for (std::uint32_t d = 0; d < x.devices; ++d) {
            if (meeting_.home_of(d) == meeting_.rank()) devices_.push_back(std::make_unique<fleet::device>(d, x.seed));
        }
        fleet::model_type any{worlds::arm_shape(fleet::remembered), fleet::tuning(x.seed)};
        numbers_ = fleet::shared_by(any, &segments_).size();
        if (meeting_.rank() == 0) examination_ = std::make_unique<fleet::examination>(x.seed);
        for (const char* name : {"even", "odd"}) {
            std::error_code ignored;
            std::filesystem::create_directories(x.directory + "/" + name, ignored);
        }
        if (x.resume) go_on();
    }

    int live() {
        const std::uint64_t first = round_;
        for (; round_ < options_.rounds; ++round_) {
            for (const auto& d : devices_) d->live(options_.samples);
            meet();
            for (const auto& d : devices_) d->save(directory_of(options_, round_), round_);
            meeting_.all_here(round_);
            if (meeting_.rank() == 0) console::replace_file(mark_of(options_), std::to_string(round_ + 1) + "\n" + identity(options_) + "\n");
        }
        if (meeting_.rank() == 0) tell(first);
        return console::done;
    }

private:
    void go_on() {
        std::ifstream in{mark_of(options_)};
        std::string whose;
        if (!(in >> round_) || !std::getline(in >> std::ws, whose)) throw std::runtime_error{"nothing to resume in " + options_.directory};
        if (whose != identity(options_)) throw std::runtime_error{"cannot resume: " + options_.directory + " holds a fleet of " + whose};
        for (const auto& d : devices_) d->go_on(directory_of(options_, round_ - 1), round_ * options_.samples);
    }

    // Everybody shares; rank 0 examines what they know together, and each by itself before.
    void meet() {
        std::vector<std::vector<float>> own;
        for (const auto& d : devices_) own.push_back(fleet::shared_by(d->model()));
        const auto all = meeting_.gather(own, options_.devices, numbers_, round_);
        std::vector<float> together(numbers_);
        if (meeting_.rank() == 0) {
            together = fleet::average(all, segments_);
            fleet::model_type judged{worlds::arm_shape(fleet::remembered), fleet::tuning(options_.seed)};
            double alone = 0;
            for (const std::vector<float>& one : all) alone += error_of(judged, one) / static_cast<double>(all.size());
            error_alone_ = alone;
            if (!options_.alone) {
                error_ = error_of(judged, together);
                fleet::write_checkpoint(options_.directory + "/shared.syn", judged, round_);
                hash_ = synapse::weights_hash(judged);
            } else {
                error_ = alone;
                hash_ = hash_of(all);
            }
            say("Meeting " + std::to_string(round_ + 1) + "/" + std::to_string(options_.rounds) + " | " + std::to_string(options_.devices) +
                " devices on " + std::to_string(meeting_.ranks()) + " ranks | Error, each by itself=" + console::significant(alone, 4) +
                (options_.alone ? "" : " | together=" + console::significant(error_, 4)) + "\n");
        }
        if (options_.alone) return;
        meeting_.spread(together, round_);
        for (const auto& d : devices_) must(fleet::take_over(d->model(), together));
    }

    double error_of(fleet::model_type& judged, const std::vector<float>& shared) {
        must(fleet::take_over(judged, shared));
        return examination_->error(judged);
    }
    static std::uint64_t hash_of(const std::vector<std::vector<float>>& all) {
        synapse::fnv1a64 hash;
        for (const std::vector<float>& one : all) {
            for (const float v : one) hash.add(v);
        }
        return hash.value();
    }
    static void must(synapse::status s) {
        if (!ok(s)) throw std::runtime_error{std::string{"what was shared is no learner: "} + synapse::name(s)};
    }

    void tell(std::uint64_t first) const {
        if (!options_.report) return;
        console::json out;
        out.open('{').member("program", "fleet").member("version", synapse::version).member("devices", options_.devices).member("ranks", meeting_.ranks());
        out.member("rounds", round_).member("rounds_of_this_run", round_ - first).member("samples_each", round_ * options_.samples);
        out.member("error", error_).member("error_each", error_alone_).member("hash", console::hex(hash_));
        console::replace_file(*options_.report, out.close('}').text() + "\n");
    }
    void say(const std::string& text) const {
        if (options_.quiet) return;
        std::fputs(text.c_str(), stdout);
        std::fflush(stdout);
    }

    fleet::options options_;
    fleet::meeting meeting_;
    std::vector<std::unique_ptr<fleet::device>> devices_;
    std::unique_ptr<fleet::examination> examination_;
    std::vector<fleet::segment> segments_;
    std::size_t numbers_ = 0;
    std::uint64_t round_ = 0;
    double error_ = 0;
    double error_alone_ = 0;
    std::uint64_t hash_ = 0;
};

int fail(int rank, const std::string& why, int code) {
    std::fprintf(stderr, "fleet: rank %d: %s\n", rank, why.c_str());
    std::fflush(stderr);
    int ranks = 1;
    MPI_Comm_size(MPI_COMM_WORLD, &ranks);
    if (ranks > 1) MPI_Abort(MPI_COMM_WORLD, code);
    return code;
}

int run_fleet(std::span<const char* const> arguments, int rank) {
    fleet::options options;
    try {
        console::parse(arguments, options, fleet::option_table());
    } catch (const console::usage_error& error) {
        if (rank == 0) std::fprintf(stderr, "fleet: %s\nTry: fleet --help\n", error.what());
        return console::misused;
    }
    if (options.help || options.version) {
        if (rank == 0 && options.help) std::fputs(fleet::help_text().c_str(), stdout);
        if (rank == 0 && options.version) std::printf("fleet %s\n", synapse::version);
        return console::done;
    }
    try {
        return run{options}.live();
    } catch (const fleet::rank_lost& error) {
        return fail(rank, std::string{error.what()} + "; fleet --resume goes on after the last meeting", console::failed);
    } catch (const console::write_error& error) {
        return fail(rank, error.what(), console::cannot_write);
    } catch (const std::exception& error) {
        return fail(rank, error.what(), options.resume ? console::nothing_to_resume : console::failed);
    }
}

}  // namespace

int main(int count, char** arguments) {
    MPI_Init(&count, &arguments);
    int rank = 0;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    const int code = run_fleet({arguments + 1, static_cast<std::size_t>(count > 0 ? count - 1 : 0)}, rank);
    MPI_Finalize();
    return code;
}
