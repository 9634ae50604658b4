// Checkpoints on raw flash: whatever moment the power fails at, the newest checkpoint that was reported saved is found again.
//
// The device is divided into slots of whole erase blocks, each holding one checkpoint from its first byte. Saving takes the
// slot that is worth least and never the newest; erases it, even if it reads blank, for a cut erase can read blank and still be
// unstable; writes the payload and reads it back; and writes the header last. The header is the commit: until its CRC is right
// the slot counts as empty. Two slots survive one cut; the default of three survives a cut during the recovery from a cut.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include <synapse/checkpoint/crc32c.hpp>
#include <synapse/checkpoint/format.hpp>
#include <synapse/core/bytes.hpp>
#include <synapse/core/span.hpp>
#include <synapse/core/status.hpp>

namespace synapse {

// What a user writes for a flash chip. Addresses are bytes from the start of the region given to checkpoints.
//   erase_block    bytes erased at once; the region's size is a multiple of it
//   program_unit   bytes written at once: 1 to 256, a power of two; programs are aligned to it and whole multiples of it
//   erased         what an erased byte reads: 0xff or 0x00
//   needs_erase    false for memories that can be overwritten (FRAM, MRAM, EEPROM): erase is then never called
//   size()         bytes in the region
//   read, program, erase(address of a block)   ok, or io_error; a program or erase may be cut short by a power failure anywhere
template <class Driver>
concept flash_driver = requires(Driver& flash, std::uint32_t address, span<std::byte> out, span<const std::byte> in) {
    { flash.erase_block } -> std::convertible_to<std::uint32_t>;
    { flash.program_unit } -> std::convertible_to<std::uint32_t>;
    { flash.erased } -> std::convertible_to<std::byte>;
    { flash.needs_erase } -> std::convertible_to<bool>;
    { flash.size() } -> std::convertible_to<std::uint32_t>;
    { flash.read(address, out) } -> std::same_as<status>;
    { flash.program(address, in) } -> std::same_as<status>;
    { flash.erase(address) } -> std::same_as<status>;
};

// The decisions that keep checkpoints alive, apart so that a test can replace each by a wrong one and watch the losses.
struct flash_policy {
    static constexpr bool spare_newest = true;
    static constexpr bool always_erase = true;
    static constexpr bool header_last = true;
    static constexpr bool check_payload = true;
    static constexpr bool check_header = true;
    static constexpr bool read_back = true;
    static constexpr bool raise_sequence = true;
    static constexpr bool erase_whole_slot = true;
};

// Slots      2 or more
// Largest    the largest program_unit it may meet; two buffers of that size
template <flash_driver Driver, std::uint32_t Slots = 3, class Policy = flash_policy, std::uint32_t Largest = 32>
class flash_slots {
    static_assert(Slots >= 2, "flash_slots needs 2 slots: one is the last good checkpoint while the other is written");
    static_assert(Largest >= 1 && Largest <= 256 && (Largest & (Largest - 1)) == 0, "the largest program unit is a power of two up to 256");

public:
    // flash  outlives the store. Reads the whole region once; driver errors count as empty slots.
    explicit flash_slots(Driver& flash) noexcept : flash_{flash} { mount(); }
    flash_slots(const flash_slots&) = delete;
    flash_slots& operator=(const flash_slots&) = delete;

    // Looks at every slot again, as after a power-up. @cost one read of all checkpoints
    void mount() noexcept {
        writing_ = false;
        newest_ = Slots;
        if (!usable()) return;
        for (std::uint32_t s = 0; s < Slots; ++s) {
            slot_[s].valid = look(s);
            if (slot_[s].valid && (newest_ == Slots || slot_[s].sequence >= slot_[newest_].sequence)) newest_ = s;
        }
    }

