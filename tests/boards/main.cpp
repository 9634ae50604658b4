// doctest's main on a board: its options come from the emulator's command line.
#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>

#include <cstdio>

#include "board.hpp"

int main() {
    static char line[1024];
    static const char* words[64] = {"board"};
    int count = 1;
    if (!board::command_line(line)) return 2;
    for (char* at = line; *at != 0 && count < 64;) {
        words[count++] = at;
        while (*at != 0 && *at != ' ') ++at;
        if (*at == ' ') *at++ = 0;
    }
    doctest::Context context{count, words};
    const int failed = context.run();
    std::printf("stack %u of %u bytes, heap %u\n", static_cast<unsigned>(board::stack_bytes_used()), static_cast<unsigned>(board::stack_bytes()),
                static_cast<unsigned>(board::heap_bytes_used()));
    return failed;
}
