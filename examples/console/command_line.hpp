// A command line described by a table, one line an option: parsing, errors and --help all follow from it.
#pragma once

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace console {

// The command line is wrong; what() is one sentence for the person who wrote it.
class usage_error : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

template <class Options>
struct option {
    std::string_view group;                   // a heading of --help; the options of a group stand together
    std::string_view name;                    // as in --name
    char letter;                              // as in -q; 0 for none
    std::string_view value;                   // what stands for the value in --help; empty: a flag
    std::string_view help;                    // a sentence; further lines after '\n'; empty: not in --help
    void (*set)(Options&, std::string_view);  // throws usage_error, saying what would be accepted
};

namespace details {

inline std::string range(std::string low, std::string high) { return "from " + std::move(low) + " to " + std::move(high); }

// Shortest text that reads back as the same number.
inline std::string shortest(double x) {
    char text[32];
    const auto [end, error] = std::to_chars(text, text + sizeof text, x);
    return {text, error == std::errc{} ? end : text};
}

}  // namespace details

// A whole number within [low, high], in decimal digits and nothing else. Throws usage_error.
inline std::uint64_t whole_number(std::string_view text, std::uint64_t low, std::uint64_t high) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || value < low || value > high) {
        throw usage_error{"must be a whole number " + details::range(std::to_string(low), std::to_string(high))};
    }
    return value;
}

// A decimal number within [low, high], the whole text of it. Throws usage_error.
inline double real_number(std::string_view text, double low, double high) {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || !(value >= low && value <= high)) {
        throw usage_error{"must be a number " + details::range(details::shortest(low), details::shortest(high))};
    }
    return value;
}

// A text that is not empty. Throws usage_error.
inline std::string some_text(std::string_view text) {
    if (text.empty()) throw usage_error{"must not be empty"};
    return std::string{text};
}

// Applies arguments in order; of an option given twice the last counts. `--name value`, `--name=value`, `-q`, `-q value`.
// Throws usage_error: an option that is not in the table, a value missing or wrong, a flag given a value, a word without an option.
template <class Options>
void parse(std::span<const char* const> arguments, std::span<const option<Options>> table, Options& options) {
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        const std::string_view word = arguments[i];
        const std::size_t equals = word.starts_with("--") ? word.find('=') : std::string_view::npos;
        const std::string_view given = word.substr(0, equals);
        const option<Options>* found = nullptr;
        for (const option<Options>& o : table) {
            const bool is_long = given.starts_with("--") && given.substr(2) == o.name;
            const bool is_short = o.letter != 0 && given.size() == 2 && given[0] == '-' && given[1] == o.letter;
            if (is_long || is_short) found = &o;
        }
        if (found == nullptr) {
            throw usage_error{(word.starts_with("-") && word.size() > 1 ? "unknown option " : "unexpected argument ") + std::string{given}};
        }
        std::string_view value;
        if (equals != std::string_view::npos) {
            if (found->value.empty()) throw usage_error{std::string{given} + " takes no value"};
            value = word.substr(equals + 1);
        } else if (!found->value.empty()) {
            if (i + 1 == arguments.size()) throw usage_error{std::string{given} + " needs a value: " + std::string{found->value}};
            value = arguments[++i];
        }
        try {
            found->set(options, value);
        } catch (const usage_error& error) {
            throw usage_error{std::string{given} + " '" + std::string{value} + "': " + error.what()};
        }
    }
}

// The table as --help shows it: headings, options with their values, and help texts in one column.
template <class Options>
std::string help(std::span<const option<Options>> table) {
    constexpr std::size_t column = 30;
    std::string text;
    std::string_view group;
    for (const option<Options>& o : table) {
        if (o.help.empty()) continue;  // another name of an option
        if (o.group != group) {
            group = o.group;
            if (!text.empty()) text += '\n';
            text.append(group) += ":\n";
        }
        std::string line = o.letter != 0 ? std::string{"  -"} + o.letter + ", --" : std::string{"      --"};
        line.append(o.name);
        if (!o.value.empty()) (line += ' ').append(o.value);
        if (line.size() + 2 > column) {
            text += line + "\n";
            line.clear();
        }
        line.resize(column, ' ');
        text += line;
        for (const char c : o.help) {
            text += c;
            if (c == '\n') text.append(column, ' ');
        }
        text += '\n';
    }
    return text;
}

}  // namespace console
