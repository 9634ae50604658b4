// dashboard: the runs of a directory as a live page on 127.0.0.1. See options.hpp for what it can be told, service.hpp for what it says.
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <span>
#include <string>
#include <system_error>
#include <thread>

#include <unistd.h>

#include <synapse/config.hpp>

#include "console/command_line.hpp"
#include "console/exit_code.hpp"
#include "console/files.hpp"
#include "console/stop_signals.hpp"
#include "dashboard/options.hpp"
#include "dashboard/report.hpp"
#include "dashboard/run_table.hpp"
#include "dashboard/service.hpp"
#include "dashboard_page.hpp"

namespace {

void print(const std::string& text) {
    if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || std::fflush(stdout) != 0)
        throw console::write_error{"standard output", errno};
}

// Where the indices of long logs are kept; empty if the user has no such place.
std::string cache_directory() {
    const auto set = [](const char* name) {
        const char* const value = std::getenv(name);
        return std::string{value == nullptr ? "" : value};
    };
    if (const std::string cache = set("XDG_CACHE_HOME"); cache.starts_with('/')) return cache + "/synapse/dashboard";
    if (const std::string home = set("HOME"); home.starts_with('/')) return home + "/.cache/synapse/dashboard";
    return {};
}

// Keeps the table up to date, one run after the other: while a long log is read, the others wait.
void follow(dashboard::run_table& runs, dashboard::service& service, const std::atomic<bool>& over) {
    using clock = std::chrono::steady_clock;
    clock::time_point looked = clock::now();
    while (!over) {
        bool news = false;
        if (clock::now() - looked > std::chrono::seconds{2}) {
            looked = clock::now();
            news = runs.look();
        }
        for (const auto& one : runs.all()) {
            if (over) return;
            const std::uint64_t before = one->version();
            one->poll([&] {
                service.tell();
                return !over;
            });
            news = news || one->version() != before;
        }
        if (news) service.tell();
        for (int i = 0; i < 10 && !over; ++i) std::this_thread::sleep_for(std::chrono::milliseconds{20});
    }
}

int live(dashboard::run_table& runs, const dashboard::options& options) {
    console::stop_signals::install("\ndashboard: stopping\n", STDERR_FILENO);
    dashboard::service service{runs, dashboard::page_files, std::chrono::milliseconds{static_cast<long>(options.heartbeat * 1000)}};
    int port = service.bind(options.port.value_or(dashboard::usual_port));
    if (port == 0 && !options.port) port = service.bind(0);
    if (port == 0) {
        std::fprintf(stderr, "dashboard: port %d of 127.0.0.1 is not to be had: --port 0 takes a free one\n",
                     static_cast<int>(options.port.value_or(dashboard::usual_port)));
        return console::failed;
    }
    print("http://127.0.0.1:" + std::to_string(port) + "/\n");
    std::atomic<bool> over{false};
    std::thread follower{[&] { follow(runs, service, over); }};
    std::thread server{[&] { service.listen(); }};
    while (console::stop_signals::asked() == 0) std::this_thread::sleep_for(std::chrono::milliseconds{50});
    over = true;
    service.stop();
    server.join();
    follower.join();
    return console::done;
}

int run(std::span<const char* const> arguments) {
    dashboard::options options;
    std::string directory;
    try {
        const auto split = console::split<dashboard::options>(arguments, dashboard::option_table());
        console::parse(split.options, options, dashboard::option_table());
        if (!options.help && !options.version) {
            if (split.words.size() != 1) throw console::usage_error{split.words.empty() ? "which directory?" : "one directory"};
            if (options.report && (options.port)) throw console::usage_error{"--report writes a file and needs no --port"};
            directory = split.words[0];
        }
    } catch (const console::usage_error& error) {
        std::fprintf(stderr, "dashboard: %s\nTry: dashboard --help\n", error.what());
        return console::misused;
    }
    if (options.help || options.version) {
        print(options.help ? dashboard::help_text() : std::string{"dashboard "} + synapse::version + "\n");
        return console::done;
    }
    std::error_code error;
    const auto root = std::filesystem::canonical(directory, error);
    if (error || !std::filesystem::is_directory(root, error)) {
        std::fprintf(stderr, "dashboard: %s: no such directory\n", directory.c_str());
        return console::bad_data;
    }
    dashboard::run_table runs{root, options.index_dir ? *options.index_dir : cache_directory()};
    runs.look();
    if (!options.report) return live(runs, options);
    for (const auto& one : runs.all()) one->poll([] { return true; });
    console::replace_file(*options.report, dashboard::report_page(dashboard::page_files, dashboard::report_data(runs, 2000)));
    print(*options.report + ": " + std::to_string(runs.all().size()) + (runs.all().size() == 1 ? " run\n" : " runs\n"));
    return console::done;
}

}  // namespace

int main(int count, char** arguments) {
    const auto fail = [](const char* why, int code) {
        std::fprintf(stderr, "dashboard: %s\n", why);
        return code;
    };
    try {
        return run({arguments + 1, static_cast<std::size_t>(count > 0 ? count - 1 : 0)});
    } catch (const console::write_error& error) {
        return fail(error.what(), console::cannot_write);
    } catch (const std::exception& error) {
        return fail(error.what(), console::failed);
    }
}
