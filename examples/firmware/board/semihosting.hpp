// Calls from the processor to the debugger or emulator that watches it.
// @source Arm's "Semihosting for AArch32 and AArch64", the numbers of the operations.
#pragma once

#include <cstdint>

namespace board::semihosting {

enum operation : std::uint32_t {
    open = 0x01,
    close = 0x02,
    write_text = 0x04,  // its argument is the text itself
    write = 0x05,
    read = 0x06,
    seek = 0x0a,
    length = 0x0c,
    command_line = 0x15,
    leave = 0x20,
};

// The operation's argument is mostly a block of words.
inline std::int32_t call(operation what, const void* argument) noexcept {
    register std::uint32_t r0 asm("r0") = what;
    register const void* r1 asm("r1") = argument;
    asm volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
    return static_cast<std::int32_t>(r0);
}

inline std::uint32_t word(const void* p) noexcept { return reinterpret_cast<std::uint32_t>(p); }

}  // namespace board::semihosting
