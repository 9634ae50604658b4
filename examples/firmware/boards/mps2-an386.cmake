set(board mps2-an386)  # Cortex-M4F
set(machine -mcpu=cortex-m4 -mthumb -mfloat-abi=hard -mfpu=fpv4-sp-d16)
include("${CMAKE_CURRENT_LIST_DIR}/board.cmake")
