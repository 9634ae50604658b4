// Scratch for one pass through a network: the activations, deltas and row lists of a mini-batch. Nothing in it outlives a call,
// so the fast and the slow system, which have the same topology, take turns in one workspace.
#pragma once

#include <cstddef>
#include <cstdint>

#include <synapse/core/fields.hpp>
#include <synapse/kernels/kernel_set.hpp>
#include <synapse/network/pins.hpp>
#include <synapse/network/topology.hpp>

namespace synapse {

// InPlace: the deltas of hidden levels overwrite their activations.
template <network_pins Pins = network_pins{}, bool InPlace = false>
class basic_workspace {
public:
    constexpr basic_workspace() noexcept = default;
    constexpr basic_workspace(const topology& t, std::uint32_t batch, std::uint32_t lanes) noexcept
        : batch_{Pins.single ? 0 : batch}, levels_{Pins.any ? t.hidden_layers() + 2 : 0} {
        for (std::uint32_t l = 0; l < levels(); ++l) {
            const std::uint32_t width = l == 0 ? t.inputs : l + 1 == levels() ? t.outputs : t.reserved(l - 1);
            stride_[l] = round_up(width, lanes);
            if (l > 0 && stride_[l] > widest_) widest_ = stride_[l];
        }
        if (InPlace) widest_ = stride_[levels() - 1];
    }

    template <class Self, class Visitor>
    static constexpr void fields(Self& self, Visitor& visit) {
        const std::uint32_t batch = self.batch();
        for (std::uint32_t l = 0; l < self.levels(); ++l) {
            const std::uint32_t stride = self.stride_[l];
            visit.array("units", role::scratch, self.units_[l], extent{batch, stride, batch, stride});
            if (l + 1 < self.levels()) visit.array("rows", role::scratch, self.rows_[l], vector_extent(stride, stride));
        }
        for (auto& delta : self.delta_) visit.array("delta", role::scratch, delta, extent{batch, self.widest_, batch, self.widest_});
    }

    [[nodiscard]] constexpr std::uint32_t batch() const noexcept { return Pins.single ? 1 : batch_; }

    // Activations of level l (0: the inputs, last: the outputs) for samples [0, samples), samples <= batch().
    [[nodiscard]] batch_view<float> units(std::uint32_t l, std::uint32_t samples) noexcept { return {units_[l], samples, stride_[l]}; }
    [[nodiscard]] float* input(std::uint32_t sample) noexcept { return units_[0] + offset(sample, stride_[0]); }
    [[nodiscard]] float* output(std::uint32_t sample) noexcept { return units_[levels() - 1] + offset(sample, stride_[levels() - 1]); }

    // Gradients with respect to the sums of level l; levels take the two buffers in turn, or the places of their units. Columns past the
    // level's width are zero.
    [[nodiscard]] batch_view<float> delta(std::uint32_t l, std::uint32_t samples) noexcept {
        if constexpr (InPlace) return {l + 1 == levels() ? delta_[0] : units_[l], samples, stride_[l]};
        return {delta_[l % buffers], samples, widest_};
    }
    [[nodiscard]] float* output_delta(std::uint32_t sample) noexcept { return delta_[(levels() - 1) % buffers] + offset(sample, widest_); }

    [[nodiscard]] row_index* rows(std::uint32_t l) noexcept { return rows_[l]; }
    std::uint32_t row_count[Pins.layers] = {};  // entries of rows(l), set by the forward pass

private:
    static constexpr std::uint32_t buffers = InPlace ? 1 : 2;

    // What is pinned, or else what is.
    [[nodiscard]] constexpr std::uint32_t levels() const noexcept { return Pins.any ? levels_ : Pins.layers + 1; }
    static constexpr std::size_t offset(std::uint32_t sample, std::uint32_t stride) noexcept {
        return Pins.single ? 0 : std::size_t{sample} * stride;
    }

    float* units_[Pins.layers + 1] = {};
    row_index* rows_[Pins.layers] = {};
    float* delta_[buffers] = {};
    std::uint32_t stride_[Pins.layers + 1] = {};
    std::uint32_t batch_ = 0;
    std::uint32_t levels_ = 0;
    std::uint32_t widest_ = 0;
};

using workspace = basic_workspace<>;

}  // namespace synapse