    // True if the driver's numbers can hold a checkpoint at all.
    [[nodiscard]] bool usable() const noexcept {
        const std::uint32_t unit = flash_.program_unit;
        const std::uint32_t block = flash_.erase_block;
        return unit != 0 && unit <= Largest && (unit & (unit - 1)) == 0 && block != 0 && block % unit == 0 && slot_bytes() > payload_start();
    }

    // Bytes of a slot, and of the largest payload that fits in one.
    [[nodiscard]] std::uint32_t slot_bytes() const noexcept {
        const std::uint32_t block = flash_.erase_block;
        return block == 0 ? 0 : flash_.size() / Slots / block * block;
    }
    [[nodiscard]] std::uint32_t capacity() const noexcept { return usable() ? slot_bytes() - payload_start() : 0; }

    [[nodiscard]] bool empty() const noexcept { return newest_ == Slots; }
    // The slot of the newest checkpoint (not if empty()), and its sequence (0 if empty()).
    [[nodiscard]] std::uint32_t newest() const noexcept { return newest_; }
    [[nodiscard]] std::uint64_t sequence() const noexcept { return empty() ? 0 : slot_[newest_].sequence; }
    [[nodiscard]] std::uint32_t valid_slots() const noexcept {
        std::uint32_t n = 0;
        for (const auto& s : slot_) n += s.valid ? 1u : 0u;
        return n;
    }

    // The newest checkpoint as a source, header first; size() is 0 if there is none.
    [[nodiscard]] std::uint64_t size() const noexcept { return empty() ? 0 : std::uint64_t{payload_start()} + slot_[newest_].payload_bytes; }
    // ok: out is filled. io_error: the part asked for does not exist, or the driver failed; out may be filled in part.
    status read(std::uint64_t offset, span<std::byte> out) noexcept {
        if (offset > size() || out.size() > size() - offset) return status::io_error;
        return flash_.read(newest_ * slot_bytes() + static_cast<std::uint32_t>(offset), out);
    }

    // Starts a checkpoint whose payload will be h.payload_bytes long with CRC h.payload_crc; h.sequence is filled in by the store.
    // ok        write() the payload, then commit()
    // no_room   longer than capacity(); nothing was touched
    // io_error  the driver failed; the newest checkpoint is as before
    status begin(const format::header& h) noexcept {
        if (h.payload_bytes == 0 || h.payload_bytes > capacity()) return status::no_room;
        header_ = h;
        header_.sequence = Policy::raise_sequence ? sequence() + 1 : 1;
        victim_ = choose();
        slot_[victim_].valid = false;
        if constexpr (!Policy::spare_newest) {
            if (victim_ == newest_) find_newest();
        }
        writing_ = true;
        used_ = 0;
        written_ = 0;
        std::memset(first_, 0, sizeof first_);
        if (const status s = clear(); !ok(s)) return fail(s);
        format::encode(header_, header_image_);
        return Policy::header_last ? status::ok : commit_header();
    }

    // Takes the next bytes of the payload. busy: no begin() before it. no_room: more than begin() announced.
    // After any status but ok the checkpoint is given up.
    status write(span<const std::byte> bytes) noexcept {
        if (!writing_) return status::busy;
        if (bytes.size() > header_.payload_bytes - written_) return fail(status::no_room);
        const std::uint32_t unit = flash_.program_unit;
        while (!bytes.empty()) {
            std::size_t n = bytes.size();
            status done = status::ok;
            const bool early = written_ < shared();
            if (!early && used_ == 0 && n >= unit) {  // whole units, straight from the caller's memory
                n = n / unit * unit;
                done = flash_.program(place(written_), bytes.first(n));
            } else {
                std::byte* const to = early ? first_ + payload_start() + written_ : tail_ + used_;
                const std::uint32_t room = early ? shared() - written_ : unit - used_;
                if (n > room) n = room;
                copy_bytes(to, bytes.data(), n);
                if (!early) used_ += static_cast<std::uint32_t>(n);
            }
            written_sum_.add(bytes.first(n));
            written_ += static_cast<std::uint32_t>(n);
            if (used_ == unit) done = flush();
            if (!ok(done)) return fail(done);
            bytes = bytes.subspan(n);
        }
        return status::ok;
    }

