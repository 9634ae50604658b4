// What newlib asks of a system, for programs that print or use the heap. A learner needs none of it.
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include <sys/stat.h>

#include "board.hpp"

extern "C" {

extern char heap_start, heap_end;  // from sections.ld

static char* heap_now = &heap_start;
static bool heap_is_locked = false;

static void heap_trap() {
    if (!heap_is_locked) return;
    board::print("the heap was used after it was locked\n");
    board::leave(141);
}

void* _sbrk(std::ptrdiff_t bytes) {
    heap_trap();
    if (bytes > &heap_end - heap_now) {
        errno = ENOMEM;
        return reinterpret_cast<void*>(-1);
    }
    char* const start = heap_now;
    heap_now += bytes;
    return start;
}

// With -Wl,--wrap=_malloc_r and so on, the allocator's own doors.
void* __real__malloc_r(void*, std::size_t);
void* __real__realloc_r(void*, void*, std::size_t);
void __real__free_r(void*, void*);
void* __wrap__malloc_r(void* context, std::size_t bytes) {
    heap_trap();
    return __real__malloc_r(context, bytes);
}
void* __wrap__realloc_r(void* context, void* block, std::size_t bytes) {
    heap_trap();
    return __real__realloc_r(context, block, bytes);
}
void __wrap__free_r(void* context, void* block) {
    heap_trap();
    __real__free_r(context, block);
}

int _write(int, const char* bytes, int count) {
    char text[65];
    for (int done = 0; done < count;) {
        int n = 0;
        while (n < 64 && done < count) text[n++] = bytes[done++];
        text[n] = 0;
        board::print(text);
    }
    return count;
}

[[noreturn]] void _exit(int code) { board::leave(code); }
int _kill(int, int) { board::leave(134); }
int _getpid() { return 1; }
int _read(int, char*, int) { return 0; }
int _close(int) { return -1; }
int _lseek(int, int, int) { return 0; }
int _isatty(int) { return 0; }
int _open(const char*, int, ...) {
    errno = ENOENT;
    return -1;
}
int _link(const char*, const char*) { return -1; }
int _unlink(const char*) { return -1; }
int _gettimeofday(void*, void*) { return -1; }
int _times(void*) { return -1; }
int _fstat(int, struct stat* about) {
    about->st_mode = S_IFCHR;
    return 0;
}

// A static object lives as long as the firmware.
void* __dso_handle = nullptr;
void _init() {}
void _fini() {}

}  // extern "C"

namespace board {

void lock_heap() noexcept { heap_is_locked = true; }
std::size_t heap_bytes_used() noexcept { return static_cast<std::size_t>(heap_now - &heap_start); }

}  // namespace board
