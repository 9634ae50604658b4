// What fleet can be told.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "console/command_line.hpp"
#include "train_continuous/options.hpp"

namespace fleet {

struct options {
    std::uint32_t devices = 4;
    std::uint64_t rounds = 20;
    std::uint64_t samples = 500;
    std::uint64_t seed = 1;
    bool alone = false;
    double timeout = 60;
    std::string directory = "fleet";
    bool resume = false;
    std::optional<std::string> report;
    bool quiet = false;
    bool help = false;
    bool version = false;
};

inline std::span<const console::option<options>> option_table() {
    using o = options;
    using text = std::string_view;
    using namespace console;
    constexpr text fleet = "Fleet";
    constexpr text keeping = "Keeping and telling";
    static const option<options> table[] = {
        {fleet, "devices", 0, "N", "robot arms, each with its own motion (default 4); they are dealt to the ranks of MPI in turn",
         [](o& x, text v) { x.devices = static_cast<std::uint32_t>(whole_number(v, 1, 4096)); }},
        {fleet, "rounds", 0, "N", "times to meet and share what was learned (default 20)", [](o& x, text v) { x.rounds = whole_number(v, 1, 1000000); }},
        {fleet, "samples", 0, "N", "that each device learns from between two meetings (default 500)",
         [](o& x, text v) { x.samples = whole_number(v, 1, 1u << 30); }},
        {fleet, "alone", 0, "", "they meet but share nothing: what each would know by itself", [](o& x, text) { x.alone = true; }},
        {fleet, "seed", 0, "N", "of every random choice (default 1)", [](o& x, text v) { x.seed = whole_number(v, 0, ~std::uint64_t{0}); }},
        {fleet, "timeout", 0, "SECONDS", "to wait for a rank at a meeting before it counts as lost (default 60)",
         [](o& x, text v) { x.timeout = real_number(v, 0.1, 1e6); }},

        {keeping, "directory", 0, "DIR", "checkpoints: each device's, and shared.syn, what they know together (default fleet)",
         [](o& x, text v) { x.directory = some_text(v); }},
        {keeping, "resume", 0, "", "go on after the last meeting that DIR holds whole; --rounds counts all", [](o& x, text) { x.resume = true; }},
        {keeping, "report", 0, "FILE", "results as one JSON object", [](o& x, text v) { x.report = some_text(v); }},
        {keeping, "quiet", 'q', "", "nothing on standard output", [](o& x, text) { x.quiet = true; }},
        {keeping, "version", 0, "", "print the version and exit", [](o& x, text) { x.version = true; }},
        {keeping, "help", 'h', "", "print this and exit", [](o& x, text) { x.help = true; }},
    };
    return table;
}

inline std::string help_text() {
    return "usage: mpirun -n RANKS fleet [OPTION]...\n\n"
           "Many learners, each with its own experience, that meet now and then and go on with the average of what they know.\n"
           "The same devices learn the same bits on any number of ranks.\n\n" +
           console::help(option_table()) +
           "\nExamples:\n"
           "  mpirun -n 2 fleet --devices 4 --rounds 20\n"
           "  mpirun -n 4 fleet --devices 64 --rounds 1000 --resume\n"
           "\nExit codes: 0 done, 1 failure or a rank lost, 2 usage, 4 nothing to resume, 5 could not write.\n";
}

}  // namespace fleet
