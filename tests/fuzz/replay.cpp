// Stands in for libFuzzer where the compiler has none: gives a fuzz target every file of its corpus, then damaged copies of it.
// The same inputs in every run. Exits with 0 unless the target itself ends the program.
//   fuzz_NAME CORPUS_DIRECTORY
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>
#include <vector>

#include <synapse/core/random.hpp>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

using bytes = std::vector<std::uint8_t>;

std::uint64_t inputs = 0;

void give(const bytes& input) {
    // An exact block, so that an address sanitizer sees a read past its end.
    const bytes exact(input.begin(), input.end());
    LLVMFuzzerTestOneInput(exact.data(), exact.size());
    ++inputs;
}

// Up to `count` positions of [0, size), spread evenly.
std::vector<std::size_t> spread(std::size_t size, std::size_t count) {
    std::vector<std::size_t> positions;
    const std::size_t step = size / count + 1;
    for (std::size_t at = 0; at < size; at += step) positions.push_back(at);
    return positions;
}

void damage(const bytes& sound, synapse::random_generator& chance) {
    for (const std::size_t length : spread(sound.size(), 256))
        give(bytes(sound.begin(), sound.begin() + static_cast<std::ptrdiff_t>(length)));
    for (const std::size_t at : spread(sound.size(), 512)) {
        bytes copy = sound;
        copy[at] = static_cast<std::uint8_t>(copy[at] ^ (1u << chance.below(8)));
        give(copy);
        copy[at] = 0xff;
        give(copy);
    }
    for (int round = 0; round < 500 && !sound.empty(); ++round) {
        bytes copy = sound;
        for (std::uint32_t change = chance.below(6) + 1; change != 0; --change) {
            const std::size_t at = chance.below(static_cast<std::uint32_t>(copy.size()));
            switch (chance.below(3)) {
                case 0: copy[at] = static_cast<std::uint8_t>(chance.next()); break;
                case 1: copy.insert(copy.begin() + static_cast<std::ptrdiff_t>(at), static_cast<std::uint8_t>(chance.next())); break;
                default: copy.erase(copy.begin() + static_cast<std::ptrdiff_t>(at)); break;
            }
            if (copy.empty()) break;
        }
        give(copy);
    }
}

void noise(synapse::random_generator& chance) {
    give({});
    for (int round = 0; round < 2000; ++round) {
        bytes input(chance.below(round < 1000 ? 16 : 512));
        for (std::uint8_t& b : input) b = static_cast<std::uint8_t>(chance.next());
        give(input);
    }
}

}  // namespace

int main(int count, char** words) {
    if (count != 2) {
        std::fprintf(stderr, "usage: %s CORPUS_DIRECTORY\n", words[0]);
        return 2;
    }
    std::vector<std::filesystem::path> files;
    std::error_code none;
    for (std::filesystem::directory_iterator entry(words[1], none), end; !none && entry != end; entry.increment(none)) {
        if (entry->is_regular_file()) files.push_back(entry->path());
    }
    std::sort(files.begin(), files.end());
    synapse::random_generator chance{1};
    for (const auto& file : files) {
        std::ifstream in(file, std::ios::binary);
        const bytes sound{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
        give(sound);
        damage(sound, chance);
    }
    noise(chance);
    std::printf("%zu files, %llu inputs\n", files.size(), static_cast<unsigned long long>(inputs));
    return 0;
}
