// What is wrong with a damaged checkpoint, exactly, and what of it can still be read. Never trusts a byte and never throws away one.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <synapse/checkpoint/crc32c.hpp>
#include <synapse/checkpoint/format.hpp>
#include <synapse/core/bytes.hpp>
#include <synapse/core/status.hpp>
#include <synapse/hosted/checkpoint_reader.hpp>
#include <synapse/hosted/file_source.hpp>

namespace synapse {

struct salvage {
    struct tensor {
        std::string name;
        std::string dtype;
        std::uint32_t rows = 0;
        std::uint32_t cols = 0;
        std::uint64_t elements = 0;    // that are there; rows * cols unless the file ends inside
        std::uint64_t not_finite = 0;  // among them
        [[nodiscard]] bool whole() const noexcept { return elements == std::uint64_t{rows} * cols; }
    };

    status outcome = status::ok;
    std::vector<std::string> problems;         // sentences, the first cause first; empty if the checkpoint is sound
    std::vector<tensor> tensors;               // that could be read, whole or in part
    std::vector<checkpoint_reader::number> numbers;  // that could be read
    std::string reads_up_to;                   // where the payload stops making sense: a byte and a key; empty if it is all there
    bool payload_is_sound = false;             // its CRC agrees with the header, even if the header's own does not
};

namespace detail {

// CRC32C's effect of flipping single bits, position by position from the end.
class flipped_bit {
public:
    // The bit of `bytes` whose flip explains the difference between two CRCs, if one alone does: (byte, bit). @cost 8 steps a byte
    static std::optional<std::pair<std::size_t, unsigned>> find(std::size_t bytes, std::uint32_t difference) {
        static const std::array<std::uint32_t, 256> table = [] {
            std::array<std::uint32_t, 256> t{};
            for (std::uint32_t i = 0; i < 256; ++i) {
                std::uint32_t c = i;
                for (int k = 0; k < 8; ++k) c = (c >> 1) ^ ((c & 1u) != 0 ? 0x82f63b78u : 0u);
                t[i] = c;
            }
            return t;
        }();
        std::array<std::uint32_t, 8> effect{};
        for (unsigned k = 0; k < 8; ++k) effect[k] = table[1u << k];
        for (std::size_t at = bytes; at-- > 0;) {
            for (unsigned k = 0; k < 8; ++k) {
                if (effect[k] == difference) return std::pair{at, k};
                effect[k] = table[effect[k] & 0xffu] ^ (effect[k] >> 8);
            }
        }
        return std::nullopt;
    }
};

// Reads a payload front to back as far as it makes sense.
class salvager {
public:
    salvager(std::span<const std::byte> payload, std::size_t expected, salvage& found) : bytes_{payload}, expected_{expected}, found_{found} {}

    void run() {
        if (!map_of(0, "")) return;
        if (at_ < bytes_.size() && at_ < expected_) stop("bytes that belong to nothing follow the map", "");
    }

    // The innermost key whose value covers a byte of the payload, for what was read.
    [[nodiscard]] std::string place(std::size_t byte) const {
        const region* best = nullptr;
        for (const region& r : regions_) {
            if (byte >= r.first && byte < r.last && (best == nullptr || r.last - r.first < best->last - best->first)) best = &r;
        }
        if (best == nullptr) return {};
        if (best->element == 0 || byte < best->data) return best->name;
        const std::size_t i = (byte - best->data) / best->element;
        return best->name + ", row " + std::to_string(i / best->cols) + ", column " + std::to_string(i % best->cols);
    }

private:
    struct region {
        std::string name;
        std::size_t first, last;
        std::size_t data = 0;
        std::size_t element = 0;
        std::size_t cols = 1;
    };

    bool stop(const std::string& why, const std::string& name) {
        if (found_.reads_up_to.empty()) {
            found_.reads_up_to = "byte " + std::to_string(format::header_bytes + at_) + (name.empty() ? "" : ", in " + name) + ": " + why;
        }
        return false;
    }
    bool ended(const std::string& name) { return stop("the file ends", name); }

