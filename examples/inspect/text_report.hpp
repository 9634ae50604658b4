// A checkpoint as a person reads it.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <ctime>
#include <string>
#include <vector>

#include <synapse/hosted/salvage.hpp>

#include "console/text.hpp"
#include "inspect/contents.hpp"

namespace inspect {

// Seconds since 1970 as UTC.
inline std::string moment(double unix_time) {
    const auto t = static_cast<std::time_t>(unix_time);
    std::tm parts{};
    char text[40];
    if (::gmtime_r(&t, &parts) == nullptr || std::strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S UTC", &parts) == 0) return "?";
    return text;
}

namespace details {

// A text of the file's own, without what would move a terminal's cursor.
inline std::string plain(std::string text) {
    for (char& c : text) {
        if (static_cast<unsigned char>(c) < 0x20 || c == '\x7f') c = '?';
    }
    return text;
}

inline std::string line(const char* what, const std::string& text) {
    std::string out = "  ";
    out += what;
    if (!text.empty()) out.resize(std::max<std::size_t>(out.size() + 1, 16), ' ');
    return out + text + "\n";
}

inline std::string unit_list(const std::vector<std::uint32_t>& units) {
    std::string text;
    for (std::size_t i = 0; i < units.size() && i < 12; ++i) text += (i == 0 ? "" : " ") + std::to_string(units[i]);
    return units.size() > 12 ? text + " ..." : text;
}

}  // namespace details

inline std::string text_report(const contents& c) {
    using console::significant;
    using console::with_thousands;
    using details::line;
    std::string out = c.path + "\n";
    out += line("saved", (c.timestamp ? moment(*c.timestamp) : std::string{"at an unknown time (no clock)"}) + ", reason \"" +
                             details::plain(c.reason) + "\", sequence " + std::to_string(c.header.sequence));
    out += line("by", "synapse " + details::plain(c.software) + ", format " + std::to_string(c.header.major) + "." +
                          std::to_string(c.header.minor) + ", arithmetic " +
                          (c.arithmetic.empty() ? "unknown" : details::plain(c.arithmetic)) + ", " + with_thousands(c.bytes) + " bytes");
    const bool classifies = c.form.learns == synapse::task::classification;
    out += line("learner", std::string{synapse::name(c.form.learns)} + ", " + net_text(c) + " " + name(c.form.function) +
                               (c.form.slow ? ", fast and slow" : "") + (c.form.momentum ? ", momentum" : ""));
    out += line("life", with_thousands(c.steps) + " steps, " + with_thousands(c.report.samples) + " samples, " +
                            with_thousands(c.report.replayed) + " replayed" +
                            (c.report.unlabelled != 0 ? ", " + with_thousands(c.report.unlabelled) + " without an answer" : ""));
    if (c.report.samples != 0) {
        out += line(
            "error",
            significant(static_cast<double>(c.report.error), 4) + (classifies ? " of the labels wrong" : " of the variance") +
                " lately, loss " + significant(static_cast<double>(c.report.loss), 4) +
                (classifies ? ", accuracy of the whole life " + console::fixed(100.0 * static_cast<double>(c.report.accuracy()), 1) + " %"
                            : ""));
    }
    if (c.report.drifts != 0 || c.report.rollbacks != 0) {
        out += line("events", std::to_string(c.report.drifts) + " drifts (the last at step " + with_thousands(c.report.last_drift_step) +
                                  "), " + std::to_string(c.report.rollbacks) + " roll-backs");
    }
    out += line("tuning", "learning rate " + significant(static_cast<double>(c.numbers.learning_rate), 4) + ", replay ratio " +
                              significant(static_cast<double>(c.numbers.replay_ratio), 4) + ", seed " + std::to_string(c.numbers.seed));
    if (c.replay) {
        const replay_contents& r = *c.replay;
        out += line("replay", with_thousands(r.stored) + " of " + with_thousands(r.capacity) + " samples, " + r.policy + ", " + r.format +
                                  " (" + std::to_string(r.bits) + (r.bits == 1 ? " bit" : " bits") + " a feature, " +
                                  with_thousands(r.bytes) + " bytes), of " + with_thousands(r.seen) + " seen");
        if (!r.by_class.empty()) {
            std::string counts;
            for (std::size_t k = 0; k < r.by_class.size() && k < 32; ++k) counts += (k == 0 ? "" : " ") + std::to_string(r.by_class[k]);
            out += line("  by class", sparkline(r.by_class) + "  " + counts + (r.by_class.size() > 32 ? " ..." : ""));
        }
    } else {
        out += line("replay", "none");
    }
    for (const system_contents& s : c.systems) {
        out += line("weights", s.name);
        for (std::size_t l = 0; l < s.layers.size(); ++l) {
            const layer_contents& k = s.layers[l];
            out += "    " + std::to_string(l) + "  " + std::to_string(k.inputs) + "x" + std::to_string(k.outputs) + "  norm " +
                   significant(k.weight.norm, 4) + "  mean " + significant(k.weight.mean, 3) + "  deviation " +
                   significant(k.weight.deviation, 3) + "  " + significant(k.weight.least, 3) + " " + sparkline(k.weight.histogram) + " " +
                   significant(k.weight.largest, 3) + "  bias norm " + significant(k.bias.norm, 3) + "\n";
            if (!k.hidden) continue;
            if (!k.dead.empty()) out += "       dead: " + std::to_string(k.dead.size()) + " (" + details::unit_list(k.dead) + ")\n";
            if (!k.useless.empty())
                out += "       useless: " + std::to_string(k.useless.size()) + " (" + details::unit_list(k.useless) + ")\n";
        }
    }
    if (!c.dead_units_looked_for) out += "       no remembered samples: dead units cannot be told\n";
    if (c.grew.empty()) {
        out += line("growth", "none recorded");
    } else {
        out += line("growth", with_thousands(c.growth_events) + (c.growth_events == 1 ? " time" : " times"));
        if (c.growth_events > c.grew.size()) out += "    the last " + std::to_string(c.grew.size()) + ":\n";
        for (const synapse::growth_event& e : c.grew) {
            out += "    step " + with_thousands(e.step) + "  layer_" + std::to_string(e.layer) + " " + std::to_string(e.before) + " -> " +
                   std::to_string(e.after) + "  " + synapse::name(e.reason) + " (" + significant(static_cast<double>(e.value), 3) + " > " +
                   significant(static_cast<double>(e.threshold), 3) + ")\n";
        }
    }
    if (c.metrics.empty()) {
        out += line("metrics", "none recorded");
    } else {
        out += line("metrics", "");
        std::size_t longest = 0;
        for (const series& s : c.metrics) longest = std::max(longest, s.name.size());
        for (const series& s : c.metrics)
            out += "    " + s.name + std::string(longest - s.name.size() + 2, ' ') + sparkline(s.values) + "  last " +
                   (s.values.empty() ? "none" : significant(s.values.back(), 6)) + "\n";
    }
    out += line("health", c.verdict);
    for (const advice& a : c.health) out += std::string{"    "} + (a.serious ? "! " : "- ") + a.sentence + "\n";
    return out;
}

// What is wrong with a file, and what is left of it.
inline std::string damage_report(const std::string& path, const synapse::salvage& s) {
    std::string out = path + "\n" + details::line("damaged", "");
    for (const std::string& p : s.problems) out += "    ! " + p + "\n";
    if (s.numbers.empty() && s.tensors.empty()) return out + details::line("readable", "nothing");
    out += details::line("readable", std::to_string(s.numbers.size()) + " numbers, " + std::to_string(s.tensors.size()) + " tensors" +
                                         (s.payload_is_sound ? "" : " (one or more may be wrong)"));
    for (const synapse::checkpoint_reader::number& n : s.numbers) {
        if (n.name != "step_count" && n.name != "total_samples_seen" && n.name != "reason" && n.name != "timestamp" && n.name != "software")
            continue;
        out += "    " + n.name + " ";
        if (const auto* u = std::get_if<std::uint64_t>(&n.value)) out += std::to_string(*u);
        if (const auto* t = std::get_if<std::string>(&n.value)) out += details::plain(*t);
        out += "\n";
    }
    for (const synapse::salvage::tensor& t : s.tensors) {
        out += "    " + t.name + " " + std::to_string(t.rows) + "x" + std::to_string(t.cols);
        if (!t.whole())
            out += ", the first " + std::to_string(t.elements) + " of " + std::to_string(std::uint64_t{t.rows} * t.cols) + " elements";
        out += "\n";
    }
    return out;
}

}  // namespace inspect
