// What the columns of a table mean, and how one record of text becomes the numbers that a learner takes.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <synapse/hosted/streams/data_error.hpp>
#include <synapse/hosted/streams/number.hpp>
#include <synapse/hosted/streams/record_reader.hpp>
#include <synapse/hosted/streams/sample.hpp>

namespace synapse::streams {

enum class header : std::uint8_t { detect, present, absent };  // detect: present if no field of the first line is a number

struct table_options {
    task learns = task::classification;
    // The column to predict: its name, or its index from 0, or from the end as -1, -2, ..; empty: the last. For regression, several
    // separated by commas.
    std::string target;
    header first_line = header::detect;
};

// A column is numeric if its first value is a number: a later value that is none is an error, with its place. Otherwise it is a
// category and becomes one input for each of its values, 1 for the value it has and 0 for the rest. A missing number is taken to be the mean
// of those that came before it in the life of the learner; a missing category is all zeros; a row whose target is missing is passed over.
// Class labels are numbered in the order of their values (numbers) or of their letters (words).
class table {
public:
    static constexpr std::size_t most_columns = 65536;
    static constexpr std::size_t most_inputs = 1048576;
    static constexpr std::size_t most_categories = 256;  // in one column
    static constexpr std::size_t most_classes = 4096;

    explicit table(table_options options) : options_{std::move(options)} {}

    // 1. Takes the first record of the data: names the columns and finds the target.
    // @return true if it is a header, false if it is data already.
    bool begin(const record& first, std::string_view file) {
        if (first.size() > most_columns) throw data_error{file, first.line(), "more than 65536 columns"};
        columns_.resize(first.size());
        const bool named = looks_like_header(first);
        if (named) {
            for (std::size_t i = 0; i < first.size(); ++i) columns_[i].name = first[i];
        }
        has_header_ = named;
        find_targets(first, file);
        if (columns_.size() == targets_.size()) throw data_error{file, first.line(), "no column is left to learn from"};
        return named;
    }

    // 2a. Takes every data record once, to learn which columns are categories and of which values.
    // @return false if the record has no target. Throws data_error, with the place.
    bool survey(const record& row, std::string_view file) {
        check_size(row, file);
        for (std::size_t i = 0; i < columns_.size(); ++i) {
            if (!row.missing(i)) survey_cell(row, i, file);
        }
        return has_target(row);
    }

    // 2b. Instead of a survey: every column is a number, labels are 0 .. classes-1 (not used for regression).
    void numbers_only(std::uint32_t classes) {
        for (column& c : columns_) c.is = kind::number;
        plain_labels_ = true;
        lay_out();
        if (options_.learns == task::classification) form_.outputs = classes;
    }

    // 3. After the survey of the whole of the data.
    void finish(std::string_view file) {
        for (column& c : columns_) {
            c.values.assign(c.found.begin(), c.found.end());
            c.found.clear();
            if (c.target && c.is == kind::number) {
                std::sort(c.values.begin(), c.values.end(),
                          [](const std::string& a, const std::string& b) { return *parse_whole(a) < *parse_whole(b); });
            }
        }
        lay_out();
        if (form_.inputs > most_inputs) throw data_error{file, "more than 1048576 inputs"};
        if (options_.learns == task::classification) {
            form_.class_names = columns_[targets_.front()].values;
            form_.outputs = static_cast<std::uint32_t>(form_.class_names.size());
            if (form_.outputs < 2)
                throw data_error{file, "column " + cited(target_name(targets_.front())) + " holds fewer than two classes"};
        }
    }

    [[nodiscard]] const stream_form& form() const noexcept { return form_; }

    // A record as numbers: x [form().inputs], y [form().outputs] (regression) or the label (classification).
    // @return false if its target is missing: x, y and label are then not to be used. Throws data_error, with the place.
    bool encode(const record& row, std::string_view file, std::span<float> x, std::span<float> y, std::uint32_t& label) const {
        check_size(row, file);
        if (!has_target(row)) return false;
        for (std::size_t i = 0; i < columns_.size(); ++i) {
            const column& c = columns_[i];
            if (c.target) continue;
            if (c.is == kind::category) {
                std::fill_n(x.data() + c.first_input, c.values.size(), 0.0f);
                if (row.missing(i)) continue;
                // A value that the survey did not meet (in held-out data) is like a missing one.
                if (const std::size_t at = find_value(c, row[i]); at < c.values.size()) x[c.first_input + at] = 1.0f;
            } else {
                x[c.first_input] = row.missing(i) ? static_cast<float>(c.mean) : number(row, i, file);
            }
        }
        if (options_.learns == task::classification) {
            label = read_label(row, file);
        } else {
            for (std::size_t k = 0; k < targets_.size(); ++k) y[k] = number(row, targets_[k], file);
        }
        return true;
    }

