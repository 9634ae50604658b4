// The few names of FreeRTOS that our recipe uses, as its reference manual describes them; threads.cpp does them with threads.
#pragma once

#include <cstdint>

using TickType_t = std::uint32_t;
using BaseType_t = long;
using UBaseType_t = unsigned long;
using TaskHandle_t = void*;
using TaskFunction_t = void (*)(void*);
using configSTACK_DEPTH_TYPE = std::uint32_t;

#define configMINIMAL_STACK_SIZE 512
#define tskIDLE_PRIORITY 0
#define pdMS_TO_TICKS(milliseconds) static_cast<TickType_t>(milliseconds)
