// The runs of a directory: found by what train_continuous writes, each under an id that is ours. A request names ids, never files.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "console/text.hpp"
#include "dashboard/line_follower.hpp"
#include "dashboard/record_parser.hpp"
#include "dashboard/run.hpp"

namespace dashboard {

namespace details {

// The first line says what a file is: a metrics file has records that count steps.
inline bool is_metrics(const std::string& path, record_parser::format format) {
    const open_file file{path};
    if (!file.good()) return false;
    const std::string head = file.read(0, std::size_t{1} << 14);
    if (head.empty()) return true;  // a run that has just begun
    record_parser parser{format};
    std::vector<double> row;
    for (std::size_t at = 0, lines = 0; at < head.size() && lines < 3; ++lines) {
        const std::size_t end = std::min(head.find('\n', at), head.size());
        static_cast<void>(parser.parse(std::string_view{head}.substr(at, end - at), row));
        at = end + 1;
    }
    return parser.names().find("steps") != column_names::none;
}

}  // namespace details

// The runs in one directory, not below it. Each file of metrics is a run; with none of them, a log or checkpoints alone are one.
// @param shown  what the directory is called
inline std::vector<run_files> runs_in(const std::filesystem::path& directory, const std::string& shown) {
    std::vector<std::string> names;
    std::error_code error;
    bool own_checkpoints = false;
    for (std::filesystem::directory_iterator i{directory, error}, end; !error && i != end; i.increment(error)) {
        std::error_code one;
        if (!i->is_regular_file(one) || names.size() == 10000) continue;
        if (i->path().extension() == ".syn") own_checkpoints = true;
        names.push_back(i->path().filename().string());
    }
    std::sort(names.begin(), names.end());
    const auto has = [&](const std::string& name) { return std::binary_search(names.begin(), names.end(), name); };
    const auto path = [&](const std::string& name) { return has(name) ? (directory / name).string() : std::string{}; };
    const auto checkpoints = [&](const std::string& stem) {
        std::error_code ignored;
        for (const std::string& name : {stem + "-checkpoints", std::string{"checkpoints"}}) {
            if (!name.starts_with('-') && std::filesystem::is_directory(directory / name, ignored)) return (directory / name).string();
        }
        return own_checkpoints ? directory.string() : std::string{};
    };
    std::vector<run_files> runs;
    for (const std::string& name : names) {
        const std::string extension = std::filesystem::path{name}.extension().string();
        if (extension != ".jsonl" && extension != ".csv") continue;
        const auto format = extension == ".csv" ? record_parser::format::csv : record_parser::format::json;
        if (!details::is_metrics((directory / name).string(), format)) continue;
        const std::string stem = std::filesystem::path{name}.stem().string();
        run_files files;
        files.name = stem;
        files.metrics = (directory / name).string();
        files.format = format;
        files.log = path(stem + ".log");
        files.report = path(stem + ".json");
        files.checkpoints = checkpoints(stem);
        runs.push_back(std::move(files));
    }
    if (runs.size() == 1) {
        // The only run here: the files with the usual names are its own.
        if (runs[0].log.empty()) runs[0].log = path("training.log");
        if (runs[0].report.empty()) runs[0].report = path("report.json");
        runs[0].name = shown;
    } else if (runs.empty()) {
        run_files files;
        files.name = shown;
        files.log = path("training.log");
        files.report = path("report.json");
        files.checkpoints = checkpoints("");
        if (!files.log.empty() || own_checkpoints || (!files.checkpoints.empty() && !names.empty())) runs.push_back(std::move(files));
    } else {
        for (run_files& files : runs) files.name = shown + "/" + files.name;
    }
    return runs;
}

class run_table {
public:
    static constexpr std::size_t most_runs = 500;
    static constexpr int deepest = 3;  // directories below the one that was asked for

    // @param cache  a directory for the indices of long files; empty: none are kept
    explicit run_table(std::filesystem::path root, std::string cache = {}) : root_{std::move(root)}, cache_{std::move(cache)} {}

    // Looks for runs that are new, and for files of known ones that were not there. Runs stay in the table for good.
    // @return true if there is one more
    bool look() {
        std::vector<run_files> found;
        search(root_, root_.filename().empty() ? root_.parent_path().filename().string() : root_.filename().string(), 0, found);
        bool news = false;
        const std::lock_guard hold{guard_};
        for (run_files& files : found) {
            if (runs_.size() == most_runs) break;
            const std::string key = !files.metrics.empty() ? files.metrics : !files.log.empty() ? files.log : files.checkpoints;
            const std::string id = console::hex(hash(std::filesystem::path{key}.lexically_relative(root_).string()));
            const auto known = runs_.find(id);
            if (known != runs_.end()) {
                const run_files& before = known->second->files();
                if (before.log == files.log && before.report == files.report && before.checkpoints == files.checkpoints) continue;
            }
            news = true;
            const std::string index =
                cache_.empty() ? std::string{} : cache_ + "/" + console::hex(hash(std::filesystem::absolute(key).string())) + ".index";
            runs_[id] = std::make_shared<run>(id, std::move(files), index);
        }
        return news;
    }

    // In the order of their names.
    [[nodiscard]] std::vector<std::shared_ptr<run>> all() const {
        std::vector<std::shared_ptr<run>> out;
        {
            const std::lock_guard hold{guard_};
            for (const auto& [id, one] : runs_) out.push_back(one);
        }
        std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) {
            return a->files().name != b->files().name ? a->files().name < b->files().name : a->id() < b->id();
        });
        return out;
    }
    // Null if there is none of that id.
    [[nodiscard]] std::shared_ptr<run> find(std::string_view id) const {
        const std::lock_guard hold{guard_};
        const auto found = runs_.find(std::string{id});
        return found == runs_.end() ? nullptr : found->second;
    }

private:
    // @source FNV-1a, 64 bits
    static std::uint64_t hash(std::string_view text) {
        std::uint64_t h = 0xcbf29ce484222325u;
        for (const char c : text) h = (h ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
        return h;
    }

    static void search(const std::filesystem::path& directory, const std::string& shown, int depth, std::vector<run_files>& found) {
        for (run_files& files : runs_in(directory, shown)) {
            if (found.size() == most_runs) return;
            found.push_back(std::move(files));
        }
        if (depth == deepest) return;
        std::error_code error;
        std::vector<std::filesystem::path> below;
        for (std::filesystem::directory_iterator i{directory, error}, end; !error && i != end; i.increment(error)) {
            std::error_code one;
            const std::string name = i->path().filename().string();
            if (!i->is_directory(one) || i->is_symlink(one) || name.starts_with('.') || name == "checkpoints" ||
                name.ends_with("-checkpoints"))
                continue;
            if (below.size() < most_runs) below.push_back(i->path());
        }
        std::sort(below.begin(), below.end());
        for (const auto& path : below)
            search(path, depth == 0 ? path.filename().string() : shown + "/" + path.filename().string(), depth + 1, found);
    }

    std::filesystem::path root_;
    std::string cache_;
    mutable std::mutex guard_;
    std::map<std::string, std::shared_ptr<run>> runs_;
};

}  // namespace dashboard
