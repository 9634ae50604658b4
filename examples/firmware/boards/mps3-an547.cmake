set(board mps3-an547)  # Cortex-M55; its vectors of floats flush denormals, so only those of integers are used
# binutils 2.40 takes vcvtne, a conditional vcvt, for the vector instruction vcvtn: gcc must not make one.
set(machine -mcpu=cortex-m55+nomve.fp -mthumb -mfloat-abi=hard -fno-if-conversion2)
include("${CMAKE_CURRENT_LIST_DIR}/board.cmake")
