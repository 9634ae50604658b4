#include <doctest/doctest.h>

#include <string>
#include <string_view>

#include "dashboard/gate.hpp"

namespace {

using dashboard::header_list;
using kind = dashboard::request::kind;

int judged(std::string_view method, std::string_view target, header_list headers) {
    return dashboard::judge_request(method, target, headers, 8765).status;
}
int with_host(const char* host) { return judged("GET", "/", {{"Host", host}}); }
int with(const char* name, const char* value) { return judged("GET", "/", {{"Host", "127.0.0.1:8765"}, {name, value}}); }

}  // namespace

TEST_CASE("gate: only our own names") {
    CHECK(with_host("127.0.0.1:8765") == 200);
    CHECK(with_host("localhost:8765") == 200);
    for (const char* host :
         {"", "127.0.0.1", "localhost", "127.0.0.1:80", "127.0.0.1:87650", "LOCALHOST:8765", "evil.example", "evil.example:8765",
          "127.0.0.1.evil.example:8765", "localhost.evil.example:8765", "127.0.0.1:8765.evil.example", "[::1]:8765", "0.0.0.0:8765",
          "127.0.0.2:8765", "127.1:8765", "2130706433:8765", " 127.0.0.1:8765", "127.0.0.1:8765,evil.example", "user@127.0.0.1:8765"}) {
        CAPTURE(host);
        CHECK(with_host(host) == 403);
    }
    CHECK(judged("GET", "/", {}) == 400);
    CHECK(judged("GET", "/", {{"Host", "127.0.0.1:8765"}, {"host", "127.0.0.1:8765"}}) == 400);
    CHECK(judged("GET", "/", {{"hOsT", "127.0.0.1:8765"}}) == 200);
}

TEST_CASE("gate: GET only, without a body") {
    for (const char* method : {"POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE", "CONNECT", "get", "PRI", ""}) {
        CAPTURE(method);
        CHECK(judged(method, "/", {{"Host", "127.0.0.1:8765"}}) == 405);
    }
    CHECK(with("Content-Length", "0") == 200);
    CHECK(with("Content-Length", "5") == 400);
    CHECK(with("Content-Length", "-1") == 400);
    CHECK(with("Transfer-Encoding", "chunked") == 400);
    CHECK(with("Upgrade", "websocket") == 400);
}

TEST_CASE("gate: no other page, no other site") {
    CHECK(with("Origin", "http://127.0.0.1:8765") == 200);
    CHECK(with("Origin", "http://localhost:8765") == 200);
    for (const char* origin : {"http://evil.example", "https://127.0.0.1:8765", "null", "http://127.0.0.1:9", ""}) {
        CAPTURE(origin);
        CHECK(with("Origin", origin) == 403);
    }
    CHECK(with("Sec-Fetch-Site", "same-origin") == 200);
    CHECK(with("Sec-Fetch-Site", "none") == 200);
    CHECK(with("Sec-Fetch-Site", "cross-site") == 403);
    CHECK(with("Sec-Fetch-Site", "same-site") == 403);
}

TEST_CASE("gate: what a target may look like") {
    const auto target = [](std::string_view t) { return judged("GET", t, {{"Host", "127.0.0.1:8765"}}); };
    CHECK(target("/page/style.css") == 200);
    CHECK(target("/" + std::string(dashboard::longest_target, 'a')) == 414);
    for (const char* t : {"", "page", "http://127.0.0.1:8765/", "/%2e%2e/", "/a%00", "/a b", "/\\..", "/a\n", "/<script>", "/\xc3\xa9",
                          "/a#b", "/;a", "*"}) {
        CAPTURE(t);
        CHECK(target(t) == 400);
    }
    header_list many(dashboard::most_headers, {"X", "y"});
    many.emplace_back("Host", "127.0.0.1:8765");
    CHECK(judged("GET", "/", many) == 431);
}

TEST_CASE("gate: what is understood") {
    using dashboard::understand;
    CHECK(understand("/").name == "index.html");
    CHECK(understand("/page/style.css").name == "style.css");
    CHECK(understand("/api/runs").what == kind::runs);
    CHECK(understand("/api/run/0123456789abcdef").what == kind::run);
    CHECK(understand("/api/run/0123456789abcdef/events").what == kind::events);
    const auto s = understand("/api/run/0123456789abcdef/series?axis=time&from=1.5&to=2e3&groups=10&columns=error,phi");
    CHECK(s.what == kind::series);
    CHECK(s.name == "0123456789abcdef");
    CHECK(s.by_time);
    CHECK(s.from == 1.5);
    CHECK(s.to == 2000);
    CHECK(s.groups == 10);
    CHECK(s.columns == "error,phi");
}

TEST_CASE("gate: what is not") {
    for (const char* t : {"/index.html",
                          "//",
                          "/api",
                          "/api/",
                          "/api/run",
                          "/api/run/",
                          "/api/run/..",
                          "/api/run/../../etc/passwd",
                          "/api/run/0123456789ABCDEF",
                          "/api/run/0123456789abcde",
                          "/api/run/0123456789abcdef0",
                          "/api/run/0123456789abcdef/",
                          "/api/run/0123456789abcdef/other",
                          "/api/run//series",
                          "/?a=b",
                          "/api/runs?",
                          "/api/run/0123456789abcdef/series?x=1",
                          "/api/run/0123456789abcdef/series?from",
                          "/api/run/0123456789abcdef/series?from=",
                          "/api/run/0123456789abcdef/series?from=1x",
                          "/api/run/0123456789abcdef/series?from=1&from=2",
                          "/api/run/0123456789abcdef/series?groups=0",
                          "/api/run/0123456789abcdef/series?groups=4001",
                          "/api/run/0123456789abcdef/series?groups=nan",
                          "/api/run/0123456789abcdef/series?to=1e999",
                          "/api/run/0123456789abcdef/series?axis=both",
                          "/api/run/0123456789abcdef/events?a=b"}) {
        CAPTURE(t);
        CHECK(dashboard::understand(t).what == kind::nothing);
    }
    // Names that could be paths are looked up in a table of names, where none of them is.
    CHECK(dashboard::understand("/page/../../etc/passwd").name == "../../etc/passwd");
}
