// A text file that another program writes, read line by line as it grows; also when it is emptied, replaced, or moved on to NAME.1.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace dashboard {

// A file that is open for reading, closed at the end.
class open_file {
public:
    open_file() = default;
    explicit open_file(const std::string& path) : descriptor_{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)} {
        struct stat about {};
        if (descriptor_ >= 0 && (::fstat(descriptor_, &about) != 0 || !S_ISREG(about.st_mode))) ::close(std::exchange(descriptor_, -1));
    }
    open_file(open_file&& other) noexcept : descriptor_{std::exchange(other.descriptor_, -1)} {}
    open_file& operator=(open_file&& other) noexcept {
        std::swap(descriptor_, other.descriptor_);
        return *this;
    }
    ~open_file() {
        if (descriptor_ >= 0) ::close(descriptor_);
    }

    // False if there is none, it may not be read, or it is no regular file.
    [[nodiscard]] bool good() const noexcept { return descriptor_ >= 0; }
    [[nodiscard]] std::uint64_t size() const noexcept {
        struct stat about {};
        return ::fstat(descriptor_, &about) == 0 ? static_cast<std::uint64_t>(about.st_size) : 0;
    }
    [[nodiscard]] std::uint64_t identity() const noexcept {
        struct stat about {};
        return ::fstat(descriptor_, &about) == 0 ? static_cast<std::uint64_t>(about.st_ino) ^ static_cast<std::uint64_t>(about.st_dev) << 48
                                                 : 0;
    }
    // Bytes from there on, fewer at the end of the file.
    std::size_t read(char* to, std::size_t size, std::uint64_t offset) const noexcept {
        std::size_t done = 0;
        while (done < size) {
            const ssize_t n = ::pread(descriptor_, to + done, size - done, static_cast<off_t>(offset + done));
            if (n <= 0) break;
            done += static_cast<std::size_t>(n);
        }
        return done;
    }
    [[nodiscard]] std::string read(std::uint64_t offset, std::size_t size) const {
        std::string bytes(size, '\0');
        bytes.resize(read(bytes.data(), size, offset));
        return bytes;
    }

private:
    int descriptor_ = -1;
};

class line_follower {
public:
    static constexpr std::size_t longest_line = std::size_t{1} << 20;
    static constexpr std::size_t mark = 64;  // bytes before the place that is read to, by which the file is known again

    explicit line_follower(std::string path) : path_{std::move(path)} {}

    [[nodiscard]] const std::string& path() const noexcept { return path_; }
    // Behind the last whole line that was read.
    [[nodiscard]] std::uint64_t offset() const noexcept { return offset_; }
    [[nodiscard]] std::uint64_t too_long() const noexcept { return too_long_; }

    // Goes on from there, a place where a line begins.
    void begin_at(std::uint64_t offset) {
        open_file file{path_};
        offset_ = offset;
        remember(file);
    }

    // Reads what is new. line(text, offset) takes each whole line; a line that has no end yet waits for it. anew() is called before the
    // lines of another file than before: it was emptied, or another took its place. Of a log that moved on to PATH.1, the lines that were
    // not read yet are taken from there, and anew is not called.
    // @param most  bytes at a time
    // @return true if there was something new
    template <class Line, class Anew>
    bool poll(Line line, Anew anew, std::uint64_t most = ~std::uint64_t{0}) {
        const open_file file{path_};
        if (!file.good()) return false;
        if (offset_ != 0 && !is_same(file)) {
            if (const open_file older{path_ + ".1"}; older.good() && is_same(older)) {
                read(older, line, ~std::uint64_t{0});
            } else {
                anew();
            }
            offset_ = 0;
            marked_.clear();
            skipping_ = false;
            read(file, line, most);
            return true;
        }
        return read(file, line, most);
    }

private:
    // The same bytes before the place that was read to.
    [[nodiscard]] bool is_same(const open_file& file) const {
        return file.size() >= offset_ && file.read(offset_ - marked_.size(), marked_.size()) == marked_ &&
               file.read(0, head_.size()) == head_;
    }
    void remember(const open_file& file) {
        if (!file.good()) return;
        const std::size_t length = static_cast<std::size_t>(std::min<std::uint64_t>(mark, offset_));
        marked_ = file.read(offset_ - length, length);
        head_ = file.read(0, length);
    }

    template <class Line>
    bool read(const open_file& file, Line& line, std::uint64_t most) {
        const std::uint64_t size = file.size();
        const std::uint64_t before = offset_;
        std::uint64_t at = offset_ + (skipping_ ? skipped_ : 0);
        std::string block;
        while (at < size && at - before < most) {
            const std::size_t want =
                static_cast<std::size_t>(std::min<std::uint64_t>(size - offset_, skipping_ ? longest_line : longest_line + 1));
            block.resize(want);
            block.resize(file.read(block.data(), want, skipping_ ? at : offset_));
            if (block.empty()) break;
            if (skipping_) {
                const std::size_t end = block.find('\n');
                if (end == std::string::npos) {
                    at += block.size();
                    skipped_ = at - offset_;
                    continue;
                }
                offset_ = at + end + 1;
                skipping_ = false;
                at = offset_;
                continue;
            }
            const std::size_t last = block.rfind('\n');
            if (last == std::string::npos) {
                if (block.size() <= longest_line) break;  // the rest of the line is not there yet
                ++too_long_;
                skipping_ = true;
                skipped_ = block.size();
                at = offset_ + skipped_;
                continue;
            }
            for (std::size_t from = 0; from <= last;) {
                const std::size_t end = block.find('\n', from);
                line(std::string_view{block}.substr(from, end - from), offset_ + from);
                from = end + 1;
            }
            offset_ += last + 1;
            at = offset_;
        }
        if (offset_ == before) return false;
        remember(file);
        return true;
    }

    std::string path_;
    std::uint64_t offset_ = 0;
    std::uint64_t too_long_ = 0;
    std::uint64_t skipped_ = 0;  // bytes of a line that is too long
    bool skipping_ = false;
    std::string marked_, head_;
};

}  // namespace dashboard
