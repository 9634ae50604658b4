// Histories as tables: one row a moment, numbers that may be missing. Written as CSV, JSON lines, and for PlotJuggler.
#pragma once

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <limits>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace synapse::formats {

class record_table {
public:
    static constexpr double missing = std::numeric_limits<double>::quiet_NaN();

    // Unix seconds and the step of a row; either may be missing.
    struct row {
        double time = missing, step = missing;
        std::vector<double> values;  // by column; shorter than columns() if those that follow are missing
    };

    // Begins a row; then set() fills it.
    void begin(double time, double step) { rows_.push_back({time, step, {}}); }
    void set(std::string_view name, double x) {
        const std::size_t c = column(name);
        auto& values = rows_.back().values;
        if (values.size() <= c) values.resize(c + 1, missing);
        values[c] = x;
    }
    // By step, then by time, those without one last; what came first stays first. Of rows that say the same one stays: two checkpoints
    // of a life tell of the same events.
    void sort() {
        const auto before = [](double a, double b) { return std::isnan(b) ? !std::isnan(a) : a < b; };
        std::stable_sort(rows_.begin(), rows_.end(), [&](const row& a, const row& b) {
            return before(a.step, b.step) || (!before(b.step, a.step) && before(a.time, b.time));
        });
        const auto same = [](double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); };
        const auto alike = [&](const row& a, const row& b) {
            if (!same(a.step, b.step) || !same(a.time, b.time)) return false;
            for (std::size_t c = 0; c < columns_.size(); ++c) {
                if (!same(at(a, c), at(b, c))) return false;
            }
            return true;
        };
        std::vector<row> kept;
        constexpr std::size_t compared = 256;  // with the step and time of the next one: no more of them are
        std::size_t first = 0;
        for (row& r : rows_) {
            if (!kept.empty() && (!same(kept.back().step, r.step) || !same(kept.back().time, r.time))) first = kept.size();
            if (kept.size() > first + compared) first = kept.size() - compared;
            if (std::none_of(kept.begin() + static_cast<std::ptrdiff_t>(first), kept.end(), [&](const row& k) { return alike(k, r); }))
                kept.push_back(std::move(r));
        }
        rows_ = std::move(kept);
    }
    // The earliest time; missing if no row has one.
    [[nodiscard]] double first_time() const noexcept {
        double first = missing;
        for (const row& r : rows_) {
            if (!(first <= r.time)) first = std::isnan(r.time) ? first : r.time;
        }
        return first;
    }
    [[nodiscard]] const std::vector<std::string>& columns() const noexcept { return columns_; }
    [[nodiscard]] const std::vector<row>& rows() const noexcept { return rows_; }
    [[nodiscard]] double at(std::size_t r, std::size_t c) const noexcept { return at(rows_[r], c); }

private:
    [[nodiscard]] static double at(const row& r, std::size_t c) noexcept { return c < r.values.size() ? r.values[c] : missing; }
    std::size_t column(std::string_view name) {
        for (std::size_t i = 0; i < columns_.size(); ++i) {
            if (columns_[i] == name) return i;
        }
        columns_.emplace_back(name);
        return columns_.size() - 1;
    }
    std::vector<std::string> columns_;
    std::vector<row> rows_;
};

namespace detail {

inline void put_number(std::string& out, double x, std::string_view absent) {
    char text[32];
    if (!std::isfinite(x)) {
        out += absent;
        return;
    }
    const auto [end, error] = std::to_chars(text, text + sizeof text, x);
    out.append(text, error == std::errc{} ? end : text);
}
inline std::string csv_word(const std::string& name) {
    if (name.find_first_of(",\"\n\r") == std::string::npos) return name;
    std::string out = "\"";
    for (const char c : name) out += c == '"' ? std::string{"\"\""} : std::string{c};
    return out + "\"";
}

}  // namespace detail

// Columns step, time (Unix seconds) and the rest; a missing number is an empty cell.
inline std::string csv(const record_table& t) {
    std::string out = "step,time";
    for (const std::string& c : t.columns()) out += "," + detail::csv_word(c);
    out += "\n";
    for (std::size_t r = 0; r < t.rows().size(); ++r) {
        detail::put_number(out, t.rows()[r].step, "");
        out += ',';
        detail::put_number(out, t.rows()[r].time, "");
        for (std::size_t c = 0; c < t.columns().size(); ++c) {
            out += ',';
            detail::put_number(out, t.at(r, c), "");
        }
        out += "\n";
    }
    return out;
}

// As PlotJuggler opens it without a question: the first column is "time", in seconds; every cell is a number, "nan" where there is none.
// Rows without a time are left out.
inline std::string plotjuggler(const record_table& t) {
    std::string out = "time,step";
    for (const std::string& c : t.columns()) out += "," + detail::csv_word(c);
    out += "\n";
    for (std::size_t r = 0; r < t.rows().size(); ++r) {
        if (std::isnan(t.rows()[r].time)) continue;
        detail::put_number(out, t.rows()[r].time, "nan");
        out += ',';
        detail::put_number(out, t.rows()[r].step, "nan");
        for (std::size_t c = 0; c < t.columns().size(); ++c) {
            out += ',';
            detail::put_number(out, t.at(r, c), "nan");
        }
        out += "\n";
    }
    return out;
}

// One object a line, with the same members in every line; null where there is no number.
inline std::string jsonl(const record_table& t) {
    const auto quoted = [](const std::string& name) {
        std::string out = "\"";
        for (const char c : name) {
            if (c == '"' || c == '\\') out += '\\';
            out += static_cast<unsigned char>(c) < 0x20 ? '?' : c;
        }
        return out + "\": ";
    };
    std::string out;
    for (std::size_t r = 0; r < t.rows().size(); ++r) {
        out += "{\"step\": ";
        detail::put_number(out, t.rows()[r].step, "null");
        out += ", \"time\": ";
        detail::put_number(out, t.rows()[r].time, "null");
        for (std::size_t c = 0; c < t.columns().size(); ++c) {
            out += ", " + quoted(t.columns()[c]);
            detail::put_number(out, t.at(r, c), "null");
        }
        out += "}\n";
    }
    return out;
}

}  // namespace synapse::formats
