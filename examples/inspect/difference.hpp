// What changed between two checkpoints, and where.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include <synapse/hosted/checkpoint_reader.hpp>

#include "console/json.hpp"
#include "console/text.hpp"
#include "inspect/json_report.hpp"

namespace inspect {

struct tensor_difference {
    std::string name;
    std::string from, to;  // "6x32 <f4", or empty if it is not there
    std::uint64_t elements = 0, changed = 0;
    double norm_before = 0, norm_change = 0, largest_change = 0;
    std::uint32_t row = 0, column = 0;  // of the largest change
};

struct number_difference {
    std::string name;
    std::optional<synapse::checkpoint_reader::scalar> from, to;
};

struct difference {
    std::vector<number_difference> numbers;
    std::vector<tensor_difference> tensors;
    [[nodiscard]] bool none() const noexcept { return numbers.empty() && tensors.empty(); }
};

// Tensors of equal shape are compared element by element; of others, the part that both have.
inline difference difference_between(const synapse::checkpoint_reader& a, const synapse::checkpoint_reader& b) {
    difference found;
    const auto form = [](const synapse::checkpoint_reader::tensor* t) {
        return t == nullptr ? std::string{} : std::to_string(t->rows) + "x" + std::to_string(t->cols) + " " + t->dtype;
    };
    const auto compare_numbers = [&](const std::string& name) {
        const auto *before = a.find(name), *after = b.find(name);
        if (before != nullptr && after != nullptr && *before == *after) return;
        number_difference d{name, {}, {}};
        if (before != nullptr) d.from = *before;
        if (after != nullptr) d.to = *after;
        found.numbers.push_back(std::move(d));
    };
    std::map<std::string, int> seen;
    for (const auto* in : {&a, &b}) {
        for (const auto& n : in->numbers()) {
            if (seen[n.name]++ == 0) compare_numbers(n.name);
        }
    }
    std::set<std::string> met;
    for (const auto* in : {&a, &b}) {
        for (const auto& t : in->tensors()) {
            if (!met.insert(t.name).second) continue;
            const auto *before = a.find_tensor(t.name), *after = b.find_tensor(t.name);
            tensor_difference d{t.name, form(before), form(after)};
            if (before != nullptr && after != nullptr) {
                if (d.from == d.to && std::equal(before->bytes.begin(), before->bytes.end(), after->bytes.begin())) continue;
                double squares = 0, change = 0;
                const std::uint32_t rows = std::min(before->rows, after->rows), cols = std::min(before->cols, after->cols);
                for (std::uint32_t r = 0; r < rows; ++r) {
                    for (std::uint32_t c = 0; c < cols; ++c) {
                        const double x = (*before)[std::size_t{r} * before->cols + c], y = (*after)[std::size_t{r} * after->cols + c];
                        ++d.elements;
                        squares += x * x;
                        if (x == y) continue;
                        ++d.changed;
                        change += (y - x) * (y - x);
                        if (std::fabs(y - x) > d.largest_change) {
                            d.largest_change = std::fabs(y - x);
                            d.row = r;
                            d.column = c;
                        }
                    }
                }
                d.norm_before = std::sqrt(squares);
                d.norm_change = std::sqrt(change);
            }
            found.tensors.push_back(std::move(d));
        }
    }
    return found;
}

namespace details {

inline std::string text_of(const std::optional<synapse::checkpoint_reader::scalar>& s) {
    if (!s) return "absent";
    if (const auto* x = std::get_if<double>(&*s)) return console::significant(*x, 7);
    console::json out;
    add(out, *s);
    return out.text();
}

}  // namespace details

inline std::string text_of(const difference& d) {
    if (d.none()) return "no difference\n";
    std::string out;
    for (const number_difference& n : d.numbers) out += "  " + n.name + "  " + details::text_of(n.from) + " -> " + details::text_of(n.to) + "\n";
    for (const tensor_difference& t : d.tensors) {
        out += "  " + t.name + "  ";
        if (t.from.empty() || t.to.empty()) {
            out += t.from.empty() ? "new, " + t.to : "gone, was " + t.from;
        } else {
            if (t.from != t.to) out += t.from + " -> " + t.to + ", ";
            out += std::to_string(t.changed) + " of " + std::to_string(t.elements) + " changed, by " + console::significant(t.norm_change, 4) + " of " +
                   console::significant(t.norm_before, 4);
            if (t.changed != 0) {
                out += ", most at row " + std::to_string(t.row) + ", column " + std::to_string(t.column) + ": " + console::significant(t.largest_change, 4);
            }
        }
        out += "\n";
    }
    return out;
}

inline void add(console::json& out, const difference& d) {
    out.open('{').key("numbers").open('[');
    for (const number_difference& n : d.numbers) {
        out.open('{').member("name", n.name).key("from");
        n.from ? details::add(out, *n.from) : static_cast<void>(out.null());
        out.key("to");
        n.to ? details::add(out, *n.to) : static_cast<void>(out.null());
        out.close('}');
    }
    out.close(']').key("tensors").open('[');
    for (const tensor_difference& t : d.tensors) {
        const auto there = [](const std::string& s) { return s.empty() ? std::nullopt : std::optional<std::string>{s}; };
        out.open('{').member("name", t.name).member("from", there(t.from)).member("to", there(t.to)).member("elements", t.elements);
        out.member("changed", t.changed).member("norm_before", t.norm_before).member("norm_change", t.norm_change);
        out.member("largest_change", t.largest_change).member("row", t.row).member("column", t.column).close('}');
    }
    out.close(']').close('}');
}

}  // namespace inspect
