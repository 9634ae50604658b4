# What the boards' toolchain files share. Each sets board and machine, and includes this:
#   cmake -S examples/firmware -B build/firmware --toolchain boards/mps2-an386.cmake
# C++ flags come from the environment and the command line as usual; never set CMAKE_CXX_FLAGS here, or they would be lost.
set(CMAKE_SYSTEM_NAME Generic)
set(CMAKE_SYSTEM_PROCESSOR arm)
set(CMAKE_C_COMPILER arm-none-eabi-gcc)
set(CMAKE_CXX_COMPILER arm-none-eabi-g++)
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)

string(JOIN " " CMAKE_C_FLAGS_INIT ${machine} -ffunction-sections -fdata-sections)
string(JOIN " " CMAKE_CXX_FLAGS_INIT ${CMAKE_C_FLAGS_INIT} -fno-exceptions -fno-rtti -fno-threadsafe-statics)
string(JOIN " " CMAKE_EXE_LINKER_FLAGS_INIT -nostartfiles -Wl,--gc-sections -Wl,-z,noexecstack
       -Wl,--wrap=_malloc_r,--wrap=_realloc_r,--wrap=_free_r
       "-L${CMAKE_CURRENT_LIST_DIR}" "-L${CMAKE_CURRENT_LIST_DIR}/../board" "-T${CMAKE_CURRENT_LIST_DIR}/${board}.ld")
set(CMAKE_CROSSCOMPILING_EMULATOR "${CMAKE_CURRENT_LIST_DIR}/../qemu;${board}")
