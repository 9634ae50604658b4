// How long inspect --verify takes over many checkpoints of a life: 1,000 of 1 MB unless told otherwise.
//   bench_verify [--files N] [--megabytes M] [--directory DIR] [--json]
// DIR (by default a new one below the system's for temporary files) is made and removed again. The files have just been written, so they
// come from memory; a disk adds what it takes to read them.
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <filesystem>
#include <fstream>
#include <span>
#include <stdexcept>
#include <string>

#include <unistd.h>

#include <synapse/checkpoint/save.hpp>
#include <synapse/core/random.hpp>
#include <synapse/core/status.hpp>
#include <synapse/hosted/any_learner.hpp>

#include "inspect/directory.hpp"

namespace {

struct string_sink {
    std::string bytes;
    synapse::status write(std::span<const std::byte> more) {
        bytes.append(reinterpret_cast<const char*>(more.data()), more.size());
        return synapse::status::ok;
    }
};

// A learner of about that many bytes, half weights and half remembered samples, that has lived a little.
std::string checkpoint(std::size_t bytes, std::uint64_t seed) {
    const auto units = static_cast<std::uint32_t>(bytes / 2 / 4 / 66);  // 64 inputs, the bias and one output
    synapse::any_learner<> model{
        synapse::shape{.inputs = 64, .outputs = 1, .hidden = {units}, .replay = static_cast<std::uint32_t>(bytes / 2 / 4 / 65)},
        {.seed = seed}};
    synapse::random_generator dice{seed};
    float x[64], y[1];
    for (std::uint32_t i = 0; i < model.form().replay; ++i) {
        for (float& number : x) number = dice.symmetric();
        y[0] = x[0] * x[1];
        if (!ok(model.step(x, y))) throw std::runtime_error{"a step failed"};
    }
    string_sink out;
    if (!ok(synapse::save(model, out))) throw std::runtime_error{"saving failed"};
    return out.bytes;
}

int run(std::size_t files, double megabytes, std::filesystem::path directory, bool json) {
    std::filesystem::create_directories(directory);
    std::uint64_t total = 0;
    const std::string content = checkpoint(static_cast<std::size_t>(megabytes * 1e6), 1);
    for (std::size_t i = 0; i < files; ++i) {
        std::ofstream file{directory / ("continuous_" + std::to_string(1000000000 + i) + ".syn"), std::ios::binary};
        if (!file.write(content.data(), static_cast<std::streamsize>(content.size())))
            throw std::runtime_error{"cannot write to " + directory.string()};
        total += content.size();
    }
    const auto begin = std::chrono::steady_clock::now();
    const auto checked = inspect::check_all(directory.string());
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    std::size_t valid = 0;
    for (const auto& f : checked) valid += ok(f.outcome) ? 1u : 0u;
    std::filesystem::remove_all(directory);
    std::printf(json ? "{\"files\":%zu,\"megabytes\":%.3f,\"valid\":%zu,\"seconds\":%.4f,\"gb_per_s\":%.3f}\n"
                     : "%zu checkpoints of %.3f MB, %zu valid: verified in %.2f s, %.2f GB/s\n",
                checked.size(), static_cast<double>(content.size()) / 1e6, valid, seconds, static_cast<double>(total) / 1e9 / seconds);
    return valid == files ? 0 : 1;
}

}  // namespace

int main(int count, char** arguments) {
    std::size_t files = 1000;
    double megabytes = 1;
    bool json = false;
    std::filesystem::path directory;
    try {
        directory = std::filesystem::temp_directory_path() / ("synapse_bench_verify_" + std::to_string(::getpid()));
        for (int i = 1; i < count; ++i) {
            const bool told = i + 1 < count;
            if (std::strcmp(arguments[i], "--json") == 0) {
                json = true;
            } else if (told && std::strcmp(arguments[i], "--files") == 0) {
                files = static_cast<std::size_t>(std::atoll(arguments[++i]));
            } else if (told && std::strcmp(arguments[i], "--megabytes") == 0) {
                megabytes = std::atof(arguments[++i]);
            } else if (told && std::strcmp(arguments[i], "--directory") == 0) {
                directory = arguments[++i];
            } else {
                std::fprintf(stderr, "usage: bench_verify [--files N] [--megabytes M] [--directory DIR] [--json]\n");
                return 2;
            }
        }
        if (std::filesystem::exists(directory)) throw std::runtime_error{directory.string() + " exists already"};
        return run(files, megabytes, directory, json);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "bench_verify: %s\n", error.what());
        return 1;
    }
}
