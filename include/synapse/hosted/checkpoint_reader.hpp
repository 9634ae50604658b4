// A checkpoint opened at the desk, without the learner that wrote it: every number, word and tensor by its name. Reads with
// msgpack-cxx, under limits, and so is a second opinion on what the reader of a device (load.hpp) understands.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <variant>
#include <vector>

#ifndef MSGPACK_NO_BOOST
#define MSGPACK_NO_BOOST
#endif
#include <msgpack.hpp>

#include <synapse/checkpoint/format.hpp>
#include <synapse/core/bytes.hpp>
#include <synapse/core/status.hpp>
#include <synapse/hosted/file_source.hpp>
#include <synapse/memory/codec.hpp>

namespace synapse {

class checkpoint_reader {
public:
    // Rows of numbers, as stored. Names are the keys on the way to it: "model_state_dict/fast/layer_0/weight".
    struct tensor {
        std::string name;
        std::string dtype;  // numpy's: "<f4", "<f2", "<u8", "<u4", "<u2", "|u1"
        std::uint32_t rows = 0;
        std::uint32_t cols = 0;
        std::span<const std::byte> bytes;  // little-endian, row by row, aligned to the element; lives as long as the reader
        double low = 0.0;                  // of weights rounded to "|u1" for shipping home: what 0 means,
        double step = 1.0;                 // and each level above it

        // Element i of rows * cols, whatever its type. i must be below rows * cols.
        [[nodiscard]] double operator[](std::size_t i) const noexcept {
            const std::byte* at = bytes.data() + i * size_of_element();
            if (dtype == "<f4") return static_cast<double>(std::bit_cast<float>(load_little<std::uint32_t>(at)));
            if (dtype == "<f2") return static_cast<double>(codec::from_half(load_little<std::uint16_t>(at)));
            if (dtype == "<u8") return static_cast<double>(load_little<std::uint64_t>(at));
            if (dtype == "<u4") return static_cast<double>(load_little<std::uint32_t>(at));
            if (dtype == "<u2") return static_cast<double>(load_little<std::uint16_t>(at));
            return low + step * static_cast<double>(static_cast<std::uint8_t>(*at));
        }
        [[nodiscard]] std::size_t size_of_element() const noexcept { return size_of(dtype); }
        static std::size_t size_of(std::string_view dtype) noexcept {
            if (dtype == "<u8") return 8;
            if (dtype == "<f4" || dtype == "<u4") return 4;
            if (dtype == "<f2" || dtype == "<u2") return 2;
            return dtype == "|u1" ? 1 : 0;
        }
    };

    // nil, boolean, integers, float and text; a list of numbers gives one entry for each, named "hidden/0" and so on.
    using scalar = std::variant<std::monostate, bool, std::uint64_t, std::int64_t, double, std::string>;
    struct number {
        std::string name;
        scalar value;
    };

    checkpoint_reader() = default;
    checkpoint_reader(const checkpoint_reader&) = delete;
    checkpoint_reader& operator=(const checkpoint_reader&) = delete;

    // Reads a whole file from memory, which is taken over.
    // ok         header(), numbers() and tensors() tell what is in it
    // corrupt    damaged, no checkpoint, or breaking a rule of the format; complaint() says which
    // too_new    of a newer major format
    // After any status but ok the reader is empty. @cost one read of the bytes; a tensor is moved by up to 7 bytes where it lies, so
    // that its elements are aligned
    status open(std::vector<std::byte> bytes) {
        clear();
        bytes_ = std::move(bytes);
        if (bytes_.empty()) return refuse(status::not_found, "empty");
        if (const status s = validate(bytes_, header_); !ok(s)) return refuse(s, s == status::too_new ? "newer format" : "header, length or CRC");
        const char* payload = reinterpret_cast<const char*>(bytes_.data()) + format::header_bytes;
        try {
            const auto size = header_.payload_bytes;
            // Arrays and maps beyond these are refused before anything is allocated for them.
            const msgpack::unpack_limit limits{format::max_skipped_objects, format::max_skipped_objects, 1u << 24, size, size, format::max_depth};
            std::size_t used = 0;
            const auto in_place = [](msgpack::type::object_type, std::size_t, void*) { return true; };
            handle_ = msgpack::unpack(payload, size, used, in_place, nullptr, limits);
            if (used != size) return refuse(status::corrupt, "something behind the map");
        } catch (const msgpack::unpack_error& e) {
            return refuse(status::corrupt, e.what());
        }
        if (handle_.get().type != msgpack::type::MAP) return refuse(status::corrupt, "no map");
        if (!walk(handle_.get(), "")) {
            const std::string why = complaint_;
            return refuse(status::corrupt, why);
        }
        handle_ = {};  // whose objects point to what is moved now
        for (tensor& t : tensors_) {
            align(t);
            const auto low = value(t.name + "_range/0");
            const auto high = value(t.name + "_range/1");
            if (t.dtype != "|u1" || !low || !high) continue;
            t.low = *low;
            t.step = (*high - *low) / 255.0;
        }
        return status::ok;
    }

