// rehearse: what a microcontroller with so much memory would learn from a file. See options.hpp for what it can be told.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <synapse/config.hpp>
#include <synapse/hosted/streams/csv.hpp>
#include <synapse/hosted/streams/data_error.hpp>
#include <synapse/hosted/streams/held.hpp>

#include "console/command_line.hpp"
#include "console/exit_code.hpp"
#include "console/files.hpp"
#include "rehearse/candidates.hpp"
#include "rehearse/options.hpp"
#include "rehearse/rehearsal.hpp"
#include "rehearse/telling.hpp"

namespace {

int fail(const char* why, int code) {
    std::fprintf(stderr, "rehearse: %s\n", why);
    return code;
}

int rehearse_all(const rehearse::options& x) {
    using namespace synapse::streams;
    const auto say = [&x](const std::string& text) {
        if (x.quiet) return;
        std::fputs(text.c_str(), stdout);
        std::fflush(stdout);
    };
    first_rows some{std::make_unique<csv_file>(*x.path, table_options{x.learns, x.target.value_or(""), x.header}), x.samples};
    held_rows rows{some, *x.path};
    const auto bytes = static_cast<std::size_t>(x.ram_kib * 1024);
    const auto candidates =
        rehearse::candidates(rows.form(), bytes, rows.rows(), x.instructions.value_or(std::numeric_limits<double>::infinity()), x.seed);
    if (candidates.empty()) return fail("no network fits: give it more memory or time, or fewer columns", console::failed);
    say(std::to_string(rows.rows()) + " rows of " + *x.path + ": " + std::to_string(rows.form().inputs) + " inputs, " +
        std::to_string(rows.form().outputs) + (x.learns == synapse::task::classification ? " classes" : " targets") + "\n\n" +
        rehearse::table_head(x.learns));
    std::vector<rehearse::result> all;
    for (const rehearse::candidate& c : candidates) {
        all.push_back(rehearse::rehearse_one(c, rows));
        say(rehearse::table_line(all.back(), false));
    }
    const std::size_t best = rehearse::best_of(all);
    say("\nThe best:\n" + rehearse::table_line(all[best], true) + rehearse::advice(all[best]));
    if (x.report) console::replace_file(*x.report, rehearse::json_report(x, rows.rows(), all, best));
    return console::done;
}

int run(std::span<const char* const> arguments) {
    rehearse::options options;
    try {
        console::parse(arguments, options, rehearse::option_table());
        if (options.help || options.version) {
            std::fputs(options.help ? rehearse::help_text().c_str() : "rehearse ", stdout);
            if (!options.help) std::printf("%s\n", synapse::version);
            return std::fflush(stdout) == 0 ? console::done : console::cannot_write;
        }
        rehearse::check(options);
    } catch (const console::usage_error& error) {
        std::fprintf(stderr, "rehearse: %s\nTry: rehearse --help\n", error.what());
        return console::misused;
    }
    return rehearse_all(options);
}

}  // namespace

int main(int count, char** arguments) {
    try {
        return run({arguments + 1, static_cast<std::size_t>(count > 0 ? count - 1 : 0)});
    } catch (const synapse::streams::data_error& error) {
        return fail(error.what(), console::bad_data);
    } catch (const console::write_error& error) {
        return fail(error.what(), console::cannot_write);
    } catch (const std::exception& error) {
        return fail(error.what(), console::failed);
    }
}