    bool big(unsigned size, std::uint64_t& n, const std::string& name) {
        if (bytes_.size() - at_ < size) return ended(name);
        n = 0;
        for (unsigned i = 0; i < size; ++i) n = n << 8 | static_cast<std::uint8_t>(bytes_[at_++]);
        return true;
    }

    bool head(std::uint8_t& h, const std::string& name) {
        if (at_ >= bytes_.size()) return ended(name);
        h = static_cast<std::uint8_t>(bytes_[at_++]);
        return true;
    }

    bool text(std::uint8_t h, std::string& out, const std::string& name) {
        std::uint64_t size = h & 31u;
        if (h >= 0xd9 && h <= 0xdb) {
            if (!big(1u << (h - 0xd9), size, name)) return false;
        } else if (h < 0xa0 || h > 0xbf) {
            --at_;
            return stop("a key should stand here", name);
        }
        if (bytes_.size() - at_ < size) return ended(name);
        out.assign(reinterpret_cast<const char*>(bytes_.data() + at_), static_cast<std::size_t>(size));
        at_ += static_cast<std::size_t>(size);
        return true;
    }

    bool map_of(unsigned depth, const std::string& name) {
        std::uint8_t h = 0;
        if (!head(h, name)) return false;
        return map_behind(h, depth, name);
    }

    bool map_behind(std::uint8_t h, unsigned depth, const std::string& name) {
        std::uint64_t entries = h & 15u;
        if (h == 0xde || h == 0xdf) {
            if (!big(h == 0xde ? 2 : 4, entries, name)) return false;
        } else if (h < 0x80 || h > 0x8f) {
            --at_;
            return stop("a map should begin here", name);
        }
        if (entries > format::max_map_entries) return stop("a map of " + std::to_string(entries) + " entries", name);
        if (depth >= format::max_depth) return stop("maps within maps, deeper than any checkpoint has", name);
        const std::size_t first = at_;
        for (std::uint64_t i = 0; i < entries; ++i) {
            std::uint8_t k = 0;
            std::string key;
            const std::size_t begin = at_;
            if (!head(k, name) || !text(k, key, name)) return false;
            if (i == 0 && entries == 3 && key == "d") return tensor(first, name);
            for (char& c : key) {
                if (static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) > 0x7e) c = '?';
            }
            const std::string inside = name.empty() ? key : name + "/" + key;
            if (!value(depth + 1, inside)) return false;
            regions_.push_back({inside, begin, at_});
        }
        return true;
    }

    bool tensor(std::size_t first, const std::string& name) {
        salvage::tensor t;
        t.name = name;
        std::uint8_t h = 0;
        std::string key;
        if (!head(h, name) || !text(h, t.dtype, name)) return false;
        const std::size_t size = checkpoint_reader::tensor::size_of(t.dtype);
        if (size == 0) return stop("a tensor of unknown type", name);
        if (!head(h, name) || !text(h, key, name)) return false;
        if (key != "s" || !head(h, name) || h != 0x92) return stop("a tensor's rows and columns should stand here", name);
        for (std::uint32_t* n : {&t.rows, &t.cols}) {
            std::uint64_t count = 0;
            if (!head(h, name)) return false;
            if (h < 0x80) {
                count = h;
            } else if (h >= 0xcc && h <= 0xcf) {
                if (!big(1u << (h - 0xcc), count, name)) return false;
            } else {
                return stop("a tensor's rows and columns should stand here", name);
            }
            if (count > 0xffffffffu) return stop("a tensor of more than 2^32 rows or columns", name);
            *n = static_cast<std::uint32_t>(count);
        }
        if (!head(h, name) || !text(h, key, name) || key != "b" || !head(h, name)) return stop("a tensor's bytes should stand here", name);
        if (h < 0xc4 || h > 0xc6) return stop("a tensor's bytes should stand here", name);
        std::uint64_t length = 0;
        if (!big(1u << (h - 0xc4), length, name)) return false;
        const std::uint64_t elements = std::uint64_t{t.rows} * t.cols;
        if (elements > 0xffffffffu || length != elements * size) return stop("a tensor of another size than its shape", name);
        const std::size_t there = static_cast<std::size_t>(length < bytes_.size() - at_ ? length : bytes_.size() - at_);
        t.elements = there / size;
        if (t.dtype == "<f4" || t.dtype == "<f2") {
            for (std::size_t i = 0; i < t.elements; ++i) {
                const std::byte* element = bytes_.data() + at_ + i * size;
                const bool infinite = size == 4 ? (load_little<std::uint32_t>(element) & 0x7f800000u) == 0x7f800000u
                                                : (load_little<std::uint16_t>(element) & 0x7c00u) == 0x7c00u;
                if (infinite) ++t.not_finite;
            }
        }
        regions_.push_back({name, first, at_ + there, at_, size, t.cols == 0 ? 1 : t.cols});
        at_ += there;
        found_.tensors.push_back(t);
        return there == length ? true : ended(name);
    }