    // Counts a row that is learned from into the means that stand in for missing numbers.
    void count(const record& row, std::span<const float> x) noexcept {
        for (std::size_t i = 0; i < columns_.size(); ++i) {
            column& c = columns_[i];
            if (c.target || c.is == kind::category || row.missing(i)) continue;
            ++c.counted;
            c.mean += (static_cast<double>(x[c.first_input]) - c.mean) / static_cast<double>(c.counted);
        }
    }

    // The mean of a column so far, and of how many values; all zero for a category or a target.
    struct running_mean {
        double mean = 0;
        std::uint64_t counted = 0;
    };
    // [columns]: to be kept, and to be given back to a table of the same data, so that missing numbers are taken for the same.
    [[nodiscard]] std::vector<running_mean> means() const {
        std::vector<running_mean> all;
        for (const column& c : columns_) all.push_back({c.mean, c.counted});
        return all;
    }
    // @return false, and nothing has changed: another number of columns, or a mean that a learner could not take (no float, NaN).
    bool go_on_from(std::span<const running_mean> all) noexcept {
        if (all.size() != columns_.size()) return false;
        for (const running_mean& m : all) {
            if (!(m.mean >= -3.4e38 && m.mean <= 3.4e38)) return false;
        }
        for (std::size_t i = 0; i < all.size(); ++i) {
            columns_[i].mean = all[i].mean;
            columns_[i].counted = all[i].counted;
        }
        return true;
    }

    // Refuses the first record of another file if it is a header with other names.
    // @return true if it is a header.
    bool same_header(const record& first, std::string_view file) const {
        check_size(first, file);
        if (!looks_like_header(first)) return false;
        for (std::size_t i = 0; has_header_ && i < columns_.size(); ++i) {
            if (first[i] != columns_[i].name) {
                throw data_error{file,
                                 first.line(),
                                 static_cast<std::uint32_t>(i + 1),
                                 {},
                                 "named " + cited(first[i]) + ", but " + cited(columns_[i].name) + " in the data to learn"};
            }
        }
        return true;
    }

private:
    enum class kind : std::uint8_t { unknown, number, category };
    struct column {
        std::string name;
        kind is = kind::unknown;
        bool target = false;
        std::set<std::string, std::less<>> found;  // during the survey
        std::string first_value;                   // which said what kind of column it is, and where
        std::uint64_t first_line = 0;
        std::vector<std::string> values;  // of a category or a label, sorted, after it
        std::size_t first_input = 0;
        double mean = 0;
        std::uint64_t counted = 0;
    };

    [[nodiscard]] bool looks_like_header(const record& first) const {
        if (options_.first_line != header::detect) return options_.first_line == header::present;
        for (std::size_t i = 0; i < first.size(); ++i) {
            if (first.missing(i) || parse_double(first[i])) return false;
        }
        return true;
    }

    [[nodiscard]] std::string target_name(std::size_t i) const { return columns_[i].name.empty() ? std::to_string(i) : columns_[i].name; }

    void find_targets(const record& first, std::string_view file) {
        const std::string_view asked = options_.target;
        if (asked.empty()) {
            targets_.push_back(columns_.size() - 1);
        } else if (const std::size_t whole = find_column(asked); whole < columns_.size()) {
            targets_.push_back(whole);
        } else {
            for (std::size_t from = 0; from <= asked.size();) {
                const std::size_t comma = std::min(asked.find(',', from), asked.size());
                const std::string_view one = trimmed(asked.substr(from, comma - from));
                const std::size_t at = find_column(one);
                if (at >= columns_.size()) throw data_error{file, first.line(), no_such_column(one)};
                if (std::find(targets_.begin(), targets_.end(), at) != targets_.end()) {
                    throw data_error{file, first.line(), "target " + cited(one) + " is named twice"};
                }
                targets_.push_back(at);
                from = comma + 1;
            }
        }
        if (options_.learns == task::classification && targets_.size() > 1) {
            throw data_error{file, first.line(), "classification has one target column, not " + std::to_string(targets_.size())};
        }
        for (const std::size_t i : targets_) columns_[i].target = true;
    }

    // By name, else by index. columns_.size() if there is none.
    [[nodiscard]] std::size_t find_column(std::string_view asked) const {
        for (std::size_t i = 0; i < columns_.size(); ++i) {
            if (!asked.empty() && columns_[i].name == asked) return i;
        }
        const std::optional<std::int64_t> index = parse_whole(asked);
        const auto size = static_cast<std::int64_t>(columns_.size());
        if (!index || *index >= size || *index < -size) return columns_.size();
        return static_cast<std::size_t>(*index < 0 ? *index + size : *index);
    }

    [[nodiscard]] std::string no_such_column(std::string_view asked) const {
        std::string text = "no column " + cited(asked) + ": there are " + std::to_string(columns_.size());
        if (!has_header_) return text + ", without names; an index counts from 0";
        text += ":";
        for (std::size_t i = 0; i < columns_.size() && i < 20; ++i) (text += ' ') += cited(columns_[i].name);
        return text + (columns_.size() > 20 ? " ..." : "");
    }

