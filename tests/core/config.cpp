#include <string>

#include <doctest/doctest.h>

#include <synapse/config.hpp>

TEST_CASE("config: the version's numbers and its text agree") {
    const std::string text = std::to_string(synapse::version_major) + "." + std::to_string(synapse::version_minor) + "." +
                             std::to_string(synapse::version_patch);
    CHECK(text == synapse::version);
}

TEST_CASE("config: the block's alignment is a power of two that any number fits") {
    constexpr auto alignment = synapse::config::block_alignment;
    static_assert((alignment & (alignment - 1)) == 0);
    CHECK(alignment >= alignof(double));
}

TEST_CASE("config: xsimd is what the build said") {
#if SYNAPSE_XSIMD
    CHECK(synapse::config::xsimd);
#else
    CHECK_FALSE(synapse::config::xsimd);
#endif
}
