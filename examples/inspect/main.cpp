// inspect: what a device sent home, opened. See options.hpp for what it can be told, contents.hpp for what it finds out.
#include <cerrno>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <cstring>
#include <exception>
#include <filesystem>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <synapse/config.hpp>
#include <synapse/hosted/checkpoint_reader.hpp>
#include <synapse/hosted/salvage.hpp>

#include "console/command_line.hpp"
#include "console/exit_code.hpp"
#include "console/files.hpp"
#include "console/json.hpp"
#include "console/text.hpp"
#include "inspect/contents.hpp"
#include "inspect/difference.hpp"
#include "inspect/directory.hpp"
#include "inspect/exports.hpp"
#include "inspect/imports.hpp"
#include "inspect/json_report.hpp"
#include "inspect/options.hpp"
#include "inspect/text_report.hpp"

namespace {

void print(const std::string& text) {
    if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || std::fflush(stdout) != 0)
        throw console::write_error{"standard output", errno};
}

// One file: its contents, or what is wrong with it.
int tell(const std::string& path, bool as_json, console::json& out) {
    int error = 0;
    synapse::salvage found = synapse::examine(path, error);
    if (error != 0) found.problems.back() += std::string{" ("} + std::strerror(error) + ")";
    synapse::checkpoint_reader in;
    if (ok(found.outcome) && ok(in.open(path))) {
        try {
            const inspect::contents c = inspect::contents_of(in, path, std::filesystem::file_size(path));
            if (as_json) {
                inspect::add(out, c, in);
            } else {
                print(inspect::text_report(c));
            }
            return console::done;
        } catch (const std::invalid_argument& flaw) {
            found.outcome = synapse::status::corrupt;
            found.problems.emplace_back(flaw.what());
        }
    }
    if (as_json) {
        inspect::add_damage(out, path, found);
    } else {
        print(inspect::damage_report(path, found));
    }
    return console::bad_data;
}

int summaries(const std::vector<std::string>& files, bool as_json) {
    int code = console::done;
    console::json out;
    if (as_json && files.size() > 1) out.open('[');
    for (std::size_t i = 0; i < files.size(); ++i) {
        if (!as_json && i != 0) print("\n");
        if (const int c = tell(files[i], as_json, out); c != console::done) code = c;
    }
    if (as_json && files.size() > 1) out.close(']');
    if (as_json) print(out.text() + "\n");
    return code;
}

int compare(const std::string& a, const std::string& b, bool as_json) {
    synapse::checkpoint_reader before, after;
    for (const auto& [path, in] : {std::pair{&a, &before}, std::pair{&b, &after}}) {
        if (const synapse::status s = in->open(*path); !ok(s)) {
            int error = 0;
            std::fprintf(stderr, "inspect: %s: %s\n", path->c_str(), synapse::examine(*path, error).problems.front().c_str());
            return console::bad_data;
        }
    }
    const inspect::difference d = inspect::difference_between(before, after);
    if (as_json) {
        console::json out;
        inspect::add(out, d);
        print(out.text() + "\n");
    } else {
        print(a + " -> " + b + "\n" + inspect::text_of(d));
    }
    return console::done;
}

int verify(const std::string& directory, bool as_json) {
    const auto files = inspect::check_all(directory);
    std::size_t valid = 0;
    const inspect::checked_file* newest = nullptr;
    console::json out;
    if (as_json) out.open('{').key("files").open('[');
    for (const inspect::checked_file& f : files) {
        const bool good = ok(f.outcome);
        valid += good ? 1 : 0;
        if (good && (newest == nullptr || f.sequence >= newest->sequence)) newest = &f;
        if (as_json) {
            out.open('{').member("file", f.path).member("valid", good).member("status", synapse::name(f.outcome)).member("bytes", f.bytes);
            out.member("sequence", f.sequence).member("steps", f.steps).key("problem");
            good ? out.null() : out.value(f.problem);
            out.close('}');
        } else if (good) {
            print("ok       " + f.path + "  sequence " + std::to_string(f.sequence) + ", step " + console::with_thousands(f.steps) + ", " +
                  f.reason + "\n");
        } else {
            print("damaged  " + f.path + "  " + f.problem + "\n");
        }
    }
    if (as_json) {
        out.close(']').member("valid", valid).member("damaged", files.size() - valid);
        out.member("newest", newest == nullptr ? std::nullopt : std::optional<std::string>{newest->path}).close('}');
        print(out.text() + "\n");
    } else {
        print(std::to_string(valid) + " valid, " + std::to_string(files.size() - valid) + " damaged" +
              (newest == nullptr ? "; none to resume from" : "; newest " + newest->path) + "\n");
    }
    return valid == files.size() && valid != 0 ? console::done : console::bad_data;
}

