#include "board.hpp"

#include <cstring>
#include <span>

#include "semihosting.hpp"

extern "C" {
// From sections.ld.
extern std::uint32_t stack_top, stack_limit;
extern std::byte outside_start[], outside_end[];
}

namespace board {

namespace {

constexpr std::uint32_t paint = 0xdeadbeef;

volatile std::uint32_t& device_register(std::uint32_t address) noexcept { return *reinterpret_cast<volatile std::uint32_t*>(address); }

}  // namespace

void leave(int code) noexcept {
    constexpr std::uint32_t application_exit = 0x20026;
    const std::uint32_t block[2] = {application_exit, static_cast<std::uint32_t>(code)};
    for (;;) semihosting::call(semihosting::leave, block);
}

void reset() noexcept {
    constexpr std::uint32_t key = 0x05fa0000;
    constexpr std::uint32_t system_reset_request = 4;
    asm volatile("cpsid i \n dsb" ::: "memory");
    device_register(0xe000ed0c) = key | system_reset_request;
    for (;;) asm volatile("wfi");
}

std::span<std::byte> outside() noexcept { return {outside_start, outside_end}; }

void print(const char* text) noexcept { semihosting::call(semihosting::write_text, text); }

void print(std::uint32_t number) noexcept {
    char text[11];
    char* at = text + sizeof text - 1;
    *at = 0;
    do {
        *--at = static_cast<char>('0' + number % 10);
        number /= 10;
    } while (number != 0);
    print(at);
}

void print(float number, unsigned decimals) noexcept {
    if (!(number - number >= 0.0f)) return print("not finite");
    if (number < 0.0f) print("-");
    std::uint32_t scale = 1;
    for (unsigned i = 0; i < decimals; ++i) scale *= 10;
    const auto rounded = static_cast<std::uint32_t>((number < 0.0f ? -number : number) * static_cast<float>(scale) + 0.5f);
    print(rounded / scale);
    if (decimals == 0) return;
    print(".");
    for (std::uint32_t digits = scale / 10; digits > 1 && rounded % scale < digits; digits /= 10) print("0");
    print(rounded % scale);
}

host_file::host_file(const char* path, mode how) noexcept {
    const std::uint32_t block[3] = {semihosting::word(path), static_cast<std::uint32_t>(how), static_cast<std::uint32_t>(std::strlen(path))};
    handle_ = semihosting::call(semihosting::open, block);
}

host_file::~host_file() {
    if (is_open()) semihosting::call(semihosting::close, &handle_);
}

std::uint32_t host_file::size() const noexcept {
    const std::int32_t bytes = is_open() ? semihosting::call(semihosting::length, &handle_) : 0;
    return bytes < 0 ? 0 : static_cast<std::uint32_t>(bytes);
}

bool host_file::seek(std::uint32_t offset) noexcept {
    const std::uint32_t block[2] = {static_cast<std::uint32_t>(handle_), offset};
    return is_open() && semihosting::call(semihosting::seek, block) == 0;
}

// Both calls return how many bytes were left over.
bool host_file::read(std::span<std::byte> out) noexcept {
    const std::uint32_t block[3] = {static_cast<std::uint32_t>(handle_), semihosting::word(out.data()), static_cast<std::uint32_t>(out.size())};
    return is_open() && semihosting::call(semihosting::read, block) == 0;
}

bool host_file::write(std::span<const std::byte> bytes) noexcept {
    const std::uint32_t block[3] = {static_cast<std::uint32_t>(handle_), semihosting::word(bytes.data()), static_cast<std::uint32_t>(bytes.size())};
    return is_open() && semihosting::call(semihosting::write, block) == 0;
}

bool command_line(std::span<char> out) noexcept {
    std::uint32_t block[2] = {semihosting::word(out.data()), static_cast<std::uint32_t>(out.size())};
    if (out.empty() || semihosting::call(semihosting::command_line, block) != 0) return false;
    out.back() = 0;
    const char* space = std::strchr(out.data(), ' ');
    if (space == nullptr) {
        out[0] = 0;
    } else {
        std::memmove(out.data(), space + 1, std::strlen(space));
    }
    return true;
}

std::size_t stack_bytes_used() noexcept {
    const std::uint32_t* lowest = &stack_limit;
    while (lowest < &stack_top && *lowest == paint) ++lowest;
    return static_cast<std::size_t>(&stack_top - lowest) * sizeof paint;
}

std::size_t stack_bytes() noexcept { return static_cast<std::size_t>(&stack_top - &stack_limit) * sizeof paint; }

[[gnu::noinline]] void repaint_stack() noexcept {
    const auto* here = static_cast<const std::uint32_t*>(__builtin_frame_address(0));
    for (volatile std::uint32_t* word = &stack_limit; word < here - 16; ++word) *word = paint;
}

std::uint32_t take_float_exceptions() noexcept {
#if defined(__ARM_FP)
    constexpr std::uint32_t sticky = 0x9f;
    std::uint32_t flags;
    asm volatile("vmrs %0, fpscr" : "=r"(flags));
    asm volatile("vmsr fpscr, %0" ::"r"(flags & ~sticky));
    return flags & sticky;
#else
    return 0;
#endif
}

void start_timer(std::uint32_t cycles) noexcept {
    constexpr std::uint32_t control = 0xe000e010;
    constexpr std::uint32_t reload = 0xe000e014;
    constexpr std::uint32_t current = 0xe000e018;
    constexpr std::uint32_t running = 7;  // enabled, with an interrupt, at the processor's clock
    device_register(control) = 0;
    if (cycles == 0) return;
    device_register(reload) = cycles - 1;
    device_register(current) = 0;
    device_register(control) = running;
}

}  // namespace board
