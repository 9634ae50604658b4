// Ctrl+C and its kin: the first asks to stop, with a word at once; the second stops. USR1 asks to save and to go on.
#pragma once

#include <cerrno>
#include <csignal>
#include <cstring>
#include <initializer_list>

#include <poll.h>
#include <signal.h>
#include <unistd.h>

namespace console {

// INT, TERM and HUP ask to stop; so does PIPE, when nobody reads the output any more. A HUP that was ignored at the start (nohup) stays
// ignored. Calls of the system are interrupted, so that one that waits can look.
class stop_signals {
public:
    // A file that reaches the limit of its size is an error of write(), and no signal.
    // @param word        what to say at the first signal, a string literal with its line end; written by the handler
    // @param descriptor  where to: it is said there unless that would have to wait
    static void install(const char* word, int descriptor) noexcept {
        word_ = word;
        descriptor_ = descriptor;
        struct sigaction action {};
        action.sa_handler = &stop_signals::handle;
        sigemptyset(&action.sa_mask);
        for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGPIPE}) {
            struct sigaction before {};
            if (signal == SIGHUP && ::sigaction(signal, nullptr, &before) == 0 && before.sa_handler == SIG_IGN) continue;
            static_cast<void>(::sigaction(signal, &action, nullptr));
        }
        action.sa_handler = &stop_signals::note_save;
        static_cast<void>(::sigaction(SIGUSR1, &action, nullptr));
        action.sa_handler = SIG_IGN;
        static_cast<void>(::sigaction(SIGXFSZ, &action, nullptr));
    }

    // The signal that asked to stop, or 0.
    [[nodiscard]] static int asked() noexcept { return asked_; }
    // True once for each time, or several times in a row, that USR1 came.
    [[nodiscard]] static bool take_save() noexcept {
        if (save_ == 0) return false;
        save_ = 0;
        return true;
    }

private:
    static void handle(int signal) {
        if (asked_ != 0) {
            if (signal == SIGPIPE) return;  // output that nobody reads must not keep the results from being saved
            ::_exit(128 + signal);
        }
        asked_ = signal;
        if (signal == SIGPIPE) return;
        const int before = errno;
        pollfd out{descriptor_, POLLOUT, 0};
        if (::poll(&out, 1, 0) > 0) static_cast<void>(!::write(descriptor_, word_, std::strlen(word_)));
        errno = before;
    }
    static void note_save(int) { save_ = 1; }

    inline static volatile std::sig_atomic_t asked_ = 0;
    inline static volatile std::sig_atomic_t save_ = 0;
    inline static volatile std::sig_atomic_t descriptor_ = STDERR_FILENO;
    inline static const char* volatile word_ = "";
};

}  // namespace console
