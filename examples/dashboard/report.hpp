// The page as one file to mail: its scripts and styles inside it, and the runs as they are now.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

#include "console/json.hpp"
#include "dashboard/page_file.hpp"
#include "dashboard/run_table.hpp"

namespace dashboard {

// JSON as it may stand inside a <script>: nothing in it ends the element.
inline std::string inside_script(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (const char c : text) {
        if (c == '<') {
            out += "\\u003c";
        } else {
            out += c;
        }
    }
    return out;
}

inline std::string report_data(const run_table& runs, std::size_t groups) {
    console::json out;
    out.open('{').key("runs").open('[');
    for (const auto& one : runs.all()) one->add_line(out);
    out.close(']').key("whole").open('{');
    for (const auto& one : runs.all()) {
        out.key(one->id());
        one->add_whole(out);
    }
    out.close('}').key("series").open('{');
    for (const auto& one : runs.all()) {
        out.key(one->id()).open('{');
        for (const bool by_time : {false, true}) {
            out.key(by_time ? "time" : "step");
            add_series(out, one->metrics().ask(by_time, 0, 1e300, groups), "");
        }
        out.close('}');
    }
    return out.close('}').close('}').text();
}

// The page with everything that it links to inside. Throws std::logic_error if the page links to a file that it does not have.
// @param data  JSON
inline std::string report_page(std::span<const page_file> page, std::string_view data) {
    const auto find = [&](std::string_view name) -> std::string_view {
        for (const page_file& file : page) {
            if (file.name == name) return file.bytes;
        }
        throw std::logic_error{"the page has no " + std::string{name}};
    };
    std::string out, scripts;
    std::string_view rest = find("index.html");
    constexpr std::string_view style = "<link rel=\"stylesheet\" href=\"/page/", script = "<script defer src=\"/page/",
                               icon = "<link rel=\"icon\"";
    while (!rest.empty()) {
        const std::size_t end = std::min(rest.find('\n'), rest.size() - 1) + 1;
        const std::string_view line = rest.substr(0, end);
        rest.remove_prefix(end);
        const auto name_after = [&](std::string_view what) {
            const std::size_t from = line.find(what) + what.size();
            return line.substr(from, line.find('"', from) - from);
        };
        if (line.find(style) != std::string_view::npos) {
            out.append(
                   "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; script-src 'unsafe-inline'; style-src "
                   "'unsafe-inline'; "
                   "img-src data:\">\n<style>\n")
                .append(find(name_after(style)))
                .append("</style>\n");
        } else if (line.find(script) != std::string_view::npos) {
            scripts.append("<script>\n").append(find(name_after(script))).append("</script>\n");
        } else if (line.find(icon) != std::string_view::npos) {
            continue;
        } else if (line.find("</body>") != std::string_view::npos) {
            out.append(scripts).append(line);  // a script that is inside runs where it stands: after what it looks for
        } else if (line.find("</head>") != std::string_view::npos) {
            out.append("<script id=\"data\" type=\"application/json\">").append(inside_script(data)).append("</script>\n").append(line);
        } else {
            out.append(line);
        }
    }
    return out;
}

}  // namespace dashboard