    void check_size(const record& row, std::string_view file) const {
        if (row.size() == columns_.size()) return;
        throw data_error{
            file, row.line(),
            "has " + std::to_string(row.size()) + (row.size() == 1 ? " field, not " : " fields, not ") + std::to_string(columns_.size())};
    }

    [[nodiscard]] bool has_target(const record& row) const {
        return std::none_of(targets_.begin(), targets_.end(), [&row](std::size_t i) { return row.missing(i); });
    }

    [[noreturn]] void refuse(const record& row, std::size_t i, std::string_view file, std::string_view why) const {
        throw data_error{file, row.line(), static_cast<std::uint32_t>(i + 1), columns_[i].name, why};
    }

    [[nodiscard]] float number(const record& row, std::size_t i, std::string_view file) const {
        const std::optional<float> value = parse_float(row[i]);
        if (!value) refuse(row, i, file, cited(row[i]) + (parse_double(row[i]) ? " is too large" : " is not a number"));
        return *value;
    }

    void survey_cell(const record& row, std::size_t i, std::string_view file) {
        column& c = columns_[i];
        if (c.is == kind::unknown) {
            c.is = parse_double(row[i]) ? kind::number : kind::category;
            c.first_value = row[i];
            c.first_line = row.line();
        }
        const bool is_label = c.target && options_.learns == task::classification;
        if (c.is == kind::category && c.target && !is_label)
            refuse(row, i, file, cited(row[i]) + " is not a number: a regression needs one");
        if (c.is == kind::number && !is_label) {
            static_cast<void>(number(row, i, file));
            return;
        }
        const std::string value = is_label ? label_text(row, i, file) : std::string{row[i]};
        if (c.found.find(value) != c.found.end()) return;
        c.found.insert(value);
        if (is_label && c.found.size() > most_classes) refuse(row, i, file, "more than 4096 classes");
        if (!is_label && c.found.size() > most_categories) {
            throw data_error{file, c.first_line, static_cast<std::uint32_t>(i + 1), c.name,
                             cited(c.first_value) + " is not a number, and as a category the column has more than 256 values"};
        }
    }

    // A label as it is compared: 1, 1.0 and +1 are one class.
    [[nodiscard]] std::string label_text(const record& row, std::size_t i, std::string_view file) const {
        if (columns_[i].is == kind::category) return std::string{row[i]};
        const std::optional<std::int64_t> whole = parse_whole(row[i]);
        if (!whole) {
            refuse(row, i, file,
                   cited(row[i]) + (parse_double(row[i]) ? " is no class label, which is a whole number or a word: is this a regression?"
                                                         : " is not a number, as the labels before it"));
        }
        return std::to_string(*whole);
    }

    [[nodiscard]] static std::size_t find_value(const column& c, std::string_view value) {
        const auto at = std::lower_bound(c.values.begin(), c.values.end(), value);
        return at != c.values.end() && *at == value ? static_cast<std::size_t>(at - c.values.begin()) : c.values.size();
    }

    [[nodiscard]] std::uint32_t read_label(const record& row, std::string_view file) const {
        const std::size_t i = targets_.front();
        const column& c = columns_[i];
        if (plain_labels_) {
            const std::optional<std::int64_t> whole = parse_whole(row[i]);
            if (!whole || *whole < 0 || *whole >= static_cast<std::int64_t>(form_.outputs)) {
                refuse(row, i, file, cited(row[i]) + " is no class label: a whole number from 0 to " + std::to_string(form_.outputs - 1));
            }
            return static_cast<std::uint32_t>(*whole);
        }
        std::size_t at = c.values.size();
        if (c.is == kind::category) {
            at = find_value(c, row[i]);
        } else {
            const std::int64_t whole = *parse_whole(label_text(row, i, file));
            const auto found = std::lower_bound(c.values.begin(), c.values.end(), whole,
                                                [](const std::string& value, std::int64_t x) { return *parse_whole(value) < x; });
            if (found != c.values.end() && *parse_whole(*found) == whole) at = static_cast<std::size_t>(found - c.values.begin());
        }
        if (at == c.values.size()) refuse(row, i, file, cited(row[i]) + " is a class that the data to learn does not hold");
        return static_cast<std::uint32_t>(at);
    }

    void lay_out() {
        form_ = {};
        form_.learns = options_.learns;
        std::size_t inputs = 0;
        for (column& c : columns_) {
            if (c.target) continue;
            c.first_input = inputs;
            inputs += c.is == kind::category ? c.values.size() : 1;
            if (!has_header_) continue;
            if (c.is != kind::category) form_.input_names.push_back(c.name);
            if (c.is == kind::category) {
                for (const std::string& value : c.values) form_.input_names.push_back(c.name + "=" + value);
            }
        }
        form_.inputs = static_cast<std::uint32_t>(inputs);
        if (options_.learns == task::regression) form_.outputs = static_cast<std::uint32_t>(targets_.size());
    }

    table_options options_;
    std::vector<column> columns_;
    std::vector<std::size_t> targets_;
    bool has_header_ = false;
    bool plain_labels_ = false;
    stream_form form_;
};

}  // namespace synapse::streams
