// FreeRTOS, and ESP-IDF, whose app_main is called with the scheduler running. FreeRTOSConfig.h: configUSE_IDLE_HOOK 1, and
// configMINIMAL_STACK_SIZE 512 words at least, for the idle task learns and makes snapshots on that.
#if defined(ESP_PLATFORM)
#include <freertos/FreeRTOS.h>
#include <freertos/task.h>
#else
#include <FreeRTOS.h>
#include <task.h>
#endif

#include "job.hpp"

namespace {

void control_task(void*) {
    TickType_t woken = xTaskGetTickCount();
    for (;;) {
        vTaskDelayUntil(&woken, pdMS_TO_TICKS(5));
        job::control();
    }
}

void start() { xTaskCreate(control_task, "control", configMINIMAL_STACK_SIZE + 1024, nullptr, tskIDLE_PRIORITY + 3, nullptr); }

}  // namespace

#if defined(ESP_PLATFORM)
// A task of the idle task's priority in place of its hook, with a stack of its own.
extern "C" void app_main() {
    start();
    for (vTaskPrioritySet(nullptr, tskIDLE_PRIORITY);;) job::idle();
}
#else
extern "C" void vApplicationIdleHook() { job::idle(); }

int main() {
    start();
    vTaskStartScheduler();
    return 1;  // out of heap
}
#endif
