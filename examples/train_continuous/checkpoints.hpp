// Checkpoints as the program writes them, and the one that it goes on from.
#pragma once

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>

#include <synapse/checkpoint/load.hpp>
#include <synapse/checkpoint/save.hpp>
#include <synapse/core/status.hpp>
#include <synapse/hosted/file_source.hpp>
#include <synapse/hosted/file_store.hpp>

#include "console/files.hpp"
#include "train_continuous/defaults.hpp"
#include "train_continuous/program_state.hpp"

namespace train_continuous {

// There is nothing to go on from; what() says why in a sentence.
class resume_error : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

// 6-32-32-2
inline std::string net(const synapse::shape& s) {
    std::string text = std::to_string(s.inputs);
    for (const std::uint32_t units : s.hidden) {
        if (units == 0) break;
        (text += "-") += std::to_string(units);
    }
    return (text += "-") += std::to_string(s.outputs);
}

// What a status of reading a checkpoint means to a person.
inline std::string why(const synapse::load_result& read) {
    using synapse::status;
    std::string key{read.key.text};
    if (read.inside[0] != '\0') key = std::string{read.inside} + "." + key;
    switch (read.outcome) {
        case status::not_found: return "it is empty";
        case status::too_new: return "it was written by a newer version of synapse: update this one";
        case status::wrong_shape:
            if (key == "arithmetic") return "it was learned with another arithmetic (kernels that round otherwise)";
            return "it holds a learner of another shape" + (key.empty() || key == "shape" ? "" : " (" + key + ")");
        case status::corrupt: return "it is damaged, or no checkpoint" + (key.empty() ? "" : " (" + key + ")");
        case status::io_error: return "it cannot be read";
        default: return std::string{"it cannot be used: "} + synapse::name(read.outcome);
    }
}

// A checkpoint that was found, and what is in it.
class saved_life {
public:
    // Reads a file whole and checks it. Throws resume_error.
    explicit saved_life(std::string path) : path_{std::move(path)} {
        synapse::load_result opened;
        opened.outcome = file_.open(path_);
        if (!ok(opened)) refuse(file_.error() != 0 ? std::strerror(file_.error()) : why(opened));
        if (const synapse::load_result read = synapse::read_about(file_, form_, about_); !ok(read)) refuse(why(read));
        if (const char* flaw = form_.flaw()) refuse(std::string{"it is damaged: "} + flaw);
        program_part part;
        const synapse::load_result read = synapse::load(part, file_);
        has_program_ = ok(read);
        if (!has_program_ &&
            !(read.outcome == synapse::status::corrupt && std::string{read.key.text} == "program" && read.inside[0] == '\0')) {
            refuse(why(read));
        }
        if (has_program_) program_ = part.state;
        history_part past;
        if (ok(synapse::load(past, file_))) history_ = std::move(past.history);
    }

    [[nodiscard]] const std::string& path() const noexcept { return path_; }
    [[nodiscard]] const synapse::shape& form() const noexcept { return form_; }
    // False if something else than this program saved it: then there is a learner and nothing more.
    [[nodiscard]] bool has_program() const noexcept { return has_program_; }
    [[nodiscard]] const program_state& program() const noexcept { return program_; }
    // Empty if the file has none.
    [[nodiscard]] const metrics_history& history() const noexcept { return history_; }

    // @return false if this machine computes other bits than the one that saved. Throws resume_error; the model is then not to be used.
    bool load_into(model_type& model) {
        const synapse::load_result read = synapse::load(model, file_);
        if (!ok(read)) refuse(why(read));
        return read.same_numbers;
    }

    [[noreturn]] void refuse(const std::string& reason) const { throw resume_error{"cannot resume from " + path_ + ": " + reason}; }

private:
    std::string path_;
    synapse::file_source file_;
    synapse::shape form_;
    synapse::checkpoint_about about_;
    bool has_program_ = false;
    program_state program_;
    metrics_history history_;
};

class checkpoints {
public:
    checkpoints(const std::string& directory, std::uint32_t keep) : store_{directory, keep} {}

    // Becomes the one writer of the directory, which is made if it is missing. May be called again. Throws console::write_error.
    void open() {
        std::error_code ignored;
        std::filesystem::create_directories(store_.directory(), ignored);
        switch (store_.open()) {
            case synapse::status::ok: return;
            case synapse::status::busy:
                throw console::write_error{store_.directory() +
                                           " is in use: another run writes its checkpoints there (see --checkpoint-dir)"};
            default: throw console::write_error{"cannot write checkpoints to " + store_.directory() + ": " + std::strerror(store_.error())};
        }
    }

    // The newest valid checkpoint there; empty if there is none, or somebody took it away.
    [[nodiscard]] std::string newest() const {
        const std::string path = store_.newest_path();
        return !path.empty() && bytes_of(path) != 0 ? path : std::string{};
    }
    [[nodiscard]] static std::uint64_t bytes_of(const std::string& path) {
        std::error_code error;
        const std::uintmax_t size = std::filesystem::file_size(path, error);
        return error ? 0 : static_cast<std::uint64_t>(size);
    }

    // @return true if it is on the disk: newest() is its path. Otherwise failure() says why, and those before are as they were.
    bool save(model_type& model, program_state& program, metrics_history& history, const char* reason) {
        const whole_life all{model, program, &history};
        const synapse::status s = synapse::save(all, store_, {reason, static_cast<std::uint64_t>(std::time(nullptr)), 1});
        failed_ = !synapse::ok(s);
        if (failed_) failure_ = store_.error() != 0 ? std::strerror(store_.error()) : synapse::name(s);
        return !failed_;
    }
    // Of the last save.
    [[nodiscard]] bool failed() const noexcept { return failed_; }
    [[nodiscard]] const std::string& failure() const noexcept { return failure_; }
    [[nodiscard]] const std::string& directory() const noexcept { return store_.directory(); }

private:
    synapse::file_store<> store_;
    bool failed_ = false;
    std::string failure_;
};

}  // namespace train_continuous
