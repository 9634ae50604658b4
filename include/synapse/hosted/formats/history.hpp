// What a checkpoint, or the metrics file of a run, says of the course of a life, as a table.
#pragma once

#include <algorithm>
#include <cmath>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <synapse/hosted/checkpoint_reader.hpp>
#include <synapse/hosted/dense_net.hpp>
#include <synapse/hosted/formats/byte_string.hpp>
#include <synapse/hosted/formats/json_value.hpp>
#include <synapse/hosted/formats/record_table.hpp>
#include <synapse/hosted/growth_events.hpp>
#include <synapse/hosted/metrics_history.hpp>
#include <synapse/learner/report.hpp>

namespace synapse::formats {

// Adds rows: one for each growth event, one for each place of the metrics history, and one for the moment of saving, under the names that
// train_continuous gives them in its metrics file.
inline void add_history(record_table& table, const checkpoint_reader& in) {
    for (const growth_event& e : growth_events_in(in)) {
        table.begin(record_table::missing, static_cast<double>(e.step));
        table.set("layer_" + std::to_string(e.layer) + "/units", e.after);
        table.set("growth/reason", static_cast<double>(e.reason));
        table.set("growth/value", static_cast<double>(e.value));
        table.set("growth/threshold", static_cast<double>(e.threshold));
    }
    const metrics_history past = metrics_history_in(in);
    for (std::size_t i = 0; i < past.steps.size(); ++i) {
        table.begin(record_table::missing, past.steps[i]);
        for (const metric_series& m : past.series) {
            if (i < m.values.size() && !std::isnan(m.values[i])) table.set(m.name, m.values[i]);
        }
    }

    const auto time = in.value("timestamp");
    table.begin(time && *time != 0.0 ? *time : record_table::missing, in.value("step_count").value_or(record_table::missing));
    const auto note = [&](const char* name, const std::optional<double>& x) {
        if (x) table.set(name, *x);
    };
    note("samples", in.value("total_samples_seen"));
    const auto latest = synapse::detail::numbers_of<report>(in, "report");
    note("replayed", static_cast<double>(latest.replayed));
    if (latest.samples != 0) {
        note("error", static_cast<double>(latest.error));
        note("loss", static_cast<double>(latest.loss));
        if (shape_of(in).learns == task::classification) note("accuracy", static_cast<double>(latest.accuracy()));
    }
    double neurons = 0;
    for (std::uint32_t l = 0; l < max_layers; ++l) {
        const std::string layer = "layer_" + std::to_string(l);
        const auto *weight = in.find_tensor("model_state_dict/fast/" + layer + "/weight"),
                   *next = in.find_tensor("model_state_dict/fast/layer_" + std::to_string(l + 1) + "/weight");
        if (weight == nullptr || next == nullptr) break;
        table.set(layer + "/units", weight->cols);
        neurons += weight->cols;
    }
    table.set("neurons", neurons);
    note("replay_stored", in.value("replay_buffer/used"));
}

namespace detail {

inline void add_metric(record_table& table, const std::string& name, double x) {
    if (name != "time" && name != "step" && name != "steps") table.set(name, x);
}

inline void add_json_line(record_table& table, std::string_view line) {
    const json_value v = json_value::parse(line);
    if (v.object() == nullptr) throw format_error{"no object"};
    const auto step = v.number_at("steps") ? v.number_at("steps") : v.number_at("step");
    table.begin(v.number_at("time").value_or(record_table::missing), step.value_or(record_table::missing));
    for (const auto& [name, member] : *v.object()) {
        if (member.number() != nullptr) add_metric(table, name, *member.number());
    }
}

// Cells between commas. Names of metrics and numbers need no quotes.
inline std::vector<std::string_view> cells(std::string_view line) {
    std::vector<std::string_view> all;
    for (;;) {
        const std::size_t comma = line.find(',');
        all.push_back(line.substr(0, comma));
        if (comma == std::string_view::npos) return all;
        line.remove_prefix(comma + 1);
    }
}

inline void add_csv_line(record_table& table, const std::vector<std::string>& names, std::string_view line) {
    const auto values = cells(line);
    if (values.size() != names.size())
        throw format_error{std::to_string(values.size()) + " cells under " + std::to_string(names.size()) + " names"};
    std::vector<double> numbers;
    double time = record_table::missing, step = record_table::missing;
    for (std::size_t i = 0; i < names.size(); ++i) {
        double x = record_table::missing;
        const auto [end, error] = std::from_chars(values[i].data(), values[i].data() + values[i].size(), x);
        if (error != std::errc{} || end != values[i].data() + values[i].size()) x = record_table::missing;
        numbers.push_back(x);
        if (names[i] == "time") time = x;
        if (names[i] == "step" || names[i] == "steps") step = x;
    }
    table.begin(time, step);
    for (std::size_t i = 0; i < names.size(); ++i) add_metric(table, names[i], numbers[i]);
}

}  // namespace detail

// Adds a row for each line of a metrics file: JSON objects, or CSV under one line of names; members that are no numbers are left out.
// A last line that is not ended yet, as in the file of a run that goes on, is left out too. Throws format_error, naming the line.
inline void add_metrics(record_table& table, std::string_view file) {
    const bool json = file.starts_with('{');
    std::vector<std::string> names;
    for (std::size_t at = 0, number = 1; at < file.size(); ++number) {
        const std::size_t end = file.find('\n', at);
        if (end == std::string_view::npos) break;
        std::string_view line = file.substr(at, end - at);
        at = end + 1;
        if (line.ends_with('\r')) line.remove_suffix(1);
        if (line.empty()) continue;
        try {
            if (json) {
                detail::add_json_line(table, line);
            } else if (names.empty()) {
                for (const std::string_view name : detail::cells(line)) names.emplace_back(name);
                if (std::find(names.begin(), names.end(), "time") == names.end() &&
                    std::find(names.begin(), names.end(), "steps") == names.end() &&
                    std::find(names.begin(), names.end(), "step") == names.end()) {
                    throw format_error{"neither a JSON object nor names of columns with time, step or steps among them"};
                }
            } else {
                detail::add_csv_line(table, names, line);
            }
        } catch (const format_error& error) {
            throw format_error{"line " + std::to_string(number) + ": " + error.what()};
        }
    }
    if (!json && names.empty()) throw format_error{"no line of metrics"};
}

}  // namespace synapse::formats
