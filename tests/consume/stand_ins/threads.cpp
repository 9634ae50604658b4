// What the stand-ins of FreeRTOS, ESP-IDF and Zephyr do: a thread for each task. A period passes when the idle task has learned what it was
// told; after some of them the job is judged and the program ends.
#include <cstdio>
#include <cstdlib>
#include <thread>

#include <zephyr/kernel.h>

#include "job.hpp"
#include "task.h"

namespace {

void pass_period() {
    static int passed = 0;
    if (++passed < 3000) {
        while (job::mind.waiting() != 0) std::this_thread::yield();
        return;
    }
    job::summary s;
    const bool read = ok(job::shown.read(s));
    std::printf("%u periods, renewed %u times, %u samples lost, squared error %.4f, %u faults\n", static_cast<unsigned>(s.periods),
                static_cast<unsigned>(s.renewed), static_cast<unsigned>(s.lost), static_cast<double>(s.error),
                static_cast<unsigned>(s.faults));
    std::fflush(stdout);
    std::_Exit(read && job::goes_well(s) && s.lost == 0 ? 0 : 1);
}

}  // namespace

extern "C" {

BaseType_t xTaskCreate(TaskFunction_t code, const char*, configSTACK_DEPTH_TYPE, void* argument, UBaseType_t, TaskHandle_t*) {
    std::thread{code, argument}.detach();
    return 1;
}
void vTaskDelayUntil(TickType_t* woken, TickType_t period) {
    *woken += period;
    pass_period();
}
TickType_t xTaskGetTickCount() { return 0; }
void vTaskPrioritySet(TaskHandle_t, UBaseType_t) {}

int k_sleep(k_timeout_t) {
    pass_period();
    return 0;
}
void k_thread_priority_set(k_tid_t, int) {}
k_tid_t k_current_get() { return nullptr; }

#if defined(ESP_PLATFORM)
void app_main();
#elif !defined(ZEPHYR)
void vApplicationIdleHook();
void vTaskStartScheduler() {
    for (;;) vApplicationIdleHook();
}
#endif

}  // extern "C"

stand_in_thread::stand_in_thread(k_thread_entry_t entry, int, int) { std::thread{entry, nullptr, nullptr, nullptr}.detach(); }

#if defined(ESP_PLATFORM)
int main() { app_main(); }
#endif
