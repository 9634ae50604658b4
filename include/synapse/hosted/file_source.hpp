// One checkpoint file as a source. It is read whole, so that what is checked and what is loaded are the same bytes.
#pragma once

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <synapse/checkpoint/format.hpp>
#include <synapse/checkpoint/stream.hpp>
#include <synapse/core/status.hpp>
#include <synapse/hosted/files.hpp>

namespace synapse {

class file_source {
public:
    // Larger files are no checkpoints.
    static constexpr std::uint64_t largest = 0x100000000ull + format::header_bytes;

    // Reads a file.
    // ok         size() and read() serve it; says nothing of its content
    // not_found  no such file
    // io_error   it cannot be read, or is no regular file; error() is the errno
    // corrupt    too large to be a checkpoint
    // no_memory  no memory for it
    // After any status but ok the source is empty. @cost one read of the file
    template <class Files = posix_files>
    status open(const std::string& path, Files&& files = {}) {
        bytes_.clear();
        error_ = 0;
        const int file = uninterrupted([&] { return files.open(path); });
        if (file < 0) return failed(file);
        const status s = take(file, files);
        static_cast<void>(files.close(file));
        if (!ok(s)) bytes_ = {};
        return s;
    }

    // The file in memory: its length, and any part of it. io_error: the part asked for does not exist; out is untouched.
    [[nodiscard]] std::uint64_t size() const noexcept { return bytes_.size(); }
    status read(std::uint64_t offset, std::span<std::byte> out) const noexcept { return span_source{bytes_}.read(offset, out); }
    [[nodiscard]] std::span<const std::byte> bytes() const noexcept { return bytes_; }
    // errno of the last failure; 0 if it was none of the system's.
    [[nodiscard]] int error() const noexcept { return error_; }

private:
    status failed(long long result) {
        error_ = static_cast<int>(-result);
        return error_ == ENOENT || error_ == ENOTDIR ? status::not_found : status::io_error;
    }

    template <class Files>
    status take(int file, Files& files) {
        const long long size = uninterrupted([&] { return files.size(file); });
        if (size < 0) return failed(size);
        if (static_cast<unsigned long long>(size) > largest) return status::corrupt;
        try {
            bytes_.resize(static_cast<std::size_t>(size));
        } catch (...) {
            return status::no_memory;
        }
        std::size_t done = 0;
        while (done < bytes_.size()) {
            const std::size_t part = std::min<std::size_t>(bytes_.size() - done, 1u << 20);
            const long n = uninterrupted([&] { return files.read(file, done, bytes_.data() + done, part); });
            if (n < 0) return failed(n);
            if (n == 0) break;  // it became shorter
            done += static_cast<std::size_t>(n);
        }
        bytes_.resize(done);
        return status::ok;
    }

    std::vector<std::byte> bytes_;
    int error_ = 0;
};

// True if these bytes begin with a whole checkpoint: header, length and both CRCs. Says what it is in h.
inline status validate(std::span<const std::byte> bytes, format::header& h) noexcept {
    if (bytes.size() < format::header_bytes) return status::corrupt;
    format::header found;
    if (const status s = format::decode(bytes.first<format::header_bytes>(), found); !ok(s)) return s;
    if (found.payload_bytes > bytes.size() - format::header_bytes) return status::corrupt;
    if (crc32c::of(bytes.subspan(format::header_bytes, found.payload_bytes)) != found.payload_crc) return status::corrupt;
    h = found;
    return status::ok;
}

}  // namespace synapse
