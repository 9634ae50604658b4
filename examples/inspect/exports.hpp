// Checkpoints and metrics files in the formats of other programs.
#pragma once

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include <synapse/core/status.hpp>
#include <synapse/hosted/checkpoint_reader.hpp>
#include <synapse/hosted/dense_net.hpp>
#include <synapse/hosted/file_source.hpp>
#include <synapse/hosted/formats/array.hpp>
#include <synapse/hosted/formats/history.hpp>
#include <synapse/hosted/formats/npy.hpp>
#include <synapse/hosted/formats/npz.hpp>
#include <synapse/hosted/formats/onnx.hpp>
#include <synapse/hosted/formats/record_table.hpp>
#include <synapse/hosted/formats/safetensors.hpp>
#include <synapse/hosted/formats/tensorboard.hpp>
#include <synapse/hosted/salvage.hpp>

#include "console/files.hpp"
#include "console/text.hpp"
#include "inspect/directory.hpp"
#include "inspect/options.hpp"

namespace inspect {

// A file that was named cannot be used; what() says which and why.
class input_error : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

namespace details {

// Throws input_error.
inline std::string bytes_of(const std::string& path) {
    synapse::file_source file;
    if (!ok(file.open(path))) throw input_error{path + ": " + (file.error() != 0 ? std::strerror(file.error()) : "too large")};
    return std::string{synapse::formats::as_text(file.bytes())};
}

// Throws input_error, with what is wrong with the checkpoint.
inline void open(synapse::checkpoint_reader& in, const std::string& path) {
    if (ok(in.open(path))) return;
    int error = 0;
    const auto problems = synapse::examine(path, error).problems;
    throw input_error{path + ": " + (problems.empty() ? in.complaint() : problems.front()) +
                      (error != 0 ? std::string{" ("} + std::strerror(error) + ")" : "")};
}

// A file's content to its place, and a line about it; "-" is standard output, and has no line.
inline void write_out(const std::string& path, const std::string& content, const std::string& about) {
    if (path == "-") {
        if (std::fwrite(content.data(), 1, content.size(), stdout) != content.size() || std::fflush(stdout) != 0)
            throw console::write_error{"standard output", errno};
        return;
    }
    console::replace_file(path, content);
    std::printf("%s  %s, %s bytes\n", path.c_str(), about.c_str(), console::with_thousands(content.size()).c_str());
}

inline void make_directory(const std::string& path) {
    std::error_code error;
    std::filesystem::create_directories(path, error);
    if (error) throw console::write_error{path, error.value()};
}

// The name of a file for a tensor: "model_state_dict.fast.layer_0.weight.npy". A checkpoint may come from anybody, so nothing in its
// names can lead out of the directory.
inline std::string file_name(const std::string& tensor) {
    std::string name;
    for (const char c : tensor) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
        name += c == '/' ? '.' : plain ? c : '_';
    }
    if (name.starts_with('.')) name[0] = '_';
    return name.substr(0, 200) + ".npy";
}

inline void write_arrays(const options& x, const std::string& path) {
    synapse::checkpoint_reader in;
    open(in, path);
    const auto arrays = synapse::formats::arrays_of(in);
    const std::string about = std::to_string(arrays.size()) + " arrays";
    if (x.npz) write_out(*x.npz, synapse::formats::npz(arrays), about);
    if (x.safetensors) write_out(*x.safetensors, synapse::formats::safetensors(arrays), about);
    if (x.npy) {
        make_directory(*x.npy);
        std::set<std::string> names;
        for (const auto& a : arrays) {
            const std::string name = file_name(a.name);
            if (!names.insert(name).second) throw input_error{path + ": two of its arrays would be " + name};
            console::replace_file(*x.npy + "/" + name, synapse::formats::npy(a));
        }
        std::printf("%s  %s\n", x.npy->c_str(), about.c_str());
    }
    if (x.onnx) {
        try {
            const synapse::dense_net net = synapse::net_of(in, x.system);
            write_out(*x.onnx, synapse::formats::onnx(net),
                      x.system + ", " + std::to_string(net.inputs()) + " inputs x, " + std::to_string(net.outputs()) + " outputs y");
        } catch (const std::invalid_argument& error) {
            throw input_error{path + ": " + error.what()};
        }
    }
}

inline void add_file(synapse::formats::record_table& table, const std::string& path) {
    const std::string content = bytes_of(path);
    if (content.starts_with("\xc7\x1dSYNAP")) {
        synapse::checkpoint_reader in;
        open(in, path);
        synapse::formats::add_history(table, in);
        return;
    }
    try {
        synapse::formats::add_metrics(table, content);
    } catch (const synapse::formats::format_error& error) {
        throw input_error{path + ": neither a checkpoint nor a metrics file: " + error.what()};
    }
}

inline void write_table(const options& x, const std::vector<std::string>& files) {
    synapse::formats::record_table table;
    for (const std::string& path : files) add_file(table, path);
    table.sort();
    const std::string about = std::to_string(table.rows().size()) + " rows";
    if (x.csv) write_out(*x.csv, synapse::formats::csv(table), about);
    if (x.jsonl) write_out(*x.jsonl, synapse::formats::jsonl(table), about);
    if (x.plotjuggler) write_out(*x.plotjuggler, synapse::formats::plotjuggler(table), about);
    if (x.tensorboard) {
        make_directory(*x.tensorboard);
        // The name of an event file begins with the time at which it began.
        const double began = table.first_time();
        const auto second = static_cast<std::uint64_t>(std::isnan(began) ? 0.0 : std::clamp(began, 0.0, 9e9));
        std::string stamp = std::to_string(second);
        stamp.insert(0, stamp.size() < 10 ? 10 - stamp.size() : 0, '0');
        write_out(*x.tensorboard + "/events.out.tfevents." + stamp + ".synapse", synapse::formats::tensorboard_events(table), about);
    }
}

}  // namespace details

// Writes what was asked for. files: for arrays and ONNX one checkpoint; for histories any number of checkpoints and metrics files.
// Throws input_error, console::write_error, std::filesystem::filesystem_error.
inline void write_exports(const options& x, std::vector<std::string> files) {
    if (x.trend) {
        for (const checked_file& f : in_order(check_all(*x.trend))) files.push_back(f.path);
        if (files.empty()) throw input_error{"no valid checkpoint in " + *x.trend};
    }
    try {
        if (x.wants_arrays()) details::write_arrays(x, files.front());
        if (x.wants_table()) details::write_table(x, files);
    } catch (const synapse::formats::format_error& error) {
        throw input_error{files.front() + ": " + error.what()};
    }
    std::fflush(stdout);
}

}  // namespace inspect
