// Zephyr: the control thread preempts main, which learns at the lowest priority there is for an application.
#include <zephyr/kernel.h>

#include "../../job.hpp"

namespace {

void control_thread(void*, void*, void*) {
    for (;;) {
        k_sleep(K_MSEC(5));
        job::control();
    }
}

}  // namespace

K_THREAD_DEFINE(control, 4096, control_thread, nullptr, nullptr, nullptr, 1, K_FP_REGS, 0);

int main() {
    k_thread_priority_set(k_current_get(), K_LOWEST_APPLICATION_THREAD_PRIO);
    for (;;) job::idle();
}
