// Options in a file, one `name = value` a line, under the same table as the command line, which counts more.
//
// The files are TOML, read by toml++: a whole, strict reader of a published language, which says line and column of what it does not like.
// CLI11's own reader takes a line that it cannot read for a flag and says no lines, and its command line would not add to our table.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#if SYNAPSE_TOML
#define TOML_ENABLE_FORMATTERS 0
#include <toml++/toml.h>
#endif

#include "console/command_line.hpp"

namespace console {

#if SYNAPSE_TOML

namespace details {

inline std::string place(const std::string& path, const toml::source_position& at) {
    return path + ":" + std::to_string(at.line) + ": ";
}

// A value as the command line would write it. Throws usage_error.
inline std::string spelled(const toml::node& node) {
    if (const auto* text = node.as_string()) return text->get();
    if (const auto* whole = node.as_integer()) return std::to_string(whole->get());
    if (const auto* real = node.as_floating_point()) return shortest(real->get());
    if (const auto* list = node.as_array()) {
        std::string all;
        for (const toml::node& part : *list) {
            if (part.is_array()) throw usage_error{"must not hold a list within a list"};
            (all += all.empty() ? "" : ",") += spelled(part);
        }
        return all;
    }
    throw usage_error{"must be a text, a number, or a list of them"};
}

template <class Options, class... Tables>
void take(const toml::table& entries, const std::string& path, bool inside, Options& options, std::span<const option<Tables>>... tables) {
    for (const auto& [key, node] : entries) {
        const std::string name{key.str()};
        const std::string at = place(path, node.source().begin);
        if (const toml::table* section = node.as_table()) {
            if (inside) throw usage_error{at + "[" + name + "]: a section within a section"};
            take(*section, path, true, options, tables...);
            continue;
        }
        std::string spelling = name;
        for (char& c : spelling) c = c == '_' ? '-' : c;
        const auto found = find<Options>([&spelling](std::string_view known, char) { return known == spelling; }, tables...);
        if (!found) throw usage_error{at + "unknown option " + name};
        const auto* flag = node.as_boolean();
        if (found.value.empty() != (flag != nullptr)) {
            throw usage_error{at + name + (flag != nullptr ? " needs a value: " + std::string{found.value} : std::string{" must be true or false"})};
        }
        if (flag != nullptr && !flag->get()) continue;
        try {
            found.apply(options, name, flag != nullptr ? std::string{} : spelled(node));
        } catch (const usage_error& error) {
            const std::string_view what = error.what();
            throw usage_error{at + (what.starts_with(name) ? "" : name + ": ") + std::string{what}};
        }
    }
}

}  // namespace details

// Applies the options of a file. Sections are for the reader alone; '_' may stand for '-'; a flag is true or false; lists are joined by commas.
// Throws usage_error, with the file and the line: no such file, no TOML, an option that is in no table or cannot have this value.
template <class Options, class... Tables>
void read_config_file(const std::string& path, Options& options, std::span<const option<Tables>>... tables) {
    toml::table entries;
    try {
        entries = toml::parse_file(path);
    } catch (const toml::parse_error& error) {
        if (error.source().begin.line == 0) throw usage_error{path + ": " + std::string{error.description()}};
        throw usage_error{details::place(path, error.source().begin) + std::string{error.description()}};
    }
    details::take(entries, path, false, options, tables...);
}

#else

template <class Options, class... Tables>
void read_config_file(const std::string& path, Options&, std::span<const option<Tables>>...) {
    throw usage_error{path + ": this program was built without toml++ (libtomlplusplus-dev), which reads such files"};
}

#endif

// The command line, on top of the files that it names itself, wherever it names them. Throws usage_error.
// @param files  the member that an option of the table adds the path of a file to
template <class Options, class Owner, class... Tables>
void parse_with_files(std::span<const char* const> arguments, Options& options, std::vector<std::string> Owner::*files,
                      std::span<const option<Tables>>... tables) {
    Options named = options;
    parse(arguments, named, tables...);
    for (const std::string& path : named.*files) {
        read_config_file(path, options, tables...);
        if (!(options.*files).empty()) throw usage_error{path + ": a file cannot name another: " + (options.*files).front()};
    }
    parse(arguments, options, tables...);
}

}  // namespace console
