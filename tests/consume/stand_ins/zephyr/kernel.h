// The few names of Zephyr that our recipe uses, as its documentation describes them; threads.cpp does them with threads.
#pragma once

using k_tid_t = void*;
using k_thread_entry_t = void (*)(void*, void*, void*);

struct k_timeout_t {
    long milliseconds;
};

extern "C" {
int k_sleep(k_timeout_t how_long);
void k_thread_priority_set(k_tid_t thread, int priority);
k_tid_t k_current_get();
}

struct stand_in_thread {
    stand_in_thread(k_thread_entry_t entry, int priority, int delay);
};

#define K_MSEC(n) (k_timeout_t{n})
#define K_FP_REGS 2u
#define K_LOWEST_APPLICATION_THREAD_PRIO 14
#define K_THREAD_DEFINE(name, stack_size, entry, p1, p2, p3, priority, options, delay) \
    static const stand_in_thread name { entry, priority, delay }
