// How fast a large learner becomes a checkpoint in memory, against a plain copy of the same bytes in the same run.
//
//   bench_checkpoint [--json]
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

#include <synapse/checkpoint/load.hpp>
#include <synapse/checkpoint/save.hpp>
#include <synapse/hosted/any_learner.hpp>

namespace {

using clock_type = std::chrono::steady_clock;

// Median seconds of some calls of action.
template <class Action>
double median_seconds(Action&& action) {
    std::vector<double> seconds;
    for (int i = 0; i < 9; ++i) {
        const auto start = clock_type::now();
        action();
        seconds.push_back(std::chrono::duration<double>(clock_type::now() - start).count());
    }
    std::sort(seconds.begin(), seconds.end());
    return seconds[seconds.size() / 2];
}

}  // namespace

int main(int argc, char** argv) {
    const bool json = argc > 1 && std::string_view{argv[1]} == "--json";
    if (argc > 2 || (argc == 2 && !json)) {
        std::fprintf(stderr, "usage: bench_checkpoint [--json]\n");
        return 2;
    }
    // 64 MB: a thousand inputs, two layers of 3,000 units, and samples to replay.
    synapse::any_learner<> model{synapse::shape{.inputs = 1000, .outputs = 10, .hidden = {3000, 3000}, .replay = 4000}};
    synapse::random_generator source{1};
    std::vector<float> x(1000);
    const std::vector<float> y(10, 1.0f);
    for (int i = 0; i < 4000; ++i) {
        for (float& v : x) v = source.symmetric();
        if (!ok(model.step(x, y))) return 1;
        if (i == 20) {
            synapse::tuning cheap = model.tuned();
            cheap.replay_ratio = 0.0f;
            if (!ok(model.retune(cheap))) return 1;
        }
    }
    std::vector<std::byte> file(model.bytes() + (1u << 20));
    std::vector<std::byte> copy(file.size());
    std::size_t size = 0;
    bool good = true;
    const double saving = median_seconds([&] {
        synapse::span_sink sink{file};
        good = good && ok(synapse::save(model, sink));
        size = sink.written().size();
    });
    const double loading = median_seconds([&] {
        synapse::span_source from{std::span<const std::byte>{file}.first(size)};
        good = good && synapse::load(model, from) == synapse::status::ok;
    });
    const double copying = median_seconds([&] { std::memcpy(copy.data(), file.data(), size); });
    const double summing = median_seconds([&] {
        synapse::crc32c sum;
        sum.add(std::span<const std::byte>{file}.first(size));
        good = good && sum.value() != 1;
    });
    if (!good) {
        std::fprintf(stderr, "bench_checkpoint: a checkpoint could not be written or read back\n");
        return 1;
    }
    const double gigabytes = static_cast<double>(size) / 1e9;
    if (json) {
        std::printf("{\"bytes\":%zu,\"save_gb_per_s\":%.3f,\"load_gb_per_s\":%.3f,\"crc32c_gb_per_s\":%.3f,\"memcpy_gb_per_s\":%.3f}\n", size,
                    gigabytes / saving, gigabytes / loading, gigabytes / summing, gigabytes / copying);
    } else {
        std::printf("checkpoint of %zu bytes: save %.2f GB/s, load %.2f GB/s; CRC32C alone %.2f GB/s, memcpy %.2f GB/s\n", size,
                    gigabytes / saving, gigabytes / loading, gigabytes / summing, gigabytes / copying);
    }
    return 0;
}
