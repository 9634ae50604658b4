// What inspect can be told.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "console/command_line.hpp"

namespace inspect {

struct options {
    bool json = false, diff = false, help = false, version = false;
    std::optional<std::string> verify, trend;
};

inline std::span<const console::option<options>> option_table() {
    using o = options;
    static constexpr console::option<options> table[] = {
        {"What to do (a summary of each FILE unless told otherwise)", "diff", 0, "", "what changed from the first FILE to the second, and where",
         [](o& x, std::string_view) { x.diff = true; }},
        {"What to do (a summary of each FILE unless told otherwise)", "verify", 0, "DIR", "the validity of every checkpoint in DIR",
         [](o& x, std::string_view v) { x.verify = console::some_text(v); }},
        {"What to do (a summary of each FILE unless told otherwise)", "trend", 0, "DIR", "how a life went, from checkpoint to checkpoint in DIR",
         [](o& x, std::string_view v) { x.trend = console::some_text(v); }},
        {"How to tell it", "json", 0, "", "as JSON", [](o& x, std::string_view) { x.json = true; }},
        {"Other", "help", 'h', "", "this text", [](o& x, std::string_view) { x.help = true; }},
        {"Other", "version", 0, "", "the version of synapse", [](o& x, std::string_view) { x.version = true; }},
    };
    return table;
}

inline std::string help_text() {
    return "inspect FILE...: what a checkpoint holds; of a damaged one, what is wrong and what can still be read.\n\n"
           "  inspect [--json] FILE...\n  inspect --diff A B\n  inspect --verify DIR\n  inspect --trend DIR\n\n" +
           console::help(option_table()) +
           "\nExit codes: 0 done, 1 failure, 2 usage, 3 a checkpoint is damaged or missing, 5 could not write.\n";
}

}  // namespace inspect
