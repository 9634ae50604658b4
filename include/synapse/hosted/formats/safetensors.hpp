// safetensors: a JSON head that says where each tensor lies, and the tensors. Nothing in it is ever executed.
// @source the format's description by its authors (huggingface/safetensors)
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <synapse/hosted/formats/array.hpp>
#include <synapse/hosted/formats/byte_string.hpp>
#include <synapse/hosted/formats/json_value.hpp>

namespace synapse::formats {

namespace detail {

struct safetensors_type {
    std::string_view name, dtype;  // dtype: numpy's
};
inline constexpr safetensors_type safetensors_types[] = {
    {"F64", "<f8"}, {"F32", "<f4"}, {"F16", "<f2"}, {"I64", "<i8"}, {"I32", "<i4"}, {"I16", "<i2"},
    {"I8", "|i1"},  {"U64", "<u8"}, {"U32", "<u4"}, {"U16", "<u2"}, {"U8", "|u1"},  {"BOOL", "|b1"},
};
inline constexpr std::size_t largest_safetensors_head = std::size_t{16} << 20;

}  // namespace detail

// Tensors of wide elements come first, so that all are aligned.
inline std::string safetensors(const std::vector<stored_array>& arrays) {
    std::vector<const stored_array*> order;
    for (const stored_array& a : arrays) order.push_back(&a);
    std::stable_sort(order.begin(), order.end(), [](const stored_array* a, const stored_array* b) { return a->dtype[2] > b->dtype[2]; });
    std::string head = "{\"__metadata__\":{\"format\":\"synapse\"}", data;
    for (const stored_array* a : order) {
        std::string_view type;
        for (const detail::safetensors_type& t : detail::safetensors_types) {
            if (t.dtype == a->dtype) type = t.name;
        }
        std::string quoted;
        for (const char c : a->name) {
            if (c == '"' || c == '\\') quoted += '\\';
            quoted += static_cast<unsigned char>(c) < 0x20 ? '?' : c;
        }
        head += ",\"" + quoted + "\":{\"dtype\":\"" + std::string{type} + "\",\"shape\":[";
        for (std::size_t i = 0; i < a->shape.size(); ++i) head += (i == 0 ? "" : ",") + std::to_string(a->shape[i]);
        head += "],\"data_offsets\":[" + std::to_string(data.size()) + "," + std::to_string(data.size() + a->bytes.size()) + "]}";
        data += a->bytes;
    }
    head += '}';
    head.append((8 - head.size() % 8) % 8, ' ');
    std::string out;
    put_little(out, head.size(), 8);
    return out.append(head).append(data);
}

namespace detail {

inline array safetensors_array(const std::string& name, const json_value& about, std::string_view data) {
    const json_value *dtype = about.find("dtype"), *shape = about.find("shape"), *place = about.find("data_offsets");
    if (dtype == nullptr || dtype->text() == nullptr || shape == nullptr || shape->array() == nullptr || place == nullptr ||
        place->array() == nullptr || place->array()->size() != 2) {
        throw format_error{name + ": its head lacks dtype, shape or data_offsets"};
    }
    const auto whole = [&](const json_value& v) {
        const double* x = v.number();
        if (x == nullptr || !(*x >= 0 && *x <= 0x1p52) || *x != static_cast<double>(static_cast<std::uint64_t>(*x)))
            throw format_error{name + ": a size that is none"};
        return static_cast<std::uint64_t>(*x);
    };
    array a{name, {}, {}};
    for (const json_value& n : *shape->array()) a.shape.push_back(whole(n));
    const std::uint64_t first = whole((*place->array())[0]), last = whole((*place->array())[1]);
    if (last < first || last > data.size()) throw format_error{name + ": lies outside the file"};
    const std::string_view bytes = part(data, static_cast<std::size_t>(first), last - first);
    const auto of_size = [&](unsigned item) {
        if (elements(a.shape, data.size(), name) * item != bytes.size()) throw format_error{name + ": of another size than its shape"};
    };
    if (*dtype->text() == "BF16") {
        of_size(2);
        for (std::size_t i = 0; i < bytes.size(); i += 2)
            a.values.push_back(std::bit_cast<float>(static_cast<std::uint32_t>(get_little(bytes, i, 2)) << 16));
        return a;
    }
    for (const safetensors_type& t : safetensors_types) {
        if (t.name != *dtype->text()) continue;
        const auto item = static_cast<unsigned>(t.dtype[2] - '0');
        of_size(item);
        a.values = as_floats(bytes, t.dtype[1], item, name);
        return a;
    }
    throw format_error{name + ": numbers of type " + *dtype->text() + " are not read"};
}

}  // namespace detail

// Throws format_error, also for a head above 16 MiB, a name that comes twice and tensors that lie on each other.
inline std::vector<array> read_safetensors(std::string_view file) {
    const std::uint64_t size = get_little(file, 0, 8);
    if (size > detail::largest_safetensors_head) throw format_error{"no safetensors file, or a head above 16 MiB"};
    const json_value head = json_value::parse(part(file, 8, size));
    const std::string_view data = file.substr(8 + static_cast<std::size_t>(size));
    if (head.object() == nullptr) throw format_error{"a head that is no object"};
    std::vector<array> arrays;
    std::set<std::string_view> names;
    std::uint64_t total = 0;
    for (const auto& [name, about] : *head.object()) {
        if (!names.insert(name).second) throw format_error{name + ": a name that comes twice"};
        if (name == "__metadata__") continue;
        const json_value* place = about.find("data_offsets");
        if (place != nullptr && place->array() != nullptr && place->array()->size() == 2) {
            const double *first = (*place->array())[0].number(), *last = (*place->array())[1].number();
            if (first != nullptr && last != nullptr && *last > *first)
                total += static_cast<std::uint64_t>(std::min(*last - *first, 0x1p52));
        }
        if (total > data.size()) throw format_error{name + ": lies outside the file or on another tensor"};
        arrays.push_back(detail::safetensors_array(name, about, data));
    }
    return arrays;
}

}  // namespace synapse::formats
