// Buffered reading of a file or of standard input, byte by byte, with seeking where the file can.
#pragma once

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <synapse/hosted/streams/data_error.hpp>

namespace synapse::streams {

// POSIX. Throws data_error where the system refuses.
class byte_reader {
public:
    // Opens a file to read.
    explicit byte_reader(const std::string& path) : name_{path}, descriptor_{::open(path.c_str(), O_RDONLY | O_CLOEXEC)}, owned_{true} {
        if (descriptor_ < 0) throw data_error{name_, std::strerror(errno)};
        struct stat about {};
        if (::fstat(descriptor_, &about) != 0 || S_ISDIR(about.st_mode)) {
            const int why = S_ISDIR(about.st_mode) ? EISDIR : errno;
            ::close(descriptor_);
            throw data_error{name_, std::strerror(why)};
        }
        seekable_ = S_ISREG(about.st_mode);
        size_ = seekable_ ? static_cast<std::uint64_t>(about.st_size) : 0;
    }

    // Reads from an open descriptor, which stays the caller's. While there is nothing to read, `give_up` is asked about ten times
    // a second (and after each signal); when it says true, the input counts as ended.
    byte_reader(int descriptor, std::string name, std::function<bool()> give_up)
        : name_{std::move(name)}, descriptor_{descriptor}, give_up_{std::move(give_up)} {}

    byte_reader(const byte_reader&) = delete;
    byte_reader& operator=(const byte_reader&) = delete;
    ~byte_reader() {
        if (owned_) ::close(descriptor_);
    }

    // The next byte, 0 .. 255, or -1 at the end.
    int get() {
        if (next_ == end_ && !fill()) return -1;
        return buffer_[next_++];
    }

    // The same without moving on.
    int peek() {
        if (next_ == end_ && !fill()) return -1;
        return buffer_[next_];
    }

    // Bytes before the next one.
    [[nodiscard]] std::uint64_t position() const noexcept { return before_ + next_; }
    [[nodiscard]] bool seekable() const noexcept { return seekable_; }
    // Of a regular file when it was opened; else 0.
    [[nodiscard]] std::uint64_t size() const noexcept { return size_; }
    [[nodiscard]] const std::string& name() const noexcept { return name_; }

    // Only if seekable().
    void seek(std::uint64_t position) {
        if (position >= before_ && position <= before_ + end_) {
            next_ = static_cast<std::size_t>(position - before_);
            return;
        }
        before_ = position;
        next_ = end_ = 0;
        want_ = smallest_read;  // one row among many: do not fetch 64 KiB for it
    }

private:
    static constexpr std::size_t smallest_read = 4096;
    static constexpr std::size_t largest_read = 65536;

    bool fill() {
        before_ += end_;
        next_ = end_ = 0;
        if (buffer_.empty()) buffer_.resize(largest_read);
        for (;;) {
            if (give_up_ && !wait()) return false;
            const ssize_t got = seekable_ ? ::pread(descriptor_, buffer_.data(), want_, static_cast<off_t>(before_))
                                          : ::read(descriptor_, buffer_.data(), largest_read);
            if (got < 0) {
                if (errno == EINTR || errno == EAGAIN) continue;
                throw data_error{name_, std::strerror(errno)};
            }
            want_ = std::min(want_ * 2, largest_read);
            end_ = static_cast<std::size_t>(got);
            return got > 0;
        }
    }

    // True when there is something to read (or an end or an error to see), false when told to give up.
    bool wait() const {
        constexpr int milliseconds = 100;
        for (;;) {
            pollfd waiting{descriptor_, POLLIN, 0};
            if (::poll(&waiting, 1, 0) > 0) return true;
            if (give_up_()) return false;
            if (::poll(&waiting, 1, milliseconds) > 0) return true;
        }
    }

    std::string name_;
    int descriptor_;
    bool owned_ = false;
    bool seekable_ = false;
    std::uint64_t size_ = 0;
    std::function<bool()> give_up_;
    std::vector<unsigned char> buffer_;
    std::size_t want_ = largest_read;
    std::size_t next_ = 0;
    std::size_t end_ = 0;
    std::uint64_t before_ = 0;
};

}  // namespace synapse::streams
