set(board mps2-an385)  # Cortex-M3, no FPU
set(machine -mcpu=cortex-m3 -mthumb -mfloat-abi=soft)
include("${CMAKE_CURRENT_LIST_DIR}/board.cmake")
