// What inspect can be told.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <synapse/hosted/formats/weights.hpp>
#include <synapse/network/activation.hpp>

#include "console/command_line.hpp"

namespace inspect {

struct options {
    bool json = false, diff = false, help = false, version = false;
    std::optional<std::string> verify, trend;
    std::optional<std::string> npz, npy, safetensors, onnx;           // arrays and weights
    std::optional<std::string> csv, jsonl, plotjuggler, tensorboard;  // histories
    std::string system = "fast";
    std::optional<std::string> import, to, like;
    std::optional<synapse::formats::weight_layout> rows;
    synapse::activation hidden = synapse::activation::relu;
    bool classify = false;
    std::uint32_t replay = 0;

    [[nodiscard]] bool wants_arrays() const noexcept { return npz || npy || safetensors || onnx; }
    [[nodiscard]] bool wants_table() const noexcept { return csv || jsonl || plotjuggler || tensorboard; }
};

inline std::span<const console::option<options>> option_table() {
    using o = options;
    static constexpr std::string_view what = "What to do (a summary of each FILE unless told otherwise)";
    static constexpr std::string_view arrays = "Everything in one checkpoint for other programs (OUT may be -, standard output)";
    static constexpr std::string_view histories = "Histories of any checkpoints and metrics files, as one table by step";
    static constexpr std::string_view import = "A net from elsewhere, as a checkpoint to adapt on the device";
    static constexpr console::option<options> table[] =
        {
            {what, "diff", 0, "", "what changed from the first FILE to the second, and where",
             [](o& x, std::string_view) { x.diff = true; }},
            {what, "verify", 0, "DIR", "the validity of every checkpoint in DIR",
             [](o& x, std::string_view v) { x.verify = console::some_text(v); }},
            {what, "trend", 0, "DIR", "how a life went, from checkpoint to checkpoint in DIR",
             [](o& x, std::string_view v) { x.trend = console::some_text(v); }},
            {arrays, "npz", 0, "OUT", "every tensor and number, for numpy.load",
             [](o& x, std::string_view v) { x.npz = console::some_text(v); }},
            {arrays, "npy", 0, "DIR", "the same, one .npy file each", [](o& x, std::string_view v) { x.npy = console::some_text(v); }},
            {arrays, "safetensors", 0, "OUT", "the same, for PyTorch and others",
             [](o& x, std::string_view v) { x.safetensors = console::some_text(v); }},
            {arrays, "onnx", 0, "OUT", "the forward pass, from the sensors' units to the answer",
             [](o& x, std::string_view v) { x.onnx = console::some_text(v); }},
            {arrays, "system", 0, "NAME", "whose, of onnx and import: fast (default) or slow",
             [](o& x, std::string_view v) {
                 if (v != "fast" && v != "slow") throw console::usage_error{"must be fast or slow"};
                 x.system = v;
             }},
            {histories, "csv", 0, "OUT", "for spreadsheets and pandas; a missing number is an empty cell",
             [](o& x, std::string_view v) { x.csv = console::some_text(v); }},
            {histories, "jsonl", 0, "OUT", "one JSON object a line", [](o& x, std::string_view v) { x.jsonl = console::some_text(v); }},
            {histories, "plotjuggler", 0, "OUT", "CSV with the time first, as PlotJuggler opens it",
             [](o& x, std::string_view v) { x.plotjuggler = console::some_text(v); }},
            {histories, "tensorboard", 0, "DIR", "an event file, for tensorboard --logdir DIR",
             [](o& x, std::string_view v) { x.tensorboard = console::some_text(v); }},
            {import, "import", 0, "NET", "an .npz (not compressed), safetensors or ONNX file of dense layers",
             [](o& x, std::string_view v) { x.import = console::some_text(v); }},
            {import, "to", 0, "OUT", "the checkpoint to write", [](o& x, std::string_view v) { x.to = console::some_text(v); }},
            {import, "like", 0, "FILE", "a checkpoint whose shape, tuning, memory and history it shall have",
             [](o& x, std::string_view v) { x.like = console::some_text(v); }},
            {import, "replay", 0, "N", "samples that the learner can remember (default 0; without --like)",
             [](o& x, std::string_view v) { x.replay = static_cast<std::uint32_t>(console::whole_number(v, 0, 1u << 24)); }},
            {import, "rows", 0, "WHAT",
             "rows of the weights are inputs or outputs (as PyTorch has them); asked only where the sizes do not tell",
             [](o& x, std::string_view v) {
                 if (v != "inputs" && v != "outputs") throw console::usage_error{"must be inputs or outputs"};
                 x.rows = v == "inputs" ? synapse::formats::weight_layout::input_major : synapse::formats::weight_layout::output_major;
             }},
            {import, "hidden", 0, "WHAT", "what hidden units do: relu (default) or tanh; ONNX says it by itself",
             [](o& x, std::string_view v) {
                 if (v != "relu" && v != "tanh") throw console::usage_error{"must be relu or tanh"};
                 x.hidden = v == "relu" ? synapse::activation::relu : synapse::activation::tanh;
             }},
            {import, "classify", 0, "", "its outputs are classes", [](o& x, std::string_view) { x.classify = true; }},
            {"How to tell it", "json", 0, "", "as JSON", [](o& x, std::string_view) { x.json = true; }},
            {"Other", "help", 'h', "", "this text", [](o& x, std::string_view) { x.help = true; }},
            {"Other", "version", 0, "", "the version of synapse", [](o& x, std::string_view) { x.version = true; }},
        };
    return table;
}

inline std::string help_text() {
    return "inspect FILE...: what a checkpoint holds; of a damaged one, what is wrong and what can still be read.\n\n"
           "  inspect [--json] FILE...\n  inspect --diff A B\n  inspect --verify DIR\n  inspect --trend DIR\n"
           "  inspect --npz OUT --onnx OUT FILE\n  inspect --csv OUT --tensorboard DIR FILE...|--trend DIR\n"
           "  inspect --import NET --to OUT [--like FILE]\n\n" +
           console::help(option_table()) +
           "\nExit codes: 0 done, 1 failure, 2 usage, 3 a file is damaged, missing or not understood, 5 could not write.\n";
}

}  // namespace inspect
