// Checkpoints in a directory: whatever moment the power, the disk or the process fails at, the last one reported saved is found.
//
// Saving writes a temporary in the same directory (never over anything), syncs it, closes it, renames it to
// continuous_<unix time>.syn, syncs the directory, and only then deletes what is older than the newest few valid ones. A sync that
// failed is final: the kernel may have dropped the data, so the file is removed and a later save writes a new one. Which checkpoint
// is newest is decided by the sequence in its header, after its CRC; neither names, nor dates, nor a link are believed.
#pragma once

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <synapse/checkpoint/format.hpp>
#include <synapse/checkpoint/stream.hpp>
#include <synapse/config.hpp>
#include <synapse/core/status.hpp>
#include <synapse/hosted/file_source.hpp>
#include <synapse/hosted/files.hpp>

namespace synapse {

// Files  posix_files, or a test's disk
template <class Files = posix_files>
class file_store {
public:
    static constexpr const char* prefix = "continuous_";
    static constexpr const char* suffix = ".syn";
    static constexpr const char* temporary_suffix = ".syn.tmp";
    static constexpr const char* lock_name = ".synapse_lock";

    // Nothing is touched before open(). keep: how many valid checkpoints stay; at least 1.
    explicit file_store(std::string directory, std::size_t keep = 5, Files files = {})
        : directory_{std::move(directory)}, keep_{keep == 0 ? 1 : keep}, files_{std::move(files)} {}
    file_store(const file_store&) = delete;
    file_store& operator=(const file_store&) = delete;
    ~file_store() {
        abandon();
        if (lock_ >= 0) static_cast<void>(files_.close(lock_));
    }

    // Makes the directory if it is missing, becomes its one writer, clears away temporaries of a life that was cut short and
    // finds the newest valid checkpoint.
    // ok        ready; newest_path() is empty if there is no checkpoint yet
    // busy      another process writes checkpoints here
    // io_error  the directory cannot be made, read or written; error() is the errno
    // @cost one read of every checkpoint in the directory
    status open() {
        if (lock_ >= 0) return status::ok;
        const int made = uninterrupted([&] { return files_.make_directory(directory_); });
        if (made < 0 && made != -EEXIST) return failed(made);
        const int lock = uninterrupted([&] { return files_.lock(path_of(lock_name)); });
        if (lock == -EWOULDBLOCK) return status::busy;
        if (lock < 0) return failed(lock);
        lock_ = lock;
        std::vector<std::string> names;
        if (const int n = uninterrupted([&] { return files_.list(directory_, names); }); n < 0) {
            static_cast<void>(files_.close(std::exchange(lock_, -1)));
            return failed(n);
        }
        for (const std::string& name : names) {
            if (ends_with(name, temporary_suffix) && name.starts_with(prefix)) static_cast<void>(files_.remove(path_of(name)));
        }
        scan(names);
        pending_.reserve(buffered);  // all of it now: a checkpoint some bytes longer than the last shall not ask for memory
        return status::ok;
    }

    // Valid checkpoints now, the newest first, with their sequences.
    struct entry {
        std::uint64_t sequence = 0;
        std::string name;
    };
    [[nodiscard]] const std::vector<entry>& valid() const noexcept { return valid_; }
    [[nodiscard]] std::uint64_t sequence() const noexcept { return valid_.empty() ? 0 : valid_.front().sequence; }
    // Path of the newest valid checkpoint, after a commit the one just saved; empty if there is none.
    [[nodiscard]] std::string newest_path() const { return valid_.empty() ? std::string{} : path_of(valid_.front().name); }
    // errno of the last failure; 0 if it was none of the system's.
    [[nodiscard]] int error() const noexcept { return error_; }
    [[nodiscard]] const std::string& directory() const noexcept { return directory_; }

    // The newest valid checkpoint as a source; size() is 0 if there is none. Read into memory at the first call, until the next save.
    [[nodiscard]] std::uint64_t size() {
        if (newest_.size() == 0 && !valid_.empty()) static_cast<void>(newest_.open(newest_path(), files_));
        return newest_.size();
    }
    // ok: out is filled. io_error: there is none, the part asked for does not exist, or it could not be read.
    status read(std::uint64_t offset, std::span<std::byte> out) { return size() == 0 ? status::io_error : newest_.read(offset, out); }

    // Starts a checkpoint whose payload will be h.payload_bytes long with CRC h.payload_crc; h.sequence is filled in by the store.
    // ok        write() the payload, then commit()
    // busy      open() has not succeeded
    // no_room   the disk is full
    // io_error  otherwise; error() is the errno
    // After any status but ok, here and in write() and commit(), the checkpoints there before are as they were; a later save may succeed.
    status begin(const format::header& h) {
        if (lock_ < 0) return status::busy;
        abandon();
        error_ = 0;
        header_ = h;
        header_.sequence = std::max(sequence(), floor_) + 1;
        floor_ = header_.sequence;
        if (const status s = choose_name(); !ok(s)) return s;
        file_ = uninterrupted([&] { return files_.create(path_of(temporary_)); });
        if (file_ < 0) return failed(std::exchange(file_, -1));
        written_ = 0;
        sum_ = {};
        pending_.clear();
        std::byte bytes[format::header_bytes];
        format::encode(header_, bytes);
        return put(bytes);
    }

    // Takes the next bytes of the payload. busy: no begin() before it; others as begin(), and the checkpoint is given up.
    status write(std::span<const std::byte> bytes) {
        if (file_ < 0) return status::busy;
        written_ += bytes.size();
        sum_.add(bytes);
        return put(bytes);
    }

