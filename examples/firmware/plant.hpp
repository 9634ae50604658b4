// What stands outside the processor in this simulation, and so outlives its resets: the arm, its clock, the flash chip, the mains.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <new>
#include <span>

#include <synapse/core/random.hpp>
#include <synapse/core/status.hpp>

#include "board.hpp"
#include "worlds/arm_tracking.hpp"

// A NOR flash: erasing sets the bits of a block, programming clears bits. Three slots of 32 KB. A reset may interrupt either half-way.
struct nor_flash {
    static constexpr std::uint32_t erase_block = 4096;
    static constexpr std::uint32_t program_unit = 8;
    static constexpr std::byte erased{0xff};
    static constexpr bool needs_erase = true;
    std::byte cells[24 * erase_block];
    std::uint32_t blocks_erased;

    [[nodiscard]] static constexpr std::uint32_t size() noexcept { return sizeof cells; }
    synapse::status read(std::uint32_t address, std::span<std::byte> out) const noexcept {
        if (address > size() || out.size() > size() - address) return synapse::status::io_error;
        std::memcpy(out.data(), cells + address, out.size());
        return synapse::status::ok;
    }
    synapse::status program(std::uint32_t address, std::span<const std::byte> in) noexcept {
        if (address > size() || in.size() > size() - address || address % program_unit != 0) return synapse::status::io_error;
        for (std::size_t i = 0; i < in.size(); ++i) cells[address + i] &= in[i];
        return synapse::status::ok;
    }
    synapse::status erase(std::uint32_t address) noexcept {
        if (address >= size() || address % erase_block != 0) return synapse::status::io_error;
        std::memset(cells + address, 0xff, erase_block);
        ++blocks_erased;
        return synapse::status::ok;
    }
};

class plant {
public:
    // The one that is there since power-on, or a new one.
    static plant& get() noexcept {
        const auto memory = board::outside();
        static_assert(sizeof(plant) <= 1024 * 1024);
        auto& there = *reinterpret_cast<plant*>(memory.data());
        if (there.mark_ == mark) return there;
        auto* fresh = ::new (static_cast<void*>(memory.data())) plant;
        fresh->mark_ = mark;
        return *fresh;
    }

    // One control step of 5 ms of the arm under this model, and of its twin under PD alone.
    template <worlds::inverse_model Model>
    synapse::status step(Model& model) noexcept {
        motion& next = buffer_[1 - active_];
        next = now();  // a power cut before the end leaves the arms where they were
        const worlds::arm_instant instant = next.world.next();
        worlds::no_model none;
        if (const synapse::status s = next.pd.step(instant, none); !synapse::ok(s)) return s;
        if (const synapse::status s = next.learner.step(instant, model); !synapse::ok(s)) return s;
        active_ = 1 - active_;
        return synapse::status::ok;
    }

    [[nodiscard]] std::uint64_t steps() const noexcept { return now().world.steps(); }
    // Tracking errors of the last `tenths` tenths of a second, rad.
    [[nodiscard]] float error_with_pd(std::uint32_t tenths) const noexcept { return static_cast<float>(now().pd.error().over(tenths)); }
    [[nodiscard]] float error_with_learner(std::uint32_t tenths) const noexcept { return static_cast<float>(now().learner.error().over(tenths)); }

    // Cuts the power some random time after this, within so many cycles.
    void cut_power_within(std::uint32_t cycles) noexcept { board::start_timer(100 + mains_.below(cycles)); }
    void power_was_cut() noexcept { ++cuts_; }
    [[nodiscard]] std::uint32_t cuts() const noexcept { return cuts_; }

    nor_flash flash;

private:
    static constexpr std::uint32_t mark = 0x706c616e;
    struct motion {
        worlds::arm_world world{7};
        worlds::tracked_arm pd{world.reference().at(0.0)};
        worlds::tracked_arm learner{world.reference().at(0.0)};
    };
    plant() = default;
    [[nodiscard]] const motion& now() const noexcept { return buffer_[active_]; }

    motion buffer_[2];
    std::uint32_t active_ = 0;
    std::uint32_t cuts_ = 0;
    synapse::random_generator mains_{99};
    std::uint32_t mark_ = 0;
};
