// refused by gcc: use of deleted function
// refused by clang: deleted
#include <synapse/core/arena.hpp>

synapse::fixed_arena<64> memory;
#ifdef SYNAPSE_WRONG
synapse::fixed_arena<64> copy = memory;
#endif
