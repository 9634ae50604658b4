// Numbers as they are now, for whoever watches: MessagePack maps in UDP datagrams to this machine, as PlotJuggler's server reads them.
#pragma once

#include <bit>
#include <cerrno>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace console {

// A map from names to numbers, as MessagePack: the same members that console::json takes. What is not known is left out.
// @source the MessagePack specification; float 64 for every number that is not whole
class msgpack_map {
public:
    template <std::unsigned_integral Integer>
    msgpack_map& member(std::string_view name, Integer n) {
        key(name);
        put(0xcf, std::uint64_t{n}, 8);
        return *this;
    }
    msgpack_map& member(std::string_view name, double x) {
        if (x - x != 0) return *this;
        key(name);
        put(0xcb, std::bit_cast<std::uint64_t>(x), 8);
        return *this;
    }
    msgpack_map& member(std::string_view name, float x) { return member(name, static_cast<double>(x)); }
    template <class Value>
    msgpack_map& member(std::string_view name, const std::optional<Value>& maybe) {
        return maybe ? member(name, *maybe) : *this;
    }

    // At most 65,535 members.
    [[nodiscard]] std::string bytes() const {
        return std::string{'\xde', static_cast<char>(count_ >> 8), static_cast<char>(count_ & 255)} + entries_;
    }

private:
    // Of at most 255 bytes.
    void key(std::string_view name) {
        ++count_;
        entries_ += '\xd9';
        entries_ += static_cast<char>(name.size());
        entries_.append(name);
    }
    void put(int type, std::uint64_t bits, int size) {
        entries_ += static_cast<char>(type);
        for (int shift = 8 * (size - 1); shift >= 0; shift -= 8) entries_ += static_cast<char>(bits >> shift & 255);
    }

    std::string entries_;
    unsigned count_ = 0;
};

// Sends datagrams to a port of 127.0.0.1. Nobody has to listen, and nothing ever waits.
class telemetry {
public:
    telemetry() = default;
    explicit telemetry(std::uint16_t port) : socket_{::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)} {
        sockaddr_in to{};
        to.sin_family = AF_INET;
        to.sin_port = htons(port);
        to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        if (socket_ >= 0 && ::connect(socket_, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0) {
            ::close(std::exchange(socket_, -1));
        }
    }
    telemetry(telemetry&& other) noexcept : socket_{std::exchange(other.socket_, -1)} {}
    telemetry& operator=(telemetry&& other) noexcept {
        std::swap(socket_, other.socket_);
        return *this;
    }
    ~telemetry() {
        if (socket_ >= 0) ::close(socket_);
    }

    [[nodiscard]] bool open() const noexcept { return socket_ >= 0; }
    // What cannot be sent at once is lost.
    void send(std::string_view datagram) const noexcept {
        if (socket_ >= 0) static_cast<void>(::send(socket_, datagram.data(), datagram.size(), MSG_NOSIGNAL));
    }

private:
    int socket_ = -1;
};

}  // namespace console
