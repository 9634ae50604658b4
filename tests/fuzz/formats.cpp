// The readers of other programs' files against anything: format_error or something whole, and never more memory than the file explains.
#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <synapse/hosted/formats/history.hpp>
#include <synapse/hosted/formats/npy.hpp>
#include <synapse/hosted/formats/npz.hpp>
#include <synapse/hosted/formats/onnx.hpp>
#include <synapse/hosted/formats/onnx_reader.hpp>
#include <synapse/hosted/formats/safetensors.hpp>
#include <synapse/hosted/formats/weights.hpp>

#include "mended.hpp"

namespace {

using namespace synapse::formats;

template <class Read>
void attempt(Read read) {
    try {
        read();
    } catch (const format_error&) {
    }
}

void look_at(const std::vector<array>& arrays, std::size_t file_bytes) {
    std::size_t numbers = 0;
    for (const array& a : arrays) {
        std::uint64_t product = 1;
        for (const std::uint64_t extent : a.shape) product *= extent;
        fuzz::demand(product == a.values.size());
        numbers += a.values.size();
    }
    fuzz::demand(numbers <= file_bytes);
}

// A net that was read can be written, and comes back as it was.
void look_at(const synapse::dense_net& net) {
    fuzz::demand(net.flaw().empty());
    const synapse::dense_net again = read_onnx(onnx(net));
    fuzz::demand(again.layers.size() == net.layers.size());
    for (std::size_t l = 0; l < net.layers.size(); ++l) fuzz::demand(again.layers[l].weight == net.layers[l].weight);
}

void read_arrays(std::string_view file, std::vector<array> (*read)(std::string_view)) {
    attempt([&] {
        const auto arrays = read(file);
        look_at(arrays, file.size());
        const auto net = net_of(arrays, {.layout = weight_layout::output_major});
        fuzz::demand(net.flaw().empty());
    });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view file{reinterpret_cast<const char*>(data), size};
    read_arrays(file, read_npz);
    read_arrays(file, read_safetensors);
    read_arrays(file, [](std::string_view bytes) { return std::vector<array>{read_npy(bytes, "x")}; });
    attempt([&] { look_at(read_onnx(file)); });
    attempt([&] {
        record_table table;
        add_metrics(table, file);
        table.sort();
        static_cast<void>(csv(table).size() + jsonl(table).size() + plotjuggler(table).size());
    });
    return 0;
}
