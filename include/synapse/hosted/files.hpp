// The system calls that the file store makes, each in one place, so that a test can put a failing or crashing disk behind them.
#pragma once

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <ctime>
#include <string>
#include <vector>

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace synapse {

// Repeats a call that signals interrupt, within reason: 100 times in a row is a failure.
template <class Call>
auto uninterrupted(Call call) {
    auto result = call();
    for (int i = 1; i < 100 && result == -EINTR; ++i) result = call();
    return result;
}

// Every call returns at least 0, or minus the errno of its failure.
struct posix_files {
    int make_directory(const std::string& path) { return checked(::mkdir(path.c_str(), 0777)); }
    // A new file for writing; -EEXIST if there is one.
    int create(const std::string& path) { return checked(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666)); }
    int open(const std::string& path) { return checked(::open(path.c_str(), O_RDONLY | O_CLOEXEC)); }
    int open_directory(const std::string& path) { return checked(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)); }
    // A file that exists only to be locked; -EWOULDBLOCK if another process holds it. The lock ends with close or with the process.
    int lock(const std::string& path) {
        const int file = checked(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666));
        if (file < 0) return file;
        const int held = checked(::flock(file, LOCK_EX | LOCK_NB));
        if (held == 0) return file;
        ::close(file);
        return held;
    }
    long write(int file, const std::byte* bytes, std::size_t size) { return checked(::write(file, bytes, size)); }
    long read(int file, std::uint64_t offset, std::byte* bytes, std::size_t size) {
        return checked(::pread(file, bytes, size, static_cast<off_t>(offset)));
    }
    long long size(int file) {
        struct stat about {};
        const int s = checked(::fstat(file, &about));
        if (s < 0) return s;
        return S_ISREG(about.st_mode) ? static_cast<long long>(about.st_size) : -EINVAL;
    }
    int sync(int file) { return checked(::fsync(file)); }
    int close(int file) { return checked(::close(file)); }
    int rename(const std::string& from, const std::string& to) { return checked(::rename(from.c_str(), to.c_str())); }
    int remove(const std::string& path) { return checked(::unlink(path.c_str())); }
    // Names in a directory, in no order.
    int list(const std::string& path, std::vector<std::string>& names) {
        names.clear();
        DIR* directory = ::opendir(path.c_str());
        if (directory == nullptr) return -errno;
        errno = 0;
        while (const dirent* entry = ::readdir(directory)) names.emplace_back(entry->d_name);
        const int failure = errno;
        ::closedir(directory);
        return -failure;
    }
    // Unix time in seconds.
    long long now() { return static_cast<long long>(std::time(nullptr)); }

private:
    template <class Integer>
    static Integer checked(Integer result) {
        return result < 0 ? static_cast<Integer>(-errno) : result;
    }
};

}  // namespace synapse
