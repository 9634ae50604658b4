// Lives steps FIRST to LAST - 1 of life.hpp, on a machine with an operating system or (ON_BOARD) as firmware, and says what came out.
//
//   live FIRST LAST [OLD|-] [NEW]     OLD and NEW name checkpoints, two each: OLD.control and OLD.classes
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <span>

#include "life.hpp"
#ifdef ON_BOARD
#include "board.hpp"
#else
#include <cstdio>
#endif

namespace {

#ifdef ON_BOARD
using board::print;
using file = board::host_file;
#else
void print(const char* text) { std::fputs(text, stdout); }

class file {
public:
    enum class mode { read, write };
    file(const char* path, mode how) : handle_{std::fopen(path, how == mode::read ? "rb" : "wb")} {}
    ~file() {
        if (handle_ != nullptr) std::fclose(handle_);
    }
    file(const file&) = delete;
    file& operator=(const file&) = delete;
    [[nodiscard]] bool is_open() const { return handle_ != nullptr; }
    [[nodiscard]] std::uint32_t size() const {
        std::fseek(handle_, 0, SEEK_END);
        return static_cast<std::uint32_t>(std::ftell(handle_));
    }
    bool seek(std::uint32_t offset) { return std::fseek(handle_, static_cast<long>(offset), SEEK_SET) == 0; }
    bool read(std::span<std::byte> out) { return std::fread(out.data(), 1, out.size(), handle_) == out.size(); }
    bool write(std::span<const std::byte> bytes) { return std::fwrite(bytes.data(), 1, bytes.size(), handle_) == bytes.size(); }

private:
    std::FILE* handle_;
};
#endif

struct file_sink {
    file& to;
    synapse::status write(std::span<const std::byte> bytes) noexcept {
        return bytes.empty() || to.write(bytes) ? synapse::status::ok : synapse::status::io_error;
    }
};

struct file_bytes {
    file& from;
    std::uint64_t bytes;
    [[nodiscard]] std::uint64_t size() const noexcept { return bytes; }
    synapse::status read(std::uint64_t offset, std::span<std::byte> out) noexcept {
        if (out.empty()) return synapse::status::ok;
        return from.seek(static_cast<std::uint32_t>(offset)) && from.read(out) ? synapse::status::ok : synapse::status::io_error;
    }
};

void print_hash(const char* what, std::uint64_t hash) {
    char digits[17];
    for (unsigned i = 0; i < 16; ++i) digits[15 - i] = "0123456789abcdef"[(hash >> (4 * i)) & 15];
    digits[16] = 0;
    print(what);
    print(digits);
    print("\n");
}

bool named(char (&path)[256], const char* base, const char* end) {
    if (std::strlen(base) + std::strlen(end) >= sizeof path) return false;
    std::strcpy(path, base);
    std::strcat(path, end);
    return true;
}

template <class Model>
bool restore(Model& model, const char* base, const char* end) {
    char path[256];
    if (!named(path, base, end)) return false;
    file from{path, file::mode::read};
    if (!from.is_open()) return false;
    file_bytes source{from, from.size()};
    return ok(synapse::load(model, source));
}

template <class Model>
bool keep(const Model& model, const char* base, const char* end) {
    char path[256];
    if (!named(path, base, end)) return false;
    file to{path, file::mode::write};
    file_sink sink{to};
    return to.is_open() && ok(synapse::save(model, sink));
}

template <class Model>
void report(const char* weights, const char* checkpoint, const Model& model) {
    print_hash(weights, synapse::weights_hash(model));
    life::hashing_sink sink;
    if (!ok(synapse::save(model, sink))) print("cannot be saved\n");
    print_hash(checkpoint, sink.hash.value());
}

using controller = synapse::learner<life::controller>;
using classifier = synapse::learner<life::classifier>;
synapse::fixed_arena<controller::bytes> controller_memory;
synapse::fixed_arena<classifier::bytes> classifier_memory;

int live(int words, const char* const* word) {
    if (words < 2) return 2;
    const char* const old = words > 2 && std::strcmp(word[2], "-") != 0 ? word[2] : nullptr;
    const char* const fresh = words > 3 ? word[3] : nullptr;
    controller control{controller_memory, life::controller_tuning};
    classifier classes{classifier_memory, life::classifier_tuning};
    if (old != nullptr && !(restore(control, old, ".control") && restore(classes, old, ".classes"))) return 3;
    life::both<controller, classifier> both{control, classes};
    if (!both.live(static_cast<std::uint32_t>(std::strtoul(word[0], nullptr, 10)), static_cast<std::uint32_t>(std::strtoul(word[1], nullptr, 10)))) {
        print("a step was refused\n");
        return 1;
    }
    report("controller weights ", "controller checkpoint ", control);
    print(control.growth().events() != 0 ? "the controller grew\n" : "the controller did not grow\n");
    report("classifier weights ", "classifier checkpoint ", classes);
    if (fresh != nullptr && !(keep(control, fresh, ".control") && keep(classes, fresh, ".classes"))) return 5;
    return 0;
}

}  // namespace

#ifdef ON_BOARD
int main() {
    static char line[1024];
    const char* words[8];
    int count = 0;
    if (!board::command_line(line)) return 2;
    board::lock_heap();
    for (char* at = line; *at != 0 && count < 8;) {
        words[count++] = at;
        while (*at != 0 && *at != ' ') ++at;
        if (*at == ' ') *at++ = 0;
    }
    return live(count, words);
}
#else
int main(int count, char** words) { return live(count - 1, words + 1); }
#endif