    // The same for a file; also not_found and io_error.
    status open(const std::string& path) {
        file_source file;
        if (const status s = file.open(path); !ok(s)) {
            clear();
            return s;
        }
        return open(std::vector<std::byte>(file.bytes().begin(), file.bytes().end()));
    }

    [[nodiscard]] const format::header& header() const noexcept { return header_; }
    [[nodiscard]] const std::string& complaint() const noexcept { return complaint_; }
    // In the order of the file.
    [[nodiscard]] const std::vector<tensor>& tensors() const noexcept { return tensors_; }
    [[nodiscard]] const std::vector<number>& numbers() const noexcept { return numbers_; }

    // By name; null if there is none.
    [[nodiscard]] const tensor* find_tensor(std::string_view name) const noexcept {
        for (const tensor& t : tensors_) {
            if (t.name == name) return &t;
        }
        return nullptr;
    }
    [[nodiscard]] const scalar* find(std::string_view name) const noexcept {
        for (const number& n : numbers_) {
            if (n.name == name) return &n.value;
        }
        return nullptr;
    }
    // A number of any type; nothing if there is none of that name, or it is text or nil.
    [[nodiscard]] std::optional<double> value(std::string_view name) const noexcept {
        const scalar* s = find(name);
        if (s == nullptr) return std::nullopt;
        if (const auto* b = std::get_if<bool>(s)) return *b ? 1.0 : 0.0;
        if (const auto* u = std::get_if<std::uint64_t>(s)) return static_cast<double>(*u);
        if (const auto* i = std::get_if<std::int64_t>(s)) return static_cast<double>(*i);
        if (const auto* d = std::get_if<double>(s)) return *d;
        return std::nullopt;
    }
    [[nodiscard]] std::string text(std::string_view name) const {
        const scalar* s = find(name);
        const auto* t = s == nullptr ? nullptr : std::get_if<std::string>(s);
        return t == nullptr ? std::string{} : *t;
    }

private:
    void clear() {
        tensors_.clear();
        numbers_.clear();
        complaint_.clear();
        handle_ = {};
        header_ = {};
        bytes_.clear();
    }
    status refuse(status why, const std::string& complaint) {
        clear();
        complaint_ = complaint;
        return why;
    }
    bool complain(const std::string& where, const char* what) {
        complaint_ = (where.empty() ? std::string{} : where + ": ") + what;
        return false;
    }

    static std::string_view key_of(const msgpack::object_kv& entry) noexcept { return {entry.key.via.str.ptr, entry.key.via.str.size}; }

