// twin: lives a device's life again on the desktop and finds where it went wrong.
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <exception>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <synapse/checkpoint/load.hpp>
#include <synapse/checkpoint/save.hpp>
#include <synapse/hosted/any_learner.hpp>
#include <synapse/hosted/file_source.hpp>
#include <synapse/kernels/default.hpp>

#include "console/command_line.hpp"
#include "console/exit_code.hpp"
#include "console/files.hpp"
#include "console/text.hpp"
#include "twin/device_log.hpp"
#include "twin/options.hpp"
#include "twin/replay.hpp"

namespace {

void print(const std::string& text) { std::fwrite(text.data(), 1, text.size(), stdout); }

// A checkpoint and what it says of itself.
struct opened {
    synapse::file_source file;
    synapse::shape form;
    synapse::checkpoint_about about;

    explicit opened(const std::string& path) {
        if (const synapse::status s = file.open(path); !ok(s)) {
            throw twin::input_error{path + ": " + (file.error() != 0 ? std::strerror(file.error()) : synapse::name(s))};
        }
        if (const auto read = synapse::read_about(file, form, about); !ok(read)) {
            throw twin::input_error{path + ": " + synapse::name(read.outcome) + ": it is damaged, or no checkpoint of a learner"};
        }
        if (const char* flaw = form.flaw()) throw twin::input_error{path + ": " + flaw};
    }
};

std::string trace_text(const twin::verdict& v) {
    std::string out;
    if (v.trace.size() < v.calls && !v.trace.empty()) {
        out += "  the last " + std::to_string(v.trace.size()) + " of " + std::to_string(v.calls) + " calls:\n";
    }
    for (const twin::trace_line& t : v.trace) {
        char line[160];
        std::snprintf(line, sizeof line, "  step %-10llu line %-8u error %-12.6g largest input %-10.4g%s%s\n",
                      static_cast<unsigned long long>(t.step), static_cast<unsigned>(t.line), static_cast<double>(t.error),
                      static_cast<double>(t.largest), ok(t.outcome) ? "" : " refused: ", ok(t.outcome) ? "" : synapse::name(t.outcome));
        out += line;
    }
    return out;
}

template <synapse::kernel_set Kernels>
int live(const std::string& path, opened& start, const std::string& log_path, const twin::options& x) {
    twin::replay<Kernels> life{start.form, start.file, path};
    const twin::device_log log = twin::read_log(log_path, life.model().form());
    std::uint64_t stop = x.stop.value_or(std::numeric_limits<std::uint64_t>::max());
    std::optional<opened> end;
    if (x.end) {
        end.emplace(*x.end);
        if (end->about.arithmetic != std::string_view{start.about.arithmetic})
            throw twin::input_error{*x.end + ": of another arithmetic than " + path};
        if (end->about.steps < start.about.steps) throw twin::input_error{*x.end + ": of an earlier step than " + path};
        stop = std::min(stop, end->about.steps);
    }
    print(path + ": step " + std::to_string(start.about.steps) + ", " + start.about.arithmetic + ", weights " +
          console::hex(synapse::weights_hash(life.model())) + "\n");
    const twin::verdict v = life.run(log, stop, x.trace);
    bool same = !v.parted_by;
    const std::uint64_t now = life.model().latest().steps;
    print(std::to_string(v.steps) + " steps replayed, to step " + std::to_string(now) + ", weights " +
          console::hex(synapse::weights_hash(life.model())) +
          (v.refused != 0 ? "; " + std::to_string(v.refused) + " samples refused" : "") + "\n");
    print(std::to_string(v.marks) + (v.marks == 1 ? " hash" : " hashes") + " of the device agree\n");
    if (v.parted_by) {
        print("PARTED after step " + std::to_string(v.agreed_at) + " and by step " + std::to_string(*v.parted_by) + "\n");
        if (!v.explanation.empty()) print("  " + v.explanation + "\n");
        print(trace_text(v));
    } else if (x.stop && now >= *x.stop) {
        print(trace_text(v));
    }
    if (end && same && now != end->about.steps) {
        print(*x.end + ": step " + std::to_string(end->about.steps) + " was not reached: the log ends before it\n");
        same = false;
    } else if (end && same) {
        twin::replay<Kernels> device{end->form, end->file, *x.end};
        same = twin::replay<Kernels>::all_of(device.model()) == twin::replay<Kernels>::all_of(life.model());
        print(*x.end + (same ? ": the same in every bit\n" : ": it differs (twin --save, then inspect --diff, says where)\n"));
    }
    if (x.save) {
        twin::memory_sink out;
        static_cast<void>(synapse::save(life.model(), out, {"twin", start.about.timestamp, 1}));
        console::replace_file(*x.save, std::string_view{reinterpret_cast<const char*>(out.bytes.data()), out.bytes.size()});
    }
    if (same && v.marks == 0 && !end) print("nothing was compared: the log has no hash of a later step, and there is no --end\n");
    return same ? console::done : console::failed;
}

int run(std::span<const char* const> arguments) {
    twin::options x;
    console::split_arguments split;
    try {
        split = console::split<twin::options>(arguments, twin::option_table());
        console::parse(split.options, x, twin::option_table());
        if (!x.help && !x.version && split.words.size() != 2) throw console::usage_error{"which checkpoint, and which log?"};
    } catch (const console::usage_error& error) {
        std::fprintf(stderr, "twin: %s\nTry: twin --help\n", error.what());
        return console::misused;
    }
    if (x.help || x.version) {
        print(x.help ? twin::help_text() : std::string{"twin "} + synapse::version + "\n");
        return console::done;
    }
    const std::string &path = split.words[0], &log = split.words[1];
    opened start{path};
    // The arithmetic is the device's; every kernel set computes its bits.
    if (std::string_view{start.about.arithmetic} == synapse::fused::name)
        return live<synapse::fastest_kernels<synapse::fused>>(path, start, log, x);
    return live<synapse::fastest_kernels<synapse::separate>>(path, start, log, x);
}

}  // namespace

int main(int count, char** arguments) {
    const auto fail = [](const char* why, int code) {
        std::fprintf(stderr, "twin: %s\n", why);
        return code;
    };
    try {
        return run({arguments + 1, static_cast<std::size_t>(count > 0 ? count - 1 : 0)});
    } catch (const twin::input_error& error) {
        return fail(error.what(), console::bad_data);
    } catch (const console::write_error& error) {
        return fail(error.what(), console::cannot_write);
    } catch (const std::exception& error) {
        return fail(error.what(), console::failed);
    }
}
