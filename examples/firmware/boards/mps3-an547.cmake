# Cortex-M55. Its vectors of floats flush denormals: the compiler may not use them (+nomve.fp), kernels/helium.hpp can, and drops what was flushed.
set(board mps3-an547)
# binutils 2.40 takes vcvtne, a conditional vcvt, for the vector instruction vcvtn: gcc must not make one.
set(machine -mcpu=cortex-m55+nomve.fp -mthumb -mfloat-abi=hard -fno-if-conversion2 -DSYNAPSE_HELIUM=1)
include("${CMAKE_CURRENT_LIST_DIR}/board.cmake")