int trend(const std::string& directory, bool as_json) {
    const auto files = inspect::in_order(inspect::check_all(directory));
    struct column {
        const char* name;
        std::optional<double> (*of)(const inspect::checked_file&);
    };
    static constexpr column columns[] = {
        {"error", [](const inspect::checked_file& f) { return f.error; }},
        {"loss", [](const inspect::checked_file& f) { return f.loss; }},
        {"accuracy", [](const inspect::checked_file& f) { return f.accuracy; }},
        {"weight_norm", [](const inspect::checked_file& f) { return f.weight_norm; }},
        {"neurons", [](const inspect::checked_file& f) { return f.neurons; }},
        {"stored", [](const inspect::checked_file& f) { return f.stored; }},
    };
    if (as_json) {
        console::json out;
        out.open('[');
        for (const inspect::checked_file& f : files) {
            out.open('{').member("file", f.path).member("sequence", f.sequence).member("timestamp", f.timestamp).member("reason", f.reason);
            out.member("steps", f.steps).member("samples", f.samples).member("bytes", f.bytes);
            for (const column& c : columns) out.member(c.name, c.of(f));
            out.close('}');
        }
        print(out.close(']').text() + "\n");
        return files.empty() ? console::bad_data : console::done;
    }
    if (files.empty()) {
        print("no valid checkpoint in " + directory + "\n");
        return console::bad_data;
    }
    print(directory + ": " + std::to_string(files.size()) + " valid checkpoints, steps " + console::with_thousands(files.front().steps) +
          " to " + console::with_thousands(files.back().steps) + "\n");
    for (const column& c : columns) {
        std::vector<double> values;
        std::optional<double> first, last;
        for (const inspect::checked_file& f : files) {
            const auto x = c.of(f);
            values.push_back(x.value_or(std::nan("")));
            if (x && !first) first = x;
            if (x) last = x;
        }
        if (!first) continue;
        std::string name = c.name;
        name.resize(12, ' ');
        print("  " + name + inspect::sparkline(values, 60) + "  " + console::significant(*first, 4) + " -> " +
              console::significant(*last, 4) + "\n");
    }
    return console::done;
}

int run(std::span<const char* const> arguments) {
    inspect::options options;
    std::vector<std::string> files;
    try {
        const auto split = console::split<inspect::options>(arguments, inspect::option_table());
        console::parse(split.options, options, inspect::option_table());
        files = split.words;
        const bool whole = options.verify || options.trend;
        if (!options.help && !options.version) {
            const bool exports = options.wants_arrays() || options.wants_table();
            if (options.verify && options.trend) throw console::usage_error{"--verify and --trend are two different questions"};
            if (whole && (options.diff || !files.empty()))
                throw console::usage_error{"--verify and --trend take a directory and nothing else"};
            if (options.diff && files.size() != 2) throw console::usage_error{"--diff needs two files"};
            if (options.import.has_value() != options.to.has_value())
                throw console::usage_error{"--import needs --to, and --to needs --import"};
            if (!options.import && (options.like || options.rows || options.classify || options.replay != 0))
                throw console::usage_error{"--like, --rows, --classify and --replay belong to --import"};
            if (options.import && (whole || options.diff || exports || options.json || !files.empty()))
                throw console::usage_error{"--import does nothing else"};
            if (options.import && options.like && options.replay != 0)
                throw console::usage_error{"--like says what it remembers: no --replay beside it"};
            if (exports && (options.verify || options.diff || options.json)) throw console::usage_error{"exports do nothing else"};
            if (options.wants_arrays() && files.size() != 1)
                throw console::usage_error{"arrays are exported from one checkpoint at a time"};
            if (!whole && !options.import && files.empty()) throw console::usage_error{"which checkpoint?"};
        }
    } catch (const console::usage_error& error) {
        std::fprintf(stderr, "inspect: %s\nTry: inspect --help\n", error.what());
        return console::misused;
    }
    if (options.help || options.version) {
        print(options.help ? inspect::help_text() : std::string{"inspect "} + synapse::version + "\n");
        return console::done;
    }
    if (options.import) return inspect::import_net(options), console::done;
    if (options.wants_arrays() || options.wants_table()) return inspect::write_exports(options, files), console::done;
    if (options.verify) return verify(*options.verify, options.json);
    if (options.trend) return trend(*options.trend, options.json);
    if (options.diff) return compare(files[0], files[1], options.json);
    return summaries(files, options.json);
}

}  // namespace

int main(int count, char** arguments) {
    const auto fail = [](const char* why, int code) {
        std::fprintf(stderr, "inspect: %s\n", why);
        return code;
    };
    try {
        return run({arguments + 1, static_cast<std::size_t>(count > 0 ? count - 1 : 0)});
    } catch (const console::write_error& error) {
        return fail(error.what(), console::cannot_write);
    } catch (const inspect::input_error& error) {
        return fail(error.what(), console::bad_data);
    } catch (const std::filesystem::filesystem_error& error) {
        return fail(error.what(), console::bad_data);
    } catch (const std::exception& error) {
        return fail(error.what(), console::failed);
    }
}
