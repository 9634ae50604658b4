// What the system says of memory for which large pages were asked.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>

#include <doctest/doctest.h>

#include <synapse/hosted/huge_pages.hpp>

namespace {

// Whether the mapping that holds this address is marked for large pages.
bool marked(const void* address) {
    std::ifstream maps{"/proc/self/smaps"};
    const auto at = reinterpret_cast<std::uintptr_t>(address);
    bool here = false;
    for (std::string text; std::getline(maps, text);) {
        unsigned long long from = 0, to = 0;
        if (std::sscanf(text.c_str(), "%llx-%llx ", &from, &to) == 2) here = at >= from && at < to;
        if (here && text.rfind("VmFlags:", 0) == 0) return (text + " ").find(" hg ") != std::string::npos;
    }
    return false;
}

constexpr std::size_t mib = std::size_t{1} << 20;

}  // namespace

TEST_CASE("large pages: asked for the whole ones inside, and what is there stays") {
    auto* block = static_cast<unsigned char*>(std::aligned_alloc(2 * mib, 8 * mib));
    REQUIRE(block != nullptr);
    for (std::size_t i = 0; i < 8 * mib; i += 4096) block[i] = static_cast<unsigned char>(i >> 12);
    const bool granted = synapse::prefer_huge_pages(block + 64, 8 * mib - 128);
    if (granted) {
        CHECK(marked(block + 3 * mib));
        CHECK_FALSE(marked(block + mib));  // its page begins before what was given
        CHECK_FALSE(marked(block + 7 * mib));
    }
    bool same = true;
    for (std::size_t i = 0; i < 8 * mib; i += 4096) same = same && block[i] == static_cast<unsigned char>(i >> 12);
    CHECK(same);
    std::free(block);
}

TEST_CASE("large pages: memory that holds none is left as it is") {
    alignas(64) unsigned char small[256] = {};
    CHECK_FALSE(synapse::prefer_huge_pages(small, sizeof small));
    CHECK_FALSE(synapse::prefer_huge_pages(small, 0));
    CHECK_FALSE(synapse::prefer_huge_pages(nullptr, 0));
}
