set(board mps2-an505)  # Cortex-M33
set(machine -mcpu=cortex-m33 -mthumb -mfloat-abi=hard -mfpu=fpv5-sp-d16)
include("${CMAKE_CURRENT_LIST_DIR}/board.cmake")
