#pragma once

#include "FreeRTOS.h"

extern "C" {
BaseType_t xTaskCreate(TaskFunction_t code, const char* name, configSTACK_DEPTH_TYPE depth, void* argument, UBaseType_t priority,
                       TaskHandle_t* made);
void vTaskDelayUntil(TickType_t* woken, TickType_t period);
TickType_t xTaskGetTickCount();
void vTaskPrioritySet(TaskHandle_t task, UBaseType_t priority);
void vTaskStartScheduler();
}