    // ok        saved: newest_path() is its name. Old checkpoints beyond `keep` are gone (or stay if they cannot be removed).
    // corrupt   the bytes written are not those that begin() announced
    // others    as begin()
    status commit() {
        if (file_ < 0) return status::busy;
        if (written_ != header_.payload_bytes || sum_.value() != header_.payload_crc) {
            abandon();
            return status::corrupt;
        }
        if (const status s = flush(); !ok(s)) return s;
        if (const int s = uninterrupted([&] { return files_.sync(file_); }); s < 0) return give_up(s);
        const int closed = files_.close(std::exchange(file_, -1));
        if (closed < 0 && closed != -EINTR) return give_up(closed);  // after EINTR the descriptor is gone and the data is synced
        if (const int s = uninterrupted([&] { return files_.rename(path_of(temporary_), path_of(name_)); }); s < 0) return give_up(s);
        temporary_.clear();
        if (const int s = sync_directory(); s < 0) {
            // The new file may or may not outlive a crash. It is whole, so it may stay; what was there before is certain.
            note_saved();
            return failed(s);
        }
        note_saved();
        thin_out();
        return status::ok;
    }

private:
    static constexpr std::size_t buffered = 1u << 16;

    [[nodiscard]] std::string path_of(const std::string& name) const { return directory_ + "/" + name; }
    static bool ends_with(const std::string& name, const char* end) { return name.ends_with(end); }

    status failed(long long result) {
        error_ = static_cast<int>(-result);
        return error_ == ENOSPC || error_ == EDQUOT ? status::no_room : status::io_error;
    }
    status give_up(long long result) {
        abandon();
        return failed(result);
    }
    void abandon() {
        if (file_ >= 0) static_cast<void>(files_.close(std::exchange(file_, -1)));
        if (!temporary_.empty()) static_cast<void>(files_.remove(path_of(temporary_)));
        temporary_.clear();
        pending_.clear();
    }

    // A name that nothing has: the time now, or the first second after it that is free. Forgets checkpoints that somebody deleted.
    status choose_name() {
        std::vector<std::string> names;
        if (const int n = uninterrupted([&] { return files_.list(directory_, names); }); n < 0) return failed(n);
        std::sort(names.begin(), names.end());
        std::erase_if(valid_, [&](const entry& e) { return !std::binary_search(names.begin(), names.end(), e.name); });
        for (long long second = files_.now();; ++second) {
            name_ = prefix + std::to_string(second) + suffix;
            temporary_ = prefix + std::to_string(second) + temporary_suffix;
            const auto taken = [&](const std::string& name) { return std::binary_search(names.begin(), names.end(), name); };
            if (!taken(name_) && !taken(temporary_)) return status::ok;
        }
    }

    SYNAPSE_OUTLINE status put(std::span<const std::byte> bytes) {
        if (pending_.size() + bytes.size() < buffered) {
            pending_.insert(pending_.end(), bytes.begin(), bytes.end());
            return status::ok;
        }
        if (const status s = flush(); !ok(s)) return s;
        return push(bytes);
    }
    status flush() {
        const status s = push(pending_);
        pending_.clear();
        return s;
    }
    status push(std::span<const std::byte> bytes) {
        while (!bytes.empty()) {
            const long n = uninterrupted([&] { return files_.write(file_, bytes.data(), bytes.size()); });
            if (n <= 0) return give_up(n == 0 ? -EIO : n);
            bytes = bytes.subspan(static_cast<std::size_t>(n));
        }
        return status::ok;
    }

    int sync_directory() {
        const int directory = uninterrupted([&] { return files_.open_directory(directory_); });
        if (directory < 0) return directory;
        const int s = uninterrupted([&] { return files_.sync(directory); });
        static_cast<void>(files_.close(directory));
        return s;
    }

    void note_saved() {
        newest_ = {};
        valid_.insert(valid_.begin(), entry{header_.sequence, name_});
    }

    // Deletes the oldest valid checkpoints; files that are no valid checkpoints are not ours to delete.
    void thin_out() {
        while (valid_.size() > keep_) {
            const int s = files_.remove(path_of(valid_.back().name));
            if (s < 0 && s != -ENOENT) return;  // tried again after the next save
            valid_.pop_back();
        }
    }

    void scan(const std::vector<std::string>& names) {
        valid_.clear();
        std::uint64_t others = 0;
        for (const std::string& name : names) {
            if (!name.starts_with(prefix) || !ends_with(name, suffix)) continue;
            file_source file;
            format::header h;
            if (ok(file.open(path_of(name), files_)) && ok(validate(file.bytes(), h))) {
                valid_.push_back({h.sequence, name});
            } else {
                ++others;
            }
        }
        std::sort(valid_.begin(), valid_.end(),
                  [](const entry& a, const entry& b) { return a.sequence != b.sequence ? a.sequence > b.sequence : a.name > b.name; });
        // A file that cannot be read today may be readable tomorrow: what is saved now must be newer than it.
        floor_ = sequence() + others;
    }

    std::string directory_;
    std::size_t keep_;
    Files files_;
    int lock_ = -1;
    int file_ = -1;
    int error_ = 0;
    std::string name_;
    std::string temporary_;
    std::vector<entry> valid_;
    std::vector<std::byte> pending_;
    file_source newest_;
    format::header header_;
    std::uint64_t floor_ = 0;  // no sequence up to this one is given again
    std::uint64_t written_ = 0;
    crc32c sum_;
};

}  // namespace synapse
