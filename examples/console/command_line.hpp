// A command line described by a table, one line an option: parsing, errors and --help all follow from it.
#pragma once

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

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

namespace details {

// One option of whichever table it stands in, for the settings of a program, which derive from those of each table.
template <class Options>
struct known_option {
    const void* entry = nullptr;
    std::string_view name;
    std::string_view value;
    void (*set)(const void* entry, Options&, std::string_view) = nullptr;
    [[nodiscard]] explicit operator bool() const noexcept { return entry != nullptr; }
    // Throws usage_error, which names the option as it was given.
    void apply(Options& options, std::string_view given, std::string_view text) const {
        try {
            set(entry, options, text);
        } catch (const usage_error& error) {
            throw usage_error{std::string{given} + " '" + std::string{text} + "': " + error.what()};
        }
    }
};

template <class Options, class Match, class... Tables>
known_option<Options> find(Match match, std::span<const option<Tables>>... tables) {
    known_option<Options> found;
    const auto look = [&]<class Table>(std::span<const option<Table>> table) {
        for (const option<Table>& o : table) {
            if (!found && match(o.name, o.letter)) {
                found = {&o, o.name, o.value, [](const void* entry, Options& options, std::string_view text) {
                             static_cast<const option<Table>*>(entry)->set(options, text);
                         }};
            }
        }
    };
    (look(tables), ...);
    return found;
}

}  // namespace details

// Applies arguments in order; of an option given twice the last counts. `--name value`, `--name=value`, `-q`, `-q value`.
// Throws usage_error: an option that is in no table, a value missing or wrong, a flag given a value, a word without an option.
// @param tables  of Options or of what it derives from; an option that stands in two is the first's
template <class Options, class... Tables>
void parse(std::span<const char* const> arguments, Options& options, std::span<const option<Tables>>... tables) {
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        const std::string_view word = arguments[i];
        const std::size_t equals = word.starts_with("--") ? word.find('=') : std::string_view::npos;
        const std::string_view given = word.substr(0, equals);
        const auto found = details::find<Options>(
            [given](std::string_view name, char letter) {
                return (given.starts_with("--") && given.substr(2) == name) || (letter != 0 && given.size() == 2 && given[0] == '-' && given[1] == letter);
            },
            tables...);
        if (!found) {
            throw usage_error{(word.starts_with("-") && word.size() > 1 ? "unknown option " : "unexpected argument ") + std::string{given}};
        }
        std::string_view value;
        if (equals != std::string_view::npos) {
            if (found.value.empty()) throw usage_error{std::string{given} + " takes no value"};
            value = word.substr(equals + 1);
        } else if (!found.value.empty()) {
            if (i + 1 == arguments.size()) throw usage_error{std::string{given} + " needs a value: " + std::string{found.value}};
            value = arguments[++i];
        }
        found.apply(options, given, value);
    }
}

// True if the value of an option that also takes words is meant as the name of a file (config_file.hpp).
inline bool names_config_file(std::string_view text) { return text.ends_with(".toml") || text.find('/') != std::string_view::npos; }

// Those options of a table that another program has too, in the order of the names. A name that is not in the table gives none.
template <class Options>
std::vector<option<Options>> chosen(std::span<const option<Options>> table, std::initializer_list<std::string_view> names) {
    std::vector<option<Options>> some;
    for (const std::string_view name : names) {
        for (const option<Options>& o : table) {
            if (o.name == name) some.push_back(o);
        }
    }
    return some;
}

// A command line that takes words beside its options, such as files.
struct split_arguments {
    std::vector<const char*> options;  // with their values, for parse
    std::vector<std::string> words;    // in their order; all of what follows "--", and "-"
};
template <class Options>
split_arguments split(std::span<const char* const> arguments, std::span<const option<Options>> table) {
    split_arguments out;
    bool only_words = false;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        const std::string_view word = arguments[i];
        if (only_words || word == "-" || !word.starts_with('-')) {
            out.words.emplace_back(word);
        } else if (word == "--") {
            only_words = true;
        } else {
            out.options.push_back(arguments[i]);
            for (const option<Options>& o : table) {
                const bool is_it = (word.starts_with("--") && word.substr(2) == o.name) || (o.letter != 0 && word.size() == 2 && word[1] == o.letter);
                if (is_it && !o.value.empty() && i + 1 < arguments.size()) out.options.push_back(arguments[++i]);
            }
        }
    }
    return out;
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
