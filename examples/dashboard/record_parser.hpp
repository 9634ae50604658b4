// One line of a metrics file as numbers under their names: JSON objects, CSV under a line of names, or the status lines of a log.
#pragma once

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace dashboard {

inline constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

// Names in the order in which they were first seen. Beyond `most` a name is not taken.
class column_names {
public:
    static constexpr std::size_t most = 64;
    static constexpr std::size_t none = ~std::size_t{0};

    [[nodiscard]] std::size_t size() const noexcept { return names_.size(); }
    [[nodiscard]] const std::string& operator[](std::size_t i) const noexcept { return names_[i]; }
    [[nodiscard]] std::size_t find(std::string_view name) const noexcept {
        for (std::size_t i = 0; i < names_.size(); ++i) {
            if (names_[i] == name) return i;
        }
        return none;
    }
    std::size_t add(std::string_view name) {
        if (const std::size_t i = find(name); i != none) return i;
        if (names_.size() == most || name.empty() || name.size() > 64) return none;
        names_.emplace_back(name);
        return names_.size() - 1;
    }

private:
    std::vector<std::string> names_;
};

// A number at the front of [at, end): its end, or null if there is none. Up to 19 digits within 1e-22 .. 1e22 without a call, to within
// one unit in the last place of a double.
inline const char* read_number(const char* at, const char* end, double& value) noexcept {
    static constexpr double tens[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                      1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    const char* p = at;
    const bool negative = p != end && *p == '-';
    if (negative) ++p;
    std::uint64_t digits = 0;
    int count = 0, behind_point = 0;
    const auto digit = [&] { return p != end && static_cast<unsigned char>(*p - '0') < 10; };
    for (; digit(); ++p, ++count) digits = digits * 10 + static_cast<std::uint64_t>(*p - '0');
    if (count == 0) return nullptr;
    if (p != end && *p == '.') {
        for (++p; digit(); ++p, ++count, ++behind_point) digits = digits * 10 + static_cast<std::uint64_t>(*p - '0');
    }
    if (count > 19 || behind_point > 22 || (p != end && (*p == 'e' || *p == 'E'))) {
        const auto [after, error] = std::from_chars(at, end, value);
        if (error == std::errc::result_out_of_range) value = unknown;
        return error == std::errc{} || error == std::errc::result_out_of_range ? after : nullptr;
    }
    value = static_cast<double>(digits) / tens[behind_point];
    if (negative) value = -value;
    return p;
}

class record_parser {
public:
    enum class format : std::uint8_t { json, csv, log };

    explicit record_parser(format f = format::json) : format_{f} {}
    [[nodiscard]] format kind() const noexcept { return format_; }
    [[nodiscard]] const column_names& names() const noexcept { return names_; }

    // @param row  out: a number for each of names(), `unknown` for what the line does not say
    // @return false if the line is no record; row and names() are then as they were, but for names that the line began with
    bool parse(std::string_view line, std::vector<double>& row) {
        if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
        values_.assign(names_.size(), unknown);
        const bool good = format_ == format::json ? json(line) : format_ == format::csv ? csv(line) : status(line);
        if (good) row.swap(values_);
        return good;
    }

private:
    void put(std::size_t column, double value) {
        if (column == column_names::none) return;
        if (values_.size() <= column) values_.resize(column + 1, unknown);
        values_[column] = std::isfinite(value) ? value : unknown;
    }

    static void skip_space(const char*& p, const char* end) noexcept {
        while (p != end && (*p == ' ' || *p == '\t')) ++p;
    }
    // Behind the closing quote of a text that begins at its opening one; null if it does not close.
    static const char* text_end(const char* p, const char* end) noexcept {
        for (++p; p < end; ++p) {
            if (*p == '\\') {
                ++p;
            } else if (*p == '"') {
                return p + 1;
            }
        }
        return nullptr;
    }
    // Behind a value that is no number: a word, a text, or a list or object, which is passed over.
    static const char* value_end(const char* p, const char* end) noexcept {
        int depth = 0;
        while (p != end) {
            if (*p == '"') {
                p = text_end(p, end);
                if (p == nullptr) return nullptr;
                if (depth == 0) return p;
                continue;
            }
            if (*p == '{' || *p == '[') ++depth;
            if (*p == '}' || *p == ']') {
                if (depth == 0) return p;
                if (--depth == 0) return p + 1;
            }
            if (*p == ',' && depth == 0) return p;
            ++p;
        }
        return nullptr;
    }

    bool json(std::string_view line) {
        const char* p = line.data();
        const char* const end = p + line.size();
        skip_space(p, end);
        if (p == end || *p++ != '{') return false;
        skip_space(p, end);
        if (p != end && *p == '}') return false;  // says nothing
        for (std::size_t place = 0;; ++place) {
            skip_space(p, end);
            if (p == end || *p != '"') return false;
            // Lines of one file have the same names in the same order: look there first.
            std::size_t column = column_names::none;
            if (place < order_.size() && order_[place] != column_names::none) {
                const std::string& guess = names_[order_[place]];
                if (static_cast<std::size_t>(end - p) > guess.size() + 2 && p[guess.size() + 1] == '"' &&
                    std::string_view{p + 1, guess.size()} == guess) {
                    column = order_[place];
                    p += guess.size() + 2;
                }
            }
            std::string_view name;
            if (column == column_names::none) {
                const char* const after = text_end(p, end);
                if (after == nullptr) return false;
                name = {p + 1, static_cast<std::size_t>(after - p - 2)};
                p = after;
            }
            skip_space(p, end);
            if (p == end || *p++ != ':') return false;
            skip_space(p, end);
            double value = unknown;
            if (p != end && (*p == '-' || static_cast<unsigned char>(*p - '0') < 10)) {
                p = read_number(p, end, value);
                if (p == nullptr) return false;
                if (column == column_names::none) column = names_.add(name);
            } else {
                const bool null = end - p >= 4 && std::string_view{p, 4} == "null";
                if (null && column == column_names::none) column = names_.add(name);
                const char* const from = p;
                p = value_end(p, end);
                if (p == nullptr || p == from) return false;
            }
            if (order_.size() <= place) order_.resize(place + 1, column_names::none);
            order_[place] = column;
            put(column, value);
            skip_space(p, end);
            if (p == end) return false;
            if (*p == ',') {
                ++p;
                continue;
            }
            if (*p++ != '}') return false;
            skip_space(p, end);
            return p == end;
        }
    }

    bool csv(std::string_view line) {
        if (line.empty()) return false;
        const bool heading = order_.empty();
        std::size_t place = 0;
        bool any = false;
        for (std::size_t from = 0; from <= line.size(); ++place) {
            const std::size_t comma = std::min(line.find(',', from), line.size());
            const std::string_view field = line.substr(from, comma - from);
            from = comma + 1;
            if (heading) {
                if (!field.empty() && (field[0] == '-' || static_cast<unsigned char>(field[0] - '0') < 10)) return order_.clear(), false;
                order_.push_back(names_.add(field));
                continue;
            }
            if (place >= order_.size()) return false;
            double value = unknown;
            if (field.empty()) continue;
            if (read_number(field.data(), field.data() + field.size(), value) != field.data() + field.size()) return false;
            put(order_[place], value);
            any = true;
        }
        return !heading && any && place == order_.size();
    }

    // "Step    1234 | Φ=0.452 | Agency=0.723 | Time: 2m 34s | Error=0.01 | 55,341 steps/s"
    bool status(std::string_view line) {
        if (!line.starts_with("Step ")) return false;
        double steps = unknown;
        std::size_t at = line.find_first_not_of(' ', 5);
        if (at == std::string_view::npos || read_number(line.data() + at, line.data() + line.size(), steps) == nullptr) return false;
        const auto part = [&](std::string_view label) -> std::string_view {
            const std::size_t found = line.find(label);
            if (found == std::string_view::npos) return {};
            const std::string_view rest = line.substr(found + label.size());
            return rest.substr(0, rest.find(" |"));
        };
        const auto number = [](std::string_view text) {
            double value = unknown;
            return !text.empty() && read_number(text.data(), text.data() + text.size(), value) != nullptr ? value : unknown;
        };
        const std::string_view time = part("| Time: ");
        if (time.empty()) return false;
        double seconds = 0;
        for (std::size_t i = 0; i < time.size();) {
            double value = unknown;
            const char* const after = read_number(time.data() + i, time.data() + time.size(), value);
            if (after == nullptr || after == time.data() + time.size()) return false;
            seconds += value * (*after == 'h' ? 3600 : *after == 'm' ? 60 : 1);
            i = static_cast<std::size_t>(after - time.data()) + 1;
            while (i < time.size() && time[i] == ' ') ++i;
        }
        put(names_.add("steps"), steps);
        put(names_.add("seconds"), seconds);
        put(names_.add("phi"), number(part("\u03a6=")));
        put(names_.add("agency"), number(part("Agency=")));
        put(names_.add("error"), number(part("Error=")));
        put(names_.add("accuracy"), number(part("Accuracy=")));
        if (const std::size_t bar = line.rfind("| "); bar != std::string_view::npos && line.ends_with(" steps/s")) {
            std::string digits;
            for (const char c : line.substr(bar + 2, line.size() - bar - 10)) {
                if (c != ',') digits += c;
            }
            put(names_.add("steps_per_second"), number(digits));
        }
        return true;
    }

    format format_;
    column_names names_;
    std::vector<std::size_t> order_;  // the column at each place of the last line
    std::vector<double> values_;
};

}  // namespace dashboard
