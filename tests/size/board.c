/* The board's side of the programs weighed here, kept out of the compiler's sight so that it can assume nothing. */
#include <stddef.h>
#include <stdint.h>

static volatile int pin;

int sample(float* x, float* y) {
    x[0] = y[0] = (float)pin;
    return pin;
}

int put(const void* bytes, size_t size) {
    pin = size != 0 ? *(const char*)bytes : 0;
    return 0;
}

int get(uint32_t offset, void* out, size_t size) {
    if (size != 0) *(char*)out = (char)(pin + (int)offset);
    return 0;
}

uint32_t stored(void) { return (uint32_t)pin; }
