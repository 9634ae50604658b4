// The job of rtos/ without an RTOS: the timer's interrupt is the control task, the loop is the idle task. An RTOS's tasks preempt each other
// just so.
#include <cstdint>

#include "board.hpp"
#include "rtos/job.hpp"

extern "C" void timer_interrupt() { job::control(); }

int main() {
    constexpr std::uint32_t periods = 3000;
    constexpr std::uint32_t cycles = 4000;  // of a period
    board::lock_heap();
    job::summary now;
    for (board::start_timer(cycles); now.periods < periods;) {
        job::idle();
        static_cast<void>(job::shown.read(now));
    }
    board::start_timer(0);
    board::print("periods ");
    board::print(now.periods);
    board::print(", renewed ");
    board::print(now.renewed);
    board::print(" times, samples lost ");
    board::print(now.lost);
    board::print(", squared error of the answers ");
    board::print(now.error, 5);
    board::print(", stack ");
    board::print(static_cast<std::uint32_t>(board::stack_bytes_used()));
    board::print(" bytes\n");
    const std::uint32_t flags = board::take_float_exceptions() & (board::invalid | board::divided_by_zero | board::overflow);
    return job::goes_well(now) && flags == 0 ? 0 : 1;
}
