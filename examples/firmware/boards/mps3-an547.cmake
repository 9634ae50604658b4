set(board mps3-an547)  # Cortex-M55; its vectors of floats flush denormals, so only those of integers are used
set(machine -mcpu=cortex-m55+nomve.fp -mthumb -mfloat-abi=hard)
include("${CMAKE_CURRENT_LIST_DIR}/board.cmake")
