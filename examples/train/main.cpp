// train: a learner that goes through a data set in epochs. See options.hpp for what it can be told, job.hpp for what it does.
#include <cstdio>
#include <exception>
#include <new>
#include <span>
#include <stdexcept>

#include <unistd.h>

#include <synapse/config.hpp>
#include <synapse/hosted/streams/data_error.hpp>

#include "console/command_line.hpp"
#include "console/config_file.hpp"
#include "console/exit_code.hpp"
#include "console/files.hpp"
#include "console/stop_signals.hpp"
#include "train/job.hpp"
#include "train/options.hpp"
#include "train_continuous/checkpoints.hpp"

namespace {

int fail(const char* why, int code) {
    std::fprintf(stderr, "train: %s\n", why);
    return code;
}

int run(std::span<const char* const> arguments) {
    train::options options;
    try {
        console::parse_with_files(arguments, options, &train::options::config_files, train::own_options(), train::shared_options());
        options.words.assign(arguments.begin(), arguments.end());
        if (options.help || options.version) {
            std::fputs(options.help ? train::help_text().c_str() : "train ", stdout);
            if (!options.help) std::printf("%s\n", synapse::version);
            return std::fflush(stdout) == 0 ? console::done : console::cannot_write;
        }
        train::check(options);
    } catch (const console::usage_error& error) {
        std::fprintf(stderr, "train: %s\nTry: train --help\n", error.what());
        return console::misused;
    }
    console::stop_signals::install("\nSaving final checkpoint...\n", options.quiet ? STDERR_FILENO : STDOUT_FILENO);
    train::job job{options};
    return job.run();
}

}  // namespace

int main(int count, char** arguments) {
    try {
        return run({arguments + 1, static_cast<std::size_t>(count > 0 ? count - 1 : 0)});
    } catch (const synapse::streams::data_error& error) {
        if (const int signal = console::stop_signals::asked()) {
            return fail("stopped before all the data was there: nothing was learned, and nothing is saved", console::by_signal + signal);
        }
        return fail(error.what(), console::bad_data);
    } catch (const train_continuous::resume_error& error) {
        return fail(error.what(), console::nothing_to_resume);
    } catch (const console::usage_error& error) {
        return fail(error.what(), console::misused);
    } catch (const console::write_error& error) {
        return fail(error.what(), console::cannot_write);
    } catch (const std::bad_alloc&) {
        return fail("not enough memory for a learner of this shape", console::failed);
    } catch (const std::exception& error) {
        return fail(error.what(), console::failed);
    }
}
