// Uses the core as a firmware does. symbols.py compiles it and reads the symbols of the object.
#include <cstddef>
#include <cstdint>
#include <span>

#include <synapse/core/arena.hpp>
#include <synapse/core/bytes.hpp>
#include <synapse/core/fields.hpp>
#include <synapse/core/matrix.hpp>
#include <synapse/core/random.hpp>
#include <synapse/core/result.hpp>
#include <synapse/core/ring.hpp>
#include <synapse/core/slots.hpp>
#include <synapse/core/status.hpp>

namespace {

struct part {
    float* weight = nullptr;
    std::uint32_t steps = 0;

    template <class Self, class Visitor>
    static constexpr void fields(Self& self, Visitor& visit) {
        visit.value("steps", self.steps);
        visit.array("weight", synapse::role::weights, self.weight, synapse::extent{4, 3, 4, 4});
    }
};

synapse::fixed_arena<synapse::measure(part{})> memory;
part model;
synapse::random_generator generator{7};
synapse::ring window{0, 0, 4};

}  // namespace

synapse::result<std::uint32_t> core_only(std::span<const float> x) {
    for (const float value : x) {
        if (!synapse::is_finite(value)) return synapse::status::not_finite;
    }
    synapse::fields::carve carve;
    carve.memory = synapse::arena{memory.span()};
    part::fields(model, carve);
    if (!carve.memory.fits()) return synapse::status::no_memory;
    synapse::fields::clear clear;
    part::fields(model, clear);
    for (const float value : x) model.weight[window.push()] = value + generator.symmetric();
    return static_cast<std::uint32_t>(synapse::weights_hash(model));
}
