// Who may ask what: the whole rule, without a socket. Only this machine's own browser, only GET, only targets that the table knows.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dashboard/record_parser.hpp"

namespace dashboard {

using header_list = std::vector<std::pair<std::string, std::string>>;

// What a request is answered with when it is not let in; 200: it is.
struct verdict {
    int status = 200;
    const char* why = "";
};

inline constexpr std::size_t longest_target = 1024;
inline constexpr std::size_t most_headers = 64;

// @param target   as it stands in the request line, nothing decoded
// @param headers  in their order
// @param port     that we listen to
inline verdict judge_request(std::string_view method, std::string_view target, const header_list& headers, int port) {
    const auto same = [](std::string_view a, std::string_view b) {
        return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) {
                   const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
                   return lower(x) == lower(y);
               });
    };
    const auto values = [&](std::string_view name) {
        std::vector<std::string_view> found;
        for (const auto& [key, value] : headers) {
            if (same(key, name)) found.push_back(value);
        }
        return found;
    };
    const std::string number = std::to_string(port);
    const std::string hosts[] = {"127.0.0.1:" + number, "localhost:" + number};
    const auto is_us = [&](std::string_view host) { return host == hosts[0] || host == hosts[1]; };

    if (headers.size() > most_headers) return {431, "too many headers"};
    const auto host = values("Host");
    if (host.size() != 1) return {400, "one Host header, please"};
    // A page of another site whose name was made to mean this machine (DNS rebinding) is found out here.
    if (!is_us(host[0])) return {403, "not the name of this server"};
    if (method != "GET") return {405, "GET only"};
    const auto length = values("Content-Length");
    if (!values("Transfer-Encoding").empty() || length.size() > 1 || (length.size() == 1 && length[0] != "0"))
        return {400, "a GET has no body"};
    if (!values("Upgrade").empty()) return {400, "no other protocol is spoken here"};
    for (const std::string_view origin : values("Origin")) {
        if (!origin.starts_with("http://") || !is_us(origin.substr(7))) return {403, "not from another page"};
    }
    for (const std::string_view site : values("Sec-Fetch-Site")) {
        if (site != "same-origin" && site != "none") return {403, "not from another site"};
    }
    if (target.size() > longest_target) return {414, "too long"};
    if (target.empty() || target[0] != '/') return {400, "a path, please"};
    for (const char c : target) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!plain && std::string_view{"/._-?=&,+"}.find(c) == std::string_view::npos)
            return {400, "letters, digits and / . _ - ? = & , only"};
    }
    return {};
}

// What is asked for. Names and ids are looked up in tables by whoever answers.
struct request {
    enum class kind : std::uint8_t { nothing, page, runs, run, series, events };
    kind what = kind::nothing;
    std::string name;  // of the page's file, or the id of the run
    bool by_time = false;
    double from = 0, to = 1e300;
    std::size_t groups = 600;
    std::string columns;
};

namespace details {

inline bool is_number(std::string_view text, double& value) {
    if (text.empty() || text.size() > 32) return false;
    const char* const after = read_number(text.data(), text.data() + text.size(), value);
    return after == text.data() + text.size() && value == value;
}

}  // namespace details

// kind::nothing for a target that is none of ours, also for a parameter that is not known, comes twice, or is not what it should be.
inline request understand(std::string_view target) {
    request r;
    const std::size_t question = target.find('?');
    const std::string_view path = target.substr(0, question);
    std::string_view query = question == std::string_view::npos ? std::string_view{} : target.substr(question + 1);
    const auto is_id = [](std::string_view id) {
        return id.size() == 16 && id.find_first_not_of("0123456789abcdef") == std::string_view::npos;
    };
    constexpr std::string_view api = "/api/run/", series_tail = "/series", events_tail = "/events";
    using kind = request::kind;
    kind what = kind::nothing;
    if (path == "/") {
        what = kind::page;
        r.name = "index.html";
    } else if (path.starts_with("/page/")) {
        what = kind::page;
        r.name = path.substr(6);
    } else if (path == "/api/runs") {
        what = kind::runs;
    } else if (path.starts_with(api)) {
        std::string_view rest = path.substr(api.size());
        what = kind::run;
        if (rest.ends_with(series_tail)) {
            what = kind::series;
            rest.remove_suffix(series_tail.size());
        } else if (rest.ends_with(events_tail)) {
            what = kind::events;
            rest.remove_suffix(events_tail.size());
        }
        if (!is_id(rest)) return {};
        r.name = rest;
    }
    if (what == kind::nothing || (question != std::string_view::npos && what != kind::series)) return {};
    unsigned seen = 0;
    while (!query.empty()) {
        const std::size_t end = std::min(query.find('&'), query.size());
        const std::string_view part = query.substr(0, end);
        query.remove_prefix(std::min(query.size(), end + 1));
        const std::size_t equals = part.find('=');
        if (equals == std::string_view::npos) return {};
        const std::string_view name = part.substr(0, equals), value = part.substr(equals + 1);
        unsigned bit = 0;
        bool good = false;
        if (name == "axis") {
            bit = 1;
            r.by_time = value == "time";
            good = r.by_time || value == "step";
        } else if (name == "from" || name == "to") {
            bit = name == "from" ? 2 : 4;
            good = details::is_number(value, name == "from" ? r.from : r.to);
        } else if (name == "groups") {
            double n = 0;
            bit = 8;
            good = details::is_number(value, n) && n >= 1 && n <= 4000;
            if (good) r.groups = static_cast<std::size_t>(n);
        } else if (name == "columns") {
            bit = 16;
            good = value.find_first_of("/?=&+") == std::string_view::npos;
            r.columns = value;
        }
        if (!good || (seen & bit) != 0) return {};
        seen |= bit;
    }
    r.what = what;
    return r;
}

}  // namespace dashboard
