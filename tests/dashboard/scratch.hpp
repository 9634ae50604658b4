// A directory for one test, gone at its end.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <system_error>

class scratch {
public:
    scratch() {
        std::string name = (std::filesystem::temp_directory_path() / "synapse-XXXXXX").string();
        if (::mkdtemp(name.data()) == nullptr) std::abort();
        root_ = name;
    }
    scratch(const scratch&) = delete;
    scratch& operator=(const scratch&) = delete;
    ~scratch() {
        std::error_code ignored;
        std::filesystem::remove_all(root_, ignored);
    }
    [[nodiscard]] std::string path(std::string_view name) const { return (root_ / name).string(); }
    [[nodiscard]] const std::filesystem::path& root() const noexcept { return root_; }
    void write(std::string_view name, std::string_view text) const {
        std::filesystem::create_directories((root_ / name).parent_path());
        std::ofstream{root_ / name, std::ios::binary} << text;
    }
    void append(std::string_view name, std::string_view text) const {
        std::ofstream{root_ / name, std::ios::binary | std::ios::app} << text;
    }

private:
    std::filesystem::path root_;
};
