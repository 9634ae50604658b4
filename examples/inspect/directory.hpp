// All the checkpoints of a directory: which are valid, and how a life went from one to the next.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <synapse/core/bytes.hpp>
#include <synapse/core/status.hpp>
#include <synapse/hosted/checkpoint_reader.hpp>
#include <synapse/hosted/dense_net.hpp>
#include <synapse/hosted/salvage.hpp>
#include <synapse/learner/report.hpp>

#include "inspect/statistics.hpp"

namespace inspect {

struct checked_file {
    std::string path;
    synapse::status outcome = synapse::status::ok;
    std::string problem;  // a sentence, empty if valid
    std::uint64_t bytes = 0, sequence = 0, steps = 0, samples = 0;
    std::optional<double> timestamp;
    std::string reason;
    // Of a valid one that holds a learner:
    std::optional<double> error, loss, accuracy, weight_norm, neurons, stored;
};

// Names that checkpoints have, in the order of their names. Throws std::filesystem::filesystem_error.
inline std::vector<std::string> checkpoints_in(const std::string& directory) {
    std::vector<std::string> paths;
    for (const auto& entry : std::filesystem::directory_iterator{directory}) {
        if (entry.path().extension() == ".syn" && !entry.is_directory()) paths.push_back(entry.path().string());
    }
    std::sort(paths.begin(), paths.end());
    return paths;
}

// Header, CRCs, structure, every float finite and a shape that a learner can have.
inline checked_file check(const std::string& path) {
    checked_file f;
    f.path = path;
    synapse::checkpoint_reader in;
    f.outcome = in.open(path);
    std::error_code ignored;
    if (const auto size = std::filesystem::file_size(path, ignored); !ignored) f.bytes = size;
    if (!ok(f.outcome)) {
        int error = 0;
        const synapse::salvage s = synapse::examine(path, error);
        for (const std::string& p : s.problems) f.problem += (f.problem.empty() ? "" : "; ") + p;
        if (error != 0) f.problem += std::string{" ("} + std::strerror(error) + ")";
        if (f.problem.empty()) f.problem = in.complaint();
        return f;
    }
    const auto refuse = [&](std::string why) {
        f.outcome = synapse::status::corrupt;
        f.problem = std::move(why);
    };
    for (const auto& t : in.tensors()) {
        if (t.dtype != "<f4") continue;
        bool finite = true;
        for (std::size_t i = 0; i < t.bytes.size(); i += 4) {
            finite = finite && (synapse::load_little<std::uint32_t>(t.bytes.data() + i) & 0x7f800000u) != 0x7f800000u;
        }
        if (!finite) refuse(t.name + " holds NaN or infinite numbers");
    }
    f.sequence = in.header().sequence;
    f.steps = static_cast<std::uint64_t>(in.value("step_count").value_or(0));
    f.samples = static_cast<std::uint64_t>(in.value("total_samples_seen").value_or(0));
    f.timestamp = in.value("timestamp");
    f.reason = in.text("reason");
    const synapse::shape form = synapse::shape_of(in);
    if (const char* flaw = form.flaw()) {
        if (ok(f.outcome)) refuse(std::string{"it holds no learner: "} + flaw);
        return f;
    }
    const auto report = synapse::detail::numbers_of<synapse::report>(in, "report");
    if (report.samples != 0) {
        f.error = static_cast<double>(report.error);
        f.loss = static_cast<double>(report.loss);
        if (form.learns == synapse::task::classification) f.accuracy = static_cast<double>(report.accuracy());
    }
    double squares = 0, neurons = 0;
    for (const auto& t : in.tensors()) {
        if (!t.name.starts_with("model_state_dict/fast/layer_") || !t.name.ends_with("/weight") || t.dtype != "<f4") continue;
        for (std::size_t i = 0; i < t.bytes.size(); i += 4) {
            const auto w = static_cast<double>(std::bit_cast<float>(synapse::load_little<std::uint32_t>(t.bytes.data() + i)));
            squares += w * w;
        }
        neurons += t.name.starts_with("model_state_dict/fast/layer_0/") ? 0 : t.rows;
    }
    f.weight_norm = std::sqrt(squares);
    f.neurons = neurons;
    f.stored = in.value("replay_buffer/used");
    return f;
}

inline std::vector<checked_file> check_all(const std::string& directory) {
    std::vector<checked_file> files;
    for (const std::string& path : checkpoints_in(directory)) files.push_back(check(path));
    return files;
}

// The valid ones as they followed each other: by sequence, then by step.
inline std::vector<checked_file> in_order(std::vector<checked_file> files) {
    std::erase_if(files, [](const checked_file& f) { return !ok(f.outcome); });
    std::stable_sort(files.begin(), files.end(), [](const checked_file& a, const checked_file& b) {
        return a.sequence != b.sequence ? a.sequence < b.sequence : a.steps < b.steps;
    });
    return files;
}

}  // namespace inspect
