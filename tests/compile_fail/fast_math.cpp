// refused: -ffast-math changes results from machine to machine
#ifdef SYNAPSE_WRONG
#define __FAST_MATH__ 1  // as the compiler does under -ffast-math
#endif
#include <synapse/config.hpp>
