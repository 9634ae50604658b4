// Files that a program writes: a log that grows line by line, and a result that appears whole or not at all.
#pragma once

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace console {

// A file could not be written; what() names it and says why.
class write_error : public std::runtime_error {
public:
    write_error(const std::string& path, int why) : std::runtime_error{"cannot write " + path + ": " + std::strerror(why)} {}
    explicit write_error(const std::string& sentence) : std::runtime_error{sentence} {}
};

namespace details {

// All of the bytes. False, with errno set, if the system would not take them.
inline bool write_all(int descriptor, std::string_view bytes) noexcept {
    while (!bytes.empty()) {
        const ssize_t wrote = ::write(descriptor, bytes.data(), bytes.size());
        if (wrote < 0 && errno == EINTR) continue;
        if (wrote < 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(wrote));
    }
    return true;
}

}  // namespace details

// Appends whole lines, each in one write, so that `tail -f` sees them at once and never half of one. A file that has grown beyond a limit
// is copied to NAME.1, the older ones to NAME.2 and so on, and emptied: it stays the same file, so `tail -f` goes on.
class line_log {
public:
    enum class start { append, anew };

    line_log() = default;
    // @param rotate_bytes  the limit; 0: none. Only a regular file is rotated
    // @param keep          older files that stay
    // Throws write_error if the file cannot be opened.
    line_log(std::string path, start how, std::uint64_t rotate_bytes = 0, unsigned keep = 3)
        : path_{std::move(path)},
          rotate_bytes_{rotate_bytes},
          keep_{keep},
          descriptor_{::open(path_.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_APPEND | (how == start::anew ? O_TRUNC : 0), 0666)} {
        if (descriptor_ < 0) throw write_error{path_, errno};
        struct stat about {};
        if (::fstat(descriptor_, &about) != 0 || !S_ISREG(about.st_mode)) rotate_bytes_ = 0;
        bytes_ = static_cast<std::uint64_t>(about.st_size);
    }
    line_log(line_log&& other) noexcept
        : path_{std::move(other.path_)},
          rotate_bytes_{other.rotate_bytes_},
          bytes_{other.bytes_},
          keep_{other.keep_},
          descriptor_{std::exchange(other.descriptor_, -1)},
          why_{other.why_} {}
    line_log& operator=(line_log&& other) noexcept {
        std::swap(path_, other.path_);
        std::swap(rotate_bytes_, other.rotate_bytes_);
        std::swap(bytes_, other.bytes_);
        std::swap(keep_, other.keep_);
        std::swap(descriptor_, other.descriptor_);
        std::swap(why_, other.why_);
        return *this;
    }
    ~line_log() {
        if (descriptor_ >= 0) ::close(descriptor_);
    }

    // Without its line end. A log that was never opened takes everything and writes nothing.
    // @return false the first time that writing fails; later lines are tried all the same (the disk may have room again).
    bool write(std::string_view line) {
        if (descriptor_ < 0) return true;
        std::string whole{line};
        whole += '\n';
        if (rotate_bytes_ != 0 && bytes_ != 0 && bytes_ + whole.size() > rotate_bytes_) rotate();
        if (details::write_all(descriptor_, whole)) {
            bytes_ += whole.size();
            return true;
        }
        const bool known = why_ != 0;
        why_ = errno;
        return known;
    }

    [[nodiscard]] bool failed() const noexcept { return why_ != 0; }
    [[nodiscard]] std::string why() const { return "cannot write " + path_ + ": " + std::strerror(why_); }

private:
    [[nodiscard]] std::string older(unsigned age) const { return path_ + "." + std::to_string(age); }

    // Where it cannot be done, the log goes on growing.
    void rotate() noexcept {
        for (unsigned age = keep_; age > 1; --age) static_cast<void>(::rename(older(age - 1).c_str(), older(age).c_str()));
        if (keep_ != 0 && !copy_to(older(1))) return;
        if (::ftruncate(descriptor_, 0) == 0) bytes_ = 0;
    }

    [[nodiscard]] bool copy_to(const std::string& path) const noexcept {
        const int from = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC);
        const int to = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
        bool good = from >= 0 && to >= 0;
        char buffer[65536];
        for (ssize_t got = 1; good && got != 0;) {
            got = ::read(from, buffer, sizeof buffer);
            if (got < 0 && errno == EINTR) continue;
            good = got >= 0 && details::write_all(to, {buffer, static_cast<std::size_t>(got < 0 ? 0 : got)});
        }
        if (from >= 0) ::close(from);
        if (to >= 0) good = ::close(to) == 0 && good;
        return good;
    }

    std::string path_;
    std::uint64_t rotate_bytes_ = 0;
    std::uint64_t bytes_ = 0;  // of the file
    unsigned keep_ = 0;
    int descriptor_ = -1;
    int why_ = 0;  // errno of the last failure
};

// Replaces a file by these bytes: written beside it, flushed to the disk, then renamed. A file of that name is either the old one or the new.
// Something that is no regular file (a pipe, /dev/stdout) is written to directly. Throws write_error; nothing is left beside the file then.
inline void replace_file(const std::string& path, std::string_view bytes) {
    struct stat about {};
    const bool special = ::stat(path.c_str(), &about) == 0 && !S_ISREG(about.st_mode) && !S_ISDIR(about.st_mode);
    const std::string beside = special ? path : path + ".tmp" + std::to_string(::getpid());
    const int flags = special ? O_WRONLY : O_WRONLY | O_CREAT | O_EXCL;
    if (!special) ::unlink(beside.c_str());  // of a process of this number that died
    const int descriptor = ::open(beside.c_str(), flags | O_CLOEXEC, 0666);
    if (descriptor < 0) throw write_error{path, errno};
    bool good = details::write_all(descriptor, bytes) && (special || ::fsync(descriptor) == 0);
    int why = good ? 0 : errno;
    if (::close(descriptor) != 0 && good) {
        good = false;
        why = errno;
    }
    if (special) {
        if (!good) throw write_error{path, why};
        return;
    }
    if (good && ::rename(beside.c_str(), path.c_str()) != 0) {
        good = false;
        why = errno;
    }
    if (good) return;
    ::unlink(beside.c_str());
    throw write_error{path, why};
}

}  // namespace console
