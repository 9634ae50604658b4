// ZIP archives of files that are not compressed, and numpy's .npz: an archive of .npy files.
// @source PKWARE's APPNOTE
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <synapse/hosted/formats/array.hpp>
#include <synapse/hosted/formats/byte_string.hpp>
#include <synapse/hosted/formats/npy.hpp>

namespace synapse::formats {

namespace detail {

inline std::uint32_t crc32(std::string_view bytes) noexcept {
    static const std::array<std::uint32_t, 256> table = [] {
        std::array<std::uint32_t, 256> t{};
        for (std::uint32_t i = 0; i < 256; ++i) {
            std::uint32_t c = i;
            for (int k = 0; k < 8; ++k) c = (c >> 1) ^ ((c & 1u) != 0 ? 0xedb88320u : 0u);
            t[i] = c;
        }
        return t;
    }();
    std::uint32_t crc = 0xffffffffu;
    for (const char b : bytes) crc = table[(crc ^ static_cast<unsigned char>(b)) & 0xffu] ^ (crc >> 8);
    return ~crc;
}

}  // namespace detail

// A ZIP archive of files that are not compressed, in their order. Throws format_error above 4 GiB or 65535 files.
inline std::string zip(const std::vector<std::pair<std::string, std::string>>& files) {
    std::string out, directory;
    if (files.size() > 0xffff) throw format_error{"more than 65535 files in an archive"};
    for (const auto& [name, content] : files) {
        const std::size_t at = out.size();
        std::string facts;
        put_little(facts, 20, 2);          // version needed
        put_little(facts, 0x0800, 2);      // the name is UTF-8
        put_little(facts, 0, 2);           // stored
        put_little(facts, 0x00210000, 4);  // 1980-01-01: the same archive every time
        put_little(facts, detail::crc32(content), 4);
        put_little(facts, content.size(), 4);
        put_little(facts, content.size(), 4);
        put_little(facts, name.size(), 2);
        put_little(facts, 0, 2);
        out += "PK\x03\x04" + facts + name + content;
        if (out.size() > 0xf0000000u) throw format_error{"an archive above 4 GiB"};
        directory += std::string{"PK\x01\x02"};
        put_little(directory, 20, 2);
        directory += facts;
        directory.append(8, '\0');  // comment, disk, attributes
        put_little(directory, 0, 2);
        put_little(directory, at, 4);
        directory += name;
    }
    const std::size_t at = out.size();
    out += directory;
    out += std::string{"PK\x05\x06"};
    out.append(4, '\0');
    put_little(out, files.size(), 2);
    put_little(out, files.size(), 2);
    put_little(out, directory.size(), 4);
    put_little(out, at, 4);
    put_little(out, 0, 2);
    return out;
}

// The files of an archive whose contents are stored, not compressed. Views into `file`, which together are never longer than it: an
// archive that names the same bytes many times is refused. Throws format_error.
inline std::vector<std::pair<std::string, std::string_view>> unzip(std::string_view file) {
    const std::size_t end = file.rfind("PK\x05\x06");
    if (end == std::string_view::npos || file.size() - end < 22) throw format_error{"no whole ZIP archive"};
    const std::uint64_t count = get_little(file, end + 10, 2);
    auto at = static_cast<std::size_t>(get_little(file, end + 16, 4));
    std::uint64_t total = 0;
    std::vector<std::pair<std::string, std::string_view>> files;
    for (std::uint64_t i = 0; i < count; ++i) {
        if (part(file, at, 4) != "PK\x01\x02") throw format_error{"a broken ZIP directory"};
        const std::uint64_t method = get_little(file, at + 10, 2), crc = get_little(file, at + 16, 4), size = get_little(file, at + 24, 4);
        const std::uint64_t name_size = get_little(file, at + 28, 2), extra = get_little(file, at + 30, 2),
                            comment = get_little(file, at + 32, 2);
        const auto local = static_cast<std::size_t>(get_little(file, at + 42, 4));
        std::string name{part(file, at + 46, name_size)};
        if (method != 0) throw format_error{name + " is compressed, which is not read: save it with numpy.savez, not savez_compressed"};
        if (size == 0xffffffffu || local == 0xffffffffu) throw format_error{"an archive above 4 GiB"};
        if (part(file, local, 4) != "PK\x03\x04") throw format_error{"a broken ZIP archive"};
        const std::uint64_t skip = 30 + get_little(file, local + 26, 2) + get_little(file, local + 28, 2);
        const std::string_view content = part(file, local + static_cast<std::size_t>(skip), size);
        total += content.size();
        if (total > file.size()) throw format_error{"files that lie on each other in a ZIP archive"};
        if (detail::crc32(content) != crc) throw format_error{name + " is damaged"};
        files.emplace_back(std::move(name), content);
        at += 46 + static_cast<std::size_t>(name_size + extra + comment);
    }
    return files;
}

// numpy.load(file)["model_state_dict/fast/layer_0/weight"]
inline std::string npz(const std::vector<stored_array>& arrays) {
    std::vector<std::pair<std::string, std::string>> files;
    for (const stored_array& a : arrays) files.emplace_back(a.name + ".npy", npy(a));
    return zip(files);
}

// Throws format_error.
inline std::vector<array> read_npz(std::string_view file) {
    std::vector<array> arrays;
    for (const auto& [name, content] : unzip(file))
        arrays.push_back(read_npy(content, name.ends_with(".npy") ? name.substr(0, name.size() - 4) : name));
    return arrays;
}

}  // namespace synapse::formats
