// For testing a flash driver, and the store on it, before the field does: power that fails at a chosen byte, and worn cells.
//
//     synapse::simulated_flash<6144> chip{.erase_block = 1024, .program_unit = 8};       // or your own driver
//     synapse::flash_fault_injector<decltype(chip)> flash{chip};
//     flash.cut_after(1234, synapse::tear::weak, seed);      // save something: the driver fails after 1234 bytes
//     flash.power_on();                                      // then mount, and see what is there
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include <synapse/checkpoint/flash_slots.hpp>
#include <synapse/core/random.hpp>
#include <synapse/core/span.hpp>
#include <synapse/core/status.hpp>

namespace synapse {

// What is left of the program unit or erase block that was under way when the power failed.
enum class tear : std::uint8_t {
    nothing,  // it was not begun
    prefix,   // the bytes before the cut are done
    bits,     // each bit is done or not, by chance
    garbage,  // anything that the cells allow, also where nothing should have changed
    weak,     // it reads as if it were done, until the power comes back: then bits flip. After an erase: until
              // something is programmed there and the power comes back
};
inline constexpr tear all_tears[] = {tear::nothing, tear::prefix, tear::bits, tear::garbage, tear::weak};

// NOR flash in RAM: programming moves bits away from the erased value only, erasing works on whole blocks.
template <std::uint32_t Bytes>
struct simulated_flash {
    std::uint32_t erase_block = 256;
    std::uint32_t program_unit = 4;
    std::byte erased{0xff};
    bool needs_erase = true;
    std::byte memory[Bytes] = {};
    bool programmed[Bytes] = {};  // since the last erase
    std::uint32_t misuses = 0;    // calls that a real chip would not take; unit programmed twice, wrong alignment, out of bounds

    // A flash_driver's. What a real chip would not take counts in `misuses`; out of bounds or off the units' edges it is io_error too.
    [[nodiscard]] std::uint32_t size() const noexcept { return Bytes; }
    status read(std::uint32_t address, span<std::byte> out) noexcept {
        if (address > Bytes || out.size() > Bytes - address) return misused();
        if (!out.empty()) std::memcpy(out.data(), memory + address, out.size());
        return status::ok;
    }
    status program(std::uint32_t address, span<const std::byte> in) noexcept {
        if (address > Bytes || in.size() > Bytes - address || address % program_unit != 0 || in.size() % program_unit != 0) return misused();
        for (std::size_t i = 0; i < in.size(); ++i) {
            std::byte& cell = memory[address + i];
            if (needs_erase && programmed[address + i]) static_cast<void>(misused());
            programmed[address + i] = true;
            cell = !needs_erase ? in[i] : erased == std::byte{0} ? cell | in[i] : cell & in[i];
        }
        return status::ok;
    }
    status erase(std::uint32_t address) noexcept {
        if (address >= Bytes || address % erase_block != 0 || !needs_erase) return misused();
        for (std::uint32_t i = address; i < address + erase_block; ++i) {
            memory[i] = erased;
            programmed[i] = false;
        }
        return status::ok;
    }

private:
    status misused() noexcept {
        ++misuses;
        return status::io_error;
    }
};

// A driver in front of a driver.
template <flash_driver Driver>
class flash_fault_injector {
public:
    std::uint32_t erase_block;
    std::uint32_t program_unit;
    std::byte erased;
    bool needs_erase;

    explicit flash_fault_injector(Driver& flash) noexcept
        : erase_block{flash.erase_block}, program_unit{flash.program_unit}, erased{flash.erased}, needs_erase{flash.needs_erase}, flash_{&flash} {}

    // The power fails when this many more bytes have been programmed or erased (a block counts all its bytes).
    void cut_after(std::uint64_t bytes, tear kind, std::uint64_t seed) noexcept {
        budget_ = bytes;
        kind_ = kind;
        dice_ = random_generator{seed};
    }
    static constexpr std::uint64_t never = ~std::uint64_t{0};

    // The power comes back: operations work again, and what was weak shows it. Remembers the last 8 damaged places.
    void power_on() noexcept {
        dead_ = false;
        budget_ = never;
        for (damaged& d : damage_) {
            if (!d.after_erase || d.touched) d.decayed = true;
        }
    }

    // A worn cell: the byte at this address keeps its erased value whatever is programmed.
    void wear(std::uint32_t address) noexcept { worn_ = address; }
    static constexpr std::uint32_t nowhere = 0xffffffffu;

    // Whether the power has failed: nothing works until power_on().
    [[nodiscard]] bool dead() const noexcept { return dead_; }
    // Bytes programmed and erased so far: the cut points that a run has.
    [[nodiscard]] std::uint64_t work() const noexcept { return work_; }

    [[nodiscard]] std::uint32_t size() const noexcept { return flash_->size(); }
    // As the driver's; io_error while the power is off.
    status read(std::uint32_t address, span<std::byte> out) noexcept {
        if (dead_) return status::io_error;
        if (const status s = flash_->read(address, out); !ok(s)) return s;
        for (const damaged& d : damage_) {
            if (d.kind == tear::nothing) continue;
            for (std::size_t i = 0; i < out.size(); ++i) {
                const std::uint32_t at = address + static_cast<std::uint32_t>(i);
                if (at >= d.start && at - d.start < d.size) out[i] = shown(at, out[i], d);
            }
        }
        return status::ok;
    }

    // The largest program_unit that it can tear.
    static constexpr std::uint32_t largest_unit = 256;

