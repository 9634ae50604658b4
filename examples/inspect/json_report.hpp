// A checkpoint as another program reads it: one JSON object whose members never change their names.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include <synapse/core/status.hpp>
#include <synapse/hosted/checkpoint_reader.hpp>
#include <synapse/hosted/salvage.hpp>

#include "console/json.hpp"
#include "inspect/contents.hpp"

namespace inspect {

namespace details {

inline void add(console::json& out, const synapse::checkpoint_reader::scalar& s) {
    std::visit(
        [&](const auto& x) {
            if constexpr (std::is_same_v<std::decay_t<decltype(x)>, std::monostate>) {
                out.null();
            } else {
                out.value(x);
            }
        },
        s);
}

inline void add(console::json& out, const statistics& s) {
    out.open('{').member("count", s.count).member("norm", s.norm).member("mean", s.mean).member("deviation", s.deviation);
    out.member("least", s.least).member("largest", s.largest).member("zeros", s.zeros).key("histogram").open('[');
    for (const std::uint64_t n : s.histogram) out.value(n);
    out.close(']').close('}');
}

inline void add(console::json& out, const std::vector<series>& history) {
    out.open('{');
    for (const series& s : history) {
        out.key(s.name).open('[');
        for (const double x : s.values) out.value(x);
        out.close(']');
    }
    out.close('}');
}

template <class Number>
void add_list(console::json& out, const char* name, const std::vector<Number>& list) {
    out.key(name).open('[');
    for (const Number n : list) out.value(n);
    out.close(']');
}

}  // namespace details

inline void add(console::json& out, const contents& c, const synapse::checkpoint_reader& in) {
    out.open('{').member("file", c.path).member("valid", true).member("bytes", c.bytes);
    out.member("format", std::to_string(c.header.major) + "." + std::to_string(c.header.minor)).member("sequence", c.header.sequence);
    out.member("payload_crc", console::hex(c.header.payload_crc).substr(8))
        .member("software", c.software)
        .member("arithmetic", c.arithmetic);
    out.member("timestamp", c.timestamp).member("reason", c.reason).member("steps", c.steps).member("samples", c.samples);
    out.member("task", name(c.form.learns)).member("net", net_text(c)).member("activation", name(c.form.function));
    for (const char* group : {"shape", "tuning", "report"}) {
        out.key(group).open('{');
        const std::string prefix = std::string{group} + "/";
        for (const auto& n : in.numbers()) {
            if (!n.name.starts_with(prefix)) continue;
            out.key(n.name.substr(prefix.size()));
            details::add(out, n.value);
        }
        out.close('}');
    }
    const bool learned = c.report.samples != 0;
    out.member("error", learned ? std::optional<float>{c.report.error} : std::nullopt);
    out.member("loss", learned ? std::optional<float>{c.report.loss} : std::nullopt);
    const bool classifies = c.form.learns == synapse::task::classification;
    out.member("accuracy", learned && classifies ? std::optional<float>{c.report.accuracy()} : std::nullopt);
    out.key("replay");
    if (c.replay) {
        out.open('{').member("capacity", c.replay->capacity).member("stored", c.replay->stored).member("seen", c.replay->seen);
        out.member("policy", c.replay->policy)
            .member("format", c.replay->format)
            .member("bits", c.replay->bits)
            .member("bytes", c.replay->bytes);
        out.key("by_class");
        if (c.replay->by_class.empty()) {
            out.null();
        } else {
            out.open('[');
            for (const std::uint64_t n : c.replay->by_class) out.value(n);
            out.close(']');
        }
        out.close('}');
    } else {
        out.null();
    }
    out.key("systems").open('{');
    for (const system_contents& s : c.systems) {
        out.key(s.name).open('[');
        for (const layer_contents& l : s.layers) {
            out.open('{').member("inputs", l.inputs).member("outputs", l.outputs).key("weight");
            details::add(out, l.weight);
            out.key("bias");
            details::add(out, l.bias);
            out.key("dead");
            if (l.hidden && c.dead_units_looked_for) {
                out.open('[');
                for (const std::uint32_t unit : l.dead) out.value(unit);
                out.close(']');
            } else {
                out.null();
            }
            details::add_list(out, "useless", l.useless);
            out.close('}');
        }
        out.close(']');
    }
    out.close('}').key("metrics_history");
    details::add(out, c.metrics);
    out.key("growth_history");
    details::add(out, c.growth);
    out.key("growth_events").open('[');
    for (const synapse::growth_event& e : c.grew) {
        out.open('{').member("step", e.step).member("layer", e.layer).member("reason", synapse::name(e.reason)).member("value", e.value);
        out.member("threshold", e.threshold).member("before", e.before).member("after", e.after).close('}');
    }
    out.close(']').key("health").open('{').member("verdict", c.verdict).key("advice").open('[');
    for (const advice& a : c.health) out.open('{').member("serious", a.serious).member("text", a.sentence).close('}');
    out.close(']').close('}').key("tensors").open('[');
    for (const auto& t : in.tensors()) {
        out.open('{').member("name", t.name).member("dtype", t.dtype).member("rows", t.rows).member("cols", t.cols).close('}');
    }
    out.close(']').close('}');
}

inline void add_damage(console::json& out, const std::string& path, const synapse::salvage& s) {
    out.open('{').member("file", path).member("valid", false).member("status", synapse::name(s.outcome));
    out.key("problems").open('[');
    for (const std::string& p : s.problems) out.value(p);
    out.close(']').member("payload_is_sound", s.payload_is_sound).key("numbers").open('{');
    for (const auto& n : s.numbers) {
        out.key(n.name);
        details::add(out, n.value);
    }
    out.close('}').key("tensors").open('[');
    for (const auto& t : s.tensors) {
        out.open('{').member("name", t.name).member("dtype", t.dtype).member("rows", t.rows).member("cols", t.cols);
        out.member("elements", t.elements).member("not_finite", t.not_finite).close('}');
    }
    out.close(']').close('}');
}

}  // namespace inspect
