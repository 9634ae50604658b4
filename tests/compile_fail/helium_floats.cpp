// refused: Helium's floats flush denormals
#ifdef SYNAPSE_WRONG
#define __ARM_FEATURE_MVE 3  // as the compiler does under -mcpu=cortex-m55
#endif
#include <synapse/config.hpp>
