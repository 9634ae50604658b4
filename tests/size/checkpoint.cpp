// Firmware that learns, with and without save and load, to weigh the difference. A 6-32-32-3 learner with 64 replayed samples of 8 bits.
#include <cstddef>
#include <cstdint>
#include <new>
#include <span>

#include <synapse/synapse.hpp>

#ifdef WITH_CHECKPOINT
#include <synapse/checkpoint/load.hpp>
#include <synapse/checkpoint/save.hpp>
#endif

using model_type = synapse::learner<synapse::shape{.inputs = 6, .outputs = 3, .hidden = {32, 32}, .replay = 64, .format = synapse::sample_format::u8}>;

namespace {

synapse::fixed_arena<model_type::bytes> memory;
alignas(model_type) std::byte room[sizeof(model_type)];

}  // namespace

// The board's own: what they do does not count here.
extern "C" int sample(float* x, float* y);
extern "C" int put(const void* bytes, std::size_t size);
extern "C" int get(std::uint32_t offset, void* out, std::size_t size);
extern "C" std::uint32_t stored();

#ifdef WITH_CHECKPOINT
namespace {

struct sink {
    synapse::status write(std::span<const std::byte> bytes) noexcept {
        return put(bytes.data(), bytes.size()) != 0 ? synapse::status::io_error : synapse::status::ok;
    }
};

struct source {
    [[nodiscard]] std::uint64_t size() const noexcept { return stored(); }
    synapse::status read(std::uint64_t offset, std::span<std::byte> out) const noexcept {
        return get(static_cast<std::uint32_t>(offset), out.data(), out.size()) != 0 ? synapse::status::io_error : synapse::status::ok;
    }
};

}  // namespace
#endif

int main() {
    auto* model = ::new (static_cast<void*>(room)) model_type{memory};
#ifdef WITH_CHECKPOINT
    source from;
    if (synapse::load(*model, from) == synapse::status::wrong_shape) return 1;
#endif
    float x[6];
    float y[3];
    while (sample(x, y) != 0) {
        if (!ok(model->step(x, y))) continue;
    }
#ifdef WITH_CHECKPOINT
    sink to;
    if (!ok(synapse::save(*model, to))) return 2;
#endif
    return ok(model->predict(x, y)) ? 0 : 3;
}
