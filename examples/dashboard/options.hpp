// What dashboard can be told.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "console/command_line.hpp"

namespace dashboard {

struct options {
    std::optional<std::uint16_t> port;
    std::optional<std::string> report;
    std::optional<std::string> index_dir;
    double heartbeat = 10;
    bool help = false, version = false;
};

inline constexpr std::uint16_t usual_port = 8765;

inline std::span<const console::option<options>> option_table() {
    using o = options;
    using text = std::string_view;
    static constexpr console::option<options> table[] = {
        {"Live", "port", 0, "P", "of 127.0.0.1 (default 8765, or a free one; 0: a free one)",
         [](o& x, text v) { x.port = static_cast<std::uint16_t>(console::whole_number(v, 0, 65535)); }},
        {"Live", "heartbeat", 0, "SECONDS", "between two signs of life to a page that has no news (default 10)",
         [](o& x, text v) { x.heartbeat = console::real_number(v, 0.1, 3600); }},
        {"Live", "index-dir", 0, "DIR", "where indices of long logs are kept (default: the user's cache)",
         [](o& x, text v) { x.index_dir = console::some_text(v); }},
        {"Instead", "report", 0, "FILE", "write the page with all that it shows as one file, and end",
         [](o& x, text v) { x.report = console::some_text(v); }},
        {"Other", "help", 'h', "", "this text", [](o& x, text) { x.help = true; }},
        {"Other", "version", 0, "", "the version of synapse", [](o& x, text) { x.version = true; }},
    };
    return table;
}

inline std::string help_text() {
    return "usage: dashboard DIR [OPTION]...\n\n"
           "Shows the runs of train_continuous in DIR and below it as a live page in your browser: metrics files (--metrics), logs and "
           "checkpoints.\n\n" +
           console::help(option_table()) +
           "\nExamples:\n"
           "  train_continuous --metrics metrics.jsonl &\n"
           "  dashboard .                          prints the address of the page\n"
           "  dashboard . --report night.html      a page to mail\n"
           "\nExit codes: 0 done or stopped, 1 failure, 2 usage, 3 no such directory, 5 could not write.\n";
}

}  // namespace dashboard
