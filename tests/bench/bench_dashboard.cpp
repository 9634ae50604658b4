// How long a page of the dashboard waits for a long log: 10,000,000 lines of metrics unless told otherwise.
//   bench_dashboard [--rows N] [--directory DIR] [--json]
// DIR (by default a new one below the system's for temporary files) is made and removed again; a line takes about 330 bytes. The log has
// just been written, so it comes from memory; a disk adds what it takes to read it.
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <unistd.h>

#include <synapse/core/random.hpp>

#include "dashboard/metrics_log.hpp"

namespace {

using steady = std::chrono::steady_clock;
double since(steady::time_point begin) { return std::chrono::duration<double>(steady::now() - begin).count(); }

constexpr std::size_t picture = 1000;  // groups that a chart asks for
constexpr double outlier = 77.0;       // in one row alone: it must be seen at every scale

// @return bytes
std::uint64_t write_log(const std::string& path, std::uint64_t rows) {
    std::FILE* const file = std::fopen(path.c_str(), "w");
    if (file == nullptr) throw std::runtime_error{"cannot write " + path};
    std::setvbuf(file, nullptr, _IOFBF, std::size_t{1} << 20);
    synapse::random_generator dice{1};
    bool good = true;
    for (std::uint64_t i = 0; i < rows; ++i) {
        const auto n = static_cast<double>(i);
        const double noise = static_cast<double>(dice.symmetric());
        const double error = i == rows / 3 ? outlier : 0.02 + 0.01 * noise;
        good = std::fprintf(file,
                            "{\"time\": %.4f, \"steps\": %llu, \"samples\": %llu, \"replayed\": %llu, \"seconds\": %.6f, \"steps_per_second\": %.6f, "
                            "\"error\": %.9f, \"loss\": %.9f, \"accuracy\": null, \"phi\": %.15f, \"agency\": %.15f, \"integration\": %.15f, "
                            "\"confidence\": %.15f, \"self_prediction_error\": %.15f, \"neurons\": 64}\n",
                            1.7e9 + n * 0.1, static_cast<unsigned long long>(i + 1), static_cast<unsigned long long>(i + 1),
                            static_cast<unsigned long long>(4 * i), n * 0.1, 1000.0 + noise, error, error, 0.5 + 0.1 * noise, 0.8 + 0.1 * noise,
                            0.55 + 0.05 * noise, 0.97 + 0.01 * noise, 0.5 + 0.1 * noise) > 0 &&
               good;
    }
    if (std::fclose(file) != 0 || !good) throw std::runtime_error{"cannot write " + path};
    return std::filesystem::file_size(path);
}

struct opening {
    double first_curve = 0;  // seconds until a chart has something to draw
    double whole = 0;        // ... until it stands for every row
};

opening open(dashboard::metrics_log& log) {
    opening out;
    const auto begin = steady::now();
    std::thread reader{[&log] { log.poll(); }};
    while (log.ask(false, 0, 1e18, picture).first.empty()) std::this_thread::sleep_for(std::chrono::milliseconds{1});
    out.first_curve = since(begin);
    reader.join();
    out.whole = since(begin);
    return out;
}

// Seconds that the charts wait for a part of the run: the median and the longest of many places at every scale.
struct scrolling {
    double median = 0;
    double worst = 0;
};

scrolling scroll(const dashboard::metrics_log& log, std::uint64_t rows) {
    synapse::random_generator dice{2};
    std::vector<double> waits;
    for (double part = static_cast<double>(rows); part >= 100; part /= 3) {
        for (int i = 0; i < 20; ++i) {
            const double from = (0.5 + 0.5 * static_cast<double>(dice.symmetric())) * (static_cast<double>(rows) - part);
            const auto begin = steady::now();
            if (log.ask(false, from, from + part, picture).first.empty()) throw std::runtime_error{"a part of the run is not there"};
            waits.push_back(since(begin));
        }
    }
    std::sort(waits.begin(), waits.end());
    return {waits[waits.size() / 2], waits.back()};
}

bool sees_outlier(const dashboard::metrics_log& log, std::uint64_t rows) {
    const double place = static_cast<double>(rows / 3 + 1);
    for (double part = static_cast<double>(rows); part >= 10; part /= 10) {
        const dashboard::series s = log.ask(false, place - part / 2, place + part / 2, picture);
        const auto at = std::find(s.names.begin(), s.names.end(), "error") - s.names.begin();
        double largest = 0;
        for (const auto& group : s.columns[static_cast<std::size_t>(at)]) largest = std::max(largest, static_cast<double>(group.high));
        if (largest != outlier) return false;
    }
    return true;
}

int run(std::uint64_t rows, const std::filesystem::path& directory, bool json) {
    std::filesystem::create_directories(directory);
    const std::string path = (directory / "metrics.jsonl").string(), kept = (directory / "index").string();
    const std::uint64_t bytes = write_log(path, rows);
    opening first, again;
    scrolling wait;
    bool whole = false, extremes = false;
    {
        dashboard::metrics_log log{path, dashboard::record_parser::format::json, kept};
        first = open(log);
        whole = log.rows() == rows;
    }
    {
        dashboard::metrics_log log{path, dashboard::record_parser::format::json, kept};
        again = open(log);
        whole = whole && log.rows() == rows;
        wait = scroll(log, rows);
        extremes = sees_outlier(log, rows);
    }
    std::filesystem::remove_all(directory);
    std::printf(json ? "{\"rows\":%llu,\"gigabytes\":%.3f,\"first_curve_s\":%.4f,\"indexed_s\":%.3f,\"opened_again_s\":%.4f,"
                       "\"scroll_median_ms\":%.3f,\"scroll_worst_ms\":%.3f,\"extremes\":%s}\n"
                     : "%llu lines, %.2f GB\nopened for the first time: curves after %.2f s, all of it read after %.1f s\nopened again: all of "
                       "it after %.2f s\nscrolling and zooming: a chart waits %.2f ms, at most %.1f ms\none outlier is seen at every scale: %s\n",
                static_cast<unsigned long long>(rows), static_cast<double>(bytes) / 1e9, first.first_curve, first.whole, again.whole,
                1e3 * wait.median, 1e3 * wait.worst, json ? (extremes ? "true" : "false") : (extremes ? "yes" : "no"));
    return whole && extremes ? 0 : 1;
}

}  // namespace

int main(int count, char** arguments) {
    std::uint64_t rows = 10000000;
    bool json = false;
    std::filesystem::path directory;
    try {
        directory = std::filesystem::temp_directory_path() / ("synapse_bench_dashboard_" + std::to_string(::getpid()));
        for (int i = 1; i < count; ++i) {
            const bool told = i + 1 < count;
            if (std::strcmp(arguments[i], "--json") == 0) {
                json = true;
            } else if (told && std::strcmp(arguments[i], "--rows") == 0) {
                rows = static_cast<std::uint64_t>(std::atoll(arguments[++i]));
            } else if (told && std::strcmp(arguments[i], "--directory") == 0) {
                directory = arguments[++i];
            } else {
                rows = 0;
            }
        }
        if (rows < 1000) {
            std::fprintf(stderr, "usage: bench_dashboard [--rows N, at least 1000] [--directory DIR] [--json]\n");
            return 2;
        }
        if (std::filesystem::exists(directory)) throw std::runtime_error{directory.string() + " exists already"};
        return run(rows, directory, json);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "bench_dashboard: %s\n", error.what());
        return 1;
    }
}
