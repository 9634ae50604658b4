set(board mps2-an500)  # Cortex-M7
set(machine -mcpu=cortex-m7 -mthumb -mfloat-abi=hard -mfpu=fpv5-d16)
include("${CMAKE_CURRENT_LIST_DIR}/board.cmake")