    bool value(unsigned depth, const std::string& name) {
        std::uint8_t h = 0;
        if (!head(h, name)) return false;
        std::uint64_t n = 0;
        const auto keep = [&](checkpoint_reader::scalar s) {
            found_.numbers.push_back({name, std::move(s)});
            return true;
        };
        if (h < 0x80) return keep(std::uint64_t{h});
        if (h < 0x90 || h == 0xde || h == 0xdf) return map_behind(h, depth, name);
        if (h < 0xa0 || h == 0xdc || h == 0xdd) {
            n = h & 15u;
            if (h >= 0xdc && !big(h == 0xdc ? 2 : 4, n, name)) return false;
            if (depth >= format::max_depth || n > bytes_.size()) return stop("a list too long or too deep", name);
            for (std::uint64_t i = 0; i < n; ++i) {
                if (!value(depth + 1, name + "/" + std::to_string(i))) return false;
            }
            return true;
        }
        if (h < 0xc0 || (h >= 0xd9 && h <= 0xdb)) {
            std::string s;
            return text(h, s, name) && keep(std::move(s));
        }
        if (h == 0xc0) return keep(std::monostate{});
        if (h == 0xc2 || h == 0xc3) return keep(h == 0xc3);
        if (h == 0xca) return big(4, n, name) && keep(static_cast<double>(std::bit_cast<float>(static_cast<std::uint32_t>(n))));
        if (h == 0xcb) return big(8, n, name) && keep(std::bit_cast<double>(n));
        if (h >= 0xcc && h <= 0xcf) return big(1u << (h - 0xcc), n, name) && keep(n);
        if (h >= 0xd0 && h <= 0xd3) {
            const unsigned size = 1u << (h - 0xd0);
            if (!big(size, n, name)) return false;
            const unsigned shift = 64 - 8 * size;
            return keep(static_cast<std::int64_t>(n << shift) >> shift);
        }
        if (h >= 0xe0) return keep(static_cast<std::int64_t>(static_cast<std::int8_t>(h)));
        std::uint64_t skip = 0;
        if (h >= 0xc4 && h <= 0xc9) {
            const bool ext = h >= 0xc7;
            if (!big(1u << (h - (ext ? 0xc7 : 0xc4)), skip, name)) return false;
            skip += ext ? 1 : 0;
        } else if (h >= 0xd4 && h <= 0xd8) {
            skip = 1 + (std::uint64_t{1} << (h - 0xd4));
        } else {
            --at_;
            return stop("a byte that begins nothing", name);
        }
        if (bytes_.size() - at_ < skip) return ended(name);
        at_ += static_cast<std::size_t>(skip);
        return true;
    }

    std::span<const std::byte> bytes_;
    std::size_t expected_;
    salvage& found_;
    std::size_t at_ = 0;
    std::vector<region> regions_;
};

inline std::string as_hex(std::uint32_t n) {
    char text[12];
    std::snprintf(text, sizeof text, "%08x", n);
    return text;
}

}  // namespace detail

