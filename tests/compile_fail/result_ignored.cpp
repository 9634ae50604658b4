// refused: ask ok() of it whether there is a value, or cast it to void
#include <synapse/core/result.hpp>

synapse::result<int> work();

int caller() {
#ifdef SYNAPSE_WRONG
    work();
    return 0;
#else
    return work().value_or(0);
#endif
}
