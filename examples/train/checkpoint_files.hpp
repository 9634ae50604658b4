// best.syn and last.syn in a directory that one run at a time writes to.
#pragma once

#include <cerrno>
#include <cstddef>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <span>
#include <string>
#include <system_error>
#include <utility>

#include <unistd.h>

#include <synapse/checkpoint/save.hpp>
#include <synapse/core/status.hpp>
#include <synapse/hosted/file_store.hpp>
#include <synapse/hosted/files.hpp>

#include "console/files.hpp"
#include "train_continuous/program_state.hpp"

namespace train {

class checkpoint_files {
public:
    explicit checkpoint_files(std::string directory) : directory_{std::move(directory)} {}
    checkpoint_files(const checkpoint_files&) = delete;
    checkpoint_files& operator=(const checkpoint_files&) = delete;
    ~checkpoint_files() {
        if (lock_ >= 0) ::close(lock_);
    }

    // Makes the directory if it is missing and becomes its one writer. Throws console::write_error.
    void open() {
        std::error_code ignored;
        std::filesystem::create_directories(directory_, ignored);
        lock_ = synapse::posix_files{}.lock(directory_ + "/" + synapse::file_store<>::lock_name);
        if (lock_ == -EWOULDBLOCK) {
            throw console::write_error{directory_ + " is in use: another run writes its checkpoints there (see --checkpoint-dir)"};
        }
        if (lock_ < 0) throw console::write_error{"cannot write checkpoints to " + directory_ + ": " + std::strerror(-lock_)};
    }

    [[nodiscard]] std::string best() const { return directory_ + "/best.syn"; }
    [[nodiscard]] std::string last() const { return directory_ + "/last.syn"; }
    [[nodiscard]] static bool exists(const std::string& path) { return ::access(path.c_str(), F_OK) == 0; }

    // Replaces a checkpoint by this state: there is the old one or the new, at every moment. Throws console::write_error.
    static void save(const std::string& path, train_continuous::model_type& model, train_continuous::program_state& program,
                     const char* reason) {
        struct {
            std::string bytes;
            synapse::status write(std::span<const std::byte> more) {
                bytes.append(reinterpret_cast<const char*>(more.data()), more.size());
                return synapse::status::ok;
            }
        } out;
        const train_continuous::whole_life all{model, program};
        const synapse::status s = synapse::save(all, out, {reason, static_cast<std::uint64_t>(std::time(nullptr)), program.steps});
        if (!ok(s)) throw console::write_error{"cannot write " + path + ": " + synapse::name(s)};
        console::replace_file(path, out.bytes);
    }

private:
    std::string directory_;
    int lock_ = -1;
};

}  // namespace train
