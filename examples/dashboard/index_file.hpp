// The index of a long file, kept for the next time beside nothing of the user's: in the cache. It is believed only if the file is still the
// one that it was made from, and its own bytes are whole; else the file is read again.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <utility>
#include <vector>

#include <synapse/checkpoint/crc32c.hpp>

#include "console/files.hpp"
#include "dashboard/line_follower.hpp"
#include "dashboard/log_index.hpp"

namespace dashboard {

// In the byte order and the layout of this machine: it never leaves it.
class index_file {
public:
    // @return the offset behind the last line in the index; 0 if there is none of this file
    static std::uint64_t read(const std::string& path, const open_file& log, log_index& out) {
        const open_file file{path};
        if (!file.good() || file.size() < sizeof(header)) return 0;
        const std::string bytes = file.read(0, static_cast<std::size_t>(file.size()));
        header h{};
        std::memcpy(&h, bytes.data(), sizeof h);
        const std::string_view body = std::string_view{bytes}.substr(sizeof h);
        if (std::memcmp(h.magic, magic, sizeof h.magic) != 0 || h.layout != layout || h.body_crc != crc(body)) return 0;
        if (h.offset == 0 || h.offset > log.size() || h.marks != marks(log, h.offset)) return 0;
        std::size_t at = 0;
        const auto take = [&](void* to, std::size_t size) {
            if (body.size() - at < size) return false;
            std::memcpy(to, body.data() + at, size);
            at += size;
            return true;
        };
        log_index index;
        index.rows_ = h.rows;
        index.skipped_ = h.skipped;
        for (std::uint64_t i = 0; i < h.columns; ++i) {
            std::uint64_t length = 0;
            if (!take(&length, sizeof length) || length > body.size() - at) return 0;
            index.names_.emplace_back(body.substr(at, static_cast<std::size_t>(length)));
            at += static_cast<std::size_t>(length);
        }
        if (h.buckets > (body.size() - at) / sizeof(bucket)) return 0;
        index.buckets_.resize(static_cast<std::size_t>(h.buckets));
        if (!take(index.buckets_.data(), index.buckets_.size() * sizeof(bucket))) return 0;
        index.levels_.emplace_back(index.names_.size());
        for (auto& cells : index.levels_[0]) {
            cells.resize(index.buckets_.size());
            if (!take(cells.data(), cells.size() * sizeof(cell))) return 0;
        }
        // The levels above follow from the lowest.
        while (index.names_.empty() ? false : index.levels_.back()[0].size() > log_index::fan) {
            const auto& below = index.levels_.back();
            std::vector<std::vector<cell>> level(below.size());
            for (std::size_t c = 0; c < below.size(); ++c) {
                level[c].resize((below[c].size() + log_index::fan - 1) / log_index::fan);
                for (std::size_t k = 0; k < below[c].size(); ++k) level[c][k / log_index::fan].add(below[c][k]);
            }
            index.levels_.push_back(std::move(level));
        }
        out = std::move(index);
        return h.offset;
    }

    // As a whole or not at all. Not being able to is no failure: the next time takes longer.
    static void write(const std::string& path, const open_file& log, std::uint64_t offset, const log_index& index) {
        std::string body;
        const auto put = [&body](const void* from, std::size_t size) { body.append(static_cast<const char*>(from), size); };
        for (const std::string& name : index.names_) {
            const std::uint64_t length = name.size();
            put(&length, sizeof length);
            body += name;
        }
        put(index.buckets_.data(), index.buckets_.size() * sizeof(bucket));
        if (!index.levels_.empty()) {
            for (const auto& cells : index.levels_[0]) put(cells.data(), cells.size() * sizeof(cell));
        }
        header h{};
        std::memcpy(h.magic, magic, sizeof h.magic);
        h.layout = layout;
        h.body_crc = crc(body);
        h.offset = offset;
        h.marks = marks(log, offset);
        h.rows = index.rows_;
        h.skipped = index.skipped_;
        h.columns = index.names_.size();
        h.buckets = index.buckets_.size();
        std::string bytes(reinterpret_cast<const char*>(&h), sizeof h);
        bytes += body;
        std::error_code ignored;
        std::filesystem::create_directories(std::filesystem::path{path}.parent_path(), ignored);
        try {
            console::replace_file(path, bytes);
        } catch (const console::write_error&) {
        }
    }

private:
    static_assert(std::is_trivially_copyable_v<bucket> && std::is_trivially_copyable_v<cell>);
    static constexpr char magic[8] = {'s', 'y', 'n', 'i', 'n', 'd', 'e', 'x'};
    static constexpr std::uint32_t layout = 1 + 256 * sizeof(bucket) + 65536 * sizeof(cell);
    struct header {
        char magic[8];
        std::uint32_t layout, body_crc;
        std::uint64_t offset, marks, rows, skipped, columns, buckets;
    };

    static std::uint32_t crc(std::string_view bytes) { return synapse::crc32c::of(std::as_bytes(std::span{bytes.data(), bytes.size()})); }
    // By which a file is known: its first bytes, and those before a place.
    static std::uint64_t marks(const open_file& log, std::uint64_t offset) {
        const std::size_t length = static_cast<std::size_t>(std::min<std::uint64_t>(offset, 4096));
        return std::uint64_t{crc(log.read(0, length))} << 32 | crc(log.read(offset - length, length));
    }
};

}  // namespace dashboard
