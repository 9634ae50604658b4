// What the server says: the page's own files, the runs as JSON, and a stream of news. Every answer passes the gate first.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "console/json.hpp"
#include "dashboard/gate.hpp"
#include "dashboard/guarded_server.hpp"
#include "dashboard/news.hpp"
#include "dashboard/page_file.hpp"
#include "dashboard/run_table.hpp"

namespace dashboard {

class service {
public:
    static constexpr unsigned most_streams = 12;

    // @param heartbeat  between two signs of life on a stream that has no news
    service(const run_table& runs, std::span<const page_file> page, std::chrono::milliseconds heartbeat, const server_limits& limits = {})
        : runs_{runs}, page_{page}, heartbeat_{heartbeat}, server_{limits} {
        server_.set_pre_routing_handler([this](const httplib::Request& asked, httplib::Response& answer) {
            serve(asked, answer);
            return httplib::Server::HandlerResponse::Handled;
        });
        server_.set_error_handler([](const httplib::Request&, httplib::Response& answer) { protect(answer); });
    }

    // Takes a port of 127.0.0.1; 0: any that is free. @return the port, or 0 if it is not to be had
    int bind(int port) {
        if (port == 0) {
            const int any = server_.bind_to_any_port("127.0.0.1");
            port_ = any > 0 ? any : 0;
        } else {
            port_ = server_.bind_to_port("127.0.0.1", port) ? port : 0;
        }
        return port_;
    }
    // Answers until stop() is called from another thread.
    void listen() { static_cast<void>(server_.listen_after_bind()); }
    void stop() {
        news_.end();
        server_.stop();
    }
    void tell() { news_.tell(); }

private:
    static void protect(httplib::Response& answer) {
        const auto set = [&](const char* name, const char* value) {
            answer.headers.erase(name);
            answer.set_header(name, value);
        };
        set("Content-Security-Policy",
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
            "base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
        set("X-Content-Type-Options", "nosniff");
        set("X-Frame-Options", "DENY");
        set("Referrer-Policy", "no-referrer");
        set("Cross-Origin-Resource-Policy", "same-origin");
        set("Cross-Origin-Opener-Policy", "same-origin");
        set("Cache-Control", "no-store");
    }

    static void refuse(httplib::Response& answer, int status, const char* why) {
        answer.status = status;
        answer.set_content(std::string{why} + "\n", "text/plain; charset=utf-8");
        if (status == 405) answer.set_header("Allow", "GET");
        if (status == 503) answer.set_header("Retry-After", "5");
    }

    void serve(const httplib::Request& asked, httplib::Response& answer) {
        protect(answer);
        header_list headers;
        for (const auto& [name, value] : asked.headers) {
            if (name != "REMOTE_ADDR" && name != "REMOTE_PORT" && name != "LOCAL_ADDR" && name != "LOCAL_PORT")
                headers.emplace_back(name, value);
        }
        if (const verdict v = judge_request(asked.method, asked.target, headers, port_); v.status != 200)
            return refuse(answer, v.status, v.why);
        const request wanted = understand(asked.target);
        switch (wanted.what) {
            case request::kind::nothing: break;
            case request::kind::page:
                for (const page_file& file : page_) {
                    if (file.name != wanted.name) continue;
                    answer.status = 200;
                    return answer.set_content(file.bytes.data(), file.bytes.size(), std::string{file.type}.c_str());
                }
                break;
            case request::kind::runs: return json(answer, [&](console::json& out) { add_runs(out); });
            case request::kind::run:
                if (const auto one = runs_.find(wanted.name)) return json(answer, [&](console::json& out) { one->add_whole(out); });
                break;
            case request::kind::series:
                if (const auto one = runs_.find(wanted.name)) {
                    const series part = one->metrics().ask(wanted.by_time, wanted.from, wanted.to, wanted.groups);
                    return json(answer, [&](console::json& out) { add_series(out, part, wanted.columns); });
                }
                break;
            case request::kind::events:
                if (const auto one = runs_.find(wanted.name)) return stream(answer, one);
                break;
        }
        refuse(answer, 404, "no such thing here");
    }

    template <class Fill>
    static void json(httplib::Response& answer, Fill fill) {
        console::json out;
        fill(out);
        answer.status = 200;
        answer.set_content(out.text(), "application/json");
    }
    void add_runs(console::json& out) const {
        out.open('[');
        for (const auto& one : runs_.all()) one->add_line(out);
        out.close(']');
    }

    // Server-sent events: `run` with everything but the curves when it has changed, `runs` when any has, at most four times a second; a
    // comment as heartbeat.
    void stream(httplib::Response& answer, const std::shared_ptr<run>& first) {
        auto place = std::make_shared<news::place>(news_);
        if (!*place) return refuse(answer, 503, "too many pages are open");
        answer.status = 200;
        struct listener {
            std::uint64_t heard = 0, version = 0;
            std::string runs;
            std::chrono::steady_clock::time_point spoke;
        };
        auto l = std::make_shared<listener>();
        const std::string id = first->id();
        answer.set_chunked_content_provider("text/event-stream", [this, place, l, id](std::size_t, httplib::DataSink& sink) {
            const auto say = [&](const std::string& text) {
                l->spoke = std::chrono::steady_clock::now();
                return sink.write(text.data(), text.size());
            };
            if (news_.over() || !sink.is_writable()) return false;
            std::string text;
            const auto one = runs_.find(id);
            if (const std::uint64_t version = one->version(); version != l->version) {
                l->version = version;
                console::json out;
                one->add_whole(out);
                text += "event: run\ndata: " + out.text() + "\n\n";
            }
            console::json out;
            add_runs(out);
            if (out.text() != l->runs) {
                l->runs = out.text();
                text += "event: runs\ndata: " + l->runs + "\n\n";
            }
            if (text.empty() && std::chrono::steady_clock::now() - l->spoke >= heartbeat_) text = ": still here\n\n";
            if (!text.empty() && !say(text)) return false;
            if (!text.empty()) std::this_thread::sleep_for(std::chrono::milliseconds{text.size() > 100 ? 250 : 0});
            l->heard = news_.wait(l->heard, std::chrono::milliseconds{250});
            return !news_.over();
        });
    }

    const run_table& runs_;
    std::span<const page_file> page_;
    std::chrono::milliseconds heartbeat_;
    news news_{most_streams};
    guarded_server server_;
    int port_ = 0;
};

}  // namespace dashboard