    // Reads the payload back and makes it the newest checkpoint.
    // ok        saved: from here on it survives
    // busy      no begin() before it
    // corrupt   the bytes written are not those announced (a learner that changed meanwhile)
    // io_error  the flash did not keep what was written
    status commit() noexcept {
        if (!writing_) return status::busy;
        if (written_ != header_.payload_bytes || written_sum_.value() != header_.payload_crc) return fail(status::corrupt);
        if (used_ != 0) {
            std::memset(tail_ + used_, 0xff, sizeof tail_ - used_);
            if (const status s = flush(); !ok(s)) return fail(s);
        }
        if (Policy::read_back && !payload_sound(victim_, header_, true)) return fail(status::io_error);
        if (Policy::header_last) {
            if (const status s = commit_header(); !ok(s)) return fail(s);
        }
        if (Policy::read_back && !look(victim_)) return fail(status::io_error);
        slot_[victim_] = {header_.sequence, header_.payload_bytes, true, false};
        newest_ = victim_;
        writing_ = false;
        return status::ok;
    }

private:
    struct slot {
        std::uint64_t sequence = 0;
        std::uint32_t payload_bytes = 0;
        bool valid = false;
        bool failed = false;  // a save to it failed since power-on: worn out, perhaps
    };

    static constexpr std::uint32_t payload_start() noexcept { return static_cast<std::uint32_t>(format::header_bytes); }

    // Payload bytes that share the header's program unit, and so wait in RAM until the commit.
    [[nodiscard]] std::uint32_t shared() const noexcept {
        const std::uint32_t unit = flash_.program_unit;
        return unit > payload_start() ? unit - payload_start() : 0;
    }
    [[nodiscard]] std::uint32_t place(std::uint32_t payload_offset) const noexcept {
        return victim_ * slot_bytes() + payload_start() + payload_offset;
    }

    status fail(status why) noexcept {
        writing_ = false;
        slot_[victim_].failed = true;
        return why;
    }

    void find_newest() noexcept {
        newest_ = Slots;
        for (std::uint32_t s = 0; s < Slots; ++s) {
            if (slot_[s].valid && (newest_ == Slots || slot_[s].sequence > slot_[newest_].sequence)) newest_ = s;
        }
    }

    // An invalid slot if there is one, else the oldest; never the newest. A slot that failed since power-on comes last.
    [[nodiscard]] std::uint32_t choose() noexcept {
        for (int round = 0; round < 2; ++round) {
            std::uint32_t best = Slots;
            for (std::uint32_t s = 0; s < Slots; ++s) {
                if (slot_[s].failed) continue;
                if (s == newest_) {
                    if (Policy::spare_newest) continue;
                    return s;
                }
                if (best == Slots || worth(s) < worth(best)) best = s;
            }
            if (best != Slots) return best;
            for (auto& s : slot_) s.failed = false;
        }
        return 0;
    }
    [[nodiscard]] std::uint64_t worth(std::uint32_t s) const noexcept { return slot_[s].valid ? slot_[s].sequence : 0; }

    status clear() noexcept {
        written_sum_ = {};
        const std::uint32_t start = victim_ * slot_bytes();
        if (!flash_.needs_erase) {  // spoil the old header first, so that no mixture of old and new can pass for a checkpoint
            std::memset(tail_, static_cast<int>(flash_.erased), sizeof tail_);
            const std::uint32_t unit = flash_.program_unit;
            for (std::uint32_t at = 0; at < payload_start(); at += unit) {
                if (const status s = flash_.program(start + at, {tail_, unit}); !ok(s)) return s;
            }
            return status::ok;
        }
        const std::uint32_t end = Policy::erase_whole_slot ? slot_bytes() : static_cast<std::uint32_t>(flash_.erase_block);
        for (std::uint32_t at = 0; at < end; at += flash_.erase_block) {
            if (!Policy::always_erase && blank(start + at)) continue;
            if (const status s = flash_.erase(start + at); !ok(s)) return s;
        }
        return status::ok;
    }

