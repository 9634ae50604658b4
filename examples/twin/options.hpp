// What twin can be told.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "console/command_line.hpp"

namespace twin {

struct options {
    std::optional<std::string> end;
    std::optional<std::string> save;
    std::optional<std::uint64_t> stop;
    std::uint32_t trace = 20;
    bool help = false, version = false;
};

inline std::span<const console::option<options>> option_table() {
    using o = options;
    using text = std::string_view;
    static constexpr console::option<options> table[] = {
        {"What to compare with", "end", 0, "FILE", "a later checkpoint of the device: compared, bit for bit, at its step",
         [](o& x, text v) { x.end = console::some_text(v); }},
        {"Where to look", "stop", 0, "STEP", "replay no further than this step",
         [](o& x, text v) { x.stop = console::whole_number(v, 1, ~std::uint64_t{0}); }},
        {"Where to look", "trace", 0, "N", "steps to show of where the two parted, or of the last ones (default 20)",
         [](o& x, text v) { x.trace = static_cast<std::uint32_t>(console::whole_number(v, 0, 100000)); }},
        {"Where to look", "save", 0, "FILE", "the twin as a checkpoint, where it stopped: for inspect and inspect --diff",
         [](o& x, text v) { x.save = console::some_text(v); }},
        {"Other", "help", 'h', "", "this text", [](o& x, text) { x.help = true; }},
        {"Other", "version", 0, "", "the version of synapse", [](o& x, text) { x.version = true; }},
    };
    return table;
}

inline std::string help_text() {
    return "usage: twin START LOG [OPTION]...\n\n"
           "Lives a device's life again: goes on from START, a checkpoint that it sent, with what it learned from then on, and says "
           "whether\n"
           "the two agree in every bit; if not, between which steps they parted, and what would explain it.\n\n"
           "LOG is text, a line for each call, written on the device with 9 significant digits:\n"
           "  0.1,-2.5,7                a step: the inputs, then the targets, or the label of a classifier\n"
           "  # sleep 100               sleep(100)\n"
           "  # hash 1200 4e1c...       after step 1200 the device's weights_hash was that: any number of times\n"
           "Lines before the hash of START's own step are passed over. Other lines with # are comments.\n\n" +
           console::help(option_table()) +
           "\nWhat a device does beside these calls (an augmentation of its own, retune, observe) the twin does not know.\n"
           "Exit codes: 0 they agree, 1 they do not, 2 usage, 3 a file cannot be used, 5 could not write.\n";
}

}  // namespace twin
