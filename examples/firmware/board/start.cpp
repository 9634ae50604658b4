// From reset to main: vectors, FPU, stack paint and limit, memory, static objects; and what is said when the processor faults.
#include <cstddef>
#include <cstdint>

#include "board.hpp"

extern "C" {

// From sections.ld.
extern std::uint32_t stack_top, stack_limit, data_start, data_end, data_load, bss_start, bss_end;
using initializer = void (*)();
extern initializer preinit_start[], preinit_end[], init_start[], init_end[];

[[gnu::weak]] void timer_interrupt();
void timer_interrupt() {}

[[gnu::used]] static void prepare_memory() {
    const std::uint32_t* from = &data_load;
    for (std::uint32_t* to = &data_start; to < &data_end;) *to++ = *from++;
    for (std::uint32_t* to = &bss_start; to < &bss_end;) *to++ = 0;
    for (initializer* f = preinit_start; f < preinit_end; ++f) (*f)();
    for (initializer* f = init_start; f < init_end; ++f) (*f)();
}
[[gnu::used, noreturn]] static void leave_board(int code) { board::leave(code); }

[[gnu::naked, noreturn]] void reset_handler() {
    asm volatile(
#if defined(__ARM_FP)
        "ldr r0, =0xe000ed88 \n"  // CPACR: the program may use the FPU
        "ldr r1, [r0] \n"
        "orr r1, r1, #(0xf << 20) \n"
        "str r1, [r0] \n"
        "dsb \n"
        "isb \n"
#endif
        "ldr r0, =stack_limit \n"
        "ldr r1, =stack_top \n"
        "ldr r2, =0xdeadbeef \n"
        "1: cmp r0, r1 \n"
        "it lo \n"
        "strlo r2, [r0], #4 \n"
        "blo 1b \n"
#if __ARM_ARCH >= 8
        "ldr r0, =stack_limit \n"
        "msr msplim, r0 \n"  // the processor itself faults when the stack overflows
#endif
        "bl prepare_memory \n"
        "bl main \n"  // which C++ may not call
        "b leave_board \n"
        ".ltorg \n");
}

static void print_hex(std::uint32_t word) {
    char text[] = "0x00000000";
    for (unsigned i = 0; i < 8; ++i) text[9 - i] = "0123456789abcdef"[(word >> (4 * i)) & 15];
    board::print(text);
}

// frame: what the processor pushed: r0-r3, r12, lr, pc, xpsr.
[[gnu::used, noreturn]] static void report_fault(const std::uint32_t* frame) {
    board::print("FAULT at ");
    print_hex(frame[6]);
    board::print(", called from ");
    print_hex(frame[5]);
    board::print(", configurable fault status ");
    print_hex(*reinterpret_cast<volatile std::uint32_t*>(0xe000ed28));
    board::print("\n");
    board::leave(139);
}

[[gnu::naked]] void fault_handler() {
    asm volatile(
        "tst lr, #4 \n"
        "ite eq \n"
        "mrseq r0, msp \n"
        "mrsne r0, psp \n"
#if __ARM_ARCH >= 8
        "movs r1, #0 \n"
        "msr msplim, r1 \n"
#endif
        "ldr r1, =stack_top \n"  // the old stack may be the trouble; what lies on it is only read from here on
        "sub r1, r1, #256 \n"
        "cmp r0, r1 \n"
        "it lo \n"
        "movlo sp, r1 \n"
        "b report_fault \n"
        ".ltorg \n");
}

static void unexpected_handler() {
    board::print("unexpected exception\n");
    board::leave(140);
}

static void timer_handler() { timer_interrupt(); }

}  // extern "C"

namespace {

union vector {
    const void* address;
    void (*handler)();
};

}  // namespace

extern "C" [[gnu::section(".vectors"), gnu::used]] const vector vectors[16] = {
    {.address = &stack_top},          {.handler = reset_handler},
    {.handler = unexpected_handler},  // NMI
    {.handler = fault_handler},       // hard fault
    {.handler = fault_handler},       // memory
    {.handler = fault_handler},       // bus
    {.handler = fault_handler},       // usage
    {.handler = fault_handler},       // secure
    {.address = nullptr},             {.address = nullptr},
    {.address = nullptr},             {.handler = unexpected_handler},  // SVC
    {.handler = unexpected_handler},  // debug monitor
    {.address = nullptr},             {.handler = unexpected_handler},  // PendSV
    {.handler = timer_handler},       // SysTick
};
