// bench_checkpoint [--json]: how fast a learner of 64 MB becomes a checkpoint and comes back, beside a plain copy of its bytes and CRC32C.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <span>
#include <vector>

#include <synapse/checkpoint/load.hpp>
#include <synapse/checkpoint/save.hpp>
#include <synapse/hosted/any_learner.hpp>

namespace {

using namespace synapse;

// Median gigabytes a second of an action on so many bytes.
template <class Action>
double gigabytes_a_second(std::size_t bytes, Action action) {
    std::vector<double> rates;
    for (int round = 0; round < 7; ++round) {
        const auto start = std::chrono::steady_clock::now();
        action();
        const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - start;
        rates.push_back(static_cast<double>(bytes) / spent.count() * 1e-9);
    }
    std::sort(rates.begin(), rates.end());
    return rates[rates.size() / 2];
}

}  // namespace

int main(int count, char** words) {
    const bool json = count == 2 && std::strcmp(words[1], "--json") == 0;
    if (count > 2 || (count == 2 && !json)) {
        std::fprintf(stderr, "usage: %s [--json]\n", words[0]);
        return 2;
    }
    const shape form{.inputs = 784, .outputs = 10, .hidden = {4000, 3200}};
    any_learner<> model{form};
    any_learner<> other{form, {.seed = 2}};
    std::vector<std::byte> file(model.bytes() + 4096);
    std::size_t size = 0;
    bool good = true;
    const auto write = [&] {
        span_sink sink{file};
        good = good && ok(save(model, sink));
        size = sink.written().size();
    };
    write();
    const double saving = gigabytes_a_second(size, write);
    const double loading = gigabytes_a_second(size, [&] {
        span_source source{std::span{file}.first(size)};
        good = good && ok(load(other, source));
    });
    good = good && weights_hash(other) == weights_hash(model);
    std::vector<std::byte> copy(size);
    const double copying = gigabytes_a_second(size, [&] { std::memcpy(copy.data(), file.data(), size); });
    std::uint32_t sum = 0;
    const double summing = gigabytes_a_second(size, [&] { sum ^= crc32c::of(std::span{file}.first(size)); });
    std::uint32_t table_sum = 0;
    const double by_tables = gigabytes_a_second(size, [&] { table_sum ^= ~detail::crc32c_sliced(~0u, std::span{file}.first(size)); });
    good = good && sum == table_sum;
    if (json) {
        std::printf("{\"bytes\":%zu,\"save_gb_per_s\":%.3g,\"load_gb_per_s\":%.3g,\"copy_gb_per_s\":%.3g,\"crc32c_gb_per_s\":%.3g,"
                    "\"crc32c_tables_gb_per_s\":%.3g,\"crc32c_instruction\":%s}\n",
                    size, saving, loading, copying, summing, by_tables, config::crc32c_ready() ? "true" : "false");
    } else {
        std::printf("checkpoint of %.1f MB\n  save   %6.2f GB/s\n  load   %6.2f GB/s\n  memcpy %6.2f GB/s\n  CRC32C %6.2f GB/s (%s), %.2f by tables\n",
                    static_cast<double>(size) * 1e-6, saving, loading, copying, summing, config::crc32c_ready() ? "by instruction" : "by tables", by_tables);
    }
    return good ? 0 : 1;
}