    // Nesting is bounded by the limits above.
    bool walk(const msgpack::object& o, const std::string& name) {
        switch (o.type) {
            case msgpack::type::NIL: numbers_.push_back({name, std::monostate{}}); return true;
            case msgpack::type::BOOLEAN: numbers_.push_back({name, o.via.boolean}); return true;
            case msgpack::type::POSITIVE_INTEGER: numbers_.push_back({name, o.via.u64}); return true;
            case msgpack::type::NEGATIVE_INTEGER: numbers_.push_back({name, o.via.i64}); return true;
            case msgpack::type::FLOAT32:
            case msgpack::type::FLOAT64: numbers_.push_back({name, o.via.f64}); return true;
            case msgpack::type::STR: numbers_.push_back({name, std::string{o.via.str.ptr, o.via.str.size}}); return true;
            case msgpack::type::BIN:
            case msgpack::type::EXT: return true;  // of a newer minor: nothing that this version knows
            case msgpack::type::ARRAY:
                for (std::uint32_t i = 0; i < o.via.array.size; ++i) {
                    if (!walk(o.via.array.ptr[i], name + "/" + std::to_string(i))) return false;
                }
                return true;
            case msgpack::type::MAP: break;
        }
        std::unordered_set<std::string_view> seen;
        if (o.via.map.size > format::max_map_entries) return complain(name, "more than 64 entries");
        for (std::uint32_t i = 0; i < o.via.map.size; ++i) {
            const auto& entry = o.via.map.ptr[i];
            if (entry.key.type != msgpack::type::STR) {
                if (name.empty()) return complain(name, "a key that is no string");
                return true;  // behind a key of a newer minor anything may stand
            }
            const std::string_view key = key_of(entry);
            if (key.empty() || key.size() > format::max_key_bytes) return complain(name, "a key of no or too many characters");
            if (!seen.insert(key).second) return complain(name, "a key that comes twice");
        }
        if (o.via.map.size == 3 && key_of(o.via.map.ptr[0]) == "d" && key_of(o.via.map.ptr[1]) == "s" && key_of(o.via.map.ptr[2]) == "b") {
            return take_tensor(o.via.map.ptr, name);
        }
        for (std::uint32_t i = 0; i < o.via.map.size; ++i) {
            const std::string key{key_of(o.via.map.ptr[i])};
            if (!walk(o.via.map.ptr[i].val, name.empty() ? key : name + "/" + key)) return false;
        }
        return true;
    }

    bool take_tensor(const msgpack::object_kv* entry, const std::string& name) {
        const msgpack::object &dtype = entry[0].val, &shape = entry[1].val, &data = entry[2].val;
        if (dtype.type != msgpack::type::STR || shape.type != msgpack::type::ARRAY || shape.via.array.size != 2 || data.type != msgpack::type::BIN) {
            return complain(name, "a tensor of odd parts");
        }
        tensor t;
        t.name = name;
        t.dtype.assign(dtype.via.str.ptr, dtype.via.str.size);
        for (std::uint32_t i = 0; i < 2; ++i) {
            const msgpack::object& n = shape.via.array.ptr[i];
            if (n.type != msgpack::type::POSITIVE_INTEGER || n.via.u64 > 0xffffffffu) return complain(name, "a tensor of odd shape");
            (i == 0 ? t.rows : t.cols) = static_cast<std::uint32_t>(n.via.u64);
        }
        const std::uint64_t elements = std::uint64_t{t.rows} * t.cols;
        if (t.size_of_element() == 0) return complain(name, "a tensor of unknown type");
        if (elements > 0xffffffffu || elements * t.size_of_element() != data.via.bin.size) return complain(name, "a tensor of another size than its shape");
        t.bytes = std::as_bytes(std::span{data.via.bin.ptr, data.via.bin.size});
        tensors_.push_back(std::move(t));
        return true;
    }

    // Moves a tensor down to an aligned place. What it covers are the last bytes of its own map's head (at least 14 bytes), which has been read.
    void align(tensor& t) noexcept {
        const auto first = static_cast<std::size_t>(t.bytes.data() - bytes_.data());
        const std::size_t off = first % t.size_of_element();
        if (off == 0 || t.bytes.empty()) return;
        std::byte* to = bytes_.data() + (first - off);
        std::memmove(to, to + off, t.bytes.size());
        t.bytes = {to, t.bytes.size()};
    }

    std::vector<std::byte> bytes_;
    msgpack::object_handle handle_;
    format::header header_;
    std::vector<tensor> tensors_;
    std::vector<number> numbers_;
    std::string complaint_;
};

}  // namespace synapse