// Looks at the bytes of a checkpoint that may be damaged anywhere. Never fails; what the reader would refuse, outcome says.
// @cost two reads of the bytes; where a CRC is wrong eight steps a byte, to find a single flipped bit
inline salvage examine(std::span<const std::byte> file) {
    salvage found;
    const auto say = [&](std::string sentence) { found.problems.push_back(std::move(sentence)); };
    if (file.empty()) {
        found.outcome = status::not_found;
        say("the file is empty");
        return found;
    }
    if (file.size() < format::header_bytes) {
        found.outcome = status::corrupt;
        say("the file has " + std::to_string(file.size()) + " bytes, fewer than the header's 32");
        return found;
    }
    const auto head = file.first<format::header_bytes>();
    format::header h;
    found.outcome = format::decode(head, h);
    bool prefix = true;
    for (std::size_t i = 0; i < 7; ++i) prefix = prefix && head[i] == static_cast<std::byte>(format::detail::prefix[i]);
    const auto said = load_little<std::uint32_t>(head.data() + 28);
    const std::uint32_t has = crc32c::of(head.first(28));
    if (!prefix && said != has) say("it does not begin as a checkpoint does (c7 1d 'S' YNAP): another kind of file, or a damaged header");
    if (found.outcome == status::too_new) {
        say("format " + std::to_string(static_cast<int>(head[7])) + ", newer than the " + std::to_string(format::major) + " that this program knows");
        return found;
    }
    if (said != has) {
        std::string sentence = "the header's CRC32C is " + detail::as_hex(has) + " and should be " + detail::as_hex(said);
        if (const auto bit = detail::flipped_bit::find(28, has ^ said)) {
            sentence += ": as if bit " + std::to_string(bit->second) + " of byte " + std::to_string(bit->first) + " had flipped";
        }
        say(sentence);
    } else if (!ok(found.outcome)) {
        say("the header is whole but breaks the format's rules");
    }
    // Even a damaged header may say these rightly.
    const auto wanted = load_little<std::uint32_t>(head.data() + 20);
    const auto wanted_crc = load_little<std::uint32_t>(head.data() + 24);
    const std::span<const std::byte> rest = file.subspan(format::header_bytes);
    const bool cut = wanted > rest.size();
    const bool length_known = ok(found.outcome) || !cut;
    const auto payload = length_known && !cut ? rest.first(wanted) : rest;
    if (cut && ok(found.outcome)) {
        say("the file is cut short: " + std::to_string(rest.size()) + " of the payload's " + std::to_string(wanted) + " bytes are there");
        found.outcome = status::corrupt;
    }
    detail::salvager walk{payload, payload.size(), found};
    walk.run();
    if (!cut) {
        const std::uint32_t crc = crc32c::of(payload);
        found.payload_is_sound = crc == wanted_crc;
        if (!found.payload_is_sound) {
            found.outcome = status::corrupt;
            std::string sentence = "the payload's CRC32C is " + detail::as_hex(crc) + " and should be " + detail::as_hex(wanted_crc);
            if (const auto bit = detail::flipped_bit::find(payload.size(), crc ^ wanted_crc)) {
                const std::string place = walk.place(bit->first);
                sentence += ": as if bit " + std::to_string(bit->second) + " of byte " + std::to_string(format::header_bytes + bit->first) +
                            " had flipped" + (place.empty() ? "" : " (" + place + ")");
            }
            say(sentence);
        } else if (said != has) {
            say("the payload is sound: only the header is damaged");
        }
    }
    if (!found.reads_up_to.empty()) {
        say("reading stops at " + found.reads_up_to);
        found.outcome = status::corrupt;
    }
    for (const salvage::tensor& t : found.tensors) {
        if (t.not_finite == 0) continue;
        say(t.name + ": " + std::to_string(t.not_finite) + " of " + std::to_string(t.elements) + " numbers are NaN or infinite");
        found.outcome = status::corrupt;
    }
    if (ok(found.outcome)) {
        checkpoint_reader strict;
        if (const status s = strict.open(std::vector<std::byte>(file.begin(), file.end())); !ok(s)) {
            found.outcome = s;
            say(strict.complaint());
        }
    }
    return found;
}

// The same for a file; not_found, io_error and corrupt (too large) come from reading it, error is then what the system says.
inline salvage examine(const std::string& path, int& error) {
    file_source file;
    const status s = file.open(path);
    error = file.error();
    if (ok(s)) return examine(file.bytes());
    salvage found;
    found.outcome = s;
    found.problems.emplace_back(s == status::not_found ? "there is no such file" : s == status::corrupt ? "too large to be a checkpoint" : "it cannot be read");
    return found;
}

}  // namespace synapse
