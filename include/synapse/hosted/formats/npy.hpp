// numpy's .npy files, each one array.
// @source numpy's NEP 1, formats 1.0 to 3.0
#pragma once

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <synapse/hosted/formats/array.hpp>
#include <synapse/hosted/formats/byte_string.hpp>

namespace synapse::formats {

// One array as the bytes of a .npy file.
inline std::string npy(const stored_array& a) {
    std::string head = "{'descr': '" + a.dtype + "', 'fortran_order': False, 'shape': (";
    for (const std::uint64_t n : a.shape) head += std::to_string(n) + ",";
    head += "), }";
    head.append(63 - (10 + head.size()) % 64, ' ');  // so that the data begins at a multiple of 64
    head += '\n';
    std::string out{"\x93NUMPY\x01\x00", 8};
    put_little(out, head.size(), 2);
    return out.append(head).append(a.bytes);
}

namespace detail {

// The head of a .npy file: a Python dictionary of three members.
struct npy_head {
    std::string dtype;
    bool by_columns = false;
    std::vector<std::uint64_t> shape;

    npy_head(std::string_view head, const std::string& name) {
        const std::string_view descr = after(head, "'descr'", name);
        if (descr.empty() || descr[0] != '\'') throw format_error{name + ": records are not read"};
        dtype = descr.substr(1, descr.find('\'', 1) - 1);
        by_columns = after(head, "'fortran_order'", name).starts_with("True");
        std::string_view rest = after(head, "'shape'", name);
        const std::size_t end = rest.find(')');
        if (!rest.starts_with('(') || end == std::string_view::npos) throw format_error{name + ": a broken head"};
        for (rest = rest.substr(1, end - 1); !rest.empty();) {
            if (const std::size_t blank = rest.find_first_not_of(" ,"); blank != 0) {
                rest.remove_prefix(blank < rest.size() ? blank : rest.size());
                continue;
            }
            std::uint64_t n = 0;
            const auto [stop, error] = std::from_chars(rest.data(), rest.data() + rest.size(), n);
            if (error != std::errc{}) throw format_error{name + ": a shape that is none"};
            shape.push_back(n);
            rest.remove_prefix(static_cast<std::size_t>(stop - rest.data()));
        }
    }

private:
    static std::string_view after(std::string_view head, std::string_view key, const std::string& name) {
        std::size_t at = head.find(key);
        if (at != std::string_view::npos) at = head.find_first_not_of(": ", at + key.size());
        if (at == std::string_view::npos) throw format_error{name + ": its head lacks " + std::string{key}};
        return head.substr(at);
    }
};

}  // namespace detail

// Numbers of any little-endian type, by rows or by columns. Throws format_error.
inline array read_npy(std::string_view file, std::string name) {
    if (file.substr(0, 6) != "\x93NUMPY") throw format_error{name + ": no .npy file"};
    const std::uint64_t major = get_little(file, 6, 1);
    if (major < 1 || major > 3) throw format_error{name + ": a .npy format that is not known"};
    const unsigned size_bytes = major == 1 ? 2 : 4;
    const std::uint64_t size = get_little(file, 8, size_bytes);
    const detail::npy_head head{part(file, 8 + size_bytes, size), name};
    const std::string_view data = file.substr(8 + size_bytes + static_cast<std::size_t>(size));
    const std::string& d = head.dtype;
    if (d.size() != 3 || (d[0] != '<' && d[0] != '|') || d[2] < '1' || d[2] > '8')
        throw format_error{name + ": numbers of type " + d + " are not read"};
    array a{std::move(name), head.shape, {}};
    const auto item = static_cast<unsigned>(d[2] - '0');
    const std::uint64_t count = elements(a.shape, data.size(), a.name);
    a.values = as_floats(part(data, 0, count * item), d[1], item, a.name);
    if (!head.by_columns || a.shape.size() < 2 || a.values.empty()) return a;
    if (a.shape.size() > 2) throw format_error{a.name + ": more than two axes, stored by columns"};
    std::vector<float> turned(a.values.size());
    const auto rows = static_cast<std::size_t>(a.shape[0]), cols = static_cast<std::size_t>(a.shape[1]);
    for (std::size_t r = 0; r < rows; ++r) {
        for (std::size_t c = 0; c < cols; ++c) turned[r * cols + c] = a.values[c * rows + r];
    }
    a.values = std::move(turned);
    return a;
}

}  // namespace synapse::formats
