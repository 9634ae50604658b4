// The results for a person, a program, and the firmware's source.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <synapse/config.hpp>

#include "console/json.hpp"
#include "console/text.hpp"
#include "rehearse/device.hpp"
#include "rehearse/options.hpp"
#include "rehearse/rehearsal.hpp"
#include "train_continuous/checkpoints.hpp"

namespace rehearse {

// synapse::shape{.inputs = 4, ...}: what differs from the defaults, in the order of its members.
inline std::string shape_line(const synapse::shape& s) {
    std::string text = "synapse::shape{.inputs = " + std::to_string(s.inputs) + ", .outputs = " + std::to_string(s.outputs);
    if (s.hidden[0] != 0) {
        text += ", .hidden = {";
        for (std::size_t l = 0; l < synapse::max_hidden_layers && s.hidden[l] != 0; ++l)
            (text += l == 0 ? "" : ", ") += std::to_string(s.hidden[l]);
        text += "}";
    }
    if (s.replay != 0) text += ", .replay = " + std::to_string(s.replay);
    if (s.learns == synapse::task::classification) text += ", .learns = synapse::task::classification";
    if (s.replay != 0) text += ", .format = synapse::sample_format::f16";
    if (s.replay != 0 && s.policy == synapse::replay_policy::balanced) text += ", .policy = synapse::replay_policy::balanced";
    if (s.hidden_reserved[0] != 0) text += ", .hidden_reserved = {" + std::to_string(s.hidden_reserved[0]) + "}";
    if (s.plastic) text += ", .plastic = true, .turnover = false";
    return text + "}";
}

inline std::string tuning_line(const synapse::tuning& t) {
    console::json rate;  // spells a float by the fewest digits that read back
    rate.value(t.learning_rate);
    return "synapse::tuning{.learning_rate = " + rate.text() +
           "f, .replay_ratio = " + console::fixed(static_cast<double>(t.replay_ratio), 1) + "f}";
}

inline std::string column(std::string text, std::size_t width) {
    text.insert(0, text.size() < width ? width - text.size() : 0, ' ');
    return text;
}

inline std::string table_head(synapse::task learns) {
    const bool classes = learns == synapse::task::classification;
    return "  network                 RAM  remembers  replay  " +
           std::string{classes ? "accuracy  held out  forgetting" : "   error  held out  forgetting"} + "  grew  instructions a step\n";
}

inline std::string table_line(const result& r, bool best) {
    const synapse::shape& s = r.tried.form;
    const bool classes = s.learns == synapse::task::classification;
    std::string name = train_continuous::net(s);
    if (s.plastic) name += ", to " + std::to_string(s.hidden_reserved[0]);
    name.resize(name.size() < 20 ? 20 : name.size(), ' ');
    return (best ? "> " : "  ") + name + column(console::with_thousands(r.ram), 7) + column(console::with_thousands(s.replay), 11) +
           column(console::fixed(static_cast<double>(r.tried.numbers.replay_ratio), 1), 8) +
           column(classes ? console::fixed(100 * (1 - r.prequential), 2) + " %" : console::significant(r.prequential, 4), 10) +
           column(classes ? console::fixed(100 * (1 - r.error), 2) + " %" : console::significant(r.error, 4), 10) +
           column(classes ? console::fixed(100 * r.forgetting, 2) : console::significant(r.forgetting, 3), 12) +
           column(s.plastic ? std::to_string(r.growth) : "", 6) +
           column(console::with_thousands(static_cast<std::uint64_t>(r.cost.step)), 21) + "\n";
}

inline std::string advice(const result& r) {
    return "\nFor the firmware:\n  using model_type = synapse::learner<" + shape_line(r.tried.form) +
           ">;\n  static synapse::fixed_arena<model_type::bytes> memory;\n  model_type model{memory, " + tuning_line(r.tried.numbers) +
           "};\n\n" + "RAM: " + console::with_thousands(r.ram) + " bytes, of which the block " +
           console::with_thousands(block_bytes(r.tried.form)) + ". Flash: about " + console::with_thousands(code_bytes(r.tried.form)) +
           " bytes of code, " + console::with_thousands(checkpoint_code_bytes) + " more to save and load.\nOn a Cortex-M4F about " +
           console::with_thousands(static_cast<std::uint64_t>(r.cost.step)) + " instructions a step, " +
           console::with_thousands(static_cast<std::uint64_t>(r.cost.predict)) + " a prediction.\n";
}

inline std::string json_report(const options& x, std::uint64_t rows, const std::vector<result>& all, std::size_t best) {
    console::json out;
    out.open('{').member("program", "rehearse").member("version", synapse::version).member("path", *x.path).member("rows", rows);
    out.member("ram_budget_bytes", x.ram_kib * 1024).member("task", synapse::name(x.learns)).member("best", best);
    out.member("flash_bytes", code_bytes(all[best].tried.form)).member("checkpoint_flash_bytes", checkpoint_code_bytes);
    out.key("candidates").open('[');
    for (const result& r : all) {
        const bool classes = r.tried.form.learns == synapse::task::classification;
        out.open('{')
            .member("net", train_continuous::net(r.tried.form))
            .member("shape", shape_line(r.tried.form))
            .member("tuning", tuning_line(r.tried.numbers));
        out.member("ram_bytes", r.ram).member("block_bytes", block_bytes(r.tried.form)).member("replay", r.tried.form.replay);
        out.member("error", r.error).member("accuracy", classes ? std::optional<double>{1 - r.error} : std::nullopt);
        out.member("prequential_error", r.prequential)
            .member("prequential_accuracy", classes ? std::optional<double>{1 - r.prequential} : std::nullopt)
            .member("forgetting", r.forgetting)
            .member("refused", r.refused);
        out.member("growth_events", r.growth).member("flash_bytes", code_bytes(r.tried.form));
        out.member("instructions_per_step", r.cost.step).member("instructions_per_prediction", r.cost.predict).close('}');
    }
    return out.close(']').close('}').text() + "\n";
}

}  // namespace rehearse
