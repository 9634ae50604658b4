// Small files for one test, in a directory of their own that goes away with it.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>

class scratch_files {
public:
    scratch_files() {
        std::string pattern = (std::filesystem::temp_directory_path() / "synapse-streams-XXXXXX").string();
        if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error{"no temporary directory"};
        directory_ = pattern;
    }
    scratch_files(const scratch_files&) = delete;
    scratch_files& operator=(const scratch_files&) = delete;
    ~scratch_files() {
        std::error_code ignored;
        std::filesystem::remove_all(directory_, ignored);
    }

    // Writes a file and returns its path.
    std::string write(const std::string& name, std::string_view bytes) const {
        const std::string path = (directory_ / name).string();
        std::ofstream out{path, std::ios::binary};
        out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
        if (!out.flush()) throw std::runtime_error{"cannot write " + path};
        return path;
    }
    [[nodiscard]] std::string path() const { return directory_.string(); }

private:
    std::filesystem::path directory_;
};
