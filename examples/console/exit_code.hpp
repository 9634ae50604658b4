// What a program's exit code means. Other programs read it.
#pragma once

namespace console {

enum exit_code : int {
    done = 0,
    failed = 1,
    misused = 2,   // the command line
    bad_data = 3,  // what was read
    nothing_to_resume = 4,
    cannot_write = 5,
    diverged = 6,
    by_signal = 128,  // plus the signal's number: 130 for INT, 143 for TERM
};

}  // namespace console
