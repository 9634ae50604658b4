// A user's first file, built against synapse in each way that a project can take it in.
#include <cstdio>

#include <synapse/config.hpp>
#include <synapse/core/random.hpp>
#ifdef CONSUME_HOSTED
#include <synapse/kernels/default.hpp>
#endif

int main() {
    synapse::random_generator generator{1};
    std::printf("synapse %s drew %u\n", synapse::version, generator.next());
#ifdef CONSUME_HOSTED
    std::printf("kernels %s\n", synapse::default_kernels::name);
#endif
    return 0;
}
