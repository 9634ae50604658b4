// An array of numbers with a name: what the formats of other programs hold.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <synapse/hosted/checkpoint_reader.hpp>
#include <synapse/hosted/formats/byte_string.hpp>
#include <synapse/memory/codec.hpp>

namespace synapse::formats {

// As it is written: numpy's dtype, and the bytes, little-endian and row by row.
struct stored_array {
    std::string name;
    std::string dtype;
    std::vector<std::uint64_t> shape;
    std::string bytes;
};

// As it is read: whatever its type was, as floats.
struct array {
    std::string name;
    std::vector<std::uint64_t> shape;
    std::vector<float> values;  // row by row
};

// The product of a shape read from a file. Throws format_error above `most`, or if one extent is above 2^32 beside another that is 0.
inline std::uint64_t elements(const std::vector<std::uint64_t>& shape, std::uint64_t most, const std::string& name) {
    std::uint64_t n = 1;
    for (const std::uint64_t extent : shape) {
        if (extent > 0xffffffffu || (extent != 0 && n > most / extent))
            throw format_error{name + ": a shape of more elements than the file has bytes"};
        n *= extent;
    }
    return n;
}

// Bytes as floats. @param kind  numpy's: f of 2, 4 or 8 bytes; i, u or b of 1, 2, 4 or 8. Throws format_error for any other
inline std::vector<float> as_floats(std::string_view bytes, char kind, unsigned size, const std::string& name) {
    const bool known = size == 2 || size == 4 || size == 8 || (size == 1 && kind != 'f');
    if (!known || (kind != 'f' && kind != 'i' && kind != 'u' && kind != 'b'))
        throw format_error{name + ": numbers of a type that is not read"};
    std::vector<float> values(bytes.size() / size);
    const unsigned unused = 64 - 8 * size;
    for (std::size_t i = 0; i < values.size(); ++i) {
        const std::uint64_t n = get_little(bytes, i * size, size);
        if (kind == 'i') {
            values[i] = static_cast<float>(static_cast<std::int64_t>(n << unused) >> unused);
        } else if (kind != 'f') {
            values[i] = static_cast<float>(n);
        } else if (size == 2) {
            // Halves of ours are never NaN or infinite, and are not read as such.
            values[i] =
                (n & 0x7c00u) == 0x7c00u ? std::numeric_limits<float>::quiet_NaN() : codec::from_half(static_cast<std::uint16_t>(n));
        } else {
            values[i] = size == 4 ? std::bit_cast<float>(static_cast<std::uint32_t>(n)) : static_cast<float>(std::bit_cast<double>(n));
        }
    }
    return values;
}

// Everything numeric in a checkpoint: each tensor (a single row as a vector; weights that were rounded to 256 levels as the floats they
// stand for), and each number as an array of no axes. Words are left out.
inline std::vector<stored_array> arrays_of(const checkpoint_reader& in) {
    std::vector<stored_array> all;
    for (const checkpoint_reader::tensor& t : in.tensors()) {
        stored_array a{t.name, t.dtype, {t.rows, t.cols}, {}};
        if (t.rows == 1) a.shape = {t.cols};
        if (t.dtype == "|u1" && (t.low != 0.0 || t.step != 1.0)) {
            a.dtype = "<f4";
            for (std::size_t i = 0; i < t.bytes.size(); ++i) put(a.bytes, static_cast<float>(t[i]));
        } else {
            a.bytes = as_text(t.bytes);
        }
        all.push_back(std::move(a));
    }
    for (const checkpoint_reader::number& n : in.numbers()) {
        stored_array a{n.name, {}, {}, {}};
        if (const auto* b = std::get_if<bool>(&n.value)) {
            a.dtype = "|b1";
            put_little(a.bytes, *b ? 1 : 0, 1);
        } else if (const auto* u = std::get_if<std::uint64_t>(&n.value)) {
            a.dtype = "<u8";
            put_little(a.bytes, *u, 8);
        } else if (const auto* i = std::get_if<std::int64_t>(&n.value)) {
            a.dtype = "<i8";
            put_little(a.bytes, static_cast<std::uint64_t>(*i), 8);
        } else if (const auto* d = std::get_if<double>(&n.value)) {
            a.dtype = "<f8";
            put(a.bytes, *d);
        } else {
            continue;
        }
        all.push_back(std::move(a));
    }
    return all;
}

}  // namespace synapse::formats
