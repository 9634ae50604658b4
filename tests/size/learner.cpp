// Firmware that learns, in steps of what it uses, to weigh each: EMPTY does nothing with its samples. A 6-32-32-3 learner; SHAPE adds
// to its shape, WITH_SLEEP sleeps, WITH_FLASH keeps checkpoints in flash. AGENT is one instead, of 16 units of state, with its metrics.
#include <cstddef>
#include <cstdint>
#include <new>
#include <span>

#include <synapse/synapse.hpp>

#ifdef WITH_FLASH
#include <synapse/checkpoint/flash_slots.hpp>
#include <synapse/checkpoint/load.hpp>
#include <synapse/checkpoint/save.hpp>
#endif
#ifndef SHAPE
#define SHAPE
#endif

// The board's own: what they do does not count here.
extern "C" int sample(float* x, float* y);
extern "C" int put(const void* bytes, std::size_t size);
extern "C" int get(std::uint32_t offset, void* out, std::size_t size);

#ifndef EMPTY
namespace {

#ifdef AGENT
using model_type = synapse::agent<synapse::agent_shape{.observations = 6, .actions = 3, .state = 16, .hidden = {32} SHAPE}>;
synapse::status step(model_type& model, const float (&x)[6], const float (&y)[3]) { return model.observe(x, y); }
synapse::status predict(model_type& model, const float (&)[6], float (&)[3]) {
    const synapse::agent_report now = model.latest();
    return put(&now, sizeof now) != 0 ? synapse::status::io_error : synapse::status::ok;
}
#else
using model_type = synapse::learner<synapse::shape{.inputs = 6, .outputs = 3, .hidden = {32, 32} SHAPE}>;
synapse::status step(model_type& model, const float (&x)[6], const float (&y)[3]) { return model.step(x, y); }
synapse::status predict(model_type& model, const float (&x)[6], float (&y)[3]) { return model.predict(x, y); }
#endif

synapse::fixed_arena<model_type::bytes> memory;
alignas(model_type) std::byte room[sizeof(model_type)];

#ifdef WITH_FLASH
struct chip {
    std::uint32_t erase_block = 4096;
    std::uint32_t program_unit = 8;
    std::byte erased{0xff};
    bool needs_erase = true;
    [[nodiscard]] std::uint32_t size() const noexcept { return 96 * 1024; }
    synapse::status read(std::uint32_t at, std::span<std::byte> out) noexcept {
        return get(at, out.data(), out.size()) != 0 ? synapse::status::io_error : synapse::status::ok;
    }
    synapse::status program(std::uint32_t, std::span<const std::byte> in) noexcept {
        return put(in.data(), in.size()) != 0 ? synapse::status::io_error : synapse::status::ok;
    }
    synapse::status erase(std::uint32_t) noexcept { return put(nullptr, 0) != 0 ? synapse::status::io_error : synapse::status::ok; }
};
#endif

}  // namespace
#endif

int main() {
    float x[6];
    float y[3];
#ifdef EMPTY
    while (sample(x, y) != 0) {
    }
    return static_cast<int>(x[0]);
#else
    auto* model = ::new (static_cast<void*>(room)) model_type{memory};
#ifdef WITH_FLASH
    chip flash;
    synapse::flash_slots<chip> store{flash};
    if (synapse::load(*model, store) == synapse::status::wrong_shape) return 1;
#endif
    while (sample(x, y) != 0) {
        if (!ok(step(*model, x, y))) continue;
#ifdef WITH_SLEEP
        model->sleep(4);
#endif
    }
#ifdef WITH_FLASH
    if (!ok(synapse::save(*model, store))) return 2;
#endif
    return ok(predict(*model, x, y)) ? 0 : 3;
#endif
}
