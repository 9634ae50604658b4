// The checkpoints of a run as they come and go, and what the newest valid one holds.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <synapse/core/status.hpp>
#include <synapse/hosted/checkpoint_reader.hpp>
#include <synapse/hosted/salvage.hpp>
#include <synapse/plasticity/growth.hpp>

#include "inspect/contents.hpp"

namespace dashboard {

struct saved_state {
    std::string file;  // its name alone
    std::uint64_t bytes = 0, sequence = 0, step = 0;
    double timestamp = 0;
    std::string reason;
    std::string problem;  // empty if it is valid
};

class saved_states {
public:
    explicit saved_states(std::string directory) : directory_{std::move(directory)} {}

    // In the order in which they were saved; damaged ones first.
    [[nodiscard]] const std::vector<saved_state>& files() const noexcept { return files_; }
    // Of the newest valid one, if there is any.
    [[nodiscard]] const std::optional<inspect::contents>& newest() const noexcept { return newest_; }
    [[nodiscard]] const std::vector<synapse::growth_event>& growth() const noexcept { return growth_; }

    // Reads what is new: each file once. @return true if anything changed
    bool poll() {
        struct found {
            std::string name;
            std::uint64_t bytes;
            std::filesystem::file_time_type time;
        };
        std::vector<found> now;
        std::error_code error;
        for (std::filesystem::directory_iterator i{directory_, error}, end; !error && i != end; i.increment(error)) {
            std::error_code one;
            if (i->path().extension() != ".syn" || !i->is_regular_file(one) || now.size() == most) continue;
            const auto bytes = i->file_size(one);
            const auto time = i->last_write_time(one);
            if (!one) now.push_back({i->path().filename().string(), bytes, time});
        }
        std::map<std::string, known> next;
        bool changed = now.size() != known_.size();
        for (const found& f : now) {
            const auto before = known_.find(f.name);
            if (before != known_.end() && before->second.bytes == f.bytes && before->second.time == f.time) {
                next.emplace(f.name, before->second);
                continue;
            }
            changed = true;
            next.emplace(f.name, known{f.bytes, f.time, read(f.name, f.bytes)});
        }
        if (!changed) return false;
        known_ = std::move(next);
        files_.clear();
        for (const auto& [name, k] : known_) files_.push_back(k.state);
        std::stable_sort(files_.begin(), files_.end(), [](const saved_state& a, const saved_state& b) {
            return a.problem.empty() != b.problem.empty() ? b.problem.empty() : a.sequence < b.sequence;
        });
        if (!files_.empty() && files_.back().problem.empty() && files_.back().file + std::to_string(files_.back().sequence) != shown_)
            look();
        return true;
    }

private:
    static constexpr std::size_t most = 10000;
    struct known {
        std::uint64_t bytes;
        std::filesystem::file_time_type time;
        saved_state state;
    };

    [[nodiscard]] saved_state read(const std::string& name, std::uint64_t bytes) const {
        saved_state s;
        s.file = name;
        s.bytes = bytes;
        synapse::checkpoint_reader in;
        const std::string path = directory_ + "/" + name;
        if (ok(in.open(path))) {
            s.sequence = in.header().sequence;
            s.step = static_cast<std::uint64_t>(in.value("step_count").value_or(0));
            s.timestamp = in.value("timestamp").value_or(0);
            s.reason = in.text("reason");
        } else {
            int why = 0;
            const synapse::salvage found = synapse::examine(path, why);
            s.problem = found.problems.empty() ? "it cannot be read" : found.problems.front();
        }
        return s;
    }

    void look() {
        const saved_state& last = files_.back();
        shown_ = last.file + std::to_string(last.sequence);
        synapse::checkpoint_reader in;
        const std::string path = directory_ + "/" + last.file;
        if (!ok(in.open(path))) return;
        try {
            newest_ = inspect::contents_of(in, path, last.bytes);
        } catch (const std::invalid_argument&) {
            return;  // a checkpoint of something else than a learner
        }
        growth_.clear();
        const auto tensor = [&](const char* what) { return in.find_tensor(std::string{"growth_history/"} + what); };
        const auto *step = tensor("step"), *layer = tensor("layer"), *reason = tensor("reason"), *value = tensor("value"),
                   *threshold = tensor("threshold"), *before = tensor("before"), *after = tensor("after");
        const auto used = static_cast<std::size_t>(in.value("growth_history/used").value_or(0));
        for (const auto* t : {step, layer, reason, value, threshold, before, after}) {
            if (t == nullptr || std::size_t{t->rows} * t->cols < used) return;
        }
        const auto capacity = std::size_t{step->rows} * step->cols;
        const auto next = static_cast<std::size_t>(in.value("growth_history/next").value_or(0));
        for (std::size_t i = 0; i < used; ++i) {
            const std::size_t at = used < capacity ? i : (next + i) % capacity;
            synapse::growth_event e;
            e.step = static_cast<std::uint64_t>((*step)[at]);
            e.layer = static_cast<std::uint32_t>((*layer)[at]);
            e.reason = static_cast<synapse::growth_reason>(std::min((*reason)[at], 3.0));
            e.value = static_cast<float>((*value)[at]);
            e.threshold = static_cast<float>((*threshold)[at]);
            e.before = static_cast<std::uint32_t>((*before)[at]);
            e.after = static_cast<std::uint32_t>((*after)[at]);
            growth_.push_back(e);
        }
    }

    std::string directory_;
    std::map<std::string, known> known_;
    std::vector<saved_state> files_;
    std::optional<inspect::contents> newest_;
    std::vector<synapse::growth_event> growth_;
    std::string shown_;
};

}  // namespace dashboard
