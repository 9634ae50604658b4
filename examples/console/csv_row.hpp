// One row of comma-separated values under the names of its columns: the same members that console::json takes.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "console/json.hpp"

namespace console {

// What is not known is an empty field. Names hold neither commas nor quotes.
class csv_row {
public:
    template <class Value>
    csv_row& member(std::string_view name, const Value& value) {
        names_.append(names_.empty() ? "" : ",").append(name);
        if (!first_) values_ += ',';
        first_ = false;
        json text;
        text.value(value);  // numbers are spelled alike
        if (text.text() != "null") values_ += text.text();
        return *this;
    }
    // The names, and the values, each as one line without its end.
    [[nodiscard]] const std::string& names() const noexcept { return names_; }
    [[nodiscard]] const std::string& values() const noexcept { return values_; }

private:
    std::string names_;
    std::string values_;
    bool first_ = true;
};

}  // namespace console