    // As the driver's; and, without touching it, out_of_range if its program_unit is 0 or above largest_unit, wrong_size if `in` is
    // not made of whole units.
    status program(std::uint32_t address, span<const std::byte> in) noexcept {
        if (dead_) return status::io_error;
        if (program_unit == 0 || program_unit > largest_unit) return status::out_of_range;
        if (in.size() % program_unit != 0) return status::wrong_size;
        for (std::size_t at = 0; at < in.size(); at += program_unit) {
            const auto unit = in.subspan(at, program_unit);
            const std::uint32_t to = address + static_cast<std::uint32_t>(at);
            if (!spend(program_unit)) {
                torn_program(to, unit);
                return status::io_error;
            }
            if (const status s = put(to, unit); !ok(s)) return s;
        }
        return status::ok;
    }

    // As the driver's; io_error when the power fails in it, and after.
    status erase(std::uint32_t address) noexcept {
        if (dead_) return status::io_error;
        if (!spend(erase_block)) {
            torn_erase(address);
            return status::io_error;
        }
        heal(address, erase_block);
        return flash_->erase(address);
    }

private:
    // A range whose bytes are not what the driver says.
    struct damaged {
        std::uint32_t start = 0;
        std::uint32_t size = 0;
        std::uint32_t seed = 0;
        std::uint32_t cut = 0;
        tear kind = tear::nothing;
        bool after_erase = false;
        bool touched = false;  // programmed since
        bool decayed = false;
    };

    bool spend(std::uint32_t bytes) noexcept {
        if (budget_ != never && budget_ < bytes) {
            dead_ = true;
            return false;
        }
        if (budget_ != never) budget_ -= bytes;
        work_ += bytes;
        return true;
    }

    status put(std::uint32_t address, span<const std::byte> unit) noexcept {
        if (!needs_erase) heal(address, program_unit);
        for (damaged& d : damage_) {
            if (address < d.start + d.size && d.start < address + unit.size()) d.touched = true;
        }
        const std::uint32_t at = worn_ - address;  // of the worn byte in the unit
        if (worn_ < address || at >= unit.size() || at >= largest_unit) return flash_->program(address, unit);
        std::byte copy[largest_unit];
        std::memcpy(copy, unit.data(), unit.size());
        copy[at] = erased;
        return flash_->program(address, {copy, unit.size()});
    }

    std::byte any() noexcept { return static_cast<std::byte>(dice_.next() & 255u); }

    // Programs what the cut left of a unit; the driver takes only whole units, so the rest is programmed as erased.
    void torn_program(std::uint32_t address, span<const std::byte> unit) noexcept {
        std::byte copy[largest_unit];
        for (std::size_t i = 0; i < unit.size(); ++i) {
            switch (kind_) {
                case tear::nothing: return;
                case tear::prefix: copy[i] = i < budget_ ? unit[i] : before(address, i); break;
                case tear::bits: {
                    const std::byte mask = any();
                    copy[i] = (unit[i] & mask) | (before(address, i) & ~mask);
                    break;
                }
                case tear::garbage: copy[i] = any(); break;
                case tear::weak: copy[i] = unit[i]; break;
            }
        }
        static_cast<void>(put(address, {copy, unit.size()}));
        if (kind_ == tear::weak) note(address, program_unit, false);
    }

    std::byte before(std::uint32_t address, std::size_t i) noexcept {
        std::byte b = erased;
        if (!needs_erase) static_cast<void>(flash_->read(address + static_cast<std::uint32_t>(i), {&b, 1}));
        return b;
    }

    // The driver can erase a block or not; anything between is shown by read() until the block is erased again.
    void torn_erase(std::uint32_t address) noexcept {
        if (kind_ == tear::nothing) return;
        heal(address, erase_block);
        if (kind_ == tear::weak) static_cast<void>(flash_->erase(address));
        note(address, erase_block, true);
    }

    void note(std::uint32_t start, std::uint32_t size, bool after_erase) noexcept {
        damage_[damage_next_] = {start, size, dice_.next(), static_cast<std::uint32_t>(budget_), kind_, after_erase, false, false};
        damage_next_ = (damage_next_ + 1) % max_damage;
    }
    void heal(std::uint32_t start, std::uint32_t size) noexcept {
        for (damaged& d : damage_) {
            if (d.size != 0 && start < d.start + d.size && d.start < start + size) d = {};
        }
    }

    // A byte as a damaged range shows it; always the same way.
    [[nodiscard]] std::byte shown(std::uint32_t address, std::byte b, const damaged& d) const noexcept {
        const std::uint32_t r = random_generator{std::uint64_t{d.seed} << 32 | address}.next();
        const auto chance = static_cast<std::byte>(r & 255u);
        switch (d.kind) {
            case tear::nothing: return b;
            case tear::prefix: return address - d.start < d.cut ? erased : b;
            case tear::bits: return (b & chance) | (erased & ~chance);
            case tear::garbage: return chance;
            case tear::weak: break;
        }
        if (!d.decayed || (address != d.start && (r & 0x300u) != 0)) return b;  // the first byte surely, others by chance
        return b ^ static_cast<std::byte>(1u << ((r >> 10) & 7u));
    }

    static constexpr std::uint32_t max_damage = 8;

    Driver* flash_;
    std::uint64_t budget_ = never;
    std::uint64_t work_ = 0;
    random_generator dice_;
    tear kind_ = tear::nothing;
    bool dead_ = false;
    std::uint32_t worn_ = nowhere;
    std::uint32_t damage_next_ = 0;
    damaged damage_[max_damage];
};

}  // namespace synapse
