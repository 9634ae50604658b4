// refused: ask ok() of it whether anything was done, or cast it to void
#include <synapse/core/status.hpp>

synapse::status work();

void caller() {
#ifdef SYNAPSE_WRONG
    work();
#else
    static_cast<void>(work());
#endif
}
