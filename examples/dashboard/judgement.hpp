// What the numbers of a run say about it, by the library's own monitors: warnings as they came and went, and whether it has matured.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <synapse/agent/health.hpp>
#include <synapse/agent/maturity.hpp>
#include <synapse/agent/report.hpp>

#include "dashboard/series.hpp"

namespace dashboard {

struct warning {
    std::uint64_t step = 0;
    bool raised = false;
    std::string text;
};

struct judgement {
    std::vector<warning> warnings;     // in the order of their steps
    std::vector<std::string> present;  // those that are not over
    bool has_maturity = false;         // false: no agent, or not yet a whole window
    synapse::maturity_verdict maturity;
    std::uint64_t window = 0;  // steps
};

// @param all  a whole run: each group counts as one look
inline judgement judge(const series& all) {
    judgement out;
    const auto column = [&](const char* name) -> const std::vector<cell>* {
        const auto i = std::find(all.names.begin(), all.names.end(), name);
        return i == all.names.end() ? nullptr : &all.columns[static_cast<std::size_t>(i - all.names.begin())];
    };
    const auto *phi = column("phi"), *agency = column("agency"), *self = column("self_prediction_error"), *error = column("error"),
               *neurons = column("neurons");
    if (all.first.empty()) return out;
    const double steps = all.last.back() - all.first.front();
    synapse::maturity_tuning mature;
    out.window = static_cast<std::uint64_t>(std::max(2.0, std::min(static_cast<double>(mature.window), steps / 4)));
    mature.window = out.window;
    synapse::maturity_monitor maturity;
    synapse::health_monitor health;
    const synapse::health_tuning limits;
    for (std::size_t i = 0; i < all.first.size(); ++i) {
        const auto at = [&](const std::vector<cell>* cells) { return cells == nullptr ? unknown : (*cells)[i].mean(); };
        synapse::agent_report now;
        now.steps = now.samples = static_cast<std::uint64_t>(all.last[i]);
        if (const double x = at(phi); !std::isnan(x)) {
            now.phi.flag = synapse::phi_flag::measured;
            now.phi.share = static_cast<float>(x);
        }
        if (const double x = at(agency); !std::isnan(x)) {
            now.agency.defined = true;
            now.agency.share = static_cast<float>(x);
        }
        if (const double x = at(self); !std::isnan(x)) {
            now.self_prediction.defined = true;
            now.self_prediction.error = static_cast<float>(x);
        }
        const double e = at(error);
        now.error = std::isnan(e) ? 0.0f : static_cast<float>(e);
        synapse::health_warning events[synapse::ailments];
        const std::uint32_t count = health.look(now, limits, events);
        for (std::uint32_t k = 0; k < count; ++k) {
            std::string text{events[k].line().text()};
            // The file does not say where the weakest cut is.
            if (const std::size_t cut = text.find(", weakest cut"); cut != std::string::npos) text.erase(cut, text.find(':', cut) - cut);
            out.warnings.push_back({events[k].step, events[k].raised, text.substr(std::min(text.size(), sizeof "[Health] " - 1))});
        }
        const double n = at(neurons);
        static_cast<void>(maturity.look(now, std::isnan(n) ? 0 : static_cast<std::uint32_t>(n), mature));
    }
    for (std::size_t k = 0; k < synapse::ailments; ++k) {
        const auto what = static_cast<synapse::ailment>(k);
        if (!health.is(what)) continue;
        const char* const word = what == synapse::ailment::agency_low ? "Agency" : what == synapse::ailment::phi_falling ? "Phi" : "Error";
        for (std::size_t i = out.warnings.size(); i-- > 0;) {
            if (!out.warnings[i].raised || !out.warnings[i].text.starts_with(word)) continue;
            out.present.push_back(out.warnings[i].text);
            break;
        }
    }
    out.maturity = maturity.verdict();
    out.has_maturity = out.maturity.windows != 0;
    return out;
}

}  // namespace dashboard
