// cpp-httplib's server with what it does not bound bounded: how long a client may take to ask and to listen, how much it may say, and how
// many may wait. One request a connection.
#pragma once

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <list>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <httplib.h>

namespace dashboard {

struct server_limits {
    std::chrono::milliseconds ask{5000};     // for the whole request
    std::chrono::milliseconds listen{5000};  // for any part of the answer to go out
    std::size_t request_bytes = 16384;
    std::size_t waiting = 64;  // connections that no thread has time for; more are closed
    std::size_t threads = 24;
};

// A connection with a deadline.
class bounded_stream final : public httplib::Stream {
public:
    bounded_stream(int socket, const server_limits& limits)
        : socket_{socket}, limits_{limits}, deadline_{clock::now() + limits.ask}, left_{limits.request_bytes} {}

    [[nodiscard]] bool is_readable() const override { return left_ != 0 && wait(POLLIN, deadline_); }
    // False when the other side has gone.
    [[nodiscard]] bool is_writable() const override {
        pollfd p{socket_, POLLOUT | POLLRDHUP, 0};
        return wait(POLLOUT, clock::now() + limits_.listen) && ::poll(&p, 1, 0) >= 0 && (p.revents & (POLLERR | POLLHUP | POLLRDHUP)) == 0;
    }
    ssize_t read(char* to, std::size_t size) override {
        if (begin_ == end_) {
            if (!is_readable()) return -1;
            const ssize_t n = ::recv(socket_, buffer_, std::min(sizeof buffer_, left_), 0);
            if (n <= 0) return n;
            begin_ = 0;
            end_ = static_cast<std::size_t>(n);
            left_ -= end_;
        }
        const std::size_t n = std::min(size, end_ - begin_);
        std::copy_n(buffer_ + begin_, n, to);
        begin_ += n;
        return static_cast<ssize_t>(n);
    }
    ssize_t write(const char* from, std::size_t size) override {
        std::size_t done = 0;
        while (done < size) {
            if (!wait(POLLOUT, clock::now() + limits_.listen)) return -1;
            const ssize_t n = ::send(socket_, from + done, size - done, MSG_NOSIGNAL | MSG_DONTWAIT);
            if (n < 0 && (errno == EAGAIN || errno == EINTR)) continue;
            if (n <= 0) return -1;
            done += static_cast<std::size_t>(n);
        }
        return static_cast<ssize_t>(done);
    }
    using httplib::Stream::write;
    void get_remote_ip_and_port(std::string& ip, int& port) const override {
        ip = "127.0.0.1";  // whom else do we listen to
        port = 0;
    }
    void get_local_ip_and_port(std::string& ip, int& port) const override { get_remote_ip_and_port(ip, port); }
    [[nodiscard]] socket_t socket() const override { return socket_; }
    [[nodiscard]] std::size_t left() const noexcept { return left_; }

private:
    using clock = std::chrono::steady_clock;
    [[nodiscard]] bool wait(short what, clock::time_point until) const {
        for (;;) {
            const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - clock::now()).count();
            if (left <= 0) return false;
            pollfd p{socket_, what, 0};
            const int n = ::poll(&p, 1, static_cast<int>(left));
            if (n > 0) return true;
            if (n == 0 || errno != EINTR) return false;
        }
    }

    int socket_;
    const server_limits& limits_;
    clock::time_point deadline_;
    std::size_t left_;
    char buffer_[4096];
    std::size_t begin_ = 0, end_ = 0;
};

// Threads that take connections in their order, and a queue of them that has an end.
class bounded_queue final : public httplib::TaskQueue {
public:
    // @param refuse  set while a connection is run only to be closed
    bounded_queue(const server_limits& limits, bool& (*refuse)()) : most_{limits.waiting}, refuse_{refuse} {
        for (std::size_t i = 0; i < limits.threads; ++i) threads_.emplace_back([this] { work(); });
    }
    void enqueue(std::function<void()> job) override {
        {
            const std::lock_guard hold{guard_};
            if (jobs_.size() < most_) {
                jobs_.push_back(std::move(job));
                job = nullptr;
            }
        }
        if (job) {
            refuse_() = true;
            job();
            refuse_() = false;
        } else {
            more_.notify_one();
        }
    }
    void shutdown() override {
        {
            const std::lock_guard hold{guard_};
            over_ = true;
        }
        more_.notify_all();
        for (std::thread& t : threads_) t.join();
    }

private:
    void work() {
        for (;;) {
            std::function<void()> job;
            {
                std::unique_lock hold{guard_};
                more_.wait(hold, [this] { return !jobs_.empty() || over_; });
                if (jobs_.empty()) return;
                job = std::move(jobs_.front());
                jobs_.pop_front();
            }
            job();
        }
    }

    std::size_t most_;
    bool& (*refuse_)();
    std::mutex guard_;
    std::condition_variable more_;
    std::list<std::function<void()>> jobs_;
    std::vector<std::thread> threads_;
    bool over_ = false;
};

class guarded_server final : public httplib::Server {
public:
    explicit guarded_server(const server_limits& limits) : limits_{limits} {
        new_task_queue = [this] { return new bounded_queue{limits_, &guarded_server::refusing}; };
    }

private:
    static bool& refusing() {
        thread_local bool now = false;
        return now;
    }

    // Of cpp-httplib: a connection that was accepted, on a thread of the queue.
    bool process_and_close_socket(socket_t socket) override {
        bool good = false;
        if (!refusing()) {
            bounded_stream stream{socket, limits_};
            bool closed = false;
            if (stream.is_readable()) good = answer(*this, stream, closed);
            if (stream.left() == 0) {
                constexpr char words[] = "HTTP/1.1 431 Request Header Fields Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
                static_cast<void>(stream.write(words, sizeof words - 1));
            }
        }
        ::shutdown(socket, SHUT_WR);
        // What is still on its way here must not turn the answer into a reset.
        char rest[4096];
        for (int i = 0; i < 64 && ::recv(socket, rest, sizeof rest, MSG_DONTWAIT) > 0; ++i) {
        }
        ::close(socket);
        return good;
    }

    // Its signature differs from version to version.
    template <class Self>
    static bool answer(Self& self, httplib::Stream& stream, bool& closed) {
        const std::function<void(httplib::Request&)> nothing;
        if constexpr (requires { self.process_request(stream, true, closed, nothing); }) {
            return self.process_request(stream, true, closed, nothing);
        } else {
            return self.process_request(stream, std::string{"127.0.0.1"}, 0, std::string{"127.0.0.1"}, 0, true, closed, nothing);
        }
    }

    server_limits limits_;
};

}  // namespace dashboard
