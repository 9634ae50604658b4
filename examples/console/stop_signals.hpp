// Ctrl+C and its kin: the first asks to stop, with a word at once; the second stops.
#pragma once

#include <csignal>
#include <cstring>
#include <initializer_list>

#include <signal.h>
#include <unistd.h>

namespace console {

// INT, TERM and HUP ask to stop; so does PIPE, when nobody reads the output any more. A HUP that was ignored at the start (nohup) stays
// ignored. Calls of the system are interrupted, so that one that waits can look.
class stop_signals {
public:
    // @param word  what to say at the first signal, a string literal with its line end; written to stderr by the handler
    static void install(const char* word) noexcept {
        word_ = word;
        struct sigaction action {};
        action.sa_handler = &stop_signals::handle;
        sigemptyset(&action.sa_mask);
        for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGPIPE}) {
            struct sigaction before {};
            if (signal == SIGHUP && ::sigaction(signal, nullptr, &before) == 0 && before.sa_handler == SIG_IGN) continue;
            static_cast<void>(::sigaction(signal, &action, nullptr));
        }
    }

    // The signal that asked to stop, or 0.
    [[nodiscard]] static int asked() noexcept { return asked_; }

private:
    static void handle(int signal) {
        if (asked_ != 0) {
            if (signal == SIGPIPE) return;  // output that nobody reads must not keep the results from being saved
            ::_exit(128 + signal);
        }
        asked_ = signal;
        if (signal != SIGPIPE) static_cast<void>(!::write(STDERR_FILENO, word_, std::strlen(word_)));
    }

    inline static volatile std::sig_atomic_t asked_ = 0;
    inline static const char* volatile word_ = "";
};

}  // namespace console
