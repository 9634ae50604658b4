// The few names of Arduino that our sketch uses, and a world behind its pins. Ends after some seconds of it: 0 if the sketch learned.
#pragma once

#include <cmath>
#include <cstdio>
#include <cstdlib>

enum pin { A0 = 14, A1, A2 };

inline struct {
    void begin(unsigned long) {}
    void println(const char* text) {
        std::puts(text);
        std::exit(1);  // it has only complaints to tell in words
    }
    void println(float number, int digits) {
        std::printf("%.*f\n", digits, static_cast<double>(number));
        last = number;
    }
    float last = 1.0f;
} Serial;

inline unsigned long milliseconds = 0;

// Every other call is a quarter of a millisecond later.
inline unsigned long millis() {
    static int calls = 0;
    return milliseconds += ++calls % 4 == 0 ? 1 : 0;
}
inline int analogRead(int which) {
    const double t = 0.001 * static_cast<double>(milliseconds);
    const double a = 512 + 500 * std::sin(3.1 * t), b = 512 + 500 * std::sin(4.7 * t + 1);
    return static_cast<int>(which == A0 ? a : which == A1 ? b : 0.1 * a + 0.0001 * a * b);
}
inline void analogWrite(int, int) {}

void setup();
void loop();

int main() {
    for (setup(); milliseconds < 60000;) loop();
    return Serial.last < 0.1f ? 0 : 1;
}
