// What rehearse can be told.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <synapse/hosted/streams/table.hpp>
#include <synapse/learner/shape.hpp>

#include "console/command_line.hpp"
#include "train_continuous/options.hpp"

namespace rehearse {

struct options {
    std::optional<std::string> path;
    std::optional<std::string> target;
    synapse::task learns = synapse::task::classification;
    synapse::streams::header header = synapse::streams::header::detect;
    std::uint64_t samples = 50000;
    double ram_kib = 0;
    std::optional<double> instructions;
    std::uint64_t seed = 1;
    std::optional<std::string> report;
    bool quiet = false;
    bool help = false;
    bool version = false;
};

inline std::span<const console::option<options>> option_table() {
    using o = options;
    using text = std::string_view;
    using namespace console;
    using synapse::streams::header;
    constexpr text data = "Data";
    constexpr text device = "Device";
    constexpr text output = "Output";
    static const option<options> table[] = {
        {data, "path", 0, "FILE", "what the device will see, as comma-separated values in the order of time",
         [](o& x, text v) { x.path = some_text(v); }},
        {data, "target", 0, "COLUMN", "what to predict: a column's name, or its index from 0 (-1: the last, default)",
         [](o& x, text v) { x.target = some_text(v); }},
        {data, "task", 0, "TASK", "classify (default) or regress",
         [](o& x, text v) {
             x.learns = train_continuous::one_of<synapse::task>(
                 v, {{"classify", synapse::task::classification}, {"regress", synapse::task::regression}});
         }},
        {data, "header", 0, "WHICH", "detect (default), yes or no",
         [](o& x, text v) {
             x.header = train_continuous::one_of<header>(v, {{"detect", header::detect}, {"yes", header::present}, {"no", header::absent}});
         }},
        {data, "samples", 0, "N", "the first ones of the file (default 50000)",
         [](o& x, text v) { x.samples = whole_number(v, 50, 1u << 30); }},

        {device, "ram", 0, "KIB", "memory for the learner, 1 .. 1048576: all that it keeps, without the stack",
         [](o& x, text v) { x.ram_kib = real_number(v, 1, 1048576); }},
        {device, "instructions", 0, "N", "the most that a step may take on a Cortex-M4F (default: any number)",
         [](o& x, text v) { x.instructions = real_number(v, 1, 1e12); }},
        {device, "seed", 0, "N", "of every random choice (default 1)",
         [](o& x, text v) { x.seed = whole_number(v, 0, ~std::uint64_t{0}); }},

        {output, "report", 0, "FILE", "results as one JSON object", [](o& x, text v) { x.report = some_text(v); }},
        {output, "quiet", 'q', "", "nothing on standard output", [](o& x, text) { x.quiet = true; }},
        {output, "version", 0, "", "print the version and exit", [](o& x, text) { x.version = true; }},
        {output, "help", 'h', "", "print this and exit", [](o& x, text) { x.help = true; }},
    };
    return table;
}

inline std::string help_text() {
    return "usage: rehearse --path FILE --ram KIB [OPTION]...\n\n"
           "Tells what a microcontroller with so much memory would learn from your data: lives through it once with every network\n"
           "that fits, the rest of the memory filled with remembered samples, and prints the shape to paste into the firmware.\n\n" +
           console::help(option_table()) +
           "\nAccuracy, or error as a share of the variance, is that of each sample predicted before it was learned. Every fifth row is "
           "held\n"
           "out, for an examination on the whole of the past at the end. Forgetting compares, for the four older fifths of the life, the\n"
           "error at the end with the lowest that it had been. The block's bytes are exact; instructions are estimated from counts on an "
           "emulated\n"
           "Cortex-M4F, within some 10 %.\n"
           "\nExamples:\n"
           "  rehearse --path motor.csv --target failing --ram 16\n"
           "  rehearse --path motor.csv --target 3 --task regress --ram 64 --instructions 168000     1 kHz at 168 MHz\n"
           "\nExit codes: 0 done, 1 no network fits, 2 usage, 3 input data, 5 could not write.\n";
}

// Throws usage_error.
inline void check(const options& x) {
    if (!x.path) throw console::usage_error{"--path FILE: which data?"};
    if (!(x.ram_kib > 0)) throw console::usage_error{"--ram KIB: how much memory?"};
}

}  // namespace rehearse