    // Only a wrong policy trusts this.
    [[nodiscard]] bool blank(std::uint32_t address) noexcept {
        std::byte buffer[32];
        for (std::uint32_t at = 0; at < flash_.erase_block; at += sizeof buffer) {
            const std::uint32_t n = flash_.erase_block - at < sizeof buffer ? flash_.erase_block - at : static_cast<std::uint32_t>(sizeof buffer);
            if (!ok(flash_.read(address + at, {buffer, n}))) return false;
            for (std::uint32_t i = 0; i < n; ++i) {
                if (buffer[i] != static_cast<std::byte>(flash_.erased)) return false;
            }
        }
        return true;
    }

    status flush() noexcept {
        const std::uint32_t at = place(written_ - used_);
        used_ = 0;
        return flash_.program(at, {tail_, flash_.program_unit});
    }

    status commit_header() noexcept {
        const std::uint32_t unit = flash_.program_unit;
        const std::uint32_t start = victim_ * slot_bytes();
        if (unit <= payload_start()) return flash_.program(start, header_image_);
        copy_bytes(first_, header_image_, payload_start());
        if (written_ < shared()) std::memset(first_ + payload_start() + written_, 0xff, shared() - written_);
        return flash_.program(start, {first_, unit});
    }

    // True if slot s holds a whole checkpoint, whose sequence and length are then noted.
    bool look(std::uint32_t s) noexcept {
        std::byte bytes[format::header_bytes];
        format::header h;
        if (!ok(flash_.read(s * slot_bytes(), bytes))) return false;
        if (Policy::check_header) {
            if (!ok(format::decode(bytes, h))) return false;
        } else {
            h.sequence = load_little<std::uint64_t>(bytes + 12);
            h.payload_bytes = load_little<std::uint32_t>(bytes + 20);
            h.payload_crc = load_little<std::uint32_t>(bytes + 24);
        }
        if (h.payload_bytes == 0 || h.payload_bytes > slot_bytes() - payload_start()) return false;
        if (Policy::check_payload && !payload_sound(s, h, false)) return false;
        slot_[s].sequence = h.sequence;
        slot_[s].payload_bytes = h.payload_bytes;
        return true;
    }

    // True if a slot's payload, as the flash has it, is the one of h. uncommitted: bytes that wait for the header come from RAM.
    bool payload_sound(std::uint32_t s, const format::header& h, bool uncommitted) noexcept {
        crc32c sum;
        std::byte buffer[64];
        std::uint32_t at = 0;
        if (uncommitted) {
            at = h.payload_bytes < shared() ? h.payload_bytes : shared();
            sum.add({first_ + payload_start(), at});
        }
        while (at < h.payload_bytes) {
            const std::uint32_t rest = h.payload_bytes - at;
            const std::uint32_t n = rest < sizeof buffer ? rest : static_cast<std::uint32_t>(sizeof buffer);
            if (!ok(flash_.read(s * slot_bytes() + payload_start() + at, {buffer, n}))) return false;
            sum.add({buffer, n});
            at += n;
        }
        return sum.value() == h.payload_crc;
    }

    Driver& flash_;
    slot slot_[Slots];
    format::header header_;
    crc32c written_sum_;
    std::uint32_t newest_ = Slots;
    std::uint32_t victim_ = 0;
    std::uint32_t written_ = 0;  // payload bytes taken
    std::uint32_t used_ = 0;     // of them, in tail_
    bool writing_ = false;
    std::byte header_image_[format::header_bytes];
    std::byte first_[Largest > format::header_bytes ? Largest : format::header_bytes];  // the header's unit, if larger than the header
    std::byte tail_[Largest];                                                           // a unit being filled
};

}  // namespace synapse
