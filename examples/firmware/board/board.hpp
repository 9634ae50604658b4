// What the firmware asks of a board. Here the board is QEMU's model of one, so the console, the files and the end of a run go through
// semihosting, a conversation between the processor and a debugger. On a real board, write these functions anew.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace board {

// ---- the end, and starting over

// Ends the run; the emulator's exit code.
[[noreturn]] void leave(int code) noexcept;
// As if the power had failed and come back: the registers and the peripherals are as new, and so is RAM but for outside().
[[noreturn]] void reset() noexcept;
// Memory that the program's start leaves alone, where a simulation keeps what lives outside the processor. Zero at power-on.
[[nodiscard]] std::span<std::byte> outside() noexcept;

// ---- console and files

void print(const char* text) noexcept;
void print(std::uint32_t number) noexcept;
void print(float number, unsigned decimals) noexcept;  // |number| below 4e9 / 10^decimals

// A file of the machine that runs the emulator, written from the start or read.
class host_file {
public:
    enum class mode : std::uint32_t { read = 1, write = 5 };  // semihosting's "rb" and "wb"
    host_file(const char* path, mode how) noexcept;
    ~host_file();
    host_file(const host_file&) = delete;
    host_file& operator=(const host_file&) = delete;

    [[nodiscard]] bool is_open() const noexcept { return handle_ >= 0; }
    [[nodiscard]] std::uint32_t size() const noexcept;
    bool seek(std::uint32_t offset) noexcept;
    // All of the bytes or false.
    bool read(std::span<std::byte> out) noexcept;
    bool write(std::span<const std::byte> bytes) noexcept;

private:
    std::int32_t handle_;
};

// Copies the emulator's command line, without the program's name, to `out` and ends it with a zero; false if it does not fit.
bool command_line(std::span<char> out) noexcept;

// ---- what was used

// The most of the stack that was in use since the start, and all of it, in bytes.
[[nodiscard]] std::size_t stack_bytes_used() noexcept;
[[nodiscard]] std::size_t stack_bytes() noexcept;
// Paints the unused stack anew, so that stack_bytes_used speaks of what follows.
void repaint_stack() noexcept;

// From here on the heap ends the run when asked for memory or given some back.
void lock_heap() noexcept;
[[nodiscard]] std::size_t heap_bytes_used() noexcept;

// Floating-point exceptions since the last call, as the processor's sticky flags. 0 on a part without an FPU.
enum float_exception : std::uint32_t { invalid = 1, divided_by_zero = 2, overflow = 4, underflow = 8, inexact = 16, denormal = 128 };
[[nodiscard]] std::uint32_t take_float_exceptions() noexcept;

// ---- time

// Calls timer_interrupt() every so many cycles of the processor (below 2^24), from an interrupt. 0 stops.
void start_timer(std::uint32_t cycles) noexcept;

}  // namespace board

// Yours to define, if you start the timer.
extern "C" void timer_interrupt();
