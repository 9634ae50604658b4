// refused: result carries small plain values; return large ones through an argument
#include <synapse/core/result.hpp>

struct owner {
    owner() = default;
    owner(const owner&) {}
};

#ifdef SYNAPSE_WRONG
using held = owner;
#else
using held = int;
#endif
inline constexpr bool has_a_size = sizeof(synapse::result<held>) != 0;
