// What is measured, under names that never change: a line of the metrics file, JSON or CSV, and a datagram of telemetry.
#pragma once

#include <string>
#include <string_view>

#include "console/csv_row.hpp"
#include "console/files.hpp"
#include "console/json.hpp"
#include "console/telemetry.hpp"
#include "train_continuous/progress.hpp"

namespace train_continuous {

// The agent's metrics, as the report and the metrics both name them.
// Out  console::json, csv_row or msgpack_map
template <class Out>
void add_agent_metrics(Out& out, const progress& now) {
    out.member("phi", now.phi).member("agency", now.agency).member("integration", now.integration);
    out.member("confidence", now.confidence).member("self_prediction_error", now.self_prediction_error);
    out.member("phi_recurrent", now.phi_recurrent).member("phi_cut", now.phi_cut);
    out.member("counterfactual_agency", now.counterfactual_agency).member("o_information", now.o_information);
    out.member("z2", now.z2).member("auroc", now.auroc);
}

template <class Out>
void add_metrics(Out& out, const progress& now) {
    out.member("steps", now.steps).member("samples", now.learner.samples).member("replayed", now.learner.replayed);
    out.member("seconds", now.seconds).member("steps_per_second", now.steps_per_second);
    out.member("error", now.error()).member("loss", now.loss()).member("accuracy", now.accuracy());
    add_agent_metrics(out, now);
    out.member("neurons", now.neurons);
}

// @param unix_time  seconds since 1970
inline std::string metrics_line(const progress& now, double unix_time) {
    console::json out;
    out.open('{').member("time", unix_time);
    add_metrics(out, now);
    return out.close('}').text();
}

// PlotJuggler takes `timestamp` for the time of the others.
inline std::string telemetry_datagram(const progress& now, double unix_time) {
    console::msgpack_map out;
    out.member("timestamp", unix_time);
    add_metrics(out, now);
    return out.bytes();
}

// The metrics file: CSV under one line of names if it is called so, else a JSON object a line.
class metrics_file {
public:
    metrics_file() = default;
    // Throws console::write_error.
    explicit metrics_file(const std::string& path)
        : log_{path, console::line_log::start::anew}, csv_{std::string_view{path}.ends_with(".csv")} {}

    // @return false the first time that writing fails
    bool write(const progress& now, double unix_time) {
        if (!csv_) return log_.write(metrics_line(now, unix_time));
        console::csv_row row;
        row.member("time", unix_time);
        add_metrics(row, now);
        const bool named = named_ || log_.write(row.names());
        named_ = true;
        return log_.write(row.values()) && named;
    }
    [[nodiscard]] const console::line_log& log() const noexcept { return log_; }

private:
    console::line_log log_;
    bool csv_ = false;
    bool named_ = false;
};

}  // namespace train_continuous
